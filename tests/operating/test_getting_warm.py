"""A process that serves opens what it needs before anybody waits for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from operating import serving
from operating.serving import get_warm
from storage import cases
from storage.errors import StorageAway
from tests.benchmarks.desk import file_cases, settings_of
from tests.databases import sqlite_place
from tests.phones import make_hamraz


@pytest.fixture(autouse=True)
def without_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places are warmed elsewhere, and nothing of a test run is kept for good."""
    monkeypatch.setattr(serving, "warm_up", lambda: None)
    monkeypatch.setattr(serving, "keep_for_good", lambda: None)


def test_whoever_looks_first_at_the_list_opens_no_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite_place(tmp_path) as place:
        hamraz = make_hamraz(settings_of(place, tmp_path))
        filed = file_cases(hamraz, 3)
        get_warm(hamraz)
        monkeypatch.setattr(cases, "everyones", lambda *_: pytest.fail("opened again"))
        asked: list[bytes] = []
        monkeypatch.setattr(cases, "opened", lambda _, __, ids: asked.extend(ids) or [])

        listed = hamraz.room.read(lambda unit: hamraz.room.standings.all(unit, hamraz.keyring))

        hamraz.counter.close()
        hamraz.database.close()
    assert ({one.id for one in listed}, asked) == (set(filed), [])


def test_a_database_that_is_away_at_the_start_keeps_nobody_from_serving(tmp_path: Path) -> None:
    with sqlite_place(tmp_path) as place:
        hamraz = make_hamraz(settings_of(place, tmp_path))
        hamraz.counter.close()
        hamraz.database.close()
        for file in tmp_path.glob("main.db*"):
            file.unlink()
        (tmp_path / "main.db").mkdir()  # nothing that opens

        get_warm(hamraz)

        with pytest.raises(StorageAway):
            hamraz.room.read(lambda unit: hamraz.room.standings.all(unit, hamraz.keyring))
