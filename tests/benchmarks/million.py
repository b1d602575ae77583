"""A house that is full: a million reports, and a million people in the middle of a talk, beside one that is as good as empty.

Each session is sealed under its own person's keys, as in life; those who go on talking are spread over all of them. The
reports are some real ones, copied under new ids: nobody opens them here, they only lie there.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bot.settings import Settings
from operating.clock import now
from operating.parts import Hamraz
from storage.database import Unit
from storage.sessions.claiming import keep, peek
from storage.tables import grants, reports
from storage.vault.senders import SenderBook
from tests.benchmarks.bars import Found
from tests.benchmarks.contestants import ours_on, serving, settings_of
from tests.benchmarks.desk import file_cases
from tests.benchmarks.load import number_of
from tests.benchmarks.talk import SAID
from tests.benchmarks.turns import race
from tests.databases import Place, sqlite_place
from tests.phones import Phone, make_hamraz

BATCH = 500
REAL = 200  # reports that are copied
FRESH = ("id", "find")  # what no two reports share


def measure(folder: Path, count: int, rounds: int, people: int) -> tuple[dict[str, Found], dict[str, Any]]:
    """`count` of each; the talk goes on with `people` of them a round."""
    apart = max(1, count // (people * (rounds + 1)))
    talkers = range(0, people * (rounds + 1) * apart, apart)
    with ExitStack() as stack:
        running = []
        for name, who, filed in (("empty", talkers, 0), ("full", range(max(count, len(talkers))), count)):
            (folder / name).mkdir()
            place = stack.enter_context(sqlite_place(folder / name))
            contender = ours_on(name, place)
            _fill(place, who, filed)
            running.append(stack.enter_context(serving(contender)))
        found = race(running, rounds, people, {"from": 1, "apart": apart})
    raw = {"reports": count, "sessions": count, "people_a_round": people, "rounds": found}
    return {
        "million_over_empty": _over(found, "p50_ms", count),
        "million_p99_over_empty": _over(found, "p99_ms", count),
    }, raw


def _over(rounds: list[dict[str, Any]], what: str, count: int) -> Found:
    ratios = [each["full"][what] / each["empty"][what] for each in rounds]
    return Found(
        median(ratios),
        f"{count:,} of each on SQLite; the middle of {len(ratios)}, {min(ratios):.2f} to {max(ratios):.2f}",
    )


def _fill(place: Place, who: range, filed: int) -> None:
    hamraz = make_hamraz(Settings(**settings_of(place)))  # type: ignore[arg-type]  # as the environment says it
    try:
        _begin_talks(hamraz, who)
        if filed:
            file_cases(hamraz, min(REAL, filed))
    finally:
        hamraz.counter.close()
        hamraz.database.close()
    if filed > REAL:
        _copy_reports(place, filed - REAL)


def _begin_talks(hamraz: Hamraz, who: range) -> None:
    """Everybody where the first message brings her, without the message."""
    model = Phone(hamraz, "sms", "+923330000000", now)
    model.say(SAID[0])
    book = SenderBook(hamraz.keyring, memory_kib=8, size=1)
    at = now()

    def state(unit: Unit) -> dict[str, Any]:
        found = peek(unit, hamraz.keyring, book.of("sms", model.number, at), at)
        assert found is not None
        return found

    where = hamraz.database.work(state)

    def begin(unit: Unit, some: range) -> None:
        for person in some:
            keep(unit, hamraz.keyring, book.of("sms", number_of(person), at), where, at, timedelta(days=1))

    for start in range(0, len(who), BATCH):
        hamraz.database.work(lambda unit, some=who[start : start + BATCH]: begin(unit, some))


def _copy_reports(place: Place, count: int) -> None:
    """By the database's own means, a thousand times faster than one by one."""
    columns = [column.name for column in reports.c if column.name not in FRESH]
    held = [column.name for column in grants.c if column.name != "report_id"]
    file = sqlite3.connect(place.url.removeprefix("sqlite:///"), isolation_level=None)
    file.execute("BEGIN IMMEDIATE")
    file.execute(
        "CREATE TEMP TABLE copies AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        "SELECT randomblob(16) AS new, old FROM n JOIN (SELECT id AS old, row_number() OVER (ORDER BY id) AS k FROM reports) "
        "ON k = i % (SELECT count(*) FROM reports) + 1",
        (count,),
    )
    file.execute(
        f"INSERT INTO reports (id, find, {', '.join(columns)}) "  # noqa: S608  # our own names
        f"SELECT new, randomblob(32), {', '.join(columns)} FROM copies JOIN reports ON id = old"
    )
    file.execute(
        f"INSERT INTO grants (report_id, {', '.join(held)}) "  # noqa: S608  # our own names
        f"SELECT new, {', '.join(held)} FROM copies JOIN grants ON report_id = old"
    )
    file.execute("COMMIT")
    file.close()
    keys = sqlite3.connect(place.keys_url.removeprefix("sqlite:///"), isolation_level=None)
    keys.execute(
        "INSERT INTO shred_keys (id, wrapped, key_id, day) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
        "SELECT i + 1 FROM n WHERE i < ?) SELECT randomblob(16), m.wrapped, m.key_id, m.day FROM n, "
        "(SELECT * FROM shred_keys LIMIT 1) m",
        (count,),
    )
    keys.close()
