"""Tending: what time does to cases. Cut off anywhere and done again it does nothing twice.

She who waits too long goes up; a case whose holder does not answer, or has left the team, goes back to the queue; and a
free place takes the oldest. Time runs while the team reads: a night makes nobody late.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from casework.cases import queue
from casework.cases.case import OPEN, Case
from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from casework.triage import Level
from storage import cases, counsellors, reports
from storage.database import Unit
from storage.staff import people, readers

# Of staffed time: 15 minutes, half a working day, two working days.
ANSWER_WITHIN = {Level.RED: timedelta(minutes=15), Level.AMBER: timedelta(hours=4), Level.GREEN: timedelta(hours=16)}


def tend(room: CaseRoom, now: datetime) -> Sequence[str]:
    """Look at every open case, then fill free places; return what is not as it should be."""
    for report_id in room.read(lambda unit: _in_trouble(unit, room, now)):
        room.work(partial(_mend, room=room, report_id=report_id, now=now))
    room.work(lambda unit: cases.expire(unit, now))
    assign(room, now)
    return ()


def assign(room: CaseRoom, now: datetime) -> list[bytes]:
    """Give those who wait to whoever is on duty and has room; return whom."""
    given: list[bytes] = []
    free = room.read(lambda unit: _emptiest_first(unit, room, now))
    going = True
    while going:  # one each in turn, so that the first does not get them all
        taken = [taken for staff_id in free if (taken := fill(room, staff_id, now)) is not None]
        given += taken
        going = bool(taken)
    return given


def fill(room: CaseRoom, staff_id: bytes, now: datetime, *, but: bytes = b"") -> bytes | None:
    """Give one counsellor the case that is hers next, if she is on duty, has room and can open it; return its id.

    but  not this one: she has just let go of it
    """

    def work(unit: Unit) -> bytes | None:
        one = counsellors.held(unit, room.keyring, staff_id)
        others = queue.on_duty(unit, room, now)
        if not any(other.id == staff_id for other in others) or queue.load(unit, room, staff_id) >= one.capacity:
            return None
        opens = readers.granted(unit, staff_id)
        line = [case for case in queue.waiting(unit, room) if case.id != but and case.id in opens]
        found = queue.next_for(one, line, others)
        report = reports.fetch(unit, room.keyring, found.id) if found is not None else None
        case = Case(report) if report is not None else None
        if case is None or case.holder is not None or case.status != "waiting":
            return None  # claimed or gone in this moment; the next look finds another
        case.give(staff_id)
        room.keep(unit, case, now)
        room.log(unit, "case given", case, staff_id, now)
        return case.id

    return room.work(work)


def _emptiest_first(unit: Unit, room: CaseRoom, now: datetime) -> list[bytes]:
    places = {one.id: one.capacity - queue.load(unit, room, one.id) for one in queue.on_duty(unit, room, now)}
    return sorted(places, key=lambda staff_id: (-places[staff_id], staff_id))


def _in_trouble(unit: Unit, room: CaseRoom, now: datetime) -> list[bytes]:
    look, everybodys = _Look(unit, room, now), room.standings.all(unit, room.keyring)
    return [one.id for one in everybodys if one.is_open and look.trouble(one)]


class _Look:
    """One look at cases: who is of the team, and when it reads, are asked for once."""

    def __init__(self, unit: Unit, room: CaseRoom, now: datetime) -> None:
        self._unit, self._room, self._now = unit, room, now
        self._of_the_team: dict[bytes, bool] = {}
        self._hours = room.rota(unit).hours

    def trouble(self, case: Case | Standing) -> str:
        """ "left", "late" or ""."""
        if case.holder is not None and not self._is_of_the_team(case.holder):
            return "left"
        if case.status == "left":
            return ""
        since = case.asked if case.holder is not None else max(case.since, case.raised_at)
        within = ANSWER_WITHIN[case.risk]
        if since is None or self._now.timestamp() - since < within.total_seconds():
            return ""
        return "late" if self._hours.open_between(datetime.fromtimestamp(since, UTC), self._now) >= within else ""

    def _is_of_the_team(self, staff_id: bytes) -> bool:
        if staff_id not in self._of_the_team:
            member = people.fetch(self._unit, self._room.keyring, staff_id, hold=False)
            self._of_the_team[staff_id] = member is not None and member.status == people.ACTIVE
        return self._of_the_team[staff_id]


def _mend(unit: Unit, room: CaseRoom, report_id: bytes, now: datetime) -> None:
    report = reports.fetch(unit, room.keyring, report_id)
    if report is None or report.meta.get("status") not in OPEN:
        return
    case, holder = Case(report), report.holder
    trouble = _Look(unit, room, now).trouble(case)
    if not trouble:
        return
    if case.status == "left":
        case.report.holder = None  # she left the team, and the reporter left before: it stays, for whoever claims it
    elif holder is not None:
        case.to_queue(now, up=trouble == "late")
    else:
        case.raise_up(now)
    room.keep(unit, case, now)
    what = (
        "case up" if holder is None else "case back: her holder left" if trouble == "left" else "case back: no answer"
    )
    room.log(unit, what, case, holder, now)
