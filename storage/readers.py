"""Reading on SQLite: connections that cannot write, beside the one that does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock
from typing import TypeVar

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from storage.engines import sqlite_engine
from storage.errors import translated
from storage.statements import Statements
from storage.unit import Side, Unit, refuse_writes

T = TypeVar("T")


class Readers:
    """Pooled reading connections to both SQLite files. Safe to use from many threads."""

    def __init__(self, main: URL, keys: URL, *, patience: float, pool: int) -> None:
        self._engines = tuple(sqlite_engine(url, patience=patience, read_only=True, pool=pool) for url in (main, keys))
        self._statements = tuple(Statements(engine.dialect) for engine in self._engines)
        # The value means something within one connection only, so this one is kept.
        self._stamping = Lock()
        self._stamper: PoolProxiedConnection | None = None

    def read(self, function: Callable[[Unit], T]) -> T:
        """Run one reading unit; the main side sees one moment throughout."""
        with ExitStack() as stack:
            main = _taken(self._engines[0], stack)
            keys = _taken(self._engines[1], stack)
            unit = Unit(
                Side(main.execute, self._statements[0], refuse_writes),
                # No transaction on keys: a reader must not hold up the checkpoint that removes a deleted key.
                Side(keys.execute, self._statements[1], refuse_writes),
            )
            try:
                main.execute("BEGIN")
            except sqlite3.Error as error:
                raise translated(error) from None
            try:
                return function(unit)
            finally:
                main.execute("ROLLBACK")

    def stamp(self) -> object:
        """Another value after every commit of any other connection to main, of whatever process."""
        with self._stamping:
            try:
                if self._stamper is None:
                    self._stamper = self._engines[0].raw_connection()
                return self._stamper.cursor().execute("PRAGMA data_version").fetchone()[0]
            except (SQLAlchemyError, sqlite3.Error) as error:
                self._let_stamper_go()
                raise translated(error) from None

    def close(self) -> None:
        """Close every connection."""
        with self._stamping:
            self._let_stamper_go()
        for engine in self._engines:
            engine.dispose()

    def _let_stamper_go(self) -> None:
        if self._stamper is not None:
            self._stamper.invalidate()
            self._stamper = None


def _taken(engine: Engine, stack: ExitStack) -> sqlite3.Connection:
    try:
        pooled = engine.raw_connection()
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise translated(error) from None
    stack.callback(pooled.close)
    connection = pooled.dbapi_connection
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError("a connection of sqlite3 is needed")
    return connection
