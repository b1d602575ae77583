"""Every test of this room that takes `hamraz`, `phone` or `settings` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from tests.databases import Place


@pytest.fixture
def settings(place: Place, tmp_path: Path) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=place.url,
        HAMRAZ_KEYS_URL=place.keys_url,
        HAMRAZ_KEYRING=tmp_path / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
        HAMRAZ_PASSWORD_MEMORY_KIB=8,
    )
