"""The hand of somebody who can write into the tables, but holds no key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update

from storage.database import Database, Side, Unit
from storage.tables import keys_metadata, main_metadata

TABLES: dict[str, Table] = {**main_metadata.tables, **keys_metadata.tables}
Rows = dict[str, list[dict[str, Any]]]  # by table


def side(unit: Unit, table: Table) -> Side:
    return unit.keys if table.metadata is keys_metadata else unit.main


def everyone(unit: Unit, table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    order = list(table.primary_key.columns)
    return [dict(zip(names, row, strict=True)) for row in side(unit, table).all(select(table).order_by(*order))]


def values(unit: Unit, name: str) -> dict[tuple[Any, ...], bytes]:
    """A sealed column's values by their rows' primary keys."""
    table, column = TABLES[name.split(".")[0]], name.split(".")[1]
    keys = [each.name for each in table.primary_key.columns]
    return {tuple(row[key] for key in keys): row[column] for row in everyone(unit, table) if row[column]}


def put(unit: Unit, name: str, row: tuple[Any, ...], value: bytes) -> None:
    table, column = TABLES[name.split(".")[0]], name.split(".")[1]
    statement = update(table).values({column: bindparam("v")})
    for number, key in enumerate(table.primary_key.columns):
        statement = statement.where(key == bindparam(f"k{number}"))
    side(unit, table).run(statement, v=value, **{f"k{number}": each for number, each in enumerate(row)})


def remove(unit: Unit, table: Table, row: dict[str, Any]) -> None:
    statement = delete(table)
    for number, key in enumerate(table.primary_key.columns):
        statement = statement.where(key == bindparam(f"k{number}"))
    keys = [row[key.name] for key in table.primary_key.columns]
    side(unit, table).run(statement, **{f"k{number}": each for number, each in enumerate(keys)})


def write(unit: Unit, table: Table, row: dict[str, Any]) -> None:
    values = {f"v_{key}": value for key, value in row.items()}
    side(unit, table).run(insert(table).values({key: bindparam(f"v_{key}") for key in row}), **values)


def copied(database: Database, tables: Iterable[str] = main_metadata.tables) -> Rows:
    """Rows as they are now: a backup of MAIN, when nothing else is asked for."""
    return database.read(lambda unit: {name: everyone(unit, TABLES[name]) for name in tables})


def put_back(database: Database, rows: Rows) -> None:
    """Make these tables what they were."""

    def work(unit: Unit) -> None:
        for name, earlier in rows.items():
            side(unit, TABLES[name]).run(delete(TABLES[name]))
            for row in earlier:
                write(unit, TABLES[name], row)

    database.work(work)


def of_report(rows: Rows, report_id: bytes) -> Rows:
    """Only the rows that are a report's own."""
    names = {"reports": "id", "entries": "report_id", "report_media": "report_id", "grants": "report_id"}
    return {name: [row for row in rows[name] if row[column] == report_id] for name, column in names.items()}
