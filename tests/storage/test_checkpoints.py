"""The log of a SQLite file comes back into the file while others write, and whoever reads an older moment is not waited for."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from time import monotonic, sleep

import pytest

from storage.checkpoints import Checkpoints
from storage.database import Database
from storage.tables import settings_kv
from tests.databases import Place

PATIENCE = 20  # seconds


def write(database: Database, name: str) -> None:
    database.work(lambda unit: unit.main.run(settings_kv.insert().values(name=name, value="x" * 10_000)))


def in_the_file(file: Path, name: str) -> bool:
    return name.encode() in file.read_bytes()


def test_what_is_written_comes_into_the_file_while_it_is_served(sqlite: Place) -> None:
    database = sqlite.open()
    file = sqlite.folder / "main.db"
    write(database, "the-first")
    until = monotonic() + PATIENCE

    while not in_the_file(file, "the-first") and monotonic() < until:
        sleep(0.05)

    assert in_the_file(file, "the-first")


def test_a_reader_keeps_its_moment_and_holds_nobody_up(sqlite: Place) -> None:
    database = sqlite.open(group=False)  # nobody else brings anything back
    file = sqlite.folder / "main.db"
    write(database, "before")
    checkpoints = Checkpoints(file)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM settings_kv").fetchone() == (1,)
    write(database, "after")

    assert not checkpoints.bring()
    assert reader.execute("SELECT count(*) FROM settings_kv").fetchone() == (1,)
    assert not in_the_file(file, "after")

    reader.execute("ROLLBACK")
    assert checkpoints.bring()
    assert in_the_file(file, "after")
    assert checkpoints.bring()  # nothing new: nothing is done
    write(database, "later")
    assert checkpoints.bring()
    assert in_the_file(file, "later")


def test_no_file_is_made_where_none_is_and_the_next_round_finds_another(sqlite: Place) -> None:
    file = sqlite.folder / "main.db"
    log = sqlite.folder / "main.db-wal"
    checkpoints = Checkpoints(file)
    with pytest.raises(FileNotFoundError):
        checkpoints.bring()

    away = file.rename(sqlite.folder / "away.db")
    log.write_bytes(b"left behind")
    with pytest.raises(sqlite3.OperationalError):
        checkpoints.bring()
    assert not file.exists()

    log.unlink()
    away.rename(file)
    database = sqlite.open(group=False)
    write(database, "another")
    assert checkpoints.bring()
    assert in_the_file(file, "another")


def test_its_thread_outlives_what_fails_and_ends_with_the_database(
    sqlite: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = iter((sqlite3.OperationalError("unable to open database file"), FileNotFoundError()))
    went_on = threading.Event()

    def bring(_: Checkpoints) -> bool:
        for error in fails:
            raise error
        went_on.set()
        return True

    monkeypatch.setattr(Checkpoints, "bring", bring)
    monkeypatch.setattr("storage.checkpoints._EVERY", 0.01)
    others = set(threading.enumerate())
    database = sqlite.open()
    write(database, "first")
    (its,) = [one for one in set(threading.enumerate()) - others if one.name == "hamraz-checkpoints"]

    assert went_on.wait(PATIENCE)

    database.close()
    assert not its.is_alive()
