"""What a thief of both databases would read: every row, every byte, nothing opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import MetaData, Table, func, select

from storage.database import Database, Side
from storage.tables import keys_metadata, main_metadata

_PUBLIC = frozenset({"resources", "districts", "editions"})  # the help directory and the flows are no secret
_ROWS, _BYTES = 6, 24


def rows(database: Database) -> dict[str, dict[str, Any]]:
    """Every table that is not empty: {"main": {table: {"count": n, "rows": [{column: value}]}}, "keys": …}."""
    return database.read(
        lambda unit: {"main": _tables(unit.main, main_metadata), "keys": _tables(unit.keys, keys_metadata)}
    )


def content(database: Database) -> bytes:
    """Every page of both databases, used or not, as SQLite reads them from the disk. SQLite only.

    Through SQLite: a file that is opened past it drops SQLite's own locks when it is closed.
    """
    pages = b""
    for engine in database.engines:
        with closing(sqlite3.connect(f"file:{engine.url.database}?mode=ro", uri=True)) as connection:
            pages += connection.serialize()
    return pages


def _tables(side: Side, metadata: MetaData) -> dict[str, Any]:
    found = {}
    for table in metadata.sorted_tables:
        if table.name in _PUBLIC:
            continue
        row = side.one(select(func.count()).select_from(table))
        if row and row[0]:
            found[table.name] = {
                "count": row[0],
                "rows": [_row(table, values) for values in side.all(select(table).limit(_ROWS))],
            }
    return found


def _row(table: Table, values: tuple[Any, ...]) -> dict[str, Any]:
    return {column.name: _shown(value) for column, value in zip(table.columns, values, strict=True)}


def _shown(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        content = bytes(value)
        return content[:_BYTES].hex() + (f"… ({len(content)} bytes)" if len(content) > _BYTES else "")
    return value
