"""The hot path: a Core statement, compiled once a dialect, run on the pooled DBAPI cursor.

Core writes the SQL of both databases from one schema; running it through Core costs more
than the rest of a turn's commit (performance notes). Values are bytes, whole numbers,
floats or text, so nothing has to be converted either way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import ClauseElement
from sqlalchemy.engine import Dialect

from storage.errors import StorageAway


class Statements:
    """The compiled statements of one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._compiled: dict[int, tuple[ClauseElement, str, tuple[str, ...] | None, dict[str, Any]]] = {}

    def of(self, statement: ClauseElement, values: dict[str, Any]) -> tuple[str, Any]:
        """The SQL and its parameters as the driver wants them."""
        found = self._compiled.get(id(statement))
        if found is None:
            compiled: Any = statement.compile(dialect=self._dialect)
            order = tuple(compiled.positiontup) if compiled.positional and compiled.positiontup is not None else None
            fixed = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
            # The statement is kept too: while it lives, nobody else can have its id.
            found = self._compiled[id(statement)] = (statement, str(compiled), order, fixed)
        _, sql, order, fixed = found
        every = {**fixed, **values}
        if order is None:
            return sql, every
        return sql, tuple(every[name] for name in order)


class Side:
    """One of the two databases, inside one unit of work."""

    __slots__ = ("_cursor", "_statements", "wrote")

    def __init__(self, cursor: Any, statements: Statements) -> None:
        self._cursor = cursor
        self._statements = statements
        self.wrote = False

    def run(self, statement: ClauseElement, **values: Any) -> int:
        """Run it; return how many rows it touched."""
        self.wrote = True
        with translated():
            self._cursor.execute(*self._statements.of(statement, values))
        return int(self._cursor.rowcount)

    def one(self, statement: ClauseElement, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        with translated():
            self._cursor.execute(*self._statements.of(statement, values))
            row = self._cursor.fetchone()
        return None if row is None else tuple(row)

    def all(self, statement: ClauseElement, **values: Any) -> list[tuple[Any, ...]]:
        """Every row."""
        with translated():
            self._cursor.execute(*self._statements.of(statement, values))
            return [tuple(row) for row in self._cursor.fetchall()]

    def plain(self, sql: str) -> None:
        """Run SQL of our own writing: transactions and savepoints, never values."""
        with translated():
            self._cursor.execute(sql)


@contextmanager
def translated() -> Iterator[None]:
    """Drivers' errors as ours. "Away" is what passes by itself: locked, full, cut off; the rest is a fault."""
    try:
        yield
    except (sqlite3.OperationalError, psycopg.OperationalError) as error:
        # Only the class: a driver's message may quote values.
        raise StorageAway(type(error).__name__) from None
