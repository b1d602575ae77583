"""Two of three always: password, second factor, paper. And every login ends with what it was opened by."""

from __future__ import annotations

import pytest

from casework.staff import mending, refusals
from casework.staff.factors import Shown
from casework.staff.gate import Visitor
from casework.staff.office import Office
from casework.staff.recovery import RecoveryCode
from storage.staff import people
from tests.casework.staff.conftest import HOME, ON_SQLITE, Human, offer_again
from tests.casework.staff.test_joining import fails_at
from tests.phones import Clock

NEW = "nine patient lanterns"


def lost_password(human: Human, **more: str) -> mending.Mended:
    given = {"paper": human.recovery, "code": human.code(), "new": NEW} | more
    shown, visitor = Shown(code=given["code"]), Visitor(HOME, human.mark)
    return mending.lost_password(human.office, human.name, given["paper"], shown, given["new"], visitor, human.clock())


def lost_phone(human: Human, **more: str) -> mending.Mended:
    given = {"paper": human.recovery, "password": human.password} | more
    offer = mending.offer_to_nobody(human.office, human.clock())
    human.secret = offer.secret
    shown, visitor = Shown(code=human.code(), ticket=offer.ticket), Visitor(HOME, human.mark)
    return mending.lost_factor(
        human.office, human.name, given["paper"], given["password"], shown, visitor, human.clock()
    )


def test_after_a_password_change_a_stolen_cookie_opens_nothing(office: Office, amina: Human, clock: Clock) -> None:
    stolen, key = amina.log_in().cookie, amina.person.private

    mending.change_password(office, amina.person, amina.password, NEW, clock())

    assert [amina.who(stolen), amina.who()] == [None, None]
    clock.forward(seconds=30)
    with pytest.raises(refusals.Refused):
        amina.log_in()
    opened = amina.who(amina.log_in(password=NEW).cookie)
    assert opened is not None
    assert opened.private == key  # her key is the same one: her cases stay hers


@ON_SQLITE
def test_without_the_old_password_a_cookie_changes_nothing(office: Office, amina: Human, clock: Clock) -> None:
    with pytest.raises(refusals.Refused):
        mending.change_password(office, amina.person, "a guess or two", NEW, clock())

    assert amina.log_in().cookie


@ON_SQLITE
def test_a_stolen_cookie_cannot_guess_her_password_for_ever(office: Office, amina: Human, clock: Clock) -> None:
    person, outcomes = amina.person, []
    for _ in range(25):
        try:
            mending.change_password(office, person, "a guess or two", NEW, clock())
        except refusals.Refusal as refusal:
            outcomes.append(type(refusal))

    assert outcomes == [refusals.Refused] * 20 + [refusals.Wait] * 5


@ON_SQLITE
def test_a_weak_new_password_is_refused_before_anything_slow(office: Office, amina: Human, clock: Clock) -> None:
    with pytest.raises(refusals.TooCommon):
        mending.change_password(office, amina.person, amina.password, "password123", clock())


def test_killed_before_any_write_of_a_password_change_the_old_one_still_opens(
    office: Office, amina: Human, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One unit counts the try; the next ends her logins, saves her and writes the log.
    for at in range(2, 5):
        failed = fails_at(
            office,
            monkeypatch,
            at,
            lambda: mending.change_password(office, amina.person, amina.password, NEW, clock()),
        )
        if not failed:
            break
        assert amina.who() is not None
        assert amina.log_in().cookie
        clock.forward(seconds=30)

    assert at == 4
    assert amina.log_in(password=NEW).cookie


def test_a_new_second_factor_ends_every_login_and_the_old_one(office: Office, amina: Human, clock: Clock) -> None:
    old = amina.secret

    mending.set_factor(office, amina.person, amina.password, offer_again(amina), clock(), alone=True)

    assert amina.who() is None
    clock.forward(seconds=30)
    assert amina.log_in().cookie
    amina.secret = old
    with pytest.raises(refusals.Refused):
        amina.log_in()


def test_with_paper_and_second_factor_a_lost_password_is_replaced(amina: Human, clock: Clock) -> None:
    key = amina.person.private

    fresh = lost_password(amina).recovery

    assert fresh != amina.recovery
    assert amina.who() is None
    clock.forward(seconds=30)
    opened = amina.who(amina.log_in(password=NEW).cookie)
    assert opened is not None
    assert opened.private == key


def test_with_paper_and_password_a_lost_phone_is_replaced(amina: Human, clock: Clock) -> None:
    old = amina.secret
    lost_phone(amina)
    clock.forward(seconds=30)

    assert amina.log_in().cookie
    amina.secret = old
    with pytest.raises(refusals.Refused):
        amina.log_in()


@pytest.mark.parametrize("wrong", [{"paper": RecoveryCode.mint().printed}, {"paper": ""}, {"code": "000000"}])
@ON_SQLITE
def test_paper_alone_replaces_no_password(amina: Human, wrong: dict[str, str]) -> None:
    with pytest.raises(refusals.Refused):
        lost_password(amina, **wrong)

    assert amina.who() is not None


@pytest.mark.parametrize("wrong", [{"paper": RecoveryCode.mint().printed}, {"password": "seven loud boats"}])
@ON_SQLITE
def test_paper_alone_replaces_no_phone(amina: Human, wrong: dict[str, str]) -> None:
    with pytest.raises(refusals.Refused):
        lost_phone(amina, **wrong)

    assert amina.who() is not None


def test_whoever_has_her_paper_comes_in_by_a_new_browser_whatever_strangers_do(amina: Human, clock: Clock) -> None:
    for number in range(100):
        with pytest.raises(refusals.Refusal):
            amina.log_in(network=f"198.51.{number}.0/24", mark="", code="000000")
    with pytest.raises(refusals.Wait):
        amina.log_in(mark="")

    amina.mark = lost_phone(amina).mark

    clock.forward(seconds=30)
    assert amina.log_in().cookie


@ON_SQLITE
def test_a_stolen_paper_does_not_guess_her_password_for_ever(amina: Human) -> None:
    outcomes = []
    for _ in range(25):
        try:
            lost_phone(amina, password="a guess or two")
        except refusals.Refusal as refusal:
            outcomes.append(type(refusal))

    assert outcomes == [refusals.Refused] * 20 + [refusals.Wait] * 5


def test_paper_works_once(amina: Human, clock: Clock) -> None:
    fresh = lost_password(amina).recovery
    clock.forward(seconds=30)

    with pytest.raises(refusals.Refused):
        lost_password(amina)
    lost_password(amina, paper=fresh)


@ON_SQLITE
def test_paper_may_be_renewed_by_her_password_and_her_logins_stay(office: Office, amina: Human, clock: Clock) -> None:
    fresh = mending.new_recovery(office, amina.person, amina.password, clock())

    assert amina.who() is not None
    with pytest.raises(refusals.Refused):
        lost_password(amina)
    clock.forward(seconds=30)
    lost_password(amina, paper=fresh)


@pytest.mark.parametrize(
    "retyped", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("O", "0")]
)
def test_paper_is_read_however_it_is_typed(retyped: object) -> None:
    code = RecoveryCode.mint()

    assert RecoveryCode.read(retyped(code.printed)) == code  # type: ignore[operator]  # each is a function of text


def test_who_left_mends_nothing(office: Office, amina: Human, clock: Clock) -> None:
    def leave(unit: object) -> None:
        member = people.fetch(unit, office.keyring, amina.id)  # type: ignore[arg-type]  # a unit
        assert member is not None
        member.status = people.LEFT
        people.save(unit, office.keyring, member)  # type: ignore[arg-type]  # a unit

    person = amina.person
    office.work(leave)

    for act in (
        lambda: lost_password(amina),
        lambda: lost_phone(amina),
        lambda: mending.change_password(office, person, amina.password, NEW, clock()),
    ):
        with pytest.raises(refusals.Refused):
            act()
    assert amina.who() is None
