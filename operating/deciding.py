"""Settings of a deployment, joined to what the environment says: of that only whether it is set, never what."""

from __future__ import annotations

from bot.settings import PASSPHRASES, Settings
from casework.deployment.room import SettingsRoom
from casework.wordings.room import WordsRoom
from operating.parts import Hamraz
from storage.vault.senders import SenderBook


def settings_room(hamraz: Hamraz, words: WordsRoom) -> SettingsRoom:
    """What the console decides with."""
    senders = SenderBook(hamraz.keyring, memory_kib=hamraz.settings.slow_memory_kib)
    return SettingsRoom(hamraz.room, hamraz.studio, words, senders, frozenset(hamraz.channels.on))


def set_or_not(settings: Settings) -> tuple[tuple[str, bool], ...]:
    """Every setting of the environment, and whether it is another than what comes with Hamraz. Passphrases are always given."""
    rows = (
        (str(field.validation_alias), getattr(settings, name) != field.default)
        for name, field in type(settings).model_fields.items()
    )
    return (*rows, (PASSPHRASES[0], True))
