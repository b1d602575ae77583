"""A directory that is tended, on both databases."""

from __future__ import annotations

import pytest

from casework.directory.room import DirectoryRoom
from casework.directory.stock import Shelf
from casework.seeding import load
from casework.staff.office import Office
from casework.staff.passwords import Stretcher
from storage.vault.keyring import Keyring
from tests.databases import Place

AMINA, SANA = b"a" * 16, b"s" * 16
HOSPITAL, SHELTER, EMERGENCY = "res099", "res080", "res002"


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring.new()


@pytest.fixture
def room(place: Place, keyring: Keyring) -> DirectoryRoom:
    """The shipped directory."""
    database = place.open()
    database.work(load)
    return DirectoryRoom(Office(database, keyring, Stretcher(8, 1), None), Shelf())
