"""Breaks everything on purpose and says what came of it.

python -m tests.chaos [--faults N] [--seed S] [--database sqlite|postgresql] [--log FILE]

Each life has a seed of its own, which is in the log; `--seed S --lives 1` lives it again, in a house that is new.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.chaos.round import Outcome, live
from tests.chaos.world import open_world
from tests.databases import KINDS, postgres_server, sqlite_place


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=1_000, help="on each database, at least")
    parser.add_argument("--seed", type=int, default=1, help="of the first life; the next one's is one more")
    parser.add_argument("--lives", type=int, help="this many, whatever number of faults that is")
    parser.add_argument("--database", choices=KINDS, action="append")
    parser.add_argument("--log", type=Path, help="a line of JSON a life: seed, kind, faults, trouble")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))  # what fails here fails on purpose
    trouble = 0
    for kind in options.database or KINDS:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            where = sqlite_place(folder) if kind == "sqlite" else stack.enter_context(postgres_server()).place(folder)
            world = stack.enter_context(open_world(stack.enter_context(where), folder))
            total = Outcome()
            seed = options.seed
            while total.lives < options.lives if options.lives else total.struck < options.faults:
                one = live(world, seed)
                total = total.with_(one)
                if options.log:
                    with options.log.open("a", encoding="utf-8") as log:
                        log.write(json.dumps({"database": kind, "seed": seed, **one.told()}) + "\n")
                if one.trouble:
                    print(f"{kind}, seed {seed}: {one.trouble[0]}", file=sys.stderr, flush=True)
                seed += 1
            print(f"{kind}: {total.said()}")
            trouble += len(total.trouble)
    sys.exit(bool(trouble))


if __name__ == "__main__":
    main()
