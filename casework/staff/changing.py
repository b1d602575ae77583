"""Changing a role: what the old one opened is closed in the same unit of work, and the new one opens nothing by itself.

Whoever becomes a counsellor reads what is filed from then on; what was before a colleague shares with her, if she will.
"""

from __future__ import annotations

from datetime import datetime

from casework.cases.case import Case
from casework.staff import leaving
from casework.staff.office import Office, short
from casework.staff.refusals import NobodyThere
from casework.staff.roles import READERS, Role
from storage import audit, counsellors
from storage.database import Unit
from storage.staff import logins, people, readers
from storage.staff.people import Member


def change_role(office: Office, member_id: bytes, role: Role, by: bytes, now: datetime) -> int:
    """Give a member another role; return how many grants were taken back. Every login of hers ends.

    Raises NobodyThere; LastAdmin; OnlyHers when some reports could be opened by nobody then: she shares them first.
    """

    def work(unit: Unit) -> int:
        member = people.fetch(unit, office.keyring, member_id)
        if member is None or member.status == people.LEFT:
            raise NobodyThere
        before, taken, back = Role(member.role), 0, list[Case]()
        if before == role:
            return 0
        if before == Role.ADMIN and member.status == people.ACTIVE:
            leaving.keep_one_admin(office, unit, member_id)
        if before in READERS and role not in READERS:
            taken, back = leaving.stand_down(office, unit, member, now)
            _clear_the_rota(office, unit, member_id)
            member.owed = False
        elif before == Role.SUPERVISOR and role in READERS:
            leaving.leave_joined(office, unit, member_id, now)  # only supervisors stand beside a holder
        elif role in READERS and before not in READERS and member.status == people.ACTIVE:
            readers.enrol(unit, office.keyring, member_id, member.public, now)
            member.owed = True
        _keep(office, unit, member, role)
        leaving.tell_back(office, unit, member_id, back, now)
        audit.append(
            unit, office.keyring, "role changed", now, f"{short(member_id)} from {before} to {role} by {short(by)}"
        )
        return taken

    return office.work(work)


def end_logins(office: Office, member_id: bytes, by: bytes, now: datetime) -> None:
    """End every login of a member; she may log in again. Raises NobodyThere."""

    def work(unit: Unit) -> None:
        member = people.fetch(unit, office.keyring, member_id)
        if member is None or member.status != people.ACTIVE:
            raise NobodyThere
        _keep(office, unit, member, Role(member.role))
        audit.append(unit, office.keyring, "logins ended", now, f"{short(member_id)} by {short(by)}")

    office.work(work)


def _keep(office: Office, unit: Unit, member: Member, role: Role) -> None:
    member.role, member.epoch = role.value, member.epoch + 1
    people.save(unit, office.keyring, member)
    logins.end_all(unit, member.id)


def _clear_the_rota(office: Office, unit: Unit, member_id: bytes) -> None:
    """Should she answer again one day, she is on only when she says so."""
    one = counsellors.held(unit, office.keyring, member_id)
    one.week, one.changes = (), ()
    counsellors.save(unit, office.keyring, one)
