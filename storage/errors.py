"""What can go wrong in storage. No message carries a value: drivers like to quote them."""

from __future__ import annotations

import sqlite3
import sys

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# Primary result codes of https://www.sqlite.org/rescode.html that pass by themselves or are mended outside.
_SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PERM,
}  # fmt: skip

# Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, rolled back by the
# server (deadlock), out of resources, object in use, operator's doing, system error; and a read-only server.
_POSTGRES_AWAY = ("08", "40", "53", "55", "57", "58", "25006")


class StorageError(Exception):
    """Nothing was kept. Never raised itself; catch it to mean any of these."""


class StorageAway(StorageError):
    """The database is away, locked, full or read-only; nothing was written, and trying again later may help."""

    def __init__(self, why: str = "") -> None:
        super().__init__(f"storage is away ({why}); see that the database is up and its disk has room")


class Duplicate(StorageError):
    """A row with this key is there already."""

    def __init__(self) -> None:
        super().__init__("storage: a row with this key is there already")


class StatementRefused(StorageError):
    """The database does not accept a statement: a mistake of ours, or a schema that was not migrated."""

    def __init__(self, why: str) -> None:
        super().__init__(f"storage: statement refused ({why}); if this follows an update, run `hamraz migrate`")


class WrongTables(StorageError):
    """The database's tables are not this version's; the message says what to run."""


def driver_errors() -> tuple[type[Exception], ...]:
    """What the drivers raise. psycopg is loaded with a PostgreSQL database, not before: it would slow every command."""
    psycopg = sys.modules.get("psycopg")
    return (sqlite3.Error,) if psycopg is None else (sqlite3.Error, psycopg.Error)


def translated(error: Exception) -> StorageError:
    """Return ours for a driver's or SQLAlchemy's error, without its message, which may quote values."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, driver_errors()):
        return translated(error.orig)
    if isinstance(error, PoolTimeout):
        return StorageAway("no free connection")
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:  # raised by the module itself, not by the database
            return StatementRefused(type(error).__name__)
        if code & 0xFF in _SQLITE_AWAY:
            return StorageAway(error.sqlite_errorname)
        if code in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE):
            return Duplicate()
        return StatementRefused(error.sqlite_errorname)
    psycopg = sys.modules.get("psycopg")
    if psycopg is not None and isinstance(error, psycopg.Error):
        state = error.sqlstate or ""
        if state == "23505":
            return Duplicate()
        if state.startswith(_POSTGRES_AWAY) or (not state and isinstance(error, psycopg.OperationalError)):
            return StorageAway(state or type(error).__name__)
        return StatementRefused(state or type(error).__name__)
    if isinstance(error, SQLAlchemyError):
        return StatementRefused(type(error).__name__)
    return StorageAway(type(error).__name__)
