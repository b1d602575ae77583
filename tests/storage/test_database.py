"""One unit of work over two databases: all of it, or nothing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, get_ident

import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from storage.database import Database, Duplicate, StatementRefused, StorageAway, StorageError, Unit
from storage.engines import parsed, sqlite_engine
from storage.tables import guesses, heads, settings_kv
from tests.databases import Place

_PUT = settings_kv.insert().values(name=bindparam("n"), value=bindparam("v"))
_GET = select(settings_kv.c.value).where(settings_kv.c.name == bindparam("n"))
_ALL = select(settings_kv.c.name).order_by(settings_kv.c.name)
_HEAD = heads.insert().values(kind="t", id=bindparam("of"), seq=1, hash=b"h", day=1)
_HEADS = select(func.count()).select_from(heads)
_COUNT = insert(guesses).values(tag=b"t", window=1, count=1)
_COUNT_UP = _COUNT.on_conflict_do_update(index_elements=["tag", "window"], set_={"count": guesses.c.count + 1})
_COUNTED = select(guesses.c.count)


class Oops(Exception):
    pass


def put(unit: Unit, name: str) -> None:
    unit.main.run(_PUT, n=name, v="")
    unit.keys.run(_HEAD, of=name.encode())


def names(database: Database) -> list[str]:
    return [row[0] for row in database.read(lambda unit: unit.main.all(_ALL))]


def heads_in(database: Database) -> int:
    row = database.read(lambda unit: unit.keys.one(_HEADS))
    assert row is not None
    return int(row[0])


def test_what_a_unit_wrote_is_there_for_the_next_and_for_another_process(place: Place) -> None:
    place.open().work(lambda unit: put(unit, "a"))

    assert names(place.open()) == ["a"]
    assert heads_in(place.open()) == 1


def test_in_life_sqlite_answers_once_it_is_on_disk(sqlite: Place) -> None:
    """Tests themselves do without (tests/databases.py)."""
    found = []
    for url in (sqlite.url, sqlite.keys_url):
        engine = sqlite_engine(parsed(url), patience=1)
        with engine.connect() as connection:
            found.append(connection.execute(text("PRAGMA synchronous")).scalar_one())
        engine.dispose()

    assert found == [2, 2]  # FULL


def test_a_unit_gives_back_what_its_function_returns(database: Database) -> None:
    assert database.work(lambda unit: unit.main.run(_PUT, n="a", v="b")) == 1
    assert database.work(lambda unit: unit.main.one(_GET, n="a")) == ("b",)
    assert database.work(lambda unit: unit.main.one(_GET, n="c")) is None


def test_an_exception_takes_back_both_sides_and_is_raised_again(database: Database) -> None:
    def fails(unit: Unit) -> None:
        put(unit, "a")
        raise Oops

    with pytest.raises(Oops):
        database.work(fails)

    assert names(database) == []
    assert heads_in(database) == 0


@pytest.mark.parametrize("group", [True, False])
def test_an_exception_in_one_of_many_takes_back_that_one_only(place: Place, group: bool) -> None:
    database = place.open(group=group)

    def unit_of(number: int) -> bool:
        def function(unit: Unit) -> None:
            put(unit, f"{number:02}")
            if number % 3 == 0:
                raise Oops

        try:
            database.work(function)
        except Oops:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(unit_of, range(40)))

    assert kept == [bool(number % 3) for number in range(40)]
    assert names(database) == [f"{number:02}" for number in range(40) if number % 3]
    assert heads_in(database) == sum(kept)


def test_units_that_wait_share_one_group_on_sqlite(sqlite: Place) -> None:
    database = sqlite.open()
    begun, go_on = Event(), Event()

    def first(unit: Unit) -> None:
        begun.set()
        go_on.wait(5)

    def failing(unit: Unit) -> None:
        put(unit, "failing")
        raise Oops

    with ThreadPoolExecutor(8) as pool:
        head = pool.submit(database.work, first)
        begun.wait(5)
        tail = [pool.submit(database.work, lambda unit, n=name: put(unit, n)) for name in ("a", "b")]
        lost = pool.submit(database.work, failing)
        commits: list[str] = []
        database._writer._pair._main.set_trace_callback(commits.append)
        go_on.set()
        for future in (head, *tail):
            future.result(5)
        with pytest.raises(Oops):
            lost.result(5)

    assert commits.count("COMMIT") == 1
    assert names(database) == ["a", "b"]


def test_concurrent_units_never_lose_a_count(place: Place) -> None:
    database = place.open()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: database.work(lambda unit: unit.main.run(_COUNT_UP)), range(200)))

    assert database.read(lambda unit: unit.main.one(_COUNTED)) == (200,)


def test_what_follows_a_commit_runs_in_the_callers_thread_and_only_after_it(place: Place) -> None:
    database = place.open()
    seen: list[object] = []

    database.work(lambda unit: (put(unit, "a"), unit.after_commit(lambda: seen.append((get_ident(), names(database))))))

    assert seen == [(get_ident(), ["a"])]


def test_what_follows_a_commit_does_not_run_without_one(database: Database) -> None:
    seen: list[int] = []

    def fails(unit: Unit) -> None:
        unit.after_commit(lambda: seen.append(1))
        raise Oops

    with pytest.raises(Oops):
        database.work(fails)

    assert seen == []


def test_a_second_row_with_the_same_key_is_refused_as_a_duplicate(database: Database) -> None:
    database.work(lambda unit: put(unit, "a"))

    with pytest.raises(Duplicate):
        database.work(lambda unit: put(unit, "a"))


def test_a_read_may_not_write(database: Database) -> None:
    with pytest.raises(StatementRefused):
        database.read(lambda unit: put(unit, "a"))

    assert names(database) == []


def test_a_value_that_a_statement_does_not_take_is_named(database: Database) -> None:
    with pytest.raises(TypeError, match="valeu"):
        database.work(lambda unit: unit.main.run(_PUT, n="a", valeu="b"))


def test_a_missing_value_is_refused_and_not_taken_for_nothing(database: Database) -> None:
    with pytest.raises(StorageError):
        database.work(lambda unit: unit.main.run(_PUT, n="a"))


def test_many_ids_can_be_asked_for_at_once(database: Database) -> None:
    asked = select(settings_kv.c.name).where(settings_kv.c.name.in_(bindparam("names", expanding=True)))
    for name in "abc":
        database.work(lambda unit, n=name: put(unit, n))

    for wanted in (["a"], ["a", "c", "x"], []):
        found = database.read(lambda unit, w=wanted: unit.main.all(asked, names=w))
        assert {row[0] for row in found} == {"a", "b", "c"} & set(wanted)


def test_a_unit_inside_a_unit_is_refused_and_not_waited_for(sqlite: Place) -> None:
    database = sqlite.open()

    with pytest.raises(StorageError, match="inside another"):
        database.work(lambda unit: database.work(lambda inner: None))


def test_who_waits_too_long_for_a_turn_is_sent_away_and_nothing_runs_later(sqlite: Place) -> None:
    database = sqlite.open(patience=0.2)
    begun, go_on = Event(), Event()

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(database.work, lambda unit: (begun.set(), go_on.wait(5)))
        begun.wait(5)
        with pytest.raises(StorageAway):
            database.work(lambda unit: put(unit, "late"))
        go_on.set()
        slow.result(5)

    assert names(database) == []


def test_main_and_keys_must_be_two_databases_of_one_kind(tmp_path: Path) -> None:
    one = f"sqlite:///{tmp_path}/one.db"
    for pair in ((one, one), (one, "postgresql:///x"), ("mysql:///x", "mysql:///y"), ("sqlite://", one), ("?", one)):
        with pytest.raises(StorageError):
            Database(*pair)


def test_a_new_sqlite_file_is_its_owners_only(sqlite: Place) -> None:
    sqlite.open().work(lambda unit: put(unit, "a"))

    modes = {file.name: file.stat().st_mode & 0o777 for which in ("main", "keys") for file in sqlite.files(which)}

    assert {"main.db", "main.db-wal", "main.db.gate", "keys.db"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_new_sqlite_folder_is_its_owners_only(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path}/var/main.db", f"sqlite:///{tmp_path}/var/keys.db").close()

    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700


_THREE = """
import sys
from storage.database import Database
from tests.storage.test_database import _COUNT_UP
database = Database(sys.argv[1], sys.argv[2])
for _ in range(100):
    database.work(lambda unit: unit.main.run(_COUNT_UP))
database.close()
"""


def test_three_processes_count_together_and_lose_nothing(place: Place) -> None:
    started = [subprocess.Popen([sys.executable, "-c", _THREE, place.url, place.keys_url]) for _ in range(3)]

    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert place.open().read(lambda unit: unit.main.one(_COUNTED)) == (300,)


def test_the_stamp_is_another_one_after_every_commit_of_whomever(place: Place) -> None:
    mine, others = place.open(), place.open()
    stamps = [mine.stamp()]

    for at, database in enumerate((others, mine, others)):
        database.work(lambda unit, at=at: put(unit, f"{at}"))
        stamps.append(mine.stamp())

    assert len(set(stamps)) == 4


def test_the_stamp_is_the_same_while_nobody_commits(sqlite: Place) -> None:
    database = sqlite.open()  # PostgreSQL's own housekeeping may count there
    before = database.stamp()

    names(database)

    assert database.stamp() == before
