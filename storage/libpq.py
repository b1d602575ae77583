"""Statements on PostgreSQL as libpq itself runs them: prepared once a connection, with no value's type guessed.

A message takes eight statements, and psycopg some 80 µs of Python for each, several times what PostgreSQL takes. What is seldom
run goes psycopg's own way, and whatever comes back is read by psycopg's own loaders.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import abc, adapt, pq
from psycopg.errors import error_from_result

from storage.unit import Cursor, Row

_OFTEN = 5  # times a statement goes psycopg's own way before it is prepared
_MOST = 100  # prepared on one connection
_PLACE = re.compile(r"%\((\w+)\)s|%%")
_DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_TEXT, _BINARY = pq.Format.TEXT, pq.Format.BINARY
_FIELD = pq.DiagnosticField
_STALE = (b"0A000", b"26000")  # a column has another type since, or something between us and the server forgot it


class Rows:
    """What came back, as a driver's cursor gives it."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: list[Row], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def fetchone(self) -> Row | None:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Row]:
        return self._rows


class _Prepared:
    """One statement on one connection."""

    __slots__ = ("loaders", "name", "names")

    def __init__(self, name: bytes, names: Sequence[str]) -> None:
        self.name, self.names = name, names
        self.loaders: abc.Transformer | None = None  # made with the first result


class Link:
    """One connection. One thread at a time."""

    __slots__ = ("_connection", "_pgconn", "_prepared", "_seen")

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection, self._pgconn = connection, connection.pgconn
        self._seen: dict[str, int] = {}
        self._prepared: dict[str, _Prepared] = {}

    def execute(self, text: str, values: Mapping[str, Any]) -> Cursor:
        """Run a statement. Raises psycopg.Error."""
        prepared = self._prepared.get(text)
        if prepared is None:
            if not self._is_often(text):
                return self._connection.execute(text, values, binary=True)
            prepared = self._prepare(text)
        try:
            chosen = [values[name] for name in prepared.names]
        except KeyError:
            raise psycopg.ProgrammingError("a value is missing") from None
        formats = [_BINARY if isinstance(value, bytes) else _TEXT for value in chosen]
        given: list[Any] = list(map(_given, chosen))  # psycopg's types know no NULL
        result = self._pgconn.exec_prepared(prepared.name, given, formats, _BINARY)
        if result.status not in _DONE and result.error_field(_FIELD.SQLSTATE) in _STALE:
            self._pgconn.finish()  # or it would be refused for as long as the connection lives
            raise psycopg.OperationalError("a prepared statement holds no more")
        self._checked(result)
        if not result.ntuples:
            return Rows([], result.command_tuples or 0)
        loaders = prepared.loaders
        if loaders is None:
            loaders = prepared.loaders = adapt.Transformer(self._connection)
            loaders.set_pgresult(result, format=_BINARY)
        else:
            loaders.set_pgresult(result, set_loaders=False)
        rows = loaders.load_rows(0, result.ntuples, tuple)
        loaders.set_pgresult(None, set_loaders=False)  # or it would keep the last rows as long as the connection
        return Rows(rows, result.ntuples)

    def say(self, text: bytes) -> None:
        """BEGIN, COMMIT, ROLLBACK. Raises psycopg.Error."""
        self._checked(self._pgconn.exec_(text))

    def _is_often(self, text: str) -> bool:
        if len(self._prepared) >= _MOST:
            return False
        if len(self._seen) > 10 * _MOST:
            self._seen.clear()
        self._seen[text] = seen = self._seen.get(text, 0) + 1
        return seen > _OFTEN

    def _prepare(self, text: str) -> _Prepared:
        names: list[str] = []

        def numbered(place: re.Match[str]) -> str:
            if place[1] is None:
                return "%"
            if place[1] not in names:
                names.append(place[1])
            return f"${names.index(place[1]) + 1}"

        query = _PLACE.sub(numbered, text).encode()
        # By what it says: whatever shares connections between processes can never run another one of that name.
        name = b"hamraz_" + hashlib.sha256(query).hexdigest()[:32].encode()
        prepared = _Prepared(name, tuple(names))
        if name not in {one.name for one in self._prepared.values()}:  # two may differ in what their values are called
            self._checked(self._pgconn.prepare(name, query))
        self._prepared[text] = prepared
        return prepared

    def _checked(self, result: pq.abc.PGresult) -> pq.abc.PGresult:
        if result.status in _DONE:
            return result
        state, severity = (result.error_field(field) for field in (_FIELD.SQLSTATE, _FIELD.SEVERITY_NONLOCALIZED))
        if state is None or severity in (b"FATAL", b"PANIC"):
            self._pgconn.finish()  # the connection is lost, which libpq itself would notice only at the next statement
        if state is None:
            raise psycopg.OperationalError("the connection is lost")
        raise error_from_result(result)


def _given(value: Any) -> bytes | None:
    """A value as libpq takes it: bytes as they are, anything else as PostgreSQL writes it. Raises psycopg.Error, UnicodeError."""
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("a text cannot hold NUL")  # libpq would end it there
        return value.encode()
    if isinstance(value, (int, float)):
        return b"%r" % value
    raise psycopg.ProgrammingError("no value that tables keep")
