"""python -m tests.openapi [--cases N] [--seed S] [--round R] [--write]: how many requests, answers, faults, hangs, leaks.

--round begins with that round (of 120 requests), as it was; --write writes docs/openapi.json and sends nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from pathlib import Path
from time import monotonic

from tests.nobody import nobody_outside
from tests.openapi.describing import FILE, describe, written
from tests.openapi.house import make_model, opened, settings_of
from tests.openapi.running import Tally, walk

EVERY = 30  # seconds between lines
SHOWN = 40


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--round", type=int, default=0)
    options.add_argument("--write", action="store_true")
    asked = options.parse_args()
    warnings.simplefilter("ignore")  # libraries complain of what they are given
    with tempfile.TemporaryDirectory() as folder, nobody_outside():
        place = Path(folder) / "model"
        place.mkdir()
        model = make_model(settings_of(f"sqlite:///{place}/main.db", f"sqlite:///{place}/keys.db", place))
        if asked.write:
            with opened(model, Path(folder) / "copy") as house:
                FILE.write_text(written(describe(house.app)), encoding="utf-8")
            return 0
        tally, said = Tally(), monotonic()
        for _ in walk(model, asked.cases, asked.seed, tally, first=asked.round):
            if monotonic() - said > EVERY:
                said = monotonic()
                print(f"{tally.cases.total():,} requests, {len(tally.wrong)} wrong", flush=True)
    for name, many in sorted(tally.cases.items()):
        print(f"{many:>6,}{tally.reached[name]:>6,} reached  {name}")
    for one in tally.wrong[:SHOWN]:
        print(one)
    print(f"by whom: {dict(sorted(tally.who.items()))}")
    print(f"answers: {dict(sorted(tally.answers.items()))}; slowest {tally.slowest[0]:.1f} s, {tally.slowest[1]}")
    print(
        f"{tally.cases.total():,} requests to {len(tally.cases)} addresses: {len(tally.faults)} faults, {len(tally.hangs)} hangs, "
        f"{len(tally.leaks)} leaks, {len(tally.undescribed)} not described; seed {asked.seed}"
    )
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
