"""How long the directory takes: 10,000 rows and 32,000 places brought in, a nearest office found, a text understood.

python -m tests.benchmarks.directory

Prints figures and asserts none: what they are depends on the machine.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

from casework import resources
from casework.directory.asking import shipped_asker
from casework.directory.exchange import Batch, read_batch
from casework.directory.kinds import read_kinds
from casework.directory.stock import Stock
from casework.places.gazetteer import COUNTRY, read_country
from casework.seeding import OFFICES, districts
from storage import directory
from tests.corpora_reading import lines
from tests.databases import Place, postgres_server, sqlite_place

ROWS = 10_000
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def main() -> None:
    resources.warm_up()
    content = _file()
    country = read_country()
    began = perf_counter()
    batch = read_batch(content, country, NOW.date())
    print(f"read and checked {len(batch.rows):,} rows: {perf_counter() - began:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        with sqlite_place(Path(folder)) as place:
            _bring_in(place, batch)
        with postgres_server() as server, server.place(Path(folder)) as place:
            _bring_in(place, batch)
    stock = Stock("bench", batch.rows, districts(country))
    slots = [{"kind": kind.id, "place": one.id} for kind in read_kinds() for one in stock.districts]
    _each("nearest", [lambda one=one: resources.nearby(stock, one, NOW) for one in slots])
    typed = [text for text, *_ in (*lines("asks.tsv"), *lines("places.tsv"))]
    _each("text understood", [lambda text=text: shipped_asker().read(text) for text in typed])


def _file() -> bytes:
    """The shipped rows, and as many like them as are wanted."""
    shipped = list(csv.DictReader(io.StringIO((COUNTRY.parent / OFFICES).read_text(encoding="utf-8"), newline="")))
    dice, placed = Random(1), [row for row in shipped if row["lat"]]
    more = (_like(dice.choice(placed), n, dice) for n in range(ROWS - len(shipped)))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(shipped[0]))
    writer.writeheader()
    writer.writerows([*shipped, *more])
    return file.getvalue().encode()


def _like(row: dict[str, str], number: int, dice: Random) -> dict[str, str]:
    """Another office of this kind in this town; every second one with a point of its own, where somebody has surveyed it."""
    more = {**row, "id": f"big{number}", "name_en": f"Office {number}"}
    if number % 2:
        more |= {name: f"{float(row[name]) + dice.uniform(-0.05, 0.05):.5f}" for name in ("lat", "lon")}
    return more


def _bring_in(place: Place, batch: Batch) -> None:
    database = place.open()
    began = perf_counter()
    database.work(lambda unit: directory.replace_offices(unit, batch.rows))
    print(f"{place.kind}: {len(batch.rows):,} rows kept: {perf_counter() - began:.1f} s")


def _each(what: str, calls: list[Callable[[], object]]) -> None:
    times = []
    for call in calls:
        began = perf_counter()
        call()
        times.append((perf_counter() - began) * 1_000)
    times.sort()
    print(
        f"{what}: median {median(times):.2f} ms, 99 % under {times[int(len(times) * 0.99)]:.2f} ms ({len(times)} times)"
    )


if __name__ == "__main__":
    main()
