"""Is everything in place, and do the providers know us?"""

from __future__ import annotations

from collections.abc import Iterable

from bot.settings import Settings, SettingsError, read_settings
from handlers.channel import NotConnected
from handlers.channels import open_channels
from handlers.commands import CommandError
from operating.keys import open_keyring
from operating.parts import channel_settings
from storage.database import Database
from storage.errors import StorageError
from storage.migrations import check


def connect() -> Iterable[str]:
    """Tell each provider where to reach us: sets Telegram's webhook, prints what to paste at Twilio.

    Raises CommandError in the end, when a provider would not take our address; the others have it all the same.
    """
    settings = read_settings().without_surprises()
    channels = open_channels(channel_settings(settings))
    if channels.on and not settings.public_url.startswith("https://"):
        raise CommandError("HAMRAZ_PUBLIC_URL must be the https:// address under which providers reach this server")
    troubles = []
    for channel in channels.on.values():
        try:
            yield from channel.connect()
        except NotConnected as trouble:
            troubles.append(f"{channel.name} is not connected: {trouble}")
    for name, missing in channels.off.items():
        yield f"{name}: off, set {', '.join(missing)}"
    if troubles:
        raise CommandError("; ".join(troubles))


def examine() -> Iterable[tuple[bool, str, str]]:
    """Each thing looked at: does it work, what it is, how to mend it."""
    try:
        settings = read_settings().without_surprises()
    except SettingsError as error:
        yield False, "settings", str(error)
        return
    yield True, "settings", ""
    yield _examine_databases(settings)
    try:
        open_keyring(settings)
        yield True, "keyring", ""
    except CommandError as error:
        yield False, "keyring", str(error)
    channels = open_channels(channel_settings(settings))
    for name, channel in channels.on.items():
        for found in channel.examine():
            yield found.sound, f"channel {name}: {found.what}", found.mend
    for name, missing in channels.off.items():
        yield True, f"channel {name} is off (set {', '.join(missing)})", ""


def _examine_databases(settings: Settings) -> tuple[bool, str, str]:
    try:
        database = Database(settings.database_url, settings.keys_url)
        try:
            check(database)
        finally:
            database.close()
    except StorageError as error:
        return False, "databases", str(error)
    return True, "databases", ""
