"""Statements on PostgreSQL, before and after they are run so often that they are prepared."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from sqlalchemy import bindparam, select, text

from storage.database import Database, Duplicate, StorageAway, StorageError, Unit
from storage.tables import settings_kv
from tests.databases import Place, Postgres

_SAID = text(
    "SELECT CAST(:b AS bytea), CAST(:n AS bigint), CAST(:f AS float8), CAST(:t AS text), CAST(:no AS text), '5%'"
)
OFTEN = 8

ROWS = st.fixed_dictionaries(
    {
        "b": st.binary(max_size=40),
        "n": st.integers(-(2**63), 2**63 - 1),
        "f": st.floats(allow_nan=False),
        "t": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
        "no": st.none(),
    }
)


def test_what_is_said_comes_back_as_it_was(postgresql: Place) -> None:
    database = postgresql.open()

    @limits(max_examples=60, deadline=None)
    @given(rows=st.lists(ROWS, min_size=OFTEN, max_size=OFTEN))
    def says_back(rows: list[dict[str, object]]) -> None:
        found = database.read(lambda unit: [unit.main.one(_SAID, **row) for row in rows])
        assert found == [(row["b"], row["n"], row["f"], row["t"], row["no"], "5%") for row in rows]

    says_back()


def test_what_no_table_keeps_is_refused_however_often_it_is_tried(postgresql: Place) -> None:
    database = postgresql.open()
    right: dict[str, object] = {"b": b"", "n": 1, "f": 0.5, "t": "", "no": None}

    for _ in range(OFTEN):
        assert database.read(lambda unit: unit.main.one(_SAID, **right)) == (b"", 1, 0.5, "", None, "5%")
        for wrong in ({**right, "t": "cut\0off"}, {**right, "t": object()}, {"b": b""}):
            with pytest.raises(StorageError):
                database.read(lambda unit, values=wrong: unit.main.one(_SAID, **values))  # type: ignore[misc]  # typed above


def test_more_statements_than_are_kept_ready_are_run_all_the_same(postgresql: Place) -> None:
    every = [text(f"SELECT {number}") for number in range(130)]

    def work(unit: Unit) -> list[int]:
        return [int(row[0]) for one in every for _ in range(OFTEN) if (row := unit.main.one(one)) is not None]

    assert postgresql.open().read(work) == [number for number in range(130) for _ in range(OFTEN)]


def test_statements_that_differ_only_in_what_their_values_are_called_run_side_by_side(postgresql: Place) -> None:
    one, other = text("SELECT CAST(:one AS bigint)"), text("SELECT CAST(:other AS bigint)")

    def work(unit: Unit) -> list[object]:
        return [(unit.main.one(one, one=1), unit.main.one(other, other=2)) for _ in range(OFTEN)]

    assert postgresql.open().read(work) == [((1,), (2,))] * OFTEN


def test_what_was_prepared_is_prepared_anew_after_a_restart(postgresql: Place, server: Postgres) -> None:
    database: Database = postgresql.open(pool=1)
    asked = text("SELECT 7")

    def ask() -> list[object]:
        return [database.read(lambda unit: unit.main.one(asked)) for _ in range(OFTEN)]

    before = ask()
    server.crash()

    assert ask() == before == [(7,)] * OFTEN


def test_a_column_of_another_type_since_costs_one_unit_that_is_tried_again(postgresql: Place) -> None:
    database = postgresql.open(pool=1)
    asked = text("SELECT number FROM changing")

    def ask() -> list[object]:
        return [database.read(lambda unit: unit.main.one(asked)) for _ in range(OFTEN)]

    with psycopg.connect(postgresql.url, autocommit=True) as migrating:
        migrating.execute("CREATE TABLE changing AS SELECT 7::int AS number")
        before = ask()
        migrating.execute("ALTER TABLE changing ALTER number TYPE bigint")
        with pytest.raises(StorageAway):
            ask()
        after = ask()
        migrating.execute("DROP TABLE changing")

    assert after == before == [(7,)] * OFTEN


def test_a_connection_lost_in_the_middle_of_a_unit_keeps_nothing_and_the_next_unit_runs(postgresql: Place) -> None:
    database = postgresql.open(pool=1)
    asked, put = select(settings_kv.c.name), settings_kv.insert().values(name="n", value="v")

    def ask(unit: Unit) -> list[object]:
        return [unit.main.all(asked) for _ in range(OFTEN)]

    def cut(unit: Unit) -> None:
        unit.main.run(put)
        with psycopg.connect(postgresql.url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        ask(unit)

    database.read(ask)
    with pytest.raises(StorageAway):
        database.work(cut)

    assert database.read(ask) == [[]] * OFTEN


def test_a_unit_that_hides_an_error_of_what_was_prepared_keeps_nothing(postgresql: Place) -> None:
    database = postgresql.open(pool=1)
    put = settings_kv.insert().values(name=bindparam("n"), value="v")

    def twice(unit: Unit) -> None:
        for number in range(OFTEN):
            unit.main.run(put, n=str(number))
        with pytest.raises(Duplicate):
            unit.main.run(put, n="0")

    with pytest.raises(StorageAway, match="transaction lost"):
        database.work(twice)

    assert database.read(lambda unit: unit.main.all(select(settings_kv.c.name))) == []
