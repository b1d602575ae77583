"""What the databases themselves are: reachable, how new, whose clock. Nothing of what they hold."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import extract, func, select

from storage.database import Database, Unit
from storage.errors import StorageError
from storage.migrations import found_at

_SERVERS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_VERSION = {"sqlite": select(func.sqlite_version()), "postgresql": select(func.current_setting("server_version"))}
_CLOCK = select(extract("epoch", func.clock_timestamp()))


def server(unit: Unit) -> str:
    """What keeps the main database, and which version of it."""
    row = unit.main.one(_VERSION[unit.main.kind])
    return f"{_SERVERS[unit.main.kind]} {str(row[0]).split()[0] if row else ''}"


def clock(unit: Unit) -> datetime | None:
    """What time it is for the database; None where it asks this very machine."""
    if unit.main.kind == "sqlite":
        return None
    row = unit.main.one(_CLOCK)
    return datetime.fromtimestamp(float(row[0]), UTC) if row else None


def tables(database: Database) -> dict[str, tuple[str, str, bool] | None]:
    """Of "main" and "keys": at which version they are, at which this Hamraz is, whether it knows that version; None: away."""
    found: dict[str, tuple[str, str, bool] | None] = {}
    for tree in ("main", "keys"):
        try:
            found[tree] = found_at(database, tree)
        except StorageError:
            found[tree] = None
    return found
