"""Asking: what no one of us does alone. One asks and says why, another agrees within a day; both see it, and it is on record.

What is asked stands in what the case knows of itself, so that of two clicks at once one comes second; why it is asked lies
sealed in the casebook. Nothing is done or shown before another has agreed, and never by an admin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from casework.casefile import history, referrals
from casework.cases import board, hearing, holding, queue
from casework.cases.case import Case
from casework.cases.refusals import AskedAlready, CaseGone, NoConsent, NoReason, NotYou, NotYours, StepTaken
from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from casework.staff.roles import READERS, Role
from storage import casebook, cases, counsellors, reports
from storage.counsellors import Counsellor
from storage.database import Unit
from storage.staff import people
from storage.staff.readers import Reader
from storage.vault.errors import Tampered
from storage.vault.randomness import new_id

REVEAL, EXPORT, SHRED = "reveal", "export", "shred"
WHAT = (REVEAL, EXPORT, SHRED)
AGREED_WITHIN = timedelta(hours=24)
OPEN_FOR = timedelta(hours=1)  # after the second yes
LEAST, LONGEST = 10, 500  # characters of a reason
_KEPT = 20  # settled requests that a case remembers


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked in a case, as it stands."""

    id: str
    what: str
    by: bytes
    at: datetime
    state: str  # "asked", "agreed", "refused", "withdrawn", "late" or "void" (who asked has left)
    second: bytes = b""  # who agreed or refused
    until: datetime | None = None  # agreed to, or open, until then
    referral: str = ""  # of an export
    reason: str = field(default="", repr=False)  # only for who may read the case

    @property
    def waits(self) -> bool:
        return self.state == "asked"


def ask(
    room: CaseRoom, reader: Reader, report_id: bytes, what: str, reason: str, now: datetime, *, referral: str = ""
) -> str:
    """Ask for it; return the request's id.

    referral  for an export: which one it is for; she has agreed to share
    Raises NotYours for anybody but who holds the case, joined or supervises; OwnInstitution, NoReason, NoConsent, AskedAlready,
    CaseGone, CaseBroken.
    """
    reason = reason.strip()
    if what not in WHAT:
        raise ValueError(f"two people decide about {', '.join(WHAT)}")
    if not LEAST <= len(reason) <= LONGEST:
        raise NoReason
    request = new_id().hex()

    def work(unit: Unit) -> str:
        case, half = _hers(unit, room, reader, report_id)
        if any(one.what == what and one.state in ("asked", "agreed") for one in standing(unit, room, case, now)):
            raise AskedAlready
        if what == EXPORT:
            _agreed_to_share(unit, case, half, referral)
        kept = {"what": what, "by": reader.id.hex(), "at": int(now.timestamp()), "state": "asked", "referral": referral}
        _keep(case, request, kept)
        history.add(
            unit, case, history.REQUEST, {"id": request, "what": f"{what} asked", "more": reason}, reader.id, now
        )
        room.keep(unit, case, now)
        room.log(unit, f"{what} asked", case, reader.id, now)
        return request

    return room.sound(lambda: room.work(work), now)


def agree(room: CaseRoom, reader: Reader, report_id: bytes, request: str, now: datetime) -> Request:
    """The second yes; it shreds a case at once.

    Raises NotYou, StepTaken when it does not wait any more, NoConsent, OwnInstitution, CaseGone, CaseBroken.
    """

    def work(unit: Unit) -> Request:
        room.acting(unit, reader.id)
        case, half = _opened(unit, room, reader, report_id)
        one = _waiting(unit, room, case, request, now)
        if one.by == reader.id:
            raise NotYou
        holding.outside(unit, room, reader.id, case)
        if one.what == EXPORT:
            _agreed_to_share(unit, case, half, one.referral)
        if one.what == SHRED:
            hearing.shred(unit, room, case, (one.by, reader.id), now)
            return replace(one, state="agreed", second=reader.id)
        _settle(case, request, "agreed", reader.id, now)
        history.add(unit, case, history.REQUEST, {"id": request, "what": f"{one.what} agreed"}, reader.id, now)
        room.keep(unit, case, now)
        room.log(unit, f"{one.what} agreed", case, reader.id, now)
        return found(unit, room, case, request, now)

    return room.sound(lambda: room.work(work), now)


def refuse(room: CaseRoom, reader: Reader, report_id: bytes, request: str, now: datetime) -> None:
    """A no of somebody else; or whoever asked takes it back, also after it was agreed to. Raises StepTaken, CaseGone, CaseBroken."""

    def work(unit: Unit) -> None:
        room.acting(unit, reader.id)
        case, _ = _opened(unit, room, reader, report_id)
        one = found(unit, room, case, request, now)
        hers = one.by == reader.id
        if not (one.waits or (one.state == "agreed" and (hers or one.second == reader.id))):
            raise StepTaken
        state = "withdrawn" if hers else "refused"
        _settle(case, request, state, reader.id, now)
        history.add(unit, case, history.REQUEST, {"id": request, "what": f"{one.what} {state}"}, reader.id, now)
        room.keep(unit, case, now)
        room.log(unit, f"{one.what} {state}", case, reader.id, now)

    room.sound(lambda: room.work(work), now)


def agreed(
    unit: Unit, room: CaseRoom, reader: Reader, report_id: bytes, request: str, what: str, now: datetime
) -> tuple[Case, bytes, Request]:
    """A case, its private half and a request that was agreed to, for whoever asked; nothing for anybody else.

    She may have lost the case since. Raises StepTaken, NotYours, OwnInstitution, CaseGone, Tampered. The case is held until
    this unit ends.
    """
    case, half = _hers(unit, room, reader, report_id)
    one = found(unit, room, case, request, now)
    if one.by != reader.id:
        raise NotYours
    if one.state != "agreed" or one.what != what:
        raise StepTaken
    return case, half, one


def found(unit: Unit, room: CaseRoom, case: Case, request: str, now: datetime) -> Request:
    """One request of a case. Raises StepTaken when there is none."""
    for one in standing(unit, room, case, now):
        if one.id == request:
            return one
    raise StepTaken


def standing(
    unit: Unit, room: CaseRoom, case: Case, now: datetime, written: Sequence[Mapping[str, Any]] = ()
) -> list[Request]:
    """What was asked in a case, the latest first; with its reasons where `written` is its casebook."""
    reasons = {
        one["id"]: str(one.get("more", ""))
        for one in written
        if one["kind"] == history.REQUEST and one["what"].endswith(" asked")
    }
    return [_request(unit, room, of, one, reasons.get(of, ""), now) for of, one in reversed(case.requests.items())]


def waiting_for(room: CaseRoom, reader: Reader, now: datetime) -> list[tuple[Case, Request]]:
    """What waits for a second yes that she could give, with its reasons."""

    def waits(one: Request) -> bool:
        return one.waits and one.by != reader.id

    def of(unit: Unit, case: Case) -> list[tuple[Case, Request]]:
        half = reports.half_granted(unit, case.id, reader.id, reader.private, hold=False)
        if half is None or not any(map(waits, standing(unit, room, case, now))):
            return []
        written = casebook.read(unit, case.report, half)
        return [(case, one) for one in standing(unit, room, case, now, written) if waits(one)]

    def look(unit: Unit) -> list[tuple[Case, Request]]:
        room.acting(unit, reader.id)
        me, found_ = counsellors.look(unit, room.keyring, reader.id), []
        asking_ = [one.id for one in board.hers(unit, room, reader.id) if _may_wait(one, me)]
        for report in list(cases.opened(unit, room.keyring, asking_)):
            try:
                found_ += of(unit, Case(report))
            except Tampered:  # one broken case does not hide the others; opening it puts it on record
                continue
        return found_

    return room.read(look)


def _may_wait(one: Standing, me: Counsellor) -> bool:
    return one.asks and one.status != "withdrawn" and queue.is_free_to_take(me, one)


def _hers(unit: Unit, room: CaseRoom, reader: Reader, report_id: bytes) -> tuple[Case, bytes]:
    """A case for whoever may ask in it. Raises NotYours, OwnInstitution, CaseGone, Tampered."""
    me = room.acting(unit, reader.id)
    case, half = _opened(unit, room, reader, report_id)
    if not case.is_among(reader.id) and me.role != Role.SUPERVISOR:
        raise NotYours
    holding.outside(unit, room, reader.id, case)
    return case, half


def _opened(unit: Unit, room: CaseRoom, reader: Reader, report_id: bytes) -> tuple[Case, bytes]:
    """Raises CaseGone also for a case whose reporter took it back; Tampered."""
    case = room.held(unit, report_id, reader.id)
    if case.status == "withdrawn":
        raise CaseGone
    half = reports.half_granted(unit, report_id, reader.id, reader.private)
    if half is None:
        raise CaseGone
    return case, half


def _waiting(unit: Unit, room: CaseRoom, case: Case, request: str, now: datetime) -> Request:
    one = found(unit, room, case, request, now)
    if not one.waits:
        raise StepTaken
    return one


def _agreed_to_share(unit: Unit, case: Case, half: bytes, referral: str) -> None:
    """Raises NoConsent unless she agreed, and has not taken it back."""
    known = referrals.standing(casebook.read(unit, case.report, half))
    if not any(one.id == referral and one.may_share for one in known):
        raise NoConsent


def _keep(case: Case, request: str, one: dict[str, Any]) -> None:
    everything = {**case.requests, request: one}
    case.desk["requests"] = dict(list(everything.items())[-_KEPT:])


def _settle(case: Case, request: str, state: str, by: bytes, now: datetime) -> None:
    one = case.requests[request]
    _keep(case, request, {**one, "state": state, "second": by.hex(), "then": int(now.timestamp())})


def _request(unit: Unit, room: CaseRoom, of: str, one: Mapping[str, Any], reason: str, now: datetime) -> Request:
    by, at = bytes.fromhex(one["by"]), datetime.fromtimestamp(one["at"], UTC)
    state, second = one["state"], bytes.fromhex(one.get("second", ""))
    until = at + AGREED_WITHIN
    if state == "agreed":
        until = datetime.fromtimestamp(one["then"], UTC) + OPEN_FOR
    if state in ("asked", "agreed"):
        asker = people.fetch(unit, room.keyring, by, hold=False)
        if asker is None or asker.status != people.ACTIVE or asker.role not in READERS:
            state = "void"
        elif now >= until:
            state = "late"
    return Request(of, one["what"], by, at, state, second, until, one.get("referral", ""), reason)
