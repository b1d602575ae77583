"""A whole Hamraz on each kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from tests.databases import Place
from tests.peers.conftest import prism, telegram_api, twilio_api, twilio_files

__all__ = ["prism", "telegram_api", "twilio_api", "twilio_files"]  # the providers' stand-ins, for whole conversations


@pytest.fixture
def settings(place: Place, tmp_path: Path) -> Settings:
    """Settings of an empty Hamraz on SQLite, and of one on PostgreSQL."""
    return Settings(
        HAMRAZ_DATABASE_URL=place.url,
        HAMRAZ_KEYS_URL=place.keys_url,
        HAMRAZ_KEYRING=tmp_path / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
    )
