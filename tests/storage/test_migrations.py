"""Which version of the tables this is, found without alembic and held against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage import migrations
from storage.database import Database
from storage.errors import WrongTables
from tests.databases import Place


@pytest.mark.parametrize("tree", ["main", "keys"])
def test_the_newest_version_is_the_one_alembic_calls_head(tree: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent / tree))

    assert migrations.versions(tree)[1] == ScriptDirectory.from_config(config).get_current_head()


def test_tables_are_right_once_migrated_and_an_empty_database_says_what_to_run(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keys.db")
    try:
        with pytest.raises(WrongTables, match="main database is empty: run `hamraz migrate`"):
            migrations.check(database)

        migrations.migrate(database)

        migrations.check(database)
    finally:
        database.close()


def test_tables_of_a_newer_version_are_right_too_and_those_of_an_older_are_not(sqlite: Place) -> None:
    """While an upgrade goes on, and after one was taken back, this version starts on what the next one added."""
    database = sqlite.open()

    def at(version: str) -> None:
        database.work(lambda unit: unit.main.one(text(f"UPDATE alembic_version SET version_num = '{version}'")))  # noqa: S608  # ours

    at("9999")
    migrations.check(database)
    migrations.migrate(database)
    assert database.read(lambda unit: unit.main.one(text("SELECT version_num FROM alembic_version"))) == ("9999",)

    at("0001")
    with pytest.raises(WrongTables, match=r"main database is at version 0001, not \d+: run `hamraz migrate`"):
        migrations.check(database)
