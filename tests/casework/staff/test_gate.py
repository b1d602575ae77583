"""Guessing is slow, and a stranger locks nobody out."""

from __future__ import annotations

from itertools import count

import pytest

from casework.staff import gate, refusals
from casework.staff.gate import Visitor
from casework.staff.office import Office
from storage import audit
from tests.casework.staff.conftest import HOME, ON_SQLITE, Counting, Human
from tests.phones import Clock


def guess(human: Human, network: str, name: str = "") -> bool:
    """One guess by somebody who has nothing; whether it was looked at at all."""
    try:
        human.log_in(network=network, mark="", code="000000", name=name or human.name)
    except refusals.Wait:
        return False
    except refusals.Refused:
        return True
    raise AssertionError("a guess let somebody in")


@ON_SQLITE
def test_of_a_flood_from_one_network_few_guesses_are_looked_at(amina: Human) -> None:
    assert sum(guess(amina, "198.51.100.0/24") for _ in range(200)) == gate.A_NETWORK_AND_NAME


def test_of_a_flood_from_everywhere_few_guesses_are_looked_at_and_none_is_slow(
    amina: Human, stretcher: Counting
) -> None:
    looked_at = sum(guess(amina, f"198.51.{number}.0/24") for number in range(200))

    assert looked_at == gate.A_NAME
    assert stretcher.reached == 0


@ON_SQLITE
def test_names_cannot_be_tried_one_after_another_from_one_network(amina: Human) -> None:
    assert sum(guess(amina, "198.51.100.0/24", f"name {n}") for n in range(100)) == gate.A_NETWORK


def test_while_strangers_flood_her_name_from_her_own_network_she_logs_in(amina: Human) -> None:
    for number in range(200):
        guess(amina, HOME if number % 2 else f"198.51.{number}.0/24")

    assert amina.log_in(network=HOME).cookie


@ON_SQLITE
def test_while_one_network_floods_her_name_she_logs_in_with_a_new_browser_elsewhere(amina: Human) -> None:
    for _ in range(200):
        guess(amina, "198.51.100.0/24")

    assert amina.log_in(network=HOME, mark="").cookie


@ON_SQLITE
def test_her_mark_has_a_budget_too_and_it_comes_back(amina: Human, clock: Clock) -> None:
    outcomes = []
    for _ in range(gate.A_BROWSER + 5):
        try:
            amina.log_in(code="000000")
        except refusals.Refusal as refusal:
            outcomes.append(type(refusal))
    assert outcomes == [refusals.Refused] * gate.A_BROWSER + [refusals.Wait] * 5

    with pytest.raises(refusals.Wait) as wait:
        amina.log_in()
    assert 1 <= wait.value.minutes <= 15
    clock.forward(minutes=wait.value.minutes)
    assert amina.log_in().cookie


@pytest.mark.parametrize("mark", ["", "nonsense", "A" * 44, "ü"])
@ON_SQLITE
def test_a_mark_that_is_not_hers_is_a_strangers(office: Office, amina: Human, mark: str) -> None:
    assert gate.known(office.keyring, mark, amina.id) is None


@ON_SQLITE
def test_the_mark_of_another_member_is_a_strangers(office: Office, amina: Human) -> None:
    assert gate.known(office.keyring, amina.mark, amina.id)
    assert gate.known(office.keyring, amina.mark, bytes(16)) is None
    assert gate.known(office.keyring.rotated(), amina.mark, amina.id)


def test_a_flood_leaves_one_line_in_the_log(office: Office, amina: Human) -> None:
    for number in count():
        if number > 300:
            break
        guess(amina, f"198.51.{number % 100}.0/24")

    lines = office.read(lambda unit: [line.what for line in audit.lines(unit, office.keyring)])

    assert lines.count("tries used up") == 1


def test_an_unknown_name_is_counted_like_a_known_one(office: Office, clock: Clock) -> None:
    looked_at = 0
    for _ in range(20):
        try:
            gate.enter(office, "nobody", None, Visitor(HOME), clock())
        except refusals.Wait:
            continue
        looked_at += 1

    assert looked_at == gate.A_NETWORK_AND_NAME
