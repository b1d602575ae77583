"""A staffroom: on SQLite, and on both databases where locks or isolation matter (ON_BOTH)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from tests.databases import KINDS, Place
from tests.phones import Clock
from tests.staffroom import Staffroom, staffroom

ON_BOTH = pytest.mark.parametrize("place", KINDS, indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Place:
    place: Place = request.getfixturevalue(getattr(request, "param", "sqlite"))
    return place


@pytest.fixture
def room(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staffroom]:
    with staffroom(settings, clock, monkeypatch) as made:
        yield made


@pytest.fixture
def flat_room(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Staffroom]:
    """One whose bot has no topics."""
    with staffroom(settings, clock, monkeypatch, topics=False) as made:
        yield made
