"""The two SQLite files, written together: many units of work in one pair of transactions.

Each unit runs under savepoints of its own, so an exception in one takes back that one only. The keys
database joins when a unit first writes to it, and commits before the main one: what a crash can leave
behind is a key without a row, never a row without its key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from storage.engines import sqlite_engine, sqlite_file
from storage.errors import StorageAway, StorageError, translated
from storage.statements import Statements
from storage.unit import Side, Unit

T = TypeVar("T")

_CHECKPOINT_WAIT_MS = 200  # a reader may hold the keys' WAL; then the next round tries again


class Pair:
    """The writing connections. One thread at a time, inside the gate."""

    def __init__(self, main: URL, keys: URL, patience: float, longest_log: int | None = None) -> None:
        """longest_log: pages of main's log at which it is brought back here, where somebody else does it before"""
        self._files = (sqlite_file(main), sqlite_file(keys))
        self.engines = (
            sqlite_engine(main, patience=patience),
            sqlite_engine(keys, patience=patience, secret=True),
        )
        self._statements = tuple(Statements(engine.dialect) for engine in self.engines)
        self._patience = patience
        self._longest_log = longest_log
        self._pooled: list[Any] = []
        self._inodes: list[tuple[int, int]] = []
        self._main: sqlite3.Connection
        self._keys: sqlite3.Connection
        self._keys_saved = False  # this unit has its savepoint in the keys database
        self._shredded = False  # in this pair of transactions
        self.must_checkpoint = False

    def begin(self) -> None:
        """Begin the main transaction. Raises StorageAway."""
        try:
            if self._pooled and self._inodes != self._looked_at():
                self.close()  # a file was replaced or is gone; writing on would write to nowhere
            if not self._pooled:
                self._connect()
            self._main.execute("BEGIN IMMEDIATE")
        except (sqlite3.Error, SQLAlchemyError, OSError) as error:
            self._roll_back()
            raise translated(error) from None

    def run(self, function: Callable[[Unit], T]) -> tuple[T, Unit]:
        """Run one unit inside the transaction. Raises what it raises, after taking back what it did.

        When the transaction itself is gone (a full disk does that), `alive` is false afterwards.
        """
        self._keys_saved = False
        unit = Unit(
            Side(self._main.execute, self._statements[0]),
            Side(self._keys.execute, self._statements[1], self._save_keys),
        )
        self._main.execute("SAVEPOINT unit")
        try:
            value = function(unit)
            if not self.alive:  # the unit swallowed the error that told of it
                raise StorageAway("transaction lost")
        except BaseException:
            self._take_back()
            raise
        self._each("RELEASE unit")
        self._shredded = self._shredded or unit.shredded
        return value, unit

    @property
    def alive(self) -> bool:
        """Whether the transactions still stand."""
        return self._main.in_transaction and (self._keys.in_transaction or not self._keys_saved)

    def commit(self) -> None:
        """Commit keys, then main. Raises StorageAway, and then nothing of main was kept."""
        try:
            if not self.alive:
                raise StorageAway("transaction lost")
            if self._keys.in_transaction:
                self._keys.execute("COMMIT")
                self.must_checkpoint = self.must_checkpoint or self._shredded
            self._main.execute("COMMIT")
        except (sqlite3.Error, StorageAway) as error:
            self._roll_back()
            raise (error if isinstance(error, StorageError) else translated(error)) from None
        finally:
            self._shredded = False
        if self.must_checkpoint:
            self.checkpoint()

    def give_up(self) -> None:
        """Take everything back."""
        self._shredded = False
        self._roll_back()

    def checkpoint(self) -> None:
        """Bring the keys' log into its file and cut it to nothing: a deleted key's bytes are then nowhere.

        A reader can hold it up; `must_checkpoint` stays true until it went through.
        """
        if not self._pooled:
            return
        try:
            self._keys.execute(f"PRAGMA busy_timeout={_CHECKPOINT_WAIT_MS}")
            held_up, _, _ = self._keys.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            self.must_checkpoint = bool(held_up)
            self._keys.execute(f"PRAGMA busy_timeout={int(self._patience * 1000)}")
        except sqlite3.Error:
            self.must_checkpoint = True  # committed all the same; what is left is to try again

    def close(self) -> None:
        """Close both connections; `begin` opens them again."""
        pooled, self._pooled = self._pooled, []
        for connection in pooled:
            connection.invalidate()
        for engine in self.engines:
            engine.dispose()

    def _connect(self) -> None:
        for engine in self.engines:
            self._pooled.append(engine.raw_connection())
        self._main, self._keys = (pooled.dbapi_connection for pooled in self._pooled)
        if self._longest_log is not None:
            self._main.execute(f"PRAGMA wal_autocheckpoint={self._longest_log}")
        self._inodes = self._looked_at()

    def _looked_at(self) -> list[tuple[int, int]]:
        seen = [file.stat() for file in self._files]
        return [(each.st_dev, each.st_ino) for each in seen]

    def _save_keys(self) -> None:
        if self._keys_saved:
            return
        try:
            if not self._keys.in_transaction:
                self._keys.execute("BEGIN IMMEDIATE")
            self._keys.execute("SAVEPOINT unit")
        except sqlite3.Error as error:
            raise translated(error) from None
        self._keys_saved = True

    def _each(self, text: str) -> None:
        if self._main.in_transaction:
            self._main.execute(text)
        if self._keys_saved and self._keys.in_transaction:
            self._keys.execute(text)

    def _take_back(self) -> None:
        try:
            self._each("ROLLBACK TO unit")
            self._each("RELEASE unit")
        except sqlite3.Error:
            self._roll_back()  # the group is lost with it, and `alive` says so

    def _roll_back(self) -> None:
        if not self._pooled:
            return
        for connection in (self._main, self._keys):
            try:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            except sqlite3.Error:
                self.close()  # the connection itself is broken: closing rolls back
                return
