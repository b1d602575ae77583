"""The keyring and the team's key: made, opened, sealed again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from functools import partial
from getpass import getpass
from pathlib import Path

from bot.settings import Settings, passphrase, read_settings
from handlers.commands import CommandError
from storage import resealing
from storage.database import Database
from storage.errors import StorageError
from storage.migrations import check
from storage.vault.errors import KeyringError
from storage.vault.grants import KeyPair, seal_private
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id

TEAM_FILE = "team.json"  # beside the keyring: the team's public half, its private half under a passphrase


def ask(question: str) -> str:
    """A passphrase typed at the terminal, unseen. Raises CommandError when there is no terminal."""
    if not sys.stdin.isatty():
        raise CommandError(f"{question.strip(' :')}: set it in the environment, or run this in a terminal")
    return getpass(question)


def _choose(question: str) -> str:
    """A new passphrase, typed twice: one that nobody can repeat would lock everything away."""
    word = ask(question)
    if not word:
        raise CommandError("an empty passphrase protects nothing")
    if word != ask("Once more: "):
        raise CommandError("the two were not the same; nothing was changed")
    return word


def open_keyring(settings: Settings, word: str = "") -> Keyring:
    """The keyring, opened. Raises CommandError with one clear line."""
    if not settings.keyring.exists():
        raise CommandError(f"no keyring at {settings.keyring}: run `hamraz keys new`")
    word = word or passphrase("HAMRAZ_KEYRING_PASSPHRASE") or ask("Passphrase of the keyring: ")
    try:
        return Keyring.opened(settings.keyring.read_bytes(), word)
    except KeyringError as error:
        raise CommandError(str(error)) from None


def new_keys(settings: Settings, word: str, team_word: str) -> Keyring:
    """Make a keyring and a team key, each under its passphrase. Raises CommandError when one is there."""
    for file in (settings.keyring, settings.keyring.with_name(TEAM_FILE)):
        if file.exists():
            raise CommandError(f"{file} is there already: it opens what was kept, so it is never overwritten")
    keyring, pair = Keyring.new(), KeyPair.new()
    team = {
        "id": new_id().hex(),
        "public": pair.public.hex(),
        "private": seal_private(pair.private, team_word).decode(),
    }
    try:
        settings.keyring.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(settings.keyring.with_name(TEAM_FILE), json.dumps(team).encode())
        _replace(settings.keyring, keyring.sealed(word))
    except OSError as error:
        raise CommandError(f"cannot write {settings.keyring}: {error.strerror}") from None
    return keyring


def make_keys() -> Iterable[str]:
    """Make the keyring and the team's key; says where. Raises CommandError."""
    settings = read_settings().without_surprises()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or _choose("New passphrase for the keyring: ")
    team_word = passphrase("HAMRAZ_TEAM_PASSPHRASE") or _choose("New passphrase for the team (it opens reports): ")
    if word == team_word:
        raise CommandError("the two passphrases must differ: one opens the service, the other opens reports")
    new_keys(settings, word, team_word)
    yield f"keyring: {settings.keyring}"
    yield f"team key: {settings.keyring.with_name(TEAM_FILE)}"
    yield "Without these passphrases nothing can be opened again. Write them down, apart from this machine."


def seal_keys() -> Iterable[str]:
    """Seal the keyring under another passphrase. Raises CommandError."""
    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    _replace(settings.keyring, keyring.sealed(_choose("New passphrase for the keyring: ")))
    yield "sealed under the new passphrase"


def rotate_keys() -> Iterable[str]:
    """Begin a new key in the keyring, and let those go that no row needs any more. Raises CommandError."""
    settings = read_settings().without_surprises()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or ask("Passphrase of the keyring: ")
    keyring = open_keyring(settings, word)
    try:
        database = Database(settings.database_url, settings.keys_url)
        try:
            check(database)
            for key_id in database.read(partial(resealing.unused, keyring=keyring)):
                keyring = keyring.without(key_id)
                yield f"key {key_id} is needed by nothing any more, and gone"
            keyring = keyring.rotated()
            _replace(settings.keyring, keyring.sealed(word))
            database.work(partial(resealing.note_current, key_id=keyring.current))
        finally:
            database.close()
    except StorageError as error:
        raise CommandError(str(error)) from None
    yield f"new key {keyring.current}; earlier ones stay to open what they sealed. Restart `hamraz serve`."


def _replace(path: Path, content: bytes) -> None:
    """Write beside, on disk, and rename: a kill or a power cut in between leaves the old file whole."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
