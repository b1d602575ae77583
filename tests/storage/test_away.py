"""Locked, full, gone, read-only, restarted: one error, nothing half-written, and it passes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from sqlalchemy import bindparam, func, select, text

from storage.database import Database, StorageAway, Unit
from storage.tables import heads, settings_kv, shred_keys
from tests.databases import Place, Postgres

_PUT = settings_kv.insert().values(name=bindparam("n"), value=bindparam("v"))
_ALL = select(settings_kv.c.name).order_by(settings_kv.c.name)
_HEAD = heads.insert().values(kind="t", id=bindparam("of"), seq=1, hash=b"h", day=1)
_HEADS = select(func.count()).select_from(heads)


def put(unit: Unit, name: str, size: int = 1) -> None:
    unit.main.run(_PUT, n=name, v="x" * size)
    unit.keys.run(_HEAD, of=name.encode())


def keep(database: Database, name: str, pause: float = 0) -> None:
    def function(unit: Unit) -> None:
        put(unit, name)
        time.sleep(pause)

    database.work(function)


def names(database: Database) -> list[str]:
    return [row[0] for row in database.read(lambda unit: unit.main.all(_ALL))]


@pytest.mark.parametrize("which", ["main", "keys"])
def test_a_file_that_somebody_holds_is_away_until_they_let_go(sqlite: Place, which: str) -> None:
    database = sqlite.open(patience=0.1)
    database.work(lambda unit: put(unit, "before"))
    holder = sqlite3.connect(sqlite.folder / f"{which}.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    with pytest.raises(StorageAway, match="BUSY"):
        database.work(lambda unit: put(unit, "during"))
    holder.execute("COMMIT")
    database.work(lambda unit: put(unit, "after"))

    assert names(database) == ["after", "before"]
    assert database.read(lambda unit: unit.keys.one(_HEADS)) == (2,)


@pytest.mark.parametrize("which", ["main", "keys"])
def test_a_full_disk_keeps_nothing_of_the_unit_and_passes(sqlite: Place, which: str) -> None:
    database = sqlite.open()
    database.work(lambda unit: put(unit, "before"))
    size = text("PRAGMA page_count")
    (pages,) = database.read(lambda unit: getattr(unit, which).one(size))

    def limit(most: int) -> None:
        database.work(lambda unit: getattr(unit, which).one(text(f"PRAGMA max_page_count={most}")))

    def fill(unit: Unit) -> None:
        put(unit, "during", 100_000)
        unit.keys.run(_HEAD, of=b"k" * 100_000)

    limit(pages)
    with pytest.raises(StorageAway, match="FULL"):
        database.work(fill)
    limit(100_000)
    database.work(lambda unit: put(unit, "after"))

    assert names(database) == ["after", "before"]
    assert database.read(lambda unit: unit.keys.one(_HEADS)) == (2,)


def test_a_full_disk_tells_everybody_in_the_group_who_was_not_kept(sqlite: Place) -> None:
    database = sqlite.open()
    (pages,) = database.read(lambda unit: unit.main.one(text("PRAGMA page_count")))  # type: ignore[misc]  # always one
    database.work(lambda unit: unit.main.one(text(f"PRAGMA max_page_count={pages}")))
    begun, go_on = Event(), Event()

    def first(unit: Unit) -> None:
        put(unit, "first")
        begun.set()
        go_on.wait(5)

    def outcome(name: str, size: int) -> str:
        try:
            database.work(lambda unit: put(unit, name, size))
        except StorageAway:
            return "away"
        return name

    with ThreadPoolExecutor(8) as pool:
        head = pool.submit(database.work, first)
        begun.wait(5)
        tail = [pool.submit(outcome, name, size) for name, size in (("a", 1), ("big", 200_000), ("b", 1))]
        time.sleep(0.05)
        go_on.set()
        kept = {future.result(5) for future in tail} - {"away"}
        if head.exception(5) is None:
            kept.add("first")

    assert set(names(database)) == kept
    assert "big" not in kept


_LIMITED = """
import resource, signal, sys
from storage.database import Database, StorageAway
from tests.storage.test_away import put
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = Database(sys.argv[1], sys.argv[2])
database.work(lambda unit: put(unit, "before"))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
away = 0
for number in range(200):
    try:
        database.work(lambda unit: put(unit, f"{number:03}", 4_000))
    except StorageAway:
        away += 1
    else:
        print(f"{number:03}")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
database.work(lambda unit: put(unit, "after"))
assert away
"""


def test_files_that_cannot_grow_keep_exactly_what_was_said_to_be_kept(sqlite: Place) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _LIMITED, sqlite.url, sqlite.keys_url], capture_output=True, text=True, timeout=60
    )

    assert ran.returncode == 0, ran.stderr
    assert names(sqlite.open()) == sorted([*ran.stdout.split(), "before", "after"])
    assert sqlite3.connect(sqlite.folder / "main.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("which", ["main", "keys"])
def test_a_file_that_was_taken_away_is_not_written_to_in_the_dark(sqlite: Place, which: str) -> None:
    database = sqlite.open()
    database.work(lambda unit: put(unit, "before"))
    away = sqlite.folder / "elsewhere"
    away.mkdir()
    for file in sqlite.files(which):
        file.rename(away / file.name)

    with pytest.raises(StorageAway):
        database.work(lambda unit: put(unit, "during"))
    for file in away.iterdir():
        file.rename(sqlite.folder / file.name)
    database.work(lambda unit: put(unit, "after"))

    assert names(database) == ["after", "before"]


def test_a_file_that_is_no_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "main.db").write_bytes(b"not a database at all, " * 1000)
    database = Database(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keys.db")

    with pytest.raises(StorageAway):
        database.work(lambda unit: put(unit, "a"))
    with pytest.raises(StorageAway):
        database.read(lambda unit: unit.main.all(_ALL))
    database.close()


def test_a_file_that_may_only_be_read_is_away(sqlite: Place) -> None:
    for which in ("main", "keys"):
        for file in sqlite.files(which):
            file.chmod(0o444)
    sqlite.folder.chmod(0o555)
    child = os.fork()
    if child == 0:  # root may write anywhere, so somebody else must try
        code = 1
        try:
            for folder in (sqlite.folder, *sqlite.folder.parents[:3]):
                if folder.stat().st_uid == os.getuid() and os.getuid() == 0 and folder != sqlite.folder:
                    folder.chmod(folder.stat().st_mode | 0o055)
            if os.getuid() == 0:
                os.setuid(65534)
            database = Database(sqlite.url, sqlite.keys_url, patience=0.2)
            database.work(lambda unit: put(unit, "a"))
        except StorageAway:
            code = 0
        finally:
            os._exit(code)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    sqlite.folder.chmod(0o755)


def test_postgresql_that_cannot_be_reached_is_away(tmp_path: Path) -> None:
    url = f"postgresql://postgres@/nothing?host={tmp_path}"
    database = Database(url, f"{url}&application_name=keys")

    with pytest.raises(StorageAway):
        database.work(lambda unit: put(unit, "a"))
    with pytest.raises(StorageAway):
        database.read(lambda unit: unit.main.all(_ALL))


def test_after_a_restart_of_postgresql_the_next_unit_simply_works(postgresql: Place, server: Postgres) -> None:
    database = postgresql.open()
    with ThreadPoolExecutor(4) as pool:  # several connections in each pool
        list(pool.map(lambda name: keep(database, name, 0.05), "abcd"))

    server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
    for name in "efgh":
        keep(database, name)

    assert names(database) == list("abcdefgh")


def test_after_a_restart_of_postgresql_a_key_is_read_at_once(postgresql: Place, server: Postgres) -> None:
    """Keys are read outside a transaction, on a connection of their own."""
    database = postgresql.open()
    every = select(shred_keys.c.id)
    database.work(lambda unit: unit.keys.all(every))

    server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")

    assert database.work(lambda unit: unit.keys.all(every)) == []


def test_a_connection_cut_in_the_middle_keeps_nothing(postgresql: Place, server: Postgres) -> None:
    database = postgresql.open()

    def cut(unit: Unit) -> None:
        put(unit, "a")
        server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test_%'")
        unit.main.all(_ALL)

    with pytest.raises(StorageAway):
        database.work(cut)

    assert names(database) == []
    database.work(lambda unit: put(unit, "a"))


def test_a_read_only_postgresql_is_away(postgresql: Place, server: Postgres) -> None:
    name = postgresql.url.rsplit("?", 1)[0].rsplit("/", 1)[1]
    server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")

    with pytest.raises(StorageAway):
        postgresql.open().work(lambda unit: put(unit, "a"))


def test_a_row_that_stays_locked_is_away(postgresql: Place) -> None:
    database = postgresql.open(patience=0.3)
    database.work(lambda unit: put(unit, "a"))
    locked = select(settings_kv.c.value).where(settings_kv.c.name == "a").with_for_update()

    with psycopg.connect(postgresql.url) as holder:
        holder.execute("SELECT * FROM settings_kv FOR UPDATE")
        with pytest.raises(StorageAway):
            database.work(lambda unit: unit.main.one(locked))


def test_of_two_units_that_block_each_other_one_is_away_and_the_other_is_kept(postgresql: Place) -> None:
    database = postgresql.open()
    for name in "ab":
        keep(database, name)
    lock = select(settings_kv.c.value).where(settings_kv.c.name == bindparam("n")).with_for_update()
    met = [Event(), Event()]
    ends: list[str] = []

    def cross(mine: int) -> None:
        def function(unit: Unit) -> None:
            unit.main.one(lock, n="ab"[mine])
            met[mine].set()
            met[1 - mine].wait(5)
            unit.main.one(lock, n="ab"[1 - mine])

        try:
            database.work(function)
            ends.append("kept")
        except StorageAway:
            ends.append("away")

    threads = [Thread(target=cross, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(ends) == ["away", "kept"]


def test_an_error_never_quotes_a_value(place: Place) -> None:
    database = place.open()
    secret = "her very own words"
    strange = type("Strange", (), {"__repr__": lambda self: secret})()
    database.work(lambda unit: put(unit, secret))

    mistakes: list[dict[str, object]] = [{"n": secret, "v": "x"}, {"n": secret}, {"n": strange, "v": "x"}]
    for wrong in mistakes:

        def write(unit: Unit, values: dict[str, object] = wrong) -> None:
            unit.main.run(_PUT, **values)

        with pytest.raises(Exception) as caught:
            database.work(write)
        error: BaseException | None = caught.value
        while error is not None:
            assert "own words" not in f"{error} {error!r}"
            error = error.__cause__
