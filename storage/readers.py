"""Reading on SQLite: connections that cannot write, beside the one that does."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeVar

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

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

    def close(self) -> None:
        """Close every connection."""
        for engine in self._engines:
            engine.dispose()


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
