"""Every test of this room that takes `place` or `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender, SenderBook
from tests.databases import KINDS, Place, Postgres, postgres_server, sqlite_place

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Place]:
    with sqlite_place(tmp_path) as place:
        yield place


@pytest.fixture
def postgresql(server: Postgres, tmp_path: Path) -> Iterator[Place]:
    with server.place(tmp_path) as place:
        yield place


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    place: Place = request.getfixturevalue(request.param)
    return place


@pytest.fixture
def database(place: Place) -> Database:
    return place.open()


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring.new()


@pytest.fixture
def sender(keyring: Keyring) -> Sender:
    return SenderBook(keyring, memory_kib=8, iterations=1).of("sms", "+923001112233", NOON)


@pytest.fixture
def now() -> datetime:
    return NOON
