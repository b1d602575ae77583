"""The race: every contender holds the same talk, in rounds in which each comes once; then what each has kept is counted."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import kept
from tests.benchmarks.bars import Found
from tests.benchmarks.contestants import (
    ACCOUNT,
    TOKEN,
    URL,
    Contestant,
    Running,
    aiogram,
    botbuilder,
    floor,
    ours_on,
    ptb,
    serving,
)
from tests.databases import Postgres, postgres_server, sqlite_place

CONNECTIONS = 8
Round = dict[str, dict[str, Any]]


class Wrong(Exception):
    """A contender answered something else, or did not keep what it took: its figures mean nothing."""


def measure(folder: Path, rounds: int, people: int, botbuilder_python: str) -> tuple[dict[str, Found], dict[str, Any]]:
    """Bars, and all that they were made of."""
    with ExitStack() as stack:
        counted: dict[str, Callable[[], int]] = {}
        contenders = _contenders(folder, stack, botbuilder_python, counted)
        running = [stack.enter_context(serving(one)) for one in contenders]
        found = race(running, rounds, people)
        for name, count in counted.items():
            must = people * (rounds + 1) * (kept.MESSAGES if name.startswith("floor") else 1)
            if (there := count()) != must:
                raise Wrong(f"{name} keeps {there} rows where {must} must be")
        raw = {
            "people_a_round": people,
            "rounds": found,
            "rss_mib": {one.contestant.name: one.rss_mib() for one in running},
        }
    return _found(found), raw


@contextmanager
def durable_postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        server.run("ALTER SYSTEM SET fsync = on")  # as in life; tests go without
        server.run("SELECT pg_reload_conf()")
        yield server


def race(running: Sequence[Running], rounds: int, people: int, talk: Mapping[str, Any] | None = None) -> list[Round]:
    """Everybody once in each round, in another order each time; a first round, in which all get warm, is left out.

    talk  what differs in the order to the load: see load.py
    """
    done = []
    for number in range(rounds + 1):
        order = random.Random(number).sample(running, len(running))
        done.append({one.contestant.name: load(one, number * people, people, talk or {}) for one in order})
    return done[1:]


def _contenders(
    folder: Path, stack: ExitStack, botbuilder_python: str, counted: dict[str, Callable[[], int]]
) -> list[Contestant]:
    server = stack.enter_context(durable_postgres())
    for part in ("ours", "ours_pg", "floor_pg"):
        (folder / part).mkdir()
    sqlite = stack.enter_context(sqlite_place(folder / "ours"))
    postgres = stack.enter_context(server.place(folder / "ours_pg"))
    beside = stack.enter_context(server.place(folder / "floor_pg"))
    files = {name: folder / f"{name}.db" for name in ("floor", "ptb", "aiogram", "botbuilder")}
    counted["floor sqlite"] = lambda: kept.rows(f"sqlite:///{files['floor']}", "messages")
    counted["floor postgresql"] = lambda: kept.rows(beside.url, "messages")
    counted["ours sqlite"] = lambda: kept.sessions(sqlite)
    counted["ours postgresql"] = lambda: kept.sessions(postgres)
    counted["ptb"] = lambda: kept.rows(f"sqlite:///{files['ptb']}", "states")
    counted["aiogram"] = lambda: kept.rows(f"sqlite:///{files['aiogram']}", "states")
    found = [
        floor("floor sqlite", f"sqlite:///{files['floor']}"),
        ours_on("ours sqlite", sqlite),
        floor("floor postgresql", beside.url),
        ours_on("ours postgresql", postgres),
        ptb(folder),
        aiogram(folder),
    ]
    if botbuilder_python:
        counted["botbuilder"] = lambda: kept.rows(f"sqlite:///{files['botbuilder']}", "states")
        found.append(botbuilder(folder, botbuilder_python))
    return found


def load(one: Running, first: int, people: int, more: Mapping[str, Any]) -> dict[str, Any]:
    """So many people talk, from the `first` on; what load.py found, with messages and CPU of one. Raises Wrong."""
    order = {
        "port": one.port,
        "kind": one.contestant.kind,
        "url": URL,
        "token": TOKEN,
        "account": ACCOUNT,
        "people": people,
        "connections": CONNECTIONS,
        "first": first,
        **more,
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
        raise Wrong(f"{one.contestant.name} answered {result['wrong']} of {result['messages']} wrongly")
    cpu_ms = 1000 * (one.cpu_s() - used) / result["messages"]
    return {**result, "rps": result["messages"] / result["seconds"], "cpu_ms": cpu_ms}


def _found(rounds: list[Round]) -> dict[str, Found]:
    def over(one: str, other: str) -> Found:
        if other not in rounds[0]:
            return Found(None, f"{other} could not be installed: see above")
        ratios = [each[one]["rps"] / each[other]["rps"] for each in rounds]
        return Found(median(ratios), f"the middle of {len(ratios)}, from {min(ratios):.2f} to {max(ratios):.2f}")

    tails = [each["ours sqlite"]["p99_ms"] / each["ours sqlite"]["p50_ms"] for each in rounds]
    return {
        "turn_over_floor_sqlite": over("ours sqlite", "floor sqlite"),
        "p99_over_p50": Found(median(tails), f"from {min(tails):.2f} to {max(tails):.2f}"),
        "turn_over_floor_postgres": over("ours postgresql", "floor postgresql"),
        "over_ptb": over("ours sqlite", "ptb"),
        "over_botbuilder": over("ours sqlite", "botbuilder"),
        "over_aiogram": over("ours sqlite", "aiogram"),
    }


def table(rounds: list[Round]) -> Iterator[str]:
    """The middle of the rounds, a line each."""
    yield f"{'':20}{'messages/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'CPU ms':>10}"
    for name in sorted(rounds[0]):
        middle = {key: median(each[name][key] for each in rounds) for key in ("rps", "p50_ms", "p99_ms", "cpu_ms")}
        yield f"{name:20}{middle['rps']:12.0f}{middle['p50_ms']:10.1f}{middle['p99_ms']:10.1f}{middle['cpu_ms']:10.2f}"
