"""The keyring and the team's key: made, opened, sealed again."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from getpass import getpass
from pathlib import Path

from bot.settings import Settings, passphrase, read_settings
from handlers.commands import CommandError
from storage.vault.errors import KeyringError
from storage.vault.grants import KeyPair, seal_private
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id

TEAM_FILE = "team.json"  # beside the keyring: the team's public half, its private half under a passphrase


def ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"{question.strip(' :')}: set it in the environment, or run this in a terminal")
    return getpass(question)


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
    if settings.keyring.exists():
        raise CommandError(f"{settings.keyring} is there already: it opens what was kept, so it is never overwritten")
    keyring, pair = Keyring.new(), KeyPair.new()
    team = {
        "id": new_id().hex(),
        "public": pair.public.hex(),
        "private": seal_private(pair.private, team_word).decode(),
    }
    settings.keyring.parent.mkdir(parents=True, exist_ok=True)
    for file, content in (
        (settings.keyring.with_name(TEAM_FILE), json.dumps(team).encode()),
        (settings.keyring, keyring.sealed(word)),
    ):
        file.touch(mode=0o600)
        file.write_bytes(content)
    return keyring


def make_keys() -> Iterable[str]:
    settings = read_settings().without_surprises()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or ask("New passphrase for the keyring: ")
    team_word = passphrase("HAMRAZ_TEAM_PASSPHRASE") or ask("New passphrase for the team (it opens reports): ")
    if word == team_word:
        raise CommandError("the two passphrases must differ: one opens the service, the other opens reports")
    new_keys(settings, word, team_word)
    yield f"keyring: {settings.keyring}"
    yield f"team key: {settings.keyring.with_name(TEAM_FILE)}"
    yield "Without these passphrases nothing can be opened again. Write them down, apart from this machine."


def seal_keys() -> Iterable[str]:
    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    _replace(settings.keyring, keyring.sealed(ask("New passphrase for the keyring: ")))
    yield "sealed under the new passphrase"


def rotate_keys() -> Iterable[str]:
    settings = read_settings().without_surprises()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or ask("Passphrase of the keyring: ")
    keyring = open_keyring(settings, word).rotated()
    _replace(settings.keyring, keyring.sealed(word))
    yield f"new key {keyring.current}; earlier ones stay to open what they sealed. Restart `hamraz serve`."


def _replace(path: Path, content: bytes) -> None:
    """Write beside and rename: a kill in between leaves the old file whole."""
    beside = path.with_name(path.name + ".new")
    beside.touch(mode=0o600)
    beside.write_bytes(content)
    beside.replace(path)
