"""Notes for colleagues. The only file that may open them: nothing here sends, and nothing that sends comes here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework.cases.case import Case
from casework.cases.refusals import NothingSaid, NotYours
from casework.cases.room import CaseRoom
from casework.staff.office import short
from storage import notes
from storage.database import Unit

LONGEST = 4_000


def add(room: CaseRoom, by: bytes, report_id: bytes, text: str, now: datetime, *, once: str = "") -> None:
    """Write a note beside a case. Raises NotYours, NothingSaid, CaseGone, NotStaff.

    once  names the form it was written in: sent again, it is not written again
    """
    if not text.strip() or len(text) > LONGEST:
        raise NothingSaid

    def work(unit: Unit) -> None:
        room.acting(unit, by)
        case = room.held(unit, report_id, by)
        if not case.is_among(by):
            raise NotYours
        if case.done_before(once) is not None:
            return
        case.done(once)
        notes.add(unit, case.report, {"note": text, "by": short(by), "at": int(now.timestamp())}, now)
        room.keep(unit, case, now)
        room.log(unit, "case note", case, by, now)

    room.work(work)


def beside(unit: Unit, case: Case, half: bytes) -> list[dict[str, Any]]:
    """The notes beside a case, with the report's private half. Raises Tampered."""
    return notes.read(unit, case.report, half)
