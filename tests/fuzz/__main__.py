"""python -m tests.fuzz [--cases N] [--seed S] [--only TARGET] [--case NUMBER]: how many inputs, refusals, crashes, hangs.

--case with --only and --seed runs one case again, and prints what it was given.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from time import monotonic

from tests.fuzz.running import Tally, case, made, run
from tests.fuzz.targets import targets

EVERY = 60  # seconds between lines


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="")
    options.add_argument("--case", type=int)
    asked = options.parse_args()
    warnings.simplefilter("ignore")  # libraries complain of what they are given
    chosen = [target for target in targets() if asked.only in ("", target.name)]
    tally = Tally()
    if asked.case is not None:
        print(repr(made(chosen[0], asked.seed, asked.case)))
        case(chosen[0], asked.seed, asked.case, tally)
    else:
        said = monotonic()
        for _ in run(chosen, asked.seed, asked.cases, tally):
            if monotonic() - said > EVERY:
                said = monotonic()
                print(
                    f"{tally.cases.total():,} inputs, {len(tally.crashes)} crashes, {len(tally.hangs)} hangs",
                    flush=True,
                )
    for name, count in sorted(tally.cases.items()):
        print(f"{name:22}{count:>10,} inputs{tally.refused[name]:>10,} refused{tally.fell[name]:>6,} crashes")
    for one in (*tally.crashes[:20], *tally.hangs[:20]):
        print(one)
    print(f"{tally.cases.total():,} inputs, {len(tally.crashes)} crashes, {len(tally.hangs)} hangs; seed {asked.seed}")
    return 0 if tally.sound else 1


if __name__ == "__main__":
    sys.exit(main())
