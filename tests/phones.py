"""A whole Hamraz for tests: real databases, real keys, real flows; only Argon2id is made cheap."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import limits as rooms
from bot.limits import Limits
from bot.message import Address, InboundMessage, MediaReference, Pin, Reply, Tap
from bot.settings import Settings
from casework.seeding import load
from operating.keys import TEAM_FILE, new_keys
from operating.parts import Hamraz, build
from operating.preparing import adopt_team
from storage.database import Database
from storage.migrations import migrate
from storage.vault.grants import open_private, seal_private
from storage.vault.keyring import Keyring
from tests.databases import Rows, are_new, lay_postgres, lay_sqlite, postgres_rows, sqlite_model

LIMITS: dict[str, Limits] = {"sms": rooms.SMS, "whatsapp": rooms.WHATSAPP, "telegram": rooms.TELEGRAM}
KEYRING_WORD, TEAM_WORD = "seven quiet boats", "eleven green doors"
KEYRING_FILE = "keyring.json"
_IDS = count(1)


@dataclass
class Phone:
    """One reporter's phone, on one channel."""

    hamraz: Hamraz
    channel: str
    number: str
    clock: Callable[[], datetime]
    buttons: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    last: InboundMessage | None = None

    def say(self, text: str = "", **more: object) -> str:
        """Send one message; return all that comes back, as one text."""
        return "\n".join(reply.text for reply in self.send(text, **more))

    def send(self, text: str = "", **more: object) -> tuple[Reply, ...]:
        message = InboundMessage(
            id=f"m{next(_IDS)}",
            channel=self.channel,
            received=self.clock(),
            address=Address(self.channel, self.number),
            text=text,
            provider_copy=f"c{next(_IDS)}",
            **more,  # type: ignore[arg-type]  # a test names fields freely
        )
        return self.deliver(message)

    def deliver(self, message: InboundMessage) -> tuple[Reply, ...]:
        self.last = message
        room = LIMITS[self.channel] if self.buttons else _without_buttons(LIMITS[self.channel])
        return self.hamraz.conversation.converse(message, room, lambda reference: self.files[reference.reference], True)

    def voice(self, content: bytes = b"OggS" + bytes(60)) -> str:
        self.files["v"] = content
        return self.say(media=(MediaReference("voice", "v", "audio/ogg"),))

    def tap(self, epoch: int, choice: str) -> str:
        return self.say(tap=Tap(epoch, choice))

    def pin(self, latitude: float, longitude: float) -> str:
        return self.say(pin=Pin(latitude, longitude))


def _without_buttons(limits: Limits) -> Limits:
    return replace(limits, buttons=0)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def make_hamraz(settings: Settings) -> Hamraz:
    """A Hamraz ready to talk. Its keys are made once a process: their passphrases are slow on purpose."""
    keyring, files = keys_made()
    settings.keyring.parent.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (settings.keyring if name == KEYRING_FILE else settings.keyring.with_name(name)).write_bytes(content)
    _fill(settings, keyring)
    return build(settings, keyring)


@contextmanager
def open_hamraz(settings: Settings) -> Iterator[Hamraz]:
    """The same, closed in the end."""
    made = make_hamraz(settings)
    try:
        yield made
    finally:
        made.counter.close()
        made.database.close()


_FILLED: list[tuple[Rows, Rows]] = []  # what filling left in PostgreSQL the first time, to lay into the next


def _fill(settings: Settings, keyring: Keyring) -> None:
    urls = (settings.database_url, settings.keys_url)
    if urls[0].startswith("sqlite:"):
        laid, first = lay_sqlite(*urls, _model()), False
    else:
        laid, first = bool(_FILLED) and lay_postgres(*urls, _FILLED[0]), not _FILLED and are_new(*urls)
    if laid:
        return
    database = Database(*urls)
    migrate(database)
    database.work(load)
    list(adopt_team(settings, database, keyring))
    database.close()
    if first:
        _FILLED.append(postgres_rows(*urls))


@cache
def _model() -> Path:
    """What make_hamraz leaves in two empty SQLite files, made once a process."""
    keyring, files = keys_made()

    def fill(database: Database) -> None:
        database.work(load)
        with TemporaryDirectory() as folder:
            for name, content in files.items():
                (Path(folder) / name).write_bytes(content)
            list(adopt_team(Settings(HAMRAZ_KEYRING=Path(folder) / KEYRING_FILE), database, keyring))

    return sqlite_model(fill)


@cache
def keys_made() -> tuple[Keyring, dict[str, bytes]]:
    """A keyring and the files of its keys, made as in life and then locked again at a cost that tests can bear."""
    with TemporaryDirectory() as folder:
        keyring = new_keys(Settings(HAMRAZ_KEYRING=Path(folder) / KEYRING_FILE), KEYRING_WORD, TEAM_WORD)
        files = {file.name: file.read_bytes() for file in Path(folder).iterdir()}
    team = json.loads(files[TEAM_FILE])
    private = open_private(team["private"].encode(), TEAM_WORD)
    team["private"] = seal_private(private, TEAM_WORD, memory_kib=8, iterations=1).decode()
    cheap = {
        TEAM_FILE: json.dumps(team).encode(),
        KEYRING_FILE: keyring.sealed(KEYRING_WORD, memory_kib=8, iterations=1),
    }
    return keyring, {**files, **cheap}
