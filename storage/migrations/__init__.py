"""Bringing both databases to this version's tables: two alembic trees, run from code.

Migrations only expand until every process is new, so that an upgrade needs no pause. Alembic is loaded when there
is something to migrate, not to look whether there is: it would take a third of a command's start.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from storage.database import Database
from storage.errors import WrongTables, translated
from storage.tables import check_columns, keys_metadata, main_metadata

_HERE = Path(__file__).parent
_REVISION = re.compile(r'^(revision|down_revision) = "(\w+)"$', re.MULTILINE)

# Our connections begin nothing by themselves; and two processes that start together must not both create.
_ALONE = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", "SELECT pg_advisory_xact_lock(7218341)"),  # any number, the same for all of us
}


def migrate(database: Database) -> None:
    """Create or upgrade the tables of both databases. May be run again at any time, and by several at once.

    Each tree changes whole or not at all. Raises StorageAway.
    """
    from alembic import command
    from alembic.config import Config

    for tree, engine in _trees(database):
        config = Config()
        config.set_main_option("script_location", str(_HERE / tree))
        try:
            with engine.connect() as connection:
                for statement in _ALONE[engine.dialect.name]:
                    connection.exec_driver_sql(statement)
                if (
                    _version_of(connection) in versions(tree)[0]
                ):  # else a newer Hamraz was here: there is nothing to add
                    config.attributes["connection"] = connection
                    command.upgrade(config, "head")
                connection.commit()
        except SQLAlchemyError as error:
            raise translated(error) from None


def check(database: Database) -> None:
    """Return if both databases have this version's tables, or a newer one's. Raises WrongTables, StorageAway.

    A version that is not known here came with a newer Hamraz: while that is being brought in, and after it was taken back,
    this one starts again as well, for what came only expanded.
    """
    check_columns(main_metadata, keys_metadata)
    for tree, engine in _trees(database):
        known, head = versions(tree)
        try:
            with engine.connect() as connection:
                found = _version_of(connection)
        except SQLAlchemyError as error:
            raise translated(error) from None
        if found != head and found in known:
            state = f"at version {found}, not {head}" if found else "empty"
            raise WrongTables(f"the {tree} database is {state}: run `hamraz migrate`")


def found_at(database: Database, tree: str) -> tuple[str, str, bool]:
    """At which version "main" or "keys" is, which this one is at, and whether this one knows it. Raises StorageAway."""
    known, head = versions(tree)
    engine = next(one for name, one in _trees(database) if name == tree)
    try:
        with engine.connect() as connection:
            found = _version_of(connection)
    except SQLAlchemyError as error:
        raise translated(error) from None
    return found, head, found in known


@cache
def versions(tree: str) -> tuple[frozenset[str], str]:
    """What "main" or "keys" may be at ("" is empty), and the newest: the one that no other builds upon, as alembic finds it."""
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (_HERE / tree / "versions").glob("*.py"):
        for name, version in _REVISION.findall(path.read_text(encoding="utf-8")):
            named[name].add(version)
    (head,) = named["revision"] - named["down_revision"]
    return frozenset({"", *named["revision"]}), head


def _version_of(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "")


def _trees(database: Database) -> tuple[tuple[str, Engine], ...]:
    main, keys = database.engines
    return ("main", main), ("keys", keys)
