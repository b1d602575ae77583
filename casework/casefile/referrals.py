"""Referrals: to whom she was pointed, what she agreed to share with them and how she agreed, and what became of it.

Nobody is told anything of her before she has agreed: without her consent, with its day and its way, a referral does not go
beyond "offered". Each step is written into the casebook and none is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework.casefile import history
from casework.cases.case import Case
from casework.cases.refusals import NoConsent, NothingSaid, NotOpen, NotYours, StepTaken
from casework.cases.room import CaseRoom
from casework.directory.stock import Stock
from storage import casebook, reports
from storage.database import Unit
from storage.staff.readers import Reader
from storage.vault.randomness import new_id

STATES = ("offered", "accepted", "contacted", "attended", "declined")
_NEXT = {
    "offered": ("accepted", "declined"),
    "accepted": ("contacted", "declined"),
    "contacted": ("attended", "declined"),
    "attended": ("declined",),
    "declined": (),
}
SHARED = ("name", "number", "report", "talk", "plan", "files")  # parts of her case that she may agree to share
WAYS = ("chat", "voice", "call", "in_person")  # in which she agreed
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Consent:
    """Her yes to sharing."""

    way: str
    day: date


@dataclass(frozen=True, slots=True)
class Referral:
    """One referral as it stands."""

    id: str
    to: str = field(repr=False)  # whom, in words
    row: str  # of the directory; "" for free words
    state: str
    shared: Sequence[str] = ()
    consent: Consent | None = None
    words: str = field(default="", repr=False)  # a remark of the counsellor to the last step
    changed: datetime | None = None

    @property
    def next(self) -> Sequence[str]:
        """The states it may go to."""
        return _NEXT[self.state]

    @property
    def may_share(self) -> bool:
        """Whether she agreed, and has not taken it back."""
        return self.consent is not None and self.state not in ("offered", "declined")


def offer(
    room: CaseRoom, reader: Reader, report_id: bytes, to: str, row: str, words: str, now: datetime, *, once: str = ""
) -> str:
    """Write down that she was told of somebody who helps; return the referral's id. Raises NotYours, NotOpen, NothingSaid, CaseBroken.

    once  names the form it was written in: sent again, it is not written again
    """
    to = to.strip()
    if not to or len(to) > LONGEST or len(words) > LONGEST:
        raise NothingSaid
    referral = once or new_id().hex()

    def work(unit: Unit) -> str:
        case, written = _hers(unit, room, reader, report_id)
        if any(one.id == referral for one in standing(written)):
            return referral
        _write(unit, case, {"id": referral, "to": to, "row": row, "state": "offered", "words": words}, reader.id, now)
        _done(unit, room, case, "offered", reader.id, now)
        return referral

    return room.sound(lambda: room.work(work), now)


def agree(
    room: CaseRoom,
    reader: Reader,
    report_id: bytes,
    referral: str,
    shared: Sequence[str],
    consent: Consent,
    words: str,
    now: datetime,
) -> None:
    """She agreed to it, and to sharing these parts of her case. Raises StepTaken, NoConsent, and as above."""
    parts = [part for part in SHARED if part in shared]
    if consent.way not in WAYS or consent.day > now.date():
        raise NoConsent
    kept = {"shared": parts, "consent": {"way": consent.way, "day": consent.day.isoformat()}}
    _step(room, reader, report_id, referral, "accepted", words, now, kept)


def move(
    room: CaseRoom, reader: Reader, report_id: bytes, referral: str, state: str, words: str, now: datetime
) -> None:
    """The next step of a referral. "accepted" only by `agree`. Raises StepTaken, and as above."""
    if state == "accepted":
        raise NoConsent
    _step(room, reader, report_id, referral, state, words, now, {})


def offices(stock: Stock, language: str) -> dict[str, str]:
    """Whom to choose from: ids of the directory by name, in a language or else in English."""
    return {one.names.get(language) or one.names["en"]: one.id for one in stock.by_id.values()}


def standing(written: Sequence[dict[str, Any]]) -> list[Referral]:
    """Every referral of a casebook as it stands, the latest begun first."""
    found: dict[str, dict[str, Any]] = {}
    for one in written:
        if one["kind"] == history.REFERRAL:
            found[one["id"]] = found.get(one["id"], {}) | one
    return [_referral(one) for one in reversed(found.values())]


def _step(
    room: CaseRoom,
    reader: Reader,
    report_id: bytes,
    referral: str,
    state: str,
    words: str,
    now: datetime,
    more: dict[str, Any],
) -> None:
    if len(words) > LONGEST:
        raise NothingSaid

    def work(unit: Unit) -> None:
        case, written = _hers(unit, room, reader, report_id)
        known = next((one for one in standing(written) if one.id == referral), None)
        if known is None or state not in known.next:
            raise StepTaken
        step = {"id": referral, "to": known.to, "state": state, "words": words, **more}
        _write(unit, case, step, reader.id, now)
        _done(unit, room, case, state, reader.id, now)

    room.sound(lambda: room.work(work), now)


def _hers(unit: Unit, room: CaseRoom, reader: Reader, report_id: bytes) -> tuple[Case, list[dict[str, Any]]]:
    room.acting(unit, reader.id)
    case = room.held(unit, report_id, reader.id)
    half = reports.half_granted(unit, report_id, reader.id, reader.private)
    if half is None or not case.is_among(reader.id):
        raise NotYours
    if not case.is_open:
        raise NotOpen(status=case.status)
    return case, casebook.read(unit, case.report, half)


def _write(unit: Unit, case: Case, content: dict[str, Any], by: bytes, now: datetime) -> None:
    history.add(unit, case, history.REFERRAL, content, by, now)


def _done(unit: Unit, room: CaseRoom, case: Case, state: str, by: bytes, now: datetime) -> None:
    room.keep(unit, case, now)
    room.record(unit, f"referral {state}", case, by, now)


def _referral(one: dict[str, Any]) -> Referral:
    agreed = one.get("consent")
    consent = Consent(agreed["way"], date.fromisoformat(agreed["day"])) if agreed else None
    return Referral(
        one["id"], one["to"], one.get("row", ""), one["state"], tuple(one.get("shared", ())), consent,
        one.get("words", ""), history.moment(one),
    )  # fmt: skip
