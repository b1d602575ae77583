"""Opening a database by its URL: SQLite with its pragmas, PostgreSQL through psycopg 3.

Connections are in the driver's autocommit mode: a transaction begins when we say BEGIN.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from storage.errors import StorageError


def parsed(url: str | URL) -> URL:
    """Return the URL with the driver we use. Raises StorageError on another kind of database."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise StorageError("database URL: it cannot be read; write sqlite:///path or postgresql://…") from None
    kind = address.get_backend_name()
    if kind == "sqlite":
        if not address.database or address.database == ":memory:":
            raise StorageError("database URL: SQLite needs a file, sqlite:///path")
        return address.set(drivername="sqlite+pysqlite")
    if kind == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    raise StorageError(f"database URL: {kind} is not supported; write sqlite:///path or postgresql://…")


def sqlite_file(url: URL) -> Path:
    """Return the path of a SQLite database."""
    return Path(str(url.database))


def create_sqlite_file(url: URL) -> None:
    """Make the file, and its folder, if missing: its owner's only. SQLite's other files take the file's mode.

    One that is there is not opened: closing a file drops every lock of this process on it, SQLite's too, and another
    process would then take the log away from under our connections.
    """
    path = sqlite_file(url)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def open_to_others(*urls: URL) -> list[Path]:
    """Files of these databases that other users may read, unless a folder above keeps them out."""
    found = []
    for path in map(sqlite_file, urls):
        if path.resolve().parent.stat().st_mode & 0o077:
            found += [each for each in sorted(path.parent.glob(f"{path.name}*")) if each.stat().st_mode & 0o077]
    return found


def sqlite_engine(url: URL, *, patience: float, secret: bool = False, read_only: bool = False, pool: int = 1) -> Engine:
    """Return an engine on a SQLite file.

    patience  seconds to wait for a lock held by somebody outside the gate
    secret    overwrite what is deleted (the database of keys)
    """
    engine = create_engine(
        url,
        paramstyle="named",
        poolclass=QueuePool,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=patience,
        pool_reset_on_return=None,
        connect_args={
            "isolation_level": None,  # no BEGIN but ours
            "check_same_thread": False,
            "timeout": patience,
            "cached_statements": 512,
        },
    )

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA temp_store=MEMORY")  # no temporary file, not even of sealed rows
        connection.execute(f"PRAGMA secure_delete={'ON' if secret else 'OFF'}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    event.listen(engine, "connect", prepare)
    return engine


def postgres_engine(url: URL, *, patience: float, pool: int) -> Engine:
    """Return an engine on a PostgreSQL database. Waiting for a row lock ends after `patience` seconds."""
    return create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=patience,
        pool_reset_on_return=None,
        connect_args={
            "autocommit": True,
            "connect_timeout": max(2, min(10, int(patience))),
            "options": f"-c lock_timeout={int(patience * 1000)} -c timezone=UTC",
        },
    )
