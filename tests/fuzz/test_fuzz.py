"""A small round of the fuzzing; `python -m tests.fuzz --cases 1000000` is the long one."""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz.making import text_like
from tests.fuzz.running import Tally, case, made, run
from tests.fuzz.targets import Target, targets

CASES = 400


@pytest.mark.filterwarnings("ignore")  # libraries complain of what they are given
def test_no_parser_falls_over_what_nobody_would_write() -> None:
    tally = Tally()
    for _ in run(targets(), Random().randrange(10**9), CASES, tally):
        pass

    assert tally.crashes + tally.hangs == []  # each says how to make its input again
    assert set(tally.cases) == {target.name for target in targets()}


def test_an_input_can_be_made_again_and_what_falls_over_it_is_told() -> None:
    def fall(text: str) -> None:
        raise KeyError(text)

    broken = Target("broken", fall, text_like, ["some words"])
    tally = Tally()
    case(broken, 7, 3, tally)

    assert made(broken, 7, 3) == made(broken, 7, 3) != made(broken, 8, 3)
    assert len(tally.crashes) == 1
    assert "broken, case 3, seed 7: KeyError" in tally.crashes[0]


def test_what_never_ends_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.running.TOO_LONG", 0.05)

    def turn(text: str) -> None:
        while text is not None:
            pass

    tally = Tally()
    for _ in run([Target("endless", turn, text_like, ["some words"])], 1, 2, tally):
        pass

    assert tally.hangs == ["endless, case 0, seed 1", "endless, case 1, seed 1"]
