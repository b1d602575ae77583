"""`hamraz bench`: runs them all in turns and prints a table, or with --json one object whose `bars` are the ratios.

python -m tests.benchmarks [--quick] [--json] [--rounds N] [--people N] [--botbuilder PYTHON]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.contestants import (
    ACCOUNT,
    TOKEN,
    URL,
    Contestant,
    Running,
    botbuilder,
    floor,
    ours_on,
    ptb,
    serving,
)
from tests.databases import postgres_server, sqlite_place

CONNECTIONS = 8


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        running = [stack.enter_context(serving(one)) for one in _contestants(folder, stack, options)]
        rounds = [_round(running, number, options.people) for number in range(options.rounds + 1)][1:]
        memory = {one.contestant.name: one.rss_mib() for one in running}
    found = {"rounds": rounds, "rss_mib": memory, "bars": _bars(rounds)}
    if options.json:
        print(json.dumps(found))
        return
    _table(rounds)
    for bar, value in found["bars"].items():
        print(f"{bar:24} {'-' if value is None else round(value, 2)}")


def _contestants(folder: Path, stack: ExitStack, options: argparse.Namespace) -> list[Contestant]:
    server = stack.enter_context(postgres_server())
    server.run("ALTER SYSTEM SET fsync = on")  # as in life; tests go without
    server.run("SELECT pg_reload_conf()")
    for part in ("ours", "ours_pg", "floor_pg"):
        (folder / part).mkdir()
    sqlite = stack.enter_context(sqlite_place(folder / "ours"))
    postgres = stack.enter_context(server.place(folder / "ours_pg"))
    beside = stack.enter_context(server.place(folder / "floor_pg"))
    found = [
        floor("floor sqlite", f"sqlite:///{folder}/floor.db"),
        ours_on("ours sqlite", sqlite),
        floor("floor postgresql", beside.url),
        ours_on("ours postgresql", postgres),
        ptb(folder),
    ]
    return [*found, botbuilder(folder, options.botbuilder)] if options.botbuilder else found


def _round(running: list[Running], number: int, people: int) -> dict[str, Any]:
    """Everybody once, in another order each time."""
    results: dict[str, Any] = {}
    for one in random.Random(number).sample(running, len(running)):  # an order, not a secret
        order = {
            "port": one.port,
            "kind": one.contestant.kind,
            "url": URL,
            "token": TOKEN,
            "account": ACCOUNT,
            "people": people,
            "connections": CONNECTIONS,
            "first": number * people,
        }
        used = one.cpu_s()
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.load"],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        result = json.loads(done.stdout)
        if result["wrong"]:
            raise SystemExit(f"{one.contestant.name} answered {result['wrong']} of {result['messages']} wrongly")
        cpu_ms = 1000 * (one.cpu_s() - used) / result["messages"]
        results[one.contestant.name] = {**result, "rps": result["messages"] / result["seconds"], "cpu_ms": cpu_ms}
    return results


def _bars(rounds: list[dict[str, Any]]) -> dict[str, float | None]:
    def over(one: str, other: str) -> float | None:
        if one not in rounds[0] or other not in rounds[0]:
            return None
        return median(each[one]["rps"] / each[other]["rps"] for each in rounds)

    return {
        "turn_over_floor_sqlite": over("ours sqlite", "floor sqlite"),
        "p99_over_p50": median(each["ours sqlite"]["p99_ms"] / each["ours sqlite"]["p50_ms"] for each in rounds),
        "turn_over_floor_postgres": over("ours postgresql", "floor postgresql"),
        "over_ptb": over("ours sqlite", "ptb"),
        "over_botbuilder": over("ours sqlite", "botbuilder"),
    }


def _table(rounds: list[dict[str, Any]]) -> None:
    print(f"{'':20}{'messages/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'CPU ms':>10}")
    for name in rounds[0]:
        middle = {key: median(each[name][key] for each in rounds) for key in ("rps", "p50_ms", "p99_ms", "cpu_ms")}
        print(f"{name:20}{middle['rps']:12.0f}{middle['p50_ms']:10.1f}{middle['p99_ms']:10.1f}{middle['cpu_ms']:10.2f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="two rounds of sixty people: a minute, and rough")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--botbuilder", default="", help="a Python that has botbuilder-core and granian")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.people = 2, 60
    return options


if __name__ == "__main__":
    main()
