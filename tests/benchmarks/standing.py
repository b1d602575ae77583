"""What a server costs before anybody writes: how long it takes to start, how much memory it holds, and what two do that one does."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from tests.benchmarks.bars import Found
from tests.benchmarks.contestants import ROOT, ours_on, serving
from tests.benchmarks.turns import durable_postgres, race
from tests.databases import sqlite_place

TIMES = 5
CORES = 4  # two for two workers, one for PostgreSQL, one for those who write


def start() -> tuple[Found, dict[str, Any]]:
    """`hamraz --help`, as somebody at a terminal waits for it."""
    times = []
    for _ in range(TIMES):
        begun = perf_counter()
        subprocess.run(
            [sys.executable, "-m", "webhook_app", "--help"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        times.append(perf_counter() - begun)
    return Found(median(times), f"the middle of {TIMES}"), {"start_s": times}


def serve(folder: Path, people: int) -> tuple[dict[str, Found], dict[str, Any]]:
    """A server on SQLite: when it first answers, and its memory once people have talked."""
    times = []
    with sqlite_place(folder) as place:
        contender = ours_on("ours", place)
        for last in (False,) * (TIMES - 1) + (True,):
            with serving(contender) as one:
                times.append(one.start_s)
                if last:
                    race([one], 1, people)
                    memory = one.rss_mib()
    return {
        "ready_s": Found(median(times), f"the middle of {TIMES}"),
        "rss_mib": Found(memory, f"after {2 * people} people's talks"),
    }, {"ready_s": times, "rss_mib": memory}


def scale(folder: Path, rounds: int, people: int) -> tuple[Found, dict[str, Any]]:
    """One and two server processes on PostgreSQL, in turns. Where there are too few cores only the CPU of a turn tells."""
    with ExitStack() as stack:
        server = stack.enter_context(durable_postgres())
        running = []
        for workers in (1, 2):
            part = folder / str(workers)
            part.mkdir()
            place = stack.enter_context(server.place(part))
            running.append(stack.enter_context(serving(ours_on(str(workers), place), workers=workers)))
        found = race(running, rounds, people)
    cpu = {workers: median(each[workers]["cpu_ms"] for each in found) for workers in ("1", "2")}
    raw = {"rounds": found, "cpu_ms_a_turn": cpu}
    cores = len(os.sched_getaffinity(0))
    told = f"CPU of a turn {cpu['1']:.2f} ms with one, {cpu['2']:.2f} ms with two"
    if cores < CORES:
        return Found(None, f"{cores} cores here, {CORES} are needed; {told}"), raw
    return Found(median(each["2"]["rps"] / each["1"]["rps"] for each in found), told), raw
