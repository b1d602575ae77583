"""One unit of work: what a function may do to both databases before they commit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from sqlalchemy.sql import Executable

from storage.errors import StatementRefused, driver_errors, translated
from storage.statements import Statements

Row = tuple[Any, ...]  # columns of the driver: bytes, int, float, str or None


class Cursor(Protocol):
    """What both drivers' cursors share."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...


Run = Callable[[str, Mapping[str, Any]], Cursor]


class Side:
    """One of the two databases, inside a unit of work."""

    __slots__ = ("_before_write", "_run", "_statements")

    def __init__(self, run: Run, statements: Statements, before_write: Callable[[], None] | None = None) -> None:
        """
        run           runs a text on the driver
        before_write  called before each statement that writes: begins what is not begun yet, or refuses
        """
        self._run = run
        self._statements = statements
        self._before_write = before_write

    @property
    def kind(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._statements.kind

    def run(self, statement: Executable, **values: Any) -> int:
        """Run a statement and return how many rows it touched."""
        return self._cursor(statement, values).rowcount

    def run_each(self, statement: Executable, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run a statement once a row and return how many rows were touched in all."""
        return sum(self._cursor(statement, row).rowcount for row in rows)

    def one(self, statement: Executable, **values: Any) -> Row | None:
        """Return the first row, or None."""
        cursor = self._cursor(statement, values)
        try:
            row: Row | None = cursor.fetchone()
            return row
        except driver_errors() as error:
            raise translated(error) from None

    def all(self, statement: Executable, **values: Any) -> list[Row]:
        """Return every row."""
        cursor = self._cursor(statement, values)
        try:
            return cursor.fetchall()
        except driver_errors() as error:
            raise translated(error) from None

    def _cursor(self, statement: Executable, values: Mapping[str, Any]) -> Cursor:
        prepared = self._statements.prepared(statement)
        text, filled = prepared.filled(values)
        if prepared.writes and self._before_write is not None:
            self._before_write()
        try:
            return self._run(text, filled)
        except driver_errors() as error:
            raise translated(error) from None


class Unit:
    """Both sides of one unit of work. Use it in the thread that was given it, and only until the function returns."""

    __slots__ = ("after", "called", "keys", "main", "scratch", "shredded")

    def __init__(self, main: Side, keys: Side) -> None:
        self.main = main
        self.keys = keys
        self.scratch: dict[object, Any] = {}  # what one module leaves for itself within the unit
        self.shredded = False  # set when a key was deleted: its bytes must leave the files
        self.called: set[str] = set()  # channels on which something begins to wait
        self.after: list[Callable[[], object]] = []

    def after_commit(self, action: Callable[[], object]) -> None:
        """Call `action` in the caller's thread once both databases have committed; not at all if they do not."""
        self.after.append(action)


def refuse_writes() -> None:
    """Raise StatementRefused: what a reading unit does before a write."""
    raise StatementRefused("a read may not write")
