"""One life under faults, and the sum of many."""

from __future__ import annotations

import random
import traceback
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.lives import Broken, Life, Panic, Report, Talk
from tests.chaos.world import World

LIVES: tuple[type[Life], ...] = (Report, Talk, Talk, Panic)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was injected and what came of it."""

    lives: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    twice: int = 0  # messages that came twice, each in doubt for a provider or worker that ended without a word
    trouble: tuple[str, ...] = ()

    @property
    def struck(self) -> int:
        return self.faults.total()

    def with_(self, other: Outcome) -> Outcome:
        return Outcome(
            self.lives + other.lives, self.faults + other.faults, self.twice + other.twice, self.trouble + other.trouble
        )

    def told(self) -> dict[str, object]:
        return {"faults": dict(self.faults), "twice": self.twice, "trouble": list(self.trouble)}

    def said(self) -> str:
        kinds = "\n".join(f"  {number:6} {kind}" for kind, number in sorted(self.faults.items()))
        return (
            f"{self.struck} faults of {len(self.faults)} kinds in {self.lives} lives; "
            f"{len(self.trouble)} lost, doubled or out of order; {self.twice} sends came twice\n{kinds}"
        )


def live(world: World, seed: int) -> Outcome:
    """One life; the same seed does the same again."""
    rng, faults = random.Random(seed), Counter[str]()  # chance, not secrecy

    def note(kind: str) -> None:
        faults[kind] += 1

    one = rng.choice(LIVES)(world, rng, note)
    try:
        one.live()
    except Broken as broken:
        return Outcome(1, faults, one.twice, (f"{type(one).__name__}: {broken}",))
    except Exception:  # noqa: BLE001  # whatever it is, it is trouble, and the next life begins
        return Outcome(1, faults, one.twice, (f"{type(one).__name__}: {traceback.format_exc()}",))
    finally:
        world.fault.aim()
        world.provider.fails = ""
    return Outcome(1, faults, one.twice)
