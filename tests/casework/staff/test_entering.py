"""Logging in: all three must fit, a code opens once, clocks may be a step off, and what ends stays ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from casework import soundness
from casework.staff import entering, joining, leaving, refusals, register
from casework.staff.factors import Shown
from casework.staff.gate import Visitor
from casework.staff.office import Office
from casework.staff.roles import Role
from storage import audit
from storage.errors import StorageError
from storage.resealing import reseal, unused
from storage.staff import people
from storage.tables import staff, staff_sessions
from storage.vault.keyring import Keyring
from tests.casework.staff.conftest import HOME, ON_SQLITE, Counting, Hire, Human
from tests.phones import Clock


def test_name_password_and_code_let_her_in(amina: Human) -> None:
    cookie = amina.log_in().cookie

    found = amina.who(cookie)
    assert found is not None
    assert found.id == amina.id
    assert found.private == amina.person.private


@pytest.mark.parametrize(
    "wrong", [{"name": "nobody"}, {"password": "seven quiet boat"}, {"code": "000000"}, {"code": ""}, {"name": ""}]
)
@ON_SQLITE
def test_whatever_does_not_fit_the_answer_is_the_same(amina: Human, wrong: dict[str, str]) -> None:
    with pytest.raises(refusals.Refused) as refused:
        amina.log_in(**wrong)

    assert str(refused.value) == "staff: refused"


def test_without_the_second_factor_nothing_slow_is_done(amina: Human, stretcher: Counting) -> None:
    with pytest.raises(refusals.Refused):
        amina.log_in(code="000000")

    assert stretcher.reached == 0


def test_a_code_opens_once(amina: Human) -> None:
    amina.log_in()

    with pytest.raises(refusals.Refused):
        amina.log_in()
    with pytest.raises(refusals.Refused):
        amina.log_in(code=amina.code(off=-1))


@pytest.mark.parametrize(("off", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
@ON_SQLITE
def test_her_clock_or_ours_may_be_one_step_off(amina: Human, clock: Clock, off: int, opens: bool) -> None:
    clock.forward(minutes=5)
    try:
        amina.log_in(code=amina.code(off=off))
    except refusals.Refused:
        assert not opens
    else:
        assert opens


@ON_SQLITE
def test_a_code_is_read_in_any_scripts_digits(amina: Human) -> None:
    amina.log_in(code=amina.code().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))


def test_a_wrong_password_does_not_use_up_the_code(amina: Human) -> None:
    with pytest.raises(refusals.Refused):
        amina.log_in(password="seven loud boats")

    assert amina.log_in().cookie


def test_after_logging_out_the_cookie_opens_nothing(office: Office, amina: Human) -> None:
    entering.log_out(office, amina.cookie)

    assert amina.who() is None


@ON_SQLITE
def test_a_busy_login_lasts_eight_hours_and_an_idle_one_a_quarter(amina: Human, clock: Clock) -> None:
    for _ in range(47):
        clock.forward(minutes=10)
        assert amina.who() is not None
    clock.forward(minutes=10)
    assert amina.who() is None

    idle = amina.log_in().cookie
    clock.forward(minutes=15, seconds=1)
    assert amina.who(idle) is None


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "ü", "A" * 100_000])
@ON_SQLITE
def test_a_cookie_that_is_none_of_ours_is_nobody(amina: Human, cookie: str) -> None:
    assert amina.who(cookie) is None


def test_a_login_that_was_changed_in_the_tables_is_noted_once_and_ended(
    office: Office, amina: Human, clock: Clock
) -> None:
    office.work(lambda unit: unit.main.run(update(staff_sessions).values(sealed=bytes(300))))

    assert [amina.who(), amina.who()] == [None, None]

    noted = [line.what for line in office.read(lambda unit: list(audit.lines(unit, office.keyring)))]
    assert noted.count("fault") == 1


def test_after_a_rotation_she_logs_in_and_the_old_key_can_go(
    office: Office, amina: Human, keyring: Keyring, clock: Clock
) -> None:
    rotated = keyring.rotated()
    amina.office = Office(office.database, rotated, office.stretcher, None)
    reseal(office.database, rotated, clock())

    amina.log_in()
    entering.log_out(amina.office, amina.cookie)
    reseal(office.database, rotated, clock())

    assert office.read(lambda unit: unused(unit, rotated)) == [keyring.current]
    amina.office = Office(office.database, rotated.without(keyring.current), office.stretcher, None)
    clock.forward(seconds=30)
    assert amina.log_in().cookie


@ON_SQLITE
def test_when_all_turns_are_taken_she_is_told_to_try_again(amina: Human, office: Office) -> None:
    amina.office = Office(office.database, office.keyring, Counting(slots=1, wait=0.0), None)
    with amina.office.stretcher._turn(), pytest.raises(refusals.Busy):
        amina.log_in()

    assert amina.log_in().cookie


@pytest.mark.parametrize("role", list(Role))
@ON_SQLITE
def test_only_who_reads_reports_has_what_opens_them(hire: Hire, role: Role) -> None:
    person = hire("Zoya", role).person

    assert (person.reader is not None) is (role in (Role.COUNSELLOR, Role.SUPERVISOR))


def test_the_log_says_who_came_and_never_a_name(office: Office, amina: Human) -> None:
    amina.log_in()

    lines = office.read(lambda unit: list(audit.lines(unit, office.keyring)))

    assert [line.what for line in lines] == ["invited", "joined", "logged in"]
    assert all(amina.name not in line.detail and amina.id.hex()[:8] in line.detail for line in lines)


def test_nobody_is_let_in_by_a_name_alone_before_she_accepted(office: Office, clock: Clock) -> None:
    joining.invite(office, "Sana", Role.ADMIN, b"", clock())

    with pytest.raises(refusals.Refused):
        entering.log_in(office, "Sana", "", Shown(), Visitor(HOME), clock())


def test_of_two_who_use_one_code_at_once_one_is_let_in(amina: Human) -> None:
    code = amina.code()

    def attempt(_: int) -> bool:
        try:
            amina.log_in(code=code)
        except (refusals.Refused, StorageError):  # the code was used, or she was saved by the other meanwhile
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, range(2))) == [False, True]


def test_who_left_and_was_put_back_by_an_older_row_is_refused_and_named(
    office: Office, amina: Human, clock: Clock
) -> None:
    before = office.read(lambda unit: unit.main.one(select(staff)))
    assert before is not None
    leaving.leave(office, amina.id, b"", None, clock())
    assert soundness.copy_heads(office.database, office.keyring, clock()) == []
    put_back = dict(zip((column.name for column in staff.columns), before, strict=True))
    office.work(lambda unit: unit.main.run(update(staff).values(put_back)))

    with pytest.raises(refusals.Refused):
        amina.log_in()

    assert [fault for fault in soundness.findings(office.database, office.keyring) if "staff" in fault] == [
        f"staff {amina.id.hex()[:8]}: put back to an earlier state"
    ]


def test_who_is_taken_out_of_the_tables_is_missed_and_who_was_removed_is_not(
    office: Office, amina: Human, clock: Clock
) -> None:
    joining.invite(office, "Sana", Role.ADMIN, b"", clock())
    soundness.copy_heads(office.database, office.keyring, clock())
    sana = register.entry(office, "Sana")
    assert sana is not None
    leaving.leave(office, sana.id, b"", None, clock())
    assert list(soundness.findings(office.database, office.keyring)) == []

    office.work(lambda unit: people.remove(unit, amina.id))

    assert [fault for fault in soundness.findings(office.database, office.keyring) if "staff" in fault] == [
        f"staff {amina.id.hex()[:8]}: her row is gone, and nobody removed it"
    ]
