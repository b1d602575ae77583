"""Every test of this room that takes `hamraz`, `phone` or `settings` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from operating.parts import Hamraz
from tests.databases import KINDS, Place
from tests.phones import open_hamraz


@pytest.fixture
def settings(place: Place, tmp_path: Path) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=place.url,
        HAMRAZ_KEYS_URL=place.keys_url,
        HAMRAZ_KEYRING=tmp_path / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
        HAMRAZ_PASSWORD_MEMORY_KIB=8,
    )


@pytest.fixture(params=KINDS)
def on_each(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """On each kind of database, in a module whose own `place` is one of them."""
    place: Place = request.getfixturevalue(request.param)
    return settings.model_copy(update={"database_url": place.url, "keys_url": place.keys_url})


@pytest.fixture
def hamraz_on_each(on_each: Settings) -> Iterator[Hamraz]:
    with open_hamraz(on_each) as made:
        yield made
