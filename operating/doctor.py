"""Is everything in place, and do the providers know us?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bot.settings import Settings, SettingsError, read_settings
from casework import soundness
from casework.deployment import shelf as decided
from casework.deployment.table import SETTINGS
from casework.studio import shelf
from casework.studio.room import StudioRoom
from casework.wordings.shelf import WordingShelf
from flows.library import shipped_flows
from handlers.channel import NotConnected
from handlers.channels import open_channels
from handlers.commands import CommandError
from locales.phrasebook import Phrasebook
from operating.keys import open_keyring
from operating.office import make_office
from operating.providers import channel_settings
from storage.database import Database
from storage.errors import StorageError
from storage.migrations import check
from storage.vault.keyring import Keyring


def connect() -> Iterable[str]:
    """Tell each provider where to reach us: sets Telegram's webhook, prints what to paste at Twilio.

    Raises CommandError in the end, when a provider would not take our address; the others have it all the same.
    """
    settings = read_settings().without_surprises()
    channels = open_channels(channel_settings(settings, Phrasebook.load()))
    every = [*channels.on.values(), *([channels.staff] if channels.staff else [])]
    if every and not settings.public_url.startswith("https://"):
        raise CommandError("HAMRAZ_PUBLIC_URL must be the https:// address under which providers reach this server")
    troubles = []
    for channel in every:
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
    databases = _examine_databases(settings)
    yield databases
    try:
        keyring = open_keyring(settings)
        yield True, "keyring", ""
        if databases[0]:
            yield from examine_records(settings, keyring)
            yield from examine_words(settings, keyring)
            yield from examine_flows(settings, keyring)
            yield from examine_decisions(settings, keyring)
    except CommandError as error:
        yield False, "keyring", str(error)
    if settings.serves_console:
        yield True, "console", ""
    else:
        yield True, "console is off (HAMRAZ_PUBLIC_URL must be an https:// address)", ""
    channels = open_channels(channel_settings(settings, Phrasebook.load()))
    for channel in [*channels.on.values(), *([channels.staff] if channels.staff else [])]:
        for found in channel.examine():
            yield found.sound, f"channel {channel.name}: {found.what}", found.mend
    for name, missing in channels.off.items():
        yield True, f"channel {name} is off (set {', '.join(missing)})", ""


def examine_records(settings: Settings, keyring: Keyring) -> Iterable[tuple[bool, str, str]]:
    """Whether every record is as it was left, and the files are their owner's only."""
    database = Database(settings.database_url, settings.keys_url)
    try:
        found = list(soundness.findings(database, keyring))
        open_to_others = database.open_to_others()
    except StorageError as error:
        yield False, "records", str(error)
        return
    finally:
        database.close()
    for fault in found:
        yield False, f"records: {fault}", 'see "Not as it was left" in docs/operating.md'
    for path in open_to_others:
        yield False, f"{path} may be read by other users of this machine", f"chmod go-rwx {path}"
    if not found and not open_to_others:
        yield True, "records", ""


def examine_words(settings: Settings, keyring: Keyring) -> Iterable[tuple[bool, str, str]]:
    """Whether all that the organisation wrote itself is said."""
    database = Database(settings.database_url, settings.keys_url)
    shelf = WordingShelf()
    try:
        database.read(lambda unit: shelf.renew(unit, keyring, Phrasebook.load()))
    except StorageError as error:
        yield False, "words", str(error)
        return
    finally:
        database.close()
    for phrase in shelf.refused:
        yield (
            False,
            f"words: {phrase} cannot be said, so the shipped words are",
            "write it anew under Words in the console",
        )
    if not shelf.refused:
        yield True, "words", ""


def examine_decisions(settings: Settings, keyring: Keyring) -> Iterable[tuple[bool, str, str]]:
    """Whether all that was decided in the console is as it was left."""
    database = Database(settings.database_url, settings.keys_url)
    try:
        standing = {name: database.read(partial(decided.standing, keyring=keyring, name=name)) for name in SETTINGS}
    except StorageError as error:
        yield False, "decisions", str(error)
        return
    finally:
        database.close()
    wrong = [name for name, one in standing.items() if not one.sound]
    for name in wrong:
        yield (
            False,
            f"decisions: {name} is not as it was left, and does not hold",
            "decide it anew under Settings in the console",
        )
    if not wrong:
        yield True, "decisions", ""


def examine_flows(settings: Settings, keyring: Keyring) -> Iterable[tuple[bool, str, str]]:
    """Whether every edition that was published holds, and whether this version brings a newer flow beside one of them."""
    database = Database(settings.database_url, settings.keys_url)
    try:
        office = make_office(settings, database, keyring)
        shipped = {flow.name: flow for flow in shipped_flows()}
        flows = shelf.everything(StudioRoom(office, shipped, lambda some, everything: (), lambda unit: None))
    except StorageError as error:
        yield False, "flows", str(error)
        return
    finally:
        database.close()
    for name, one in flows.items():
        if not one.sound:
            yield False, f"flow {name}: what was published is not as we left it", 'see "The flows" in docs/operating.md'
        if not one.readable:
            yield (
                False,
                f"flow {name}: edition {one.number} cannot be read, so ours holds",
                "publish it anew under Flows",
            )
        if one.newer:
            yield True, f"flow {name}: edition {one.number} is yours; this version brings another, which waits", ""
    if all(one.sound and one.readable for one in flows.values()):
        yield True, "flows", ""


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
