"""A staffroom on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from phones import Clock

from bot.settings import Settings
from tests.staffroom import Staffroom, staffroom


@pytest.fixture
def room(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staffroom]:
    with staffroom(settings, clock, monkeypatch) as made:
        yield made


@pytest.fixture
def flat_room(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staffroom]:
    """One whose bot has no topics."""
    with staffroom(settings, clock, monkeypatch, topics=False) as made:
        yield made
