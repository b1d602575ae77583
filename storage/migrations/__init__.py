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

from storage.database import Database
from storage.errors import WrongTables
from storage.tables import check_columns, keys_metadata, main_metadata

_HERE = Path(__file__).parent


def migrate(database: Database) -> None:
    """Create or upgrade the tables of both databases. May be run again at any time."""
    for tree, engine in _trees(database):
        config = _config(tree)
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def check(database: Database) -> None:
    """Return if both databases have this version's tables. Raises WrongTables."""
    check_columns(main_metadata, keys_metadata)
    for tree, engine in _trees(database):
        head = ScriptDirectory.from_config(_config(tree)).get_current_head()
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
        if found != head:
            raise WrongTables(f"the {tree} database is at {found or 'nothing'}, not {head}: run `hamraz migrate`")


def _trees(database: Database) -> tuple[tuple[str, Engine], ...]:
    return ("main", database.main_engine), ("keys", database.keys_engine)


def _config(tree: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / tree))
    return config
