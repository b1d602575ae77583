"""Taking the records as they are, after a backup was put back on purpose."""

from __future__ import annotations

from collections.abc import Iterable

from bot.settings import read_settings
from casework import soundness
from handlers.commands import CommandError
from operating.clock import now
from operating.keys import open_keyring
from storage.database import Database
from storage.errors import StorageError
from storage.migrations import check


def accept_restored() -> Iterable[str]:
    """Begin anew with the records as they are; says what is wrong all the same. Raises CommandError."""
    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    try:
        database = Database(settings.database_url, settings.keys_url)
        try:
            check(database)
            faults = soundness.accept(database, keyring, now())
        finally:
            database.close()
    except StorageError as error:
        raise CommandError(str(error)) from None
    yield from faults
    yield "from now on the records are watched as they are"
