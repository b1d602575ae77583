"""An invitation works once, for a while, and only with a second factor; what only she knows is kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from sqlalchemy import select

from casework.staff import joining, refusals
from casework.staff.factors import Shown
from casework.staff.office import Office
from casework.staff.roles import Role
from storage.database import StorageAway, Unit
from storage.staff import people
from storage.tables import main_metadata
from tests.casework.staff.conftest import ON_SQLITE, PASSWORD, Human, accepted
from tests.phones import Clock


@pytest.fixture
def code(office: Office, clock: Clock) -> str:
    return joining.invite(office, "Sana", Role.SUPERVISOR, b"", clock())


@pytest.fixture
def shown(office: Office, clock: Clock, code: str) -> Shown:
    offer = joining.offer(office, joining.look(office, code, clock()), clock())
    return Shown(code=pyotp.TOTP(offer.secret).at(clock()), ticket=offer.ticket)


def test_who_accepts_is_in_at_once(amina: Human) -> None:
    assert (amina.person.name, amina.person.role) == ("Amina", Role.COUNSELLOR)


def test_an_invitation_is_used_once(office: Office, clock: Clock, code: str) -> None:
    accepted(office, code, clock, "Sana")

    with pytest.raises(refusals.NoInvitation):
        accepted(office, code, clock, "Sana")


def test_of_two_who_use_an_invitation_at_once_one_wins(office: Office, clock: Clock, code: str, shown: Shown) -> None:
    def attempt(password: str) -> str:
        try:
            joining.accept(office, code, password, shown, clock())
        except refusals.NoInvitation:
            return "gone"
        return password

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, ["one quiet boat", "two quiet boats"]))

    assert outcomes[0] == "gone"
    assert outcomes[1] != "gone"


@pytest.mark.parametrize("given", ["", "nonsense", "A" * 43, "ü" * 43, "A" * 100_000])
@ON_SQLITE
def test_a_code_that_was_never_given_is_refused(office: Office, clock: Clock, given: str) -> None:
    with pytest.raises(refusals.NoInvitation):
        joining.look(office, given, clock())


@ON_SQLITE
def test_an_invitation_is_too_old_after_three_days(office: Office, clock: Clock, code: str) -> None:
    clock.forward(hours=73)

    with pytest.raises(refusals.NoInvitation):
        joining.look(office, code, clock())


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", refusals.TooShort),
        ("Password123", refusals.TooCommon),
        ("QWERTYUIOP", refusals.TooCommon),
        ("aaaaaaaaaaaaaaaaaa", refusals.TooCommon),
        ("sana hamraz", refusals.TooCommon),
        ("x" * 1001, refusals.TooLong),
    ],
)
@ON_SQLITE
def test_a_weak_password_is_refused_and_the_invitation_still_works(
    office: Office, clock: Clock, code: str, shown: Shown, password: str, why: type[refusals.Refusal]
) -> None:
    with pytest.raises(why):
        joining.accept(office, code, password, shown, clock())

    joining.accept(office, code, PASSWORD, shown, clock())


@pytest.mark.parametrize("password", ["سات خاموش کشتیاں", "all lower case and no digit", "correct🐴battery"])
@ON_SQLITE
def test_no_rule_says_what_a_password_is_made_of(
    office: Office, clock: Clock, code: str, shown: Shown, password: str
) -> None:
    assert joining.accept(office, code, password, shown, clock()).recovery


@pytest.mark.parametrize("wrong", ["000000", "", "12345", "not a code"])
@ON_SQLITE
def test_a_second_factor_that_does_not_fit_is_refused(
    office: Office, clock: Clock, code: str, shown: Shown, wrong: str
) -> None:
    with pytest.raises(refusals.WrongFactor):
        joining.accept(office, code, PASSWORD, Shown(code=wrong, ticket=shown.ticket), clock())


@ON_SQLITE
def test_the_ticket_of_another_member_or_an_old_one_is_refused(
    office: Office, clock: Clock, code: str, shown: Shown
) -> None:
    other = joining.invite(office, "Other", Role.COUNSELLOR, b"", clock())
    with pytest.raises(refusals.Stale):
        joining.accept(office, other, PASSWORD, shown, clock())
    clock.forward(minutes=16)
    with pytest.raises(refusals.Stale):
        joining.accept(office, code, PASSWORD, shown, clock())


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "two\0words"])
@ON_SQLITE
def test_a_name_that_is_none_is_refused(office: Office, clock: Clock, name: str) -> None:
    with pytest.raises(refusals.BadName):
        joining.invite(office, name, Role.ANALYST, b"", clock())


def test_a_name_is_given_once_however_it_is_written(office: Office, clock: Clock, amina: Human) -> None:
    with pytest.raises(refusals.NameTaken):
        joining.invite(office, " AMINA ", Role.ANALYST, b"", clock())


def test_killed_before_any_write_of_accepting_she_can_simply_do_it_again(
    office: Office, clock: Clock, code: str, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(1, 50):
        if not fails_at(office, monkeypatch, at, lambda: joining.accept(office, code, PASSWORD, shown, clock())):
            break
        member = office.read(lambda unit: people.everybody(unit, office.keyring))[0]
        assert (member.status, member.proofs) == (people.INVITED, {})
        assert joining.look(office, code, clock()).name == "Sana"

    assert at > 5  # it is several writes, and each was tried


def test_no_name_password_code_or_secret_lies_open_in_the_database(office: Office, amina: Human) -> None:
    found = office.read(
        lambda unit: [unit.main.all(select(table)) for table in main_metadata.tables.values() if "staff" in table.name]
    )

    held = [amina.name, amina.password, amina.secret, amina.recovery, amina.cookie, amina.person.private.hex()]
    assert [one for one in held if one in repr(found) or one.encode().hex() in repr(found)] == []


def fails_at(office: Office, monkeypatch: pytest.MonkeyPatch, at: int, act: Callable[[], object]) -> bool:
    """Act while the database goes away at the n-th write of each unit; whether it did."""
    work = office.database.work

    def fragile(function: Callable[[Unit], object]) -> object:
        def cut_off(unit: Unit) -> object:
            run, left = unit.main.run, [at]

            def counted(statement: object, **values: object) -> int:
                left[0] -= 1
                if not left[0]:
                    raise StorageAway("cut off")
                return run(statement, **values)  # type: ignore[arg-type]  # passes everything on

            class Cut:
                run = staticmethod(counted)
                one, all = unit.main.one, unit.main.all

            return function(Unit(Cut(), unit.keys))  # type: ignore[arg-type]  # as far as it is used

        return work(cut_off)

    with monkeypatch.context() as patched:
        patched.setattr(office.database, "work", fragile)
        try:
            act()
        except StorageAway:
            return True
    return False
