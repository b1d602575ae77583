"""Bringing both databases to this version's tables: two alembic trees, run from code.

Migrations only expand until every process is new, so that an upgrade needs no pause.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.errors import WrongTables, translated
from storage.tables import check_columns, keys_metadata, main_metadata

_HERE = Path(__file__).parent

# Our connections begin nothing by themselves; and two processes that start together must not both create.
_ALONE = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", "SELECT pg_advisory_xact_lock(7218341)"),  # any number, the same for all of us
}


def migrate(database: Database) -> None:
    """Create or upgrade the tables of both databases. May be run again at any time, and by several at once.

    Each tree changes whole or not at all. Raises StorageAway.
    """
    for tree, engine in _trees(database):
        config = _config(tree)
        try:
            with engine.connect() as connection:
                for statement in _ALONE[engine.dialect.name]:
                    connection.exec_driver_sql(statement)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
        except DBAPIError as error:
            raise translated(error) from None


def check(database: Database) -> None:
    """Return if both databases have this version's tables. Raises WrongTables, StorageAway."""
    check_columns(main_metadata, keys_metadata)
    for tree, engine in _trees(database):
        head = ScriptDirectory.from_config(_config(tree)).get_current_head()
        try:
            with engine.connect() as connection:
                found = MigrationContext.configure(connection).get_current_revision()
        except DBAPIError as error:
            raise translated(error) from None
        if found != head:
            state = f"at version {found}, not {head}" if found else "empty"
            raise WrongTables(f"the {tree} database is {state}: run `hamraz migrate`")


def _trees(database: Database) -> tuple[tuple[str, Engine], ...]:
    main, keys = database.engines
    return ("main", main), ("keys", keys)


def _config(tree: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / tree))
    return config
