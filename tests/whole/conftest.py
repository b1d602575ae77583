"""A whole Hamraz on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from tests.databases import KINDS, Postgres, postgres_server, sqlite_place
from tests.peers.conftest import prism, telegram_api, twilio_api, twilio_files

__all__ = ["prism", "telegram_api", "twilio_api", "twilio_files"]  # the providers' stand-ins, for whole conversations


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty Hamraz on SQLite, and of one on PostgreSQL."""
    sqlite = request.param == "sqlite"
    with sqlite_place(tmp_path) if sqlite else request.getfixturevalue("server").place(tmp_path) as made:
        yield Settings(
            HAMRAZ_DATABASE_URL=made.url,
            HAMRAZ_KEYS_URL=made.keys_url,
            HAMRAZ_KEYRING=tmp_path / "keyring.json",
            HAMRAZ_SLOW_MEMORY_KIB=8,
        )
