"""First messages: each from a number that was never seen, whose keys are slow to find on purpose, as slow as in life."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bot.settings import Settings
from tests.benchmarks import kept
from tests.benchmarks.bars import Found
from tests.benchmarks.contestants import ours_on, serving
from tests.benchmarks.turns import Wrong, race
from tests.databases import sqlite_place

NAME = "ours sqlite"


def measure(folder: Path, rounds: int, people: int) -> tuple[dict[str, Found], dict[str, Any]]:
    """`people` of them a round, on SQLite; and the memory of the process afterwards: each takes 19 MiB for a moment."""
    memory_kib = Settings.model_fields["slow_memory_kib"].default
    with sqlite_place(folder) as place:
        quick = ours_on(NAME, place)
        slow = replace(quick, environment={**quick.environment, "HAMRAZ_SLOW_MEMORY_KIB": str(memory_kib)})
        with serving(slow) as one:
            found = [each[NAME] for each in race([one], rounds, people, {"to": 1})]
            memory = one.rss_mib()
        must, there = people * (rounds + 1), kept.rows(place.url, "sessions")
    if must != there:
        raise Wrong(f"{NAME} keeps {there} sessions where {must} must be")
    middle = {key: median(each[key] for each in found) for key in ("rps", "p50_ms", "p99_ms")}
    told = f"p50 {middle['p50_ms']:.0f} ms, p99 {middle['p99_ms']:.0f} ms, {memory:.0f} MiB afterwards"
    raw = {"people_a_round": people, "slow_memory_kib": memory_kib, "rounds": found, "rss_mib": memory}
    return {"first_messages_per_s": Found(middle["rps"], told)}, raw
