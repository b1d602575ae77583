"""The numbers: how many facts there are of each district, type and month, among very many, in the table that is counted in."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from sqlalchemy import func, select

from casework.places.gazetteer import read_country
from casework.seeding import districts
from casework.taxonomy import codes
from storage.tables import facts
from tests.benchmarks.bars import Found
from tests.benchmarks.turns import durable_postgres
from tests.databases import Place, sqlite_place

MONTHS = 36
TIMES = 7
_BY = (facts.c.district, facts.c.kind, facts.c.month)
_CUBE = select(*_BY, func.count()).group_by(*_BY)
_FILLED = ("tag", "mark", "day", "month", "district", "kind")


def measure(folder: Path, count: int) -> tuple[Found, dict[str, Any]]:
    with ExitStack() as stack:
        places = [stack.enter_context(sqlite_place(folder))]
        places.append(stack.enter_context(stack.enter_context(durable_postgres()).place(folder)))
        took = {place.kind: _measured(place, count) for place in places}
    slower = max(took, key=lambda kind: took[kind])
    raw = {"ms": took, "facts": count}
    return Found(took[slower], f"{slower}, {count:,} facts; no page asks for it yet"), raw


def _measured(place: Place, count: int) -> float:
    _fill(place, count)
    database = place.open()
    times = []
    for _ in range(TIMES):
        begun = perf_counter()
        rows = database.read(lambda unit: unit.main.all(_CUBE))
        times.append(1000 * (perf_counter() - begun))
        if sum(row[3] for row in rows) != count:
            raise ValueError(f"{place.kind}: the cube does not hold every fact")
    return median(times)


def _fill(place: Place, count: int) -> None:
    """Facts without anybody behind them; and the look at how rows lie that PostgreSQL takes by itself at night."""
    names = ", ".join(_FILLED)
    if place.kind == "sqlite":
        with sqlite3.connect(place.url.removeprefix("sqlite:///")) as file:
            file.executemany(f"INSERT INTO facts ({names}) VALUES ({', '.join('?' * len(_FILLED))})", _facts(count))  # noqa: S608  # our own names
        file.close()
        return
    copying = f"COPY facts ({names}) FROM STDIN".encode()
    with psycopg.connect(place.url, autocommit=True) as connection:
        with connection.cursor().copy(copying) as copy:
            for fact in _facts(count):
                copy.write_row(fact)
        connection.execute("VACUUM ANALYZE facts")


def _facts(count: int) -> Iterator[tuple[bytes, bytes, int, int, str, str]]:
    dice = random.Random(1)
    where, kinds = [one.id for one in districts(read_country())], list(codes())
    for _ in range(count):
        month = dice.randrange(MONTHS)
        spread = (dice.choice(where), dice.choice(kinds))
        yield dice.randbytes(32), dice.randbytes(16), 20_000 + 30 * month, 2026 * 12 + month, *spread
