"""Units of work on PostgreSQL: a pooled connection of each database, in the caller's thread.

PostgreSQL groups commits by itself. A connection is taken at a side's first statement, so a unit that
never asks for a key costs the keys database nothing; the keys side reads outside a transaction until it
writes (the row lock that matters is the main side's).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from storage.engines import postgres_engine
from storage.errors import StorageAway, translated
from storage.libpq import Link
from storage.statements import Statements
from storage.unit import Cursor, Side, Unit, refuse_writes

T = TypeVar("T")

_BEGIN, _BEGIN_READING = b"BEGIN", b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Server:
    """Runs units of work on two PostgreSQL databases. Safe to use from many threads."""

    def __init__(self, main: URL, keys: URL, *, patience: float, pool: int) -> None:
        self.engines = (
            postgres_engine(main, patience=patience, pool=pool),
            postgres_engine(keys, patience=patience, pool=pool),
        )
        self._statements = tuple(Statements(engine.dialect) for engine in self.engines)

    def work(self, function: Callable[[Unit], T]) -> tuple[T, Unit]:
        """Run one unit, commit keys, then main; return its value, and itself."""
        main, keys = self._sessions(_BEGIN)
        unit = Unit(
            Side(main.run_begun, self._statements[0]),
            Side(keys.run, self._statements[1], keys.begin),
        )
        return self._finish(unit, function, main, keys), unit

    def read(self, function: Callable[[Unit], T]) -> T:
        """Run one unit that may not write."""
        main, keys = self._sessions(_BEGIN_READING)
        unit = Unit(
            Side(main.run_begun, self._statements[0], refuse_writes),
            Side(keys.run_begun, self._statements[1], refuse_writes),
        )
        return self._finish(unit, function, main, keys)

    def stamp(self) -> object:
        """Which transactions are visible: another value after every commit."""
        session = _Session(self.engines[0], _BEGIN)
        try:
            row = session.run("SELECT pg_current_snapshot()::text", {}).fetchone()
            return row[0]
        except psycopg.Error as error:
            raise translated(error) from None
        finally:
            session.release()

    def rewrite(self, table: str) -> None:
        """Write a table of the keys database anew, so that no page keeps bytes of a deleted row. Raises StorageAway."""
        session = _Session(self.engines[1], _BEGIN)
        try:
            session.run(f'VACUUM FULL "{table}"', {})  # not in a transaction
        except psycopg.Error as error:
            raise translated(error) from None
        finally:
            session.release()

    def close(self) -> None:
        """Close every connection."""
        for engine in self.engines:
            engine.dispose()

    def _sessions(self, begin: bytes) -> tuple[_Session, _Session]:
        main, keys = self.engines
        return _Session(main, begin), _Session(keys, begin)

    @staticmethod
    def _finish(unit: Unit, function: Callable[[Unit], T], main: _Session, keys: _Session) -> T:
        try:
            value = function(unit)
            keys.commit()
            main.commit()
            return value
        finally:
            keys.release()
            main.release()


class _Session:
    """One connection for one unit, taken when it is first needed."""

    __slots__ = ("_begin", "_begun", "_connection", "_engine", "_link", "_pooled")

    def __init__(self, engine: Engine, begin: bytes) -> None:
        self._engine = engine
        self._begin = begin
        self._begun = False
        self._pooled: PoolProxiedConnection | None = None
        self._connection: psycopg.Connection[Any]
        self._link: Link

    def run(self, text: str, values: Mapping[str, Any]) -> Cursor:
        """Run a statement, in a transaction only if one was begun."""
        if self._pooled is not None:
            return self._link.execute(text, values)
        self._take()
        try:
            return self._link.execute(text, values)
        except psycopg.Error:
            if not self._connection.closed:
                raise
        self._take_anew()
        return self._link.execute(text, values)

    def run_begun(self, text: str, values: Mapping[str, Any]) -> Cursor:
        """Run a statement in a transaction."""
        if not self._begun:
            self.begin()
        return self._link.execute(text, values)

    def begin(self) -> None:
        """Begin the transaction, if it is not begun."""
        if self._begun:
            return
        held = self._pooled is not None
        if self._pooled is None:
            self._take()
        try:
            self._link.say(self._begin)
        except psycopg.Error as error:
            if held or not self._connection.closed:
                raise translated(error) from None
            self._take_anew()
            try:
                self._link.say(self._begin)
            except psycopg.Error as still:
                raise translated(still) from None
        self._begun = True

    def commit(self) -> None:
        """Commit, if anything was begun. Raises StorageAway."""
        if not self._begun:
            return
        try:
            if self._connection.pgconn.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                raise StorageAway("transaction lost")  # the unit swallowed the error that told of it
            self._link.say(b"COMMIT")
        except psycopg.Error as error:
            raise translated(error) from None
        self._begun = False

    def release(self) -> None:
        """Roll back what was not committed, and give the connection back."""
        if self._pooled is None:
            return
        try:
            if self._begun:
                self._link.say(b"ROLLBACK")
        except psycopg.Error:
            self._drop()
            return
        if self._connection.closed:
            self._drop()
        else:
            self._pooled.close()
            self._pooled = None

    def _take(self) -> None:
        try:
            pooled = self._engine.raw_connection()
        except (SQLAlchemyError, psycopg.Error) as error:
            raise translated(error) from None
        connection = pooled.dbapi_connection
        if not isinstance(connection, psycopg.Connection):
            raise TypeError("a connection of psycopg is needed")
        self._pooled = pooled
        self._connection = connection
        if "link" not in pooled.info:  # kept as long as the connection
            pooled.info["link"] = Link(connection)
        self._link = pooled.info["link"]

    def _take_anew(self) -> None:
        """The server was restarted since this connection was last used; nothing has been done on it yet."""
        self._drop()
        self._engine.dispose()
        self._take()

    def _drop(self) -> None:
        if self._pooled is not None:
            self._pooled.invalidate()
            self._pooled = None
        self._begun = False
