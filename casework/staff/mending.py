"""Mending: another password, another second factor, the code on paper used, or only her logins. Each ends every login of hers.

Two of three always: password, second factor, code on paper. Who has only one left is invited anew, and her
colleagues, who can open every case too, share them with her new key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from casework.staff import factors, gate, passwords
from casework.staff.entering import Person, named, opened_by
from casework.staff.factors import Shown, ToMake
from casework.staff.gate import Visitor
from casework.staff.office import Office, short
from casework.staff.passwords import Opened
from casework.staff.recovery import RecoveryCode
from casework.staff.refusals import Refused
from storage import audit
from storage.database import Unit
from storage.staff import logins, people
from storage.staff.people import Member
from storage.vault.keyring import Purpose

NOBODY_YET = b""  # whoever sets up a factor before we know who she is
NAMELESS = "staff"  # what her app shows then beside "Hamraz"


@dataclass(frozen=True, slots=True)
class Mended:
    """Two of three were right."""

    recovery: str = field(repr=False)  # the next code for paper, to be shown now and never again
    mark: str = field(repr=False)  # this browser is hers now


def change_password(office: Office, person: Person, old: str, new: str, now: datetime) -> None:
    """Another password, by her own old one. About 0.4 s. Raises Refused, Wait, Busy, TooShort, TooLong, TooCommon."""
    passwords.check(new, person.name)
    member, opened = _proven(office, person, old, now)
    lock = _lock(office, member, new, opened.private)
    _change(office, member, "password changed", now, lambda unit, held: _put_lock(office, held, lock))


def set_factor(office: Office, person: Person, password: str, shown: Shown, now: datetime, *, alone: bool) -> None:
    """Another second factor, by her password. Raises Refused, Wait, Busy, WrongFactor, Stale.

    alone  every earlier one works no more; otherwise a code from an app replaces a code, a passkey is one more
    """
    made = factors.made(office, shown, person.id, now)
    member, _ = _proven(office, person, password, now)

    def put(unit: Unit, held: Member) -> None:
        earlier = [] if alone else held.proofs.get("passkeys", [])
        if alone:
            held.proofs.pop("totp", None)
            held.proofs.pop("passkeys", None)
        if "passkeys" in made:
            held.proofs["passkeys"] = [*earlier, *made["passkeys"]]
        else:
            held.proofs["totp"] = made["totp"]

    _change(office, member, "second factor changed", now, put)


def new_recovery(office: Office, person: Person, password: str, now: datetime) -> str:
    """Another code for paper, to be shown once; the earlier one works no more. Raises Refused, Wait, Busy."""
    member, opened = _proven(office, person, password, now)
    paper = RecoveryCode.mint()
    _change(office, member, "recovery code renewed", now, _put_paper(paper, opened.private), ends=False)
    return paper.printed


def open_logins(office: Office, person: Person, now: datetime) -> int:
    """In how many browsers she is logged in, this one among them."""
    return office.read(lambda unit: logins.count_open(unit, person.id, now))


def end_logins(office: Office, person: Person, password: str, now: datetime) -> None:
    """End every login of hers, by her password. Raises Refused, Wait, Busy."""
    member, _ = _proven(office, person, password, now)
    _change(office, member, "logins ended", now, lambda unit, held: None)


def lost_password(
    office: Office, name: str, paper: str, shown: Shown, new: str, visitor: Visitor, now: datetime
) -> Mended:
    """A new password by paper and second factor.

    Raises Refused, Wait, Busy, TooShort, TooLong, TooCommon.
    """
    member, private = _by_paper(office, name, paper, visitor, now)
    passwords.check(new, name)
    used = factors.fits(office, member, shown, now)
    if used is None:
        raise Refused
    lock, fresh = _lock(office, member, new, private), RecoveryCode.mint()

    def put(unit: Unit, held: Member) -> None:
        if not factors.use(office, unit, held, used):
            raise Refused
        _put_lock(office, held, lock)
        _put_paper(fresh, private)(unit, held)

    _change(office, member, "password lost, recovery code used", now, put)
    return Mended(fresh.printed, gate.new_mark(office.keyring, member.id))


def offer_to_nobody(office: Office, now: datetime) -> ToMake:
    """A second factor to set up for whoever can prove herself otherwise."""
    return factors.to_make(office, NOBODY_YET, NAMELESS, now)


def lost_factor(
    office: Office, name: str, paper: str, password: str, shown: Shown, visitor: Visitor, now: datetime
) -> Mended:
    """A new second factor by paper and password; every earlier one works no more.

    Raises Refused, Wait, Busy, WrongFactor, Stale.
    """
    member, private = _by_paper(office, name, paper, visitor, now)
    made = factors.made(office, shown, NOBODY_YET, now)
    if opened_by(office, member, password) is None:
        raise Refused
    fresh = RecoveryCode.mint()

    def put(unit: Unit, held: Member) -> None:
        for kind in ("totp", "passkeys"):
            held.proofs.pop(kind, None)
        held.proofs.update(made)
        _put_paper(fresh, private)(unit, held)

    _change(office, member, "second factor lost, recovery code used", now, put)
    return Mended(fresh.printed, gate.new_mark(office.keyring, member.id))


def _proven(office: Office, person: Person, password: str, now: datetime) -> tuple[Member, Opened]:
    """Who is logged in, proven once more by her password. Raises Refused, Wait, Busy."""
    gate.enter_again(office, "own password", person.id, now)
    member = office.read(lambda unit: people.fetch(unit, office.keyring, person.id, hold=False))
    opened = opened_by(office, member, password) if member is not None and member.status == people.ACTIVE else None
    if member is None or opened is None:
        raise Refused
    return member, opened


def _by_paper(office: Office, name: str, paper: str, visitor: Visitor, now: datetime) -> tuple[Member, bytes]:
    """Whose paper it is, and her private half. Raises Refused, Wait.

    The paper is looked at before tries are counted: nobody guesses 128 bits, and while strangers use up what unknown
    browsers may try at her name, whoever has her paper still comes to her password or second factor, 20 times in 15 minutes.
    """
    member, code = named(office, name), RecoveryCode.read(paper)
    active = member is not None and member.status == people.ACTIVE
    private = code.open(member.proofs["recovery"], member.id) if member and active and code else None
    if member is None or private is None:
        gate.enter(office, name, member.id if member else None, visitor, now)
        raise Refused
    gate.enter_again(office, "paper", member.id, now)
    return member, private


def _lock(office: Office, member: Member, password: str, private: bytes) -> dict[str, object]:
    return office.stretcher.lock(password, office.keyring.key(Purpose.PEPPER), private, member.id)


def _put_lock(office: Office, held: Member, lock: dict[str, object]) -> None:
    held.proofs["password"], held.pepper_id = lock, office.keyring.current


def _put_paper(paper: RecoveryCode, private: bytes) -> Callable[[Unit, Member], None]:
    def put(unit: Unit, held: Member) -> None:
        held.proofs["recovery"] = paper.lock(private, held.id)

    return put


def _change(
    office: Office,
    member: Member,
    what: str,
    now: datetime,
    put: Callable[[Unit, Member], None],
    *,
    ends: bool = True,
) -> None:
    """Change a member as she was when she proved herself, in one unit. Raises Refused when she is not that any more."""

    def work(unit: Unit) -> None:
        held = people.fetch(unit, office.keyring, member.id)
        if held is None or (held.status, held.epoch) != (people.ACTIVE, member.epoch):
            raise Refused
        if held.proofs["recovery"] != member.proofs["recovery"]:  # the paper was used meanwhile
            raise Refused
        put(unit, held)
        if ends:
            held.epoch += 1
            logins.end_all(unit, held.id)
        people.save(unit, office.keyring, held)
        audit.append(unit, office.keyring, what, now, short(held.id))

    office.work(work)
