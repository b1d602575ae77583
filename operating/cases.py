"""One case, read by the operator."""

from __future__ import annotations

from bot.settings import passphrase, read_settings
from casework.reading import open_case
from handlers.commands import CommandError
from operating.keys import ask, open_keyring
from storage.database import Database


def open_case_text(receipt: str) -> str:
    """The case as text. Raises CommandError when the receipt or the passphrase opens nothing."""
    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    word = passphrase("HAMRAZ_TEAM_PASSPHRASE") or ask("Passphrase of the team: ")
    database = Database(settings.database_url, settings.keys_url)
    try:
        return open_case(database, keyring, receipt, word, memory_kib=settings.slow_memory_kib)
    except LookupError as error:
        raise CommandError(str(error.args[0])) from None
    finally:
        database.close()
