"""What became of a counsellor's words, for plain words about it, and which of them wait for the reporter's number.

queued     on its way            sent       the provider took it       delivered, read   as the provider says
later      on its way in her hours              held       with the case, until she writes (or sends her number)
waiting    in the thread, until she sends her number                   shown             she sent her number and got it
failed     will not arrive that way; it waits for her number too

"later" and "held" are told, and kept as "queued" and "waiting".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from casework.cases import ways
from casework.cases.case import Case
from casework.cases.news import BECAME, News
from casework.cases.room import CaseRoom
from storage import outbox, reports
from storage.database import Unit

STATES = ("queued", "later", "sent", "delivered", "read", "held", "waiting", "shown", "failed")
_IN_HAND = timedelta(minutes=2)  # a worker may have one in hand when her hours end

# Why a provider did not deliver, by what it is called at the doors (handlers.channel.RefusalReason), and what a counsellor
# can do then. Whatever it is, the reply waits for her number too.
REASONS: Mapping[str, tuple[str, ...]] = {
    "opted out": ("number",),
    "blocked": ("number",),
    "bad number": ("number",),
    "unreachable": ("again", "number"),
    "window closed": ("number",),
    "too long": ("shorter", "number"),
    "filtered": ("reword", "number"),
    "not allowed": ("operator", "number"),
    "daily cap": ("tomorrow", "number"),
    "rejected": ("operator", "number"),
}
_ORDER = ("queued", "waiting", "sent", "failed", "delivered", "read", "shown")  # never backwards
_PROVIDERS = {"taken": "sent"}
_ARRIVED = frozenset({"delivered", "read", "failed"})
_UNSEEN = frozenset({"queued", "waiting", "failed"})


def about(case: Case, seq: int) -> str:
    """What an outbox item says of itself, so that its fate finds the reply."""
    return f"{case.id.hex()}:{seq}"


def told(unit: Unit, room: CaseRoom, about: str, state: str, now: datetime, why: str = "") -> None:
    """A reply was taken, delivered, read, or will not be. Nothing where the case is gone."""
    report_id, _, seq = about.partition(":")
    report = reports.fetch(unit, room.keyring, bytes.fromhex(report_id))
    state = _PROVIDERS.get(state, state)
    if report is None or state not in _ORDER:
        return
    case = Case(report)
    known = case.sent.get(seq)
    if known is None or _ORDER.index(state) <= _ORDER.index(known["state"]):
        return
    case.settle(seq, state, **({"why": why} if why else {}))
    if known.get("file") and state in _ARRIVED:
        outbox.drop_file(unit, bytes.fromhex(known["item"]))  # its address opens nothing more
    reports.save(unit, room.keyring, report, now)
    room.tell(unit, News(BECAME, case, now, seq=int(seq), state=state, why=why))


def stands(case: Case, seq: int, now: datetime) -> str:
    """How a reply stands now: what never went out within its day, or her hours, waits."""
    known = case.sent.get(str(seq))
    if known is None:
        return "delivered"  # settled long ago
    until = known["at"] + outbox.WAITS.total_seconds()
    if "until" in known:
        until = min(until, known["until"] + _IN_HAND.total_seconds())
    return "waiting" if known["state"] == "queued" and now.timestamp() >= until else str(known["state"])


@dataclass(frozen=True, slots=True)
class Fate:
    """How a reply stands, as names of what a page says in its own words."""

    state: str  # one of STATES
    why: str = ""  # of one that failed: a key of REASONS, with _ for a space
    can: tuple[str, ...] = ()  # what she may do about it
    at: datetime | None = None  # of "later": when it goes


def fate(case: Case, seq: int, now: datetime) -> Fate:
    """How a reply stands, why it failed, and what can be done."""
    state = stands(case, seq, now)
    if state == "failed":
        why = reason_in(str(case.sent[str(seq)].get("why", "")))
        return Fate(state, why.replace(" ", "_"), REASONS[why])
    known = case.sent.get(str(seq), {})
    if state == "queued" and known.get("due", 0) > now.timestamp():
        return Fate("later", at=datetime.fromtimestamp(known["due"], UTC))
    return Fate("held" if state == "waiting" and "words" in known else state)


def reason_in(why: str) -> str:
    """The reason in what was kept of a refusal: a provider's code, and our name for it."""
    _, _, reason = why.partition(" ")
    return reason if reason in REASONS else "rejected"


def unseen(case: Case) -> list[int]:
    """Replies that she has not got, as far as we know; in order."""
    return sorted(int(seq) for seq, kept in case.sent.items() if kept["state"] in _UNSEEN)


def take_unseen(unit: Unit, case: Case, now: datetime, *, files: bool = True) -> list[int]:
    """The replies she is given now that she sent her number: each leaves the outbox, so that it does not come twice.

    files  those with a file, too; without it they stay, for a way that carries files
    One that is being sent in this moment stays, and so do those behind it. The caller saves the case.
    """
    given = []
    for seq in unseen(case):
        if case.sent[str(seq)].get("file") and not files:
            continue
        item = case.sent[str(seq)].get("item")
        if item and not outbox.take_back(unit, bytes.fromhex(item), now):
            break
        case.settle(str(seq), "shown")
        case.sent[str(seq)].pop("words", None)
        given.append(seq)
    return given


def take_back_all(unit: Unit, case: Case, now: datetime) -> None:
    """Nothing of this case goes out any more: it was erased, or she left. The caller saves it."""
    ways.call_off(unit, case, now)
    for item in case.desk.pop("copies", ()):
        outbox.drop_file(unit, bytes.fromhex(item))
        outbox.take_back(unit, bytes.fromhex(item), now)
    for seq, kept in case.sent.items():
        if kept.get("file") and kept.get("item"):
            outbox.drop_file(unit, bytes.fromhex(kept["item"]))  # one that a provider is to fetch, too
        kept.pop("words", None)
        if kept["state"] == "queued" and kept.get("item") and outbox.take_back(unit, bytes.fromhex(kept["item"]), now):
            case.settle(seq, "waiting", item="")
