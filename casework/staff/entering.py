"""Entering: name, second factor, password; and being recognised by a cookie until it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from casework.staff import factors, gate
from casework.staff.factors import Shown
from casework.staff.gate import Visitor
from casework.staff.joining import as_bytes, as_text
from casework.staff.office import Office, short
from casework.staff.passwords import Opened, locked
from casework.staff.refusals import Busy, Refused
from casework.staff.roles import READERS, Role
from storage import audit
from storage.database import Unit
from storage.staff import logins, people, watching
from storage.staff.people import Member
from storage.staff.readers import Reader as Reader  # doors name it, and never open storage
from storage.vault.errors import Tampered
from storage.vault.keyring import Purpose


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is logged in."""

    id: bytes
    name: str = field(repr=False)
    role: Role
    epoch: int
    private: bytes = field(repr=False)  # unlocked; lives for one request

    @property
    def reader(self) -> Reader | None:
        """With what she opens reports; None for who reads none."""
        return Reader(self.id, self.private) if self.role in READERS else None


@dataclass(frozen=True, slots=True)
class Entered:
    """She is in."""

    cookie: str = field(repr=False)
    mark: str = field(repr=False)


def named(office: Office, name: str) -> Member | None:
    """Whoever has this name; None for nobody, also when her row was put back to an earlier one. Raises Tampered."""

    def read(unit: Unit) -> Member | None:
        member_id = people.find(unit, office.keyring, name)
        member = None if member_id is None else people.fetch(unit, office.keyring, member_id, hold=False)
        return None if member is None or watching.behind(unit, member) else member

    return office.read(read)


def log_in(office: Office, name: str, password: str, shown: Shown, visitor: Visitor, now: datetime) -> Entered:
    """Let somebody in. About 0.2 s, and next to nothing for whoever has no second factor.

    Raises Refused (whatever it was that did not fit; `who` among its values where there is somebody of this name, for the
    log alone), Wait or Busy.
    """
    member = named(office, name)
    gate.enter(office, name, member.id if member else None, visitor, now)
    used = factors.fits(office, member, shown, now) if member and member.status == people.ACTIVE else None
    if member is None:
        raise Refused
    if used is None:
        raise Refused(who=short(member.id))
    opened = opened_by(office, member, password)
    if opened is None:
        raise Refused(who=short(member.id), factor="fits")

    def work(unit: Unit) -> bytes:
        held = people.fetch(unit, office.keyring, member.id)
        # Meanwhile she may have left, changed her password, or logged in with the same code elsewhere.
        if held is None or (held.status, held.epoch) != (people.ACTIVE, member.epoch):
            raise Refused
        if not factors.use(office, unit, held, used):
            raise Refused
        _under_current_pepper(office, held, opened)
        people.save(unit, office.keyring, held)
        audit.append(unit, office.keyring, "logged in", now, short(held.id))
        return logins.begin(unit, office.keyring, held.id, held.epoch, opened.private, now)

    return Entered(as_text(office.work(work)), gate.new_mark(office.keyring, member.id))


def opened_by(office: Office, member: Member, password: str) -> Opened | None:
    """Her private half, opened by her password; None for a wrong one. About 0.2 s. Raises Busy."""
    pepper = office.keyring.key(Purpose.PEPPER, member.pepper_id)
    try:
        opened = office.stretcher.open(member.proofs["password"], password, pepper, member.id)
    except Busy:
        office.unlocked("busy")
        raise
    office.unlocked("refused" if opened is None else "ok")
    return opened


def who(office: Office, cookie: str, now: datetime, *, touch: bool = True) -> Person | None:
    """Whose login a cookie is; None when there is none, or it has ended.

    touch  it counts as being there; false for what a page does by itself
    """
    secret = as_bytes(cookie)
    if not secret:
        return None

    def read(unit: Unit) -> tuple[logins.Login, Member] | None:
        login = logins.find(unit, office.keyring, secret, now)
        member = people.fetch(unit, office.keyring, login.staff_id, hold=False) if login else None
        return (login, member) if login and member else None

    try:
        found = office.read(read)
    except Tampered as fault:
        _put_on_record(office, secret, str(fault), now)
        return None
    if found is None:
        return None
    login, member = found
    if (member.status, member.epoch) != (people.ACTIVE, login.epoch):
        return None
    if touch and login.stale:
        office.work(lambda unit: logins.touch(unit, secret, now))
    return Person(member.id, member.name, Role(member.role), member.epoch, login.private)


def log_out(office: Office, cookie: str) -> None:
    """End a login. Doing it twice changes nothing."""
    office.work(lambda unit: logins.end(unit, as_bytes(cookie)))


def _under_current_pepper(office: Office, held: Member, opened: Opened) -> None:
    """After a rotation: lock her private half anew, so that the earlier key can go."""
    if held.pepper_id == office.keyring.current:
        return
    pepper = office.keyring.key(Purpose.PEPPER)
    held.proofs["password"] = locked(held.proofs["password"], opened.stretched, pepper, opened.private, held.id)
    held.pepper_id = office.keyring.current


def _put_on_record(office: Office, secret: bytes, place: str, now: datetime) -> None:
    """A login that is not as we left it: noted, and ended, so that it is noted once."""

    def work(unit: Unit) -> None:
        logins.end(unit, secret)
        audit.note_fault(unit, office.keyring, place, now)

    office.work(work)
