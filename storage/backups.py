"""Copies of both databases for a bad day, and putting them back somewhere else to see that they open.

MAIN is copied before KEYS: what is in the copy of MAIN then has its key in the copy of KEYS, unless it was erased in
between. The keys of days are in no copy: what they open is meant to be gone in two days, everywhere.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database
from storage.engines import parsed, sqlite_file
from storage.errors import StorageError, translated
from storage.tables import day_keys, keys_metadata, main_metadata

LEFT_OUT = day_keys.name


def suffix(url: str) -> str:
    """What the file of a copy ends in: ".db" for SQLite, ".dump" for PostgreSQL."""
    return ".db" if parsed(url).get_backend_name() == "sqlite" else ".dump"


def copy_main(url: str, to: Path) -> None:
    """Copy MAIN as it is at one moment, while others write. Raises StorageError."""
    address = parsed(url)
    if address.get_backend_name() != "sqlite":
        _dump(address, to)
        return
    try:
        with closing(_reading(address)) as source:
            source.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.Error as error:
        raise translated(error) from None


def copy_keys(url: str, to: Path) -> None:
    """Copy KEYS without the keys of days, which are never written to the copy's disk. Raises StorageError."""
    address = parsed(url)
    if address.get_backend_name() != "sqlite":
        _dump(address, to, "--exclude-table-data", LEFT_OUT)
        return
    try:
        with closing(_reading(address)) as source, closing(sqlite3.connect(":memory:", isolation_level=None)) as aside:
            source.backup(aside)
            aside.execute("DELETE FROM day_keys")
            aside.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.Error as error:
        raise translated(error) from None


def put_back(copy: Path, url: str) -> None:
    """Put a copy into an empty database. Raises StorageError, also when it is not empty."""
    address = parsed(url)
    if address.get_backend_name() == "sqlite":
        file = sqlite_file(address)
        if file.exists():
            raise StorageError(f"{file} is there already: a copy goes into an empty place only")
        shutil.copyfile(copy, file)
        file.chmod(0o600)
        return
    _run("pg_restore", address, "--no-owner", "--exit-on-error", "--single-transaction", str(copy))


def is_empty(database: Database) -> bool:
    """Whether neither of two databases has a table. Raises StorageAway."""
    try:
        return not any(inspect(engine).get_table_names() for engine in database.engines)
    except SQLAlchemyError as error:
        raise translated(error) from None


def take_out(database: Database) -> None:
    """Leave two PostgreSQL databases as empty as they were. Only for where a copy was put back to look at it."""
    try:
        for engine in database.engines:
            with engine.begin() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
    except SQLAlchemyError as error:
        raise translated(error) from None


def counted(database: Database) -> Mapping[str, int]:
    """How many rows each table has: "main.reports" → 1024. The keys of days are not counted. Raises StorageAway."""
    found = {}
    try:
        for side, engine, metadata in zip(
            ("main", "keys"), database.engines, (main_metadata, keys_metadata), strict=True
        ):
            with engine.connect() as connection:
                there = set(inspect(connection).get_table_names())
                for table in metadata.sorted_tables:
                    if table.name in there - {LEFT_OUT}:
                        rows = connection.execute(select(func.count()).select_from(table)).scalar_one()
                        found[f"{side}.{table.name}"] = int(rows)
    except SQLAlchemyError as error:
        raise translated(error) from None
    return found


def _reading(address: URL) -> sqlite3.Connection:
    file = sqlite_file(address)
    if not file.exists():
        raise StorageError(f"{file} is not there")
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=30)


def _dump(address: URL, to: Path, *more: str) -> None:
    _run("pg_dump", address, "--format", "custom", "--no-owner", "--file", str(to), *more)


def _run(program: str, address: URL, *options: str) -> None:
    """Run a program of PostgreSQL's. The password travels in a file of our own: arguments are for all to see."""
    found = shutil.which(program)
    if found is None:
        raise StorageError(f"{program} is not installed (Debian: apt install postgresql-client)")
    with tempfile.NamedTemporaryFile("w", prefix="hamraz-") as file:
        file.write(f"*:*:*:*:{_escaped(str(address.password))}\n")
        file.flush()
        named = {
            **address.query,  # sslmode and its like: a copy travels no worse guarded than the service
            "host": address.query.get("host", address.host),
            "port": address.query.get("port", address.port),
            "user": address.username,
            "dbname": address.database,
            "passfile": file.name
            if address.password
            else None,  # else libpq's own ways: PGPASSFILE, the system's account
        }
        where = " ".join(f"{name}='{_quoted(str(value))}'" for name, value in named.items() if value)
        done = subprocess.run(  # noqa: S603  # a program of PostgreSQL's by its full path, options of ours
            [found, "--dbname", where, *options], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise StorageError(f"{program}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")


def _escaped(text: str) -> str:
    """As PostgreSQL's password file wants it."""
    return text.replace("\\", "\\\\").replace(":", "\\:")


def _quoted(text: str) -> str:
    """As its connection strings want it."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
