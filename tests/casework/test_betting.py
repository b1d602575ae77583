"""The test of two wordings: a fair bet where they are alike, however often one looks, and a sure one where they differ."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, inf, isclose
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as depth
from hypothesis import strategies as st

from casework.studio.betting import ALPHA, WINS, Arm, fortune

Rates = Callable[[int], tuple[float, float]]  # of both wordings, when so many were asked


def looked(rates: Rates, asked: int, chance: Random) -> bool:
    """Whether somebody who looks after each answer ever takes the two for different."""
    arms = [Arm(), Arm()]
    for number in range(asked):
        at = chance.getrandbits(1)
        understood = chance.random() < rates(number)[at]
        arms[at] = Arm(arms[at].asked + 1, arms[at].understood + understood)
        if fortune(*arms) >= WINS:
            return True
    return False


@depth(max_examples=40, deadline=None)
@given(st.integers(0, 12), st.integers(0, 12))
def test_where_the_wordings_are_alike_the_bet_is_fair_to_the_last_answer(yes: int, no: int) -> None:
    mean = sum(
        comb(yes, a) * comb(no, b) * fortune(Arm(a + b, a), Arm(yes + no - a - b, yes - a))
        for a in range(yes + 1)
        for b in range(no + 1)
    ) / 2 ** (yes + no)

    assert isclose(mean, 1, rel_tol=1e-9)


@depth(max_examples=40, deadline=None)
@given(st.integers(0, 900), st.integers(0, 900), st.floats(0, 1), st.floats(0, 1))
def test_which_of_the_two_is_called_the_first_changes_nothing(m: int, n: int, p: float, q: float) -> None:
    one, other = Arm(m, int(m * p)), Arm(n, int(n * q))

    assert isclose(fortune(one, other), fortune(other, one), rel_tol=1e-9)
    assert fortune(Arm(), Arm()) == 1 and fortune(Arm(9**6, 9**6), Arm(9**6, 0)) == inf


@pytest.mark.timeout(900)  # two seconds of work; --long: minutes
@pytest.mark.parametrize("rates", [lambda _: (0.8, 0.8), lambda n: (0.3 + n / 200,) * 2], ids=["steady", "changing"])
def test_chance_alone_is_rarely_taken_for_a_difference_though_one_looks_after_each_answer(
    rates: Rates, long: bool
) -> None:
    rounds, asked = (10_000, 100) if long else (120, 100)
    few = 0 if long else 5  # so many more come by chance where there are few rounds
    chance = Random(20)

    assert sum(looked(rates, asked, chance) for _ in range(rounds)) <= ALPHA * rounds + few


@pytest.mark.timeout(900)
def test_a_real_difference_is_found(long: bool) -> None:
    rounds = 500 if long else 25
    chance = Random(20)

    assert sum(looked(lambda _: (0.6, 0.85), 500, chance) for _ in range(rounds)) >= 0.95 * rounds
