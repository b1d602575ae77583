"""Leaving: in one action what only she could open is shared, her cases go back to the queue, her keys and logins end."""

from __future__ import annotations

from datetime import datetime

from casework.casefile import history
from casework.cases.case import Case
from casework.cases.news import News
from casework.chat import posting
from casework.paging.pager import drop_calls
from casework.staff import sharing
from casework.staff.office import BY_COMMAND, Office, short
from casework.staff.refusals import LastAdmin, NobodyThere, OnlyHers
from casework.staff.roles import READERS, Role
from storage import audit, cases, reports
from storage.database import Unit
from storage.staff import doors, invitations, logins, pairings, people, readers, watching
from storage.staff.readers import Reader

_BACK = "case back: her holder left"


def leave(office: Office, member_id: bytes, by: bytes, giver: Reader | None, now: datetime) -> int:
    """Let a member go; return how many grants were taken back.

    by     who does it: her id, or BY_COMMAND
    giver  with what that person opens reports, if she does: what is still owed to others is shared first
    Raises NobodyThere; LastAdmin; OnlyHers when some reports could be opened by nobody then.
    """
    if giver is not None:
        while sharing.share(office, giver, now):
            pass

    def work(unit: Unit) -> int:
        member = people.fetch(unit, office.keyring, member_id)
        if member is None or member.status == people.LEFT:
            raise NobodyThere
        if member.role == Role.ADMIN and member.status == people.ACTIVE and by != BY_COMMAND:
            keep_one_admin(office, unit, member_id)
        taken, back = stand_down(office, unit, member, now)
        invitations.withdraw(unit, member_id)
        logins.end_all(unit, member_id)
        pairings.withdraw(unit, member_id)
        doors.remove(unit, member_id)
        drop_calls(unit, office.keyring, member_id)
        tell_back(office, unit, member_id, back, now)
        audit.append(
            unit, office.keyring, "left", now, f"{short(member_id)} by {short(by) if by else 'the command line'}"
        )
        if member.status == people.INVITED and not member.public:
            people.remove(unit, member_id)  # she never came: her name is free again
            watching.forget(unit, member_id)
            return taken
        member.status, member.owed, member.epoch = people.LEFT, False, member.epoch + 1
        member.proofs, member.pepper_id = {}, ""  # nothing opens her private half any more
        people.save(unit, office.keyring, member)
        return taken

    return office.work(work)


def stand_down(office: Office, unit: Unit, member: people.Member, now: datetime) -> tuple[int, list[Case]]:
    """She answers no reporter any more: how many grants were taken back, and the cases that went back to the queue.

    The caller tells of those (`tell_back`), last in the unit. Raises OnlyHers.
    """
    taken = _take_back(unit, member, now) if member.role in READERS else 0
    back = _give_back(office, unit, member.id, now)
    posting.clear_all(unit, office.keyring, member.id, now)  # what lies in her chat is deleted there
    leave_joined(office, unit, member.id, now)
    return taken, back


def leave_joined(office: Office, unit: Unit, member_id: bytes, now: datetime) -> None:
    """She reads and answers beside no holder any more."""
    joined = [found.id for found in cases.everyones(unit, office.keyring) if member_id in Case(found).joined]
    for report_id in joined:
        report = reports.fetch(unit, office.keyring, report_id)
        if report is None:
            continue
        case = Case(report)
        case.desk["joined"] = [one.hex() for one in case.joined if one != member_id]
        reports.save(unit, office.keyring, report, now)
        if case.holder != member_id:
            posting.clear_one(unit, office.keyring, member_id, report_id, now)


def tell_back(office: Office, unit: Unit, member_id: bytes, back: list[Case], now: datetime) -> None:
    """Let colleagues know which cases are nobody's again, and put it on record."""
    for case in back:
        for herald in office.heralds:
            herald.tell(unit, News(_BACK, case, now, member_id))
        cases.log(unit, office.keyring, _BACK, f"{case.code} by {short(member_id)}", now)


def _take_back(unit: Unit, member: people.Member, now: datetime) -> int:
    alone = readers.hers_alone(unit, member.id)
    if alone:
        raise OnlyHers(count=alone)
    return readers.leave(unit, member.id, now)


def _give_back(office: Office, unit: Unit, member_id: bytes, now: datetime) -> list[Case]:
    """Her open cases to the queue, each where it was in the line, or to nobody where the reporter left."""
    back = []
    for found in list(cases.held_by(unit, office.keyring, member_id)):
        report = reports.fetch(unit, office.keyring, found.id)
        if report is None or report.holder != member_id or not Case(report).is_open:
            continue
        case = Case(report)
        if case.status == "left":
            report.holder = None
        else:
            case.to_queue(now)
        history.note(unit, case, "case back: her holder left", member_id, now)
        reports.save(unit, office.keyring, report, now)
        back.append(case)
    return back


def keep_one_admin(office: Office, unit: Unit, leaver: bytes) -> None:
    """Raises LastAdmin when nobody else is one."""
    others = (
        one
        for one in people.everybody(unit, office.keyring)
        if one.id != leaver and one.role == Role.ADMIN and one.status == people.ACTIVE
    )
    if next(others, None) is None:
        raise LastAdmin
