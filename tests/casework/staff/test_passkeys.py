"""A passkey instead of a code: bound to its address and to one question, and a copy of it is noticed."""

from __future__ import annotations

from copy import copy

import pytest

from casework.staff import entering, factors, mending, refusals
from casework.staff.factors import Shown
from casework.staff.gate import Visitor
from casework.staff.office import Office
from casework.staff.relying import Relying
from tests.casework.staff.authenticator import Authenticator
from tests.casework.staff.conftest import HOME, ON_SQLITE, Human
from tests.phones import Clock


@pytest.fixture
def passkey(office: Office, amina: Human, clock: Clock) -> Authenticator:
    """Hers, and no code from an app any more."""
    phone = Authenticator()
    offer = factors.to_make(office, amina.id, amina.name, clock())
    shown = Shown(answer=phone.make(offer.passkey), ticket=offer.ticket)
    mending.set_factor(office, amina.person, amina.password, shown, clock(), alone=True)
    return phone


def enter(human: Human, shown: Shown) -> bool:
    try:
        entering.log_in(human.office, human.name, human.password, shown, Visitor(HOME, human.mark), human.clock())
    except refusals.Refused:
        return False
    return True


def asked(human: Human, phone: Authenticator) -> Shown:
    question = factors.to_show(human.office, human.clock())
    return Shown(answer=phone.show(question.passkey), ticket=question.ticket)


def test_a_passkey_and_a_password_let_her_in_again_and_again(amina: Human, passkey: Authenticator) -> None:
    assert enter(amina, asked(amina, passkey))
    assert enter(amina, asked(amina, passkey))


def test_an_answer_opens_once_also_when_the_next_quarter_has_begun(
    amina: Human, passkey: Authenticator, clock: Clock
) -> None:
    passkey.count = -1  # some phones never count: only the question tells a repeated answer
    clock.forward(minutes=14)
    shown = asked(amina, passkey)

    assert enter(amina, shown)
    clock.forward(minutes=2)
    assert not enter(amina, shown)


@ON_SQLITE
def test_another_passkey_another_address_an_old_question_or_none_are_refused(
    amina: Human, passkey: Authenticator, clock: Clock
) -> None:
    elsewhere = copy(passkey)
    elsewhere.origin, elsewhere.id = "https://evil.example", "evil.example"
    old = asked(amina, passkey)
    clock.forward(minutes=16)

    for shown in (
        asked(amina, Authenticator()),
        asked(amina, elsewhere),
        old,
        Shown(answer=asked(amina, passkey).answer, ticket="made up"),
        Shown(answer="{}"),
        Shown(answer="[" * 10_000),
        Shown(answer="x" * 100_000),
    ):
        assert not enter(amina, shown)


@ON_SQLITE
def test_a_copy_that_counts_behind_is_noticed(amina: Human, passkey: Authenticator) -> None:
    thief = copy(passkey)
    for _ in range(3):
        assert enter(amina, asked(amina, passkey))

    assert not enter(amina, asked(amina, thief))


@ON_SQLITE
def test_what_a_browser_answers_to_another_question_makes_no_passkey(
    office: Office, amina: Human, clock: Clock
) -> None:
    one, other = (factors.to_make(office, amina.id, amina.name, clock()) for _ in range(2))

    for answer in (Authenticator().make(one.passkey), "{}", "null"):
        with pytest.raises(refusals.WrongFactor):
            factors.made(office, Shown(answer=answer, ticket=other.ticket), amina.id, clock())


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://help.example", "help.example"),
        ("https://help.example:8443/", "help.example"),
        ("http://localhost:8000", "localhost"),
        ("http://help.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]", None),
        ("", None),
    ],
)
def test_passkeys_are_offered_where_browsers_make_them(address: str, host: str | None) -> None:
    relying = Relying.at(address)

    assert (relying.id if relying else None) == host
