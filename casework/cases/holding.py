"""Holding: who has a case. Each of these is one unit of work that holds the case, so of two at once one is told no."""

from __future__ import annotations

from datetime import datetime

from casework.cases import queue
from casework.cases.case import OPEN, REASONS, Case
from casework.cases.refusals import HeldByOther, NoRoom, NotOpen, NotShared, NotYours, OwnInstitution
from casework.cases.room import CaseRoom
from casework.shifts import plan
from casework.staff.office import short
from casework.staff.roles import Role
from casework.triage import Level
from storage import counsellors, institutions
from storage.database import Unit
from storage.staff import readers


def claim(room: CaseRoom, by: bytes, report_id: bytes, now: datetime) -> Case:
    """Take a case that nobody has. Raises HeldByOther, NoRoom, NotOpen, OwnInstitution, CaseGone, NotStaff."""

    def work(unit: Unit) -> Case:
        room.acting(unit, by)
        _room_for(unit, room, by)
        case = room.held(unit, report_id, by)
        if case.holder == by and case.is_open:
            return case
        _free(case)
        outside(unit, room, by, case)
        case.give(by)
        room.keep(unit, case, now)
        room.log(unit, "case claimed", case, by, now)
        return case

    return room.work(work)


def release(room: CaseRoom, by: bytes, report_id: bytes, now: datetime) -> Case:
    """Back to the queue, where it was. Raises NotYours, NotOpen, CaseGone, NotStaff."""

    def work(unit: Unit) -> Case:
        case = _hers(unit, room, by, report_id)
        case.to_queue(now)
        room.keep(unit, case, now)
        room.log(unit, "case released", case, by, now)
        return case

    return room.work(work)


def hand_over(room: CaseRoom, by: bytes, report_id: bytes, to: bytes, now: datetime) -> Case:
    """Give a case to a colleague; a supervisor may give anybody's. Raises NoRoom when she carries enough,
    NotShared when her key does not open it, OwnInstitution when it is about hers, and as above.
    """

    def work(unit: Unit) -> Case:
        me = room.acting(unit, by)
        room.acting(unit, to)
        _room_for(unit, room, to)
        case = room.held(unit, report_id, by)
        if not case.is_open:
            raise NotOpen(status=case.status)
        if case.holder != by and me.role != Role.SUPERVISOR:
            raise NotYours
        if not readers.is_granted(unit, to, report_id):
            raise NotShared
        outside(unit, room, to, case)
        case.give(to)
        case.desk["joined"] = []
        room.keep(unit, case, now)
        room.log(unit, "case handed over", case, by, now, f"to {short(to)}")
        return case

    return room.work(work)


def join(room: CaseRoom, by: bytes, report_id: bytes, now: datetime) -> Case:
    """A supervisor reads and answers beside the holder. Raises NotYours for anybody else, OwnInstitution."""

    def work(unit: Unit) -> Case:
        me = room.acting(unit, by)
        case = room.held(unit, report_id, by)
        if me.role != Role.SUPERVISOR:
            raise NotYours
        if not case.is_open:
            raise NotOpen(status=case.status)
        outside(unit, room, by, case)
        if by not in case.joined and by != case.holder:
            case.desk["joined"] = [*case.desk.get("joined", ()), by.hex()]
            room.keep(unit, case, now)
            room.log(unit, "case joined", case, by, now)
        return case

    return room.work(work)


def close(unit: Unit, room: CaseRoom, by: bytes, report_id: bytes, reason: str, now: datetime) -> Case:
    """Mark a case closed, in the unit of work that tells her (relay.close). Raises ValueError on an unknown reason."""
    if reason not in REASONS:
        raise ValueError(f"a case is closed for one of {', '.join(REASONS)}")
    case = _hers(unit, room, by, report_id)
    case.status = "closed"
    case.desk["closed_for"] = reason
    case.desk["asked"] = None
    return case


def reopen(room: CaseRoom, by: bytes, report_id: bytes, now: datetime) -> Case:
    """Take up a closed case again. Raises NoRoom, OwnInstitution, NotOpen when it is not closed."""

    def work(unit: Unit) -> Case:
        room.acting(unit, by)
        _room_for(unit, room, by)
        case = room.held(unit, report_id, by)
        if case.status != "closed":
            raise NotOpen(status=case.status)
        outside(unit, room, by, case)
        case.give(by)
        room.keep(unit, case, now)
        room.log(unit, "case reopened", case, by, now)
        return case

    return room.work(work)


def set_risk(room: CaseRoom, by: bytes, report_id: bytes, level: Level, now: datetime) -> Case:
    """Say how grave it is; every change is on record."""

    def work(unit: Unit) -> Case:
        room.acting(unit, by)
        case = room.held(unit, report_id, by)
        if case.holder is not None and not case.is_among(by):
            raise NotYours
        before = case.risk
        case.report.meta["priority"] = str(level)
        room.keep(unit, case, now)
        room.log(unit, "case risk", case, by, now, f"{before} to {level}")
        return case

    return room.work(work)


def name_institution(room: CaseRoom, by: bytes, report_id: bytes, institution: str, now: datetime) -> Case:
    """Say which institution a case is about; "" for none. Where that is one of the holder's own, it goes back to the queue.

    Raises NotYours, NotOpen, CaseGone, NotStaff; LookupError when no such institution is known.
    """

    def work(unit: Unit) -> Case:
        case = _hers(unit, room, by, report_id)
        if institution and institutions.fetch(unit, institution) is None:
            raise LookupError(institution)
        case.report.meta["institution"] = institution
        mine = part_with_insiders(unit, room, case, now)
        room.keep(unit, case, now)
        room.log(unit, "case released" if mine else "case institution", case, by, now)
        return case

    return room.work(work)


def be_on_duty(
    room: CaseRoom,
    by: bytes,
    until: datetime,
    now: datetime,
    *,
    languages: tuple[str, ...] | None = None,
    capacity: int | None = None,
) -> None:
    """From now until then cases come to her by themselves while she has room, whatever her week says.

    until  in the past: off duty now, and for the rest of a shift of hers that is running
    """

    def work(unit: Unit) -> None:
        room.acting(unit, by)
        one = counsellors.held(unit, room.keyring, by)
        one.changes = plan.without_old(plan.said_now(one, room.rota(unit).hours, now, until), now)
        one.languages = one.languages if languages is None else languages
        one.capacity = one.capacity if capacity is None else max(0, capacity)
        counsellors.save(unit, room.keyring, one)

    room.work(work)


def _hers(unit: Unit, room: CaseRoom, by: bytes, report_id: bytes) -> Case:
    room.acting(unit, by)
    case = room.held(unit, report_id, by)
    if case.holder != by:
        raise NotYours
    if not case.is_open:
        raise NotOpen(status=case.status)
    return case


def _free(case: Case) -> None:
    if case.status not in OPEN:
        raise NotOpen(status=case.status)
    if case.holder is not None:
        raise HeldByOther(code=case.code, holder=case.holder)


def outside(unit: Unit, room: CaseRoom, staff_id: bytes, case: Case) -> None:
    """Raises OwnInstitution when the case is about a place that she belongs to."""
    if not queue.is_free_to_take(counsellors.look(unit, room.keyring, staff_id), case):
        raise OwnInstitution


def part_with_insiders(unit: Unit, room: CaseRoom, case: Case, now: datetime) -> bool:
    """Nobody stays with a case about a place that she belongs to; whether its holder went. The caller saves it."""

    def is_outside(staff_id: bytes) -> bool:
        return queue.is_free_to_take(counsellors.look(unit, room.keyring, staff_id), case)

    case.desk["joined"] = [one.hex() for one in case.joined if is_outside(one)]
    if case.holder is None or is_outside(case.holder):
        return False
    case.to_queue(now)
    return True


def _room_for(unit: Unit, room: CaseRoom, staff_id: bytes) -> None:
    """Raises NoRoom. Holds how she works, so that two cases at once do not both take her last place."""
    one = counsellors.held(unit, room.keyring, staff_id)
    if queue.load(unit, room, staff_id) >= one.capacity:
        raise NoRoom(capacity=one.capacity)
