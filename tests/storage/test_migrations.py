"""Which version of the tables this is, found without alembic and held against it."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from storage import migrations
from storage.database import Database
from storage.errors import WrongTables


@pytest.mark.parametrize("tree", ["main", "keys"])
def test_the_newest_version_is_the_one_alembic_calls_head(tree: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent / tree))

    assert migrations.newest(tree) == ScriptDirectory.from_config(config).get_current_head()


def test_tables_are_right_once_migrated_and_an_empty_database_says_what_to_run(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/main.db", f"sqlite:///{tmp_path}/keys.db")
    try:
        with pytest.raises(WrongTables, match="main database is empty: run `hamraz migrate`"):
            migrations.check(database)

        migrations.migrate(database)

        migrations.check(database)
    finally:
        database.close()
