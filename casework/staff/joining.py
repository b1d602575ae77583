"""Joining: somebody is invited by a code that works once, and sets up what only she knows."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime

from casework.staff import factors, gate, passwords
from casework.staff.factors import Shown, ToMake
from casework.staff.office import Office, short
from casework.staff.recovery import RecoveryCode
from casework.staff.refusals import BadName, NameTaken, NobodyThere, NoInvitation
from casework.staff.roles import READERS, Role
from storage import audit
from storage.database import Duplicate, Unit
from storage.staff import invitations, logins, people, readers
from storage.vault.grants import KeyPair
from storage.vault.keyring import Purpose

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom an invitation is for."""

    id: bytes
    name: str = field(repr=False)
    role: Role


@dataclass(frozen=True, slots=True)
class Joined:
    """She is in."""

    cookie: str = field(repr=False)
    mark: str = field(repr=False)
    recovery: str = field(repr=False)  # to be shown now and never again


def invite(office: Office, name: str, role: Role, by: bytes, now: datetime) -> str:
    """Invite somebody new; return the code of her invitation. Raises BadName, NameTaken."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadName

    def work(unit: Unit) -> bytes:
        if people.find(unit, office.keyring, name) is not None:
            raise NameTaken
        member = people.add(unit, office.keyring, name, role.value, now)
        audit.append(unit, office.keyring, "invited", now, f"{short(member.id)} as {role} by {_who(by)}")
        return invitations.issue(unit, office.keyring, member.id, now)

    try:
        return as_text(office.work(work))
    except Duplicate:  # the same name, twice at once
        raise NameTaken from None


def invite_again(office: Office, member_id: bytes, by: bytes, now: datetime) -> str:
    """Another invitation, also for somebody who lost everything or comes back: what she had ends when she accepts it.

    Raises NobodyThere.
    """

    def work(unit: Unit) -> bytes:
        member = people.fetch(unit, office.keyring, member_id)
        if member is None:
            raise NobodyThere
        if member.status == people.LEFT:
            member.status = people.INVITED
            people.save(unit, office.keyring, member)
        audit.append(unit, office.keyring, "invited again", now, f"{short(member_id)} by {_who(by)}")
        return invitations.issue(unit, office.keyring, member_id, now)

    return as_text(office.work(work))


def look(office: Office, code: str, now: datetime) -> Invited:
    """Whom a code invites. Raises NoInvitation."""

    def read(unit: Unit) -> people.Member | None:
        member_id = invitations.find(unit, office.keyring, as_bytes(code), now)
        return None if member_id is None else people.fetch(unit, office.keyring, member_id, hold=False)

    member = office.read(read)
    if member is None:
        raise NoInvitation
    return Invited(member.id, member.name, Role(member.role))


def offer(office: Office, invited: Invited, now: datetime) -> ToMake:
    """A second factor to set up."""
    return factors.to_make(office, invited.id, invited.name, now)


def accept(office: Office, code: str, password: str, shown: Shown, now: datetime) -> Joined:
    """Set up what only she knows, and let her in. About 0.2 s.

    Raises NoInvitation, TooShort, TooLong, TooCommon, WrongFactor, Stale or Busy; then the invitation still works.
    """
    invited = look(office, code, now)
    passwords.check(password, invited.name)
    factor = factors.made(office, shown, invited.id, now)
    keyring, pair, paper = office.keyring, KeyPair.new(), RecoveryCode.mint()
    lock = office.stretcher.lock(password, keyring.key(Purpose.PEPPER), pair.private, invited.id)

    def work(unit: Unit) -> bytes:
        member = people.fetch(unit, keyring, invited.id)
        if member is None or not invitations.spend(unit, as_bytes(code)):
            raise NoInvitation
        reads = member.role in READERS
        member.status, member.public, member.owed = people.ACTIVE, pair.public, reads
        member.proofs = {"password": lock, "recovery": paper.lock(pair.private, member.id), **factor}
        member.pepper_id, member.epoch = keyring.current, member.epoch + 1
        people.save(unit, keyring, member)
        logins.end_all(unit, member.id)
        if reads:
            readers.enrol(unit, keyring, member.id, pair.public, now)
        audit.append(unit, keyring, "joined", now, short(member.id))
        return logins.begin(unit, keyring, member.id, member.epoch, pair.private, now)

    cookie = office.work(work)
    return Joined(as_text(cookie), gate.new_mark(keyring, invited.id), paper.printed)


def as_text(secret: bytes) -> str:
    """32 bytes as 43 letters for a link or a cookie."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()


def as_bytes(text: str) -> bytes:
    """Back from `as_text`; b"" for what is no such text."""
    try:
        found = base64.urlsafe_b64decode(text.strip().encode("ascii", "replace") + b"=")
    except ValueError:
        return b""
    return found if len(found) == 32 else b""


def _who(by: bytes) -> str:
    return short(by) if by else "the command line"
