"""Every test of this room that takes `place` or `database` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.database import Database
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender, SenderBook
from tests.databases import Place

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


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
