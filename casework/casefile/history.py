"""History: what was done with a case, in the words that the log has for it, for those who may read the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from casework.cases.case import Case
from casework.staff.office import short
from storage import casebook
from storage.database import Unit

EVENT, REFERRAL, PLAN, REQUEST = "event", "referral", "plan", "request"  # what may stand in a casebook
# They stand in the thread, among the notes, or in the casebook already, with their words.
_ELSEWHERE = frozenset(
    {"case answered", "case note", "safety plan written"}
    | {f"referral {state}" for state in ("offered", "accepted", "contacted", "attended", "declined")}
    | {
        f"{what} {then}"
        for what in ("reveal", "export", "shred")
        for then in ("asked", "agreed", "refused", "withdrawn")
    }
)


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done, or written."""

    at: datetime
    kind: str  # EVENT, REFERRAL, PLAN or REQUEST
    what: str  # an event's name in the log; a referral's or a request's new state; "" for a plan
    by: str = ""  # 8 digits of a colleague's id
    more: str = field(default="", repr=False)  # what the log says of it; of a referral, to whom


def note(unit: Unit, case: Case, what: str, by: bytes | None, now: datetime, more: str = "") -> bool:
    """Write down what was done, sealed for whoever may read the case; whether it was. The caller saves the case."""
    if what in _ELSEWHERE:
        return False
    add(unit, case, EVENT, {"what": what, "more": more}, by, now)
    return True


def add(unit: Unit, case: Case, kind: str, content: dict[str, Any], by: bytes | None, now: datetime) -> None:
    """Write into the casebook. The caller saves the case."""
    who = {"by": short(by)} if by is not None else {}
    casebook.add(unit, case.report, {**content, **who, "kind": kind, "at": int(now.timestamp())}, now)


def read(written: list[dict[str, Any]]) -> list[Done]:
    """All that stands in a casebook, as its history; the latest first."""
    return [_done(one) for one in reversed(written)]


def moment(written: dict[str, Any]) -> datetime:
    """When something was written."""
    return datetime.fromtimestamp(written["at"], UTC)


def _done(one: dict[str, Any]) -> Done:
    kind = one["kind"]
    what = {EVENT: "what", REFERRAL: "state", REQUEST: "what"}.get(kind, "")
    more = one.get("to", "") if kind == REFERRAL else one.get("more", "")
    return Done(moment(one), kind, str(one.get(what, "")), str(one.get("by", "")), str(more))
