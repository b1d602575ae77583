"""The hot path: SQLAlchemy Core statements, compiled once and run on the driver's own cursor.

Going through SQLAlchemy's execution costs more than SQLite's commit, so each statement is turned into
text once per dialect and kept. Statements are module constants; bound values are named with
`bindparam`, never like a column that the same statement sets.

No value is converted on the way: bytes, int, float, str and None only (tables.py keeps to these).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement, Executable
from sqlalchemy.sql.compiler import SQLCompiler

_MOST = 2_000  # statements kept; more than that means somebody builds them anew for every call


class Prepared:
    """One statement as text for one dialect, and the values it already has."""

    __slots__ = ("_compiled", "defaults", "expands", "names", "text", "writes")

    def __init__(self, compiled: SQLCompiler, writes: bool) -> None:
        self._compiled = compiled
        self.text = compiled.string
        self.writes = writes
        self.names = frozenset(compiled.binds)
        self.defaults = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self.expands = bool(compiled.post_compile_params)  # an IN whose length is known only with the values

    def filled(self, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Return the text and every value. Raises TypeError on a name that the statement lacks."""
        if not values.keys() <= self.names:
            raise TypeError(f"statement takes no {sorted(values.keys() - self.names)}")
        if self.defaults:
            values = {**self.defaults, **values}
        if not self.expands:
            return self.text, values
        state = self._compiled.construct_expanded_state(dict(values))
        return state.statement, dict(state.parameters)


_KEPT: dict[str, dict[Executable, Prepared]] = {}  # by dialect, by identity: that is how statements hash


class Statements:
    """Every statement that ran, compiled for one dialect, whichever database it ran on. Safe to use from many threads."""

    __slots__ = ("_dialect", "_prepared")

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._prepared = _KEPT.setdefault(dialect.name, {})

    @property
    def kind(self) -> str:
        """The dialect's name."""
        return self._dialect.name

    def prepared(self, statement: Executable) -> Prepared:
        """Return the compiled statement, compiling it the first time."""
        known = self._prepared.get(statement)
        if known is None:
            if len(self._prepared) >= _MOST:
                self._prepared.clear()
            known = self._prepared[statement] = self._compile(statement)
        return known

    def _compile(self, statement: Executable) -> Prepared:
        if not isinstance(statement, ClauseElement):
            raise TypeError("a SQLAlchemy Core statement is needed")
        compiled = statement.compile(dialect=self._dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("only statements on rows are run here")
        return Prepared(compiled, writes=compiled.isinsert or compiled.isupdate or compiled.isdelete)
