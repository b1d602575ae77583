"""Runs cases, and ends what takes too long. Time is the process's own: a machine that is busy makes nothing hang."""

from __future__ import annotations

import signal
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzz.targets import Target

TOO_LONG = 5.0  # seconds of CPU


class Hang(BaseException):
    """It took too long. No parser may catch it."""


@dataclass
class Tally:
    """What became of the cases."""

    cases: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    fell: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.crashes and not self.hangs


def made(target: Target, seed: int, number: int) -> Any:
    """The input of one case."""
    return target.make(Random(f"{seed}/{target.name}/{number}"), target.real)


def run(targets: Sequence[Target], seed: int, count: int, tally: Tally) -> Iterator[Tally]:
    """Run this many cases, shared out among the targets; hands over the tally now and then."""
    shares = sum(target.share for target in targets)
    rounds, number = -(-count // shares), 0
    with _watched():
        for turn in range(rounds):
            for target in targets:
                for step in range(target.share):
                    if number == count:
                        return
                    case(target, seed, turn * target.share + step, tally)
                    number += 1
            yield tally


def case(target: Target, seed: int, number: int, tally: Tally) -> None:
    """Run one case."""
    given = made(target, seed, number)
    tally.cases[target.name] += 1
    named = f"{target.name}, case {number}, seed {seed}"
    signal.setitimer(signal.ITIMER_VIRTUAL, TOO_LONG)
    try:
        target.read(given)
    except target.refuses:
        tally.refused[target.name] += 1
    except Hang:
        tally.hangs.append(named)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is what is looked for
        tally.fell[target.name] += 1
        where = "".join(traceback.format_tb(error.__traceback__)[-2:])
        tally.crashes.append(f"{named}: {type(error).__name__}: {error!s:.200}\n{where}{given!r:.300}")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@contextmanager
def _watched() -> Iterator[None]:
    def over(number: int, frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGVTALRM, over)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
