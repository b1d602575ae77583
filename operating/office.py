"""The office of staff, made from the settings."""

from __future__ import annotations

from bot.settings import Settings
from casework.staff.office import Office
from casework.staff.passwords import Stretcher
from casework.staff.relying import Relying
from storage.database import Database
from storage.vault.keyring import Keyring


def make_office(settings: Settings, database: Database, keyring: Keyring) -> Office:
    """What everything about staff stands on."""
    stretcher = Stretcher(settings.password_memory_kib)
    return Office(database, keyring, stretcher, Relying.at(settings.public_url))
