"""A whole Hamraz for tests: real databases, real keys, real flows; only Argon2id is made cheap."""

from __future__ import annotations

from collections.abc import Callable
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
from operating.keys import new_keys
from operating.parts import Hamraz, build
from operating.preparing import adopt_team
from storage.database import Database
from storage.migrations import migrate
from storage.vault.keyring import Keyring
from tests.databases import lay_sqlite

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
    keyring, files = _keys()
    settings.keyring.parent.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (settings.keyring if name == KEYRING_FILE else settings.keyring.with_name(name)).write_bytes(content)
    if settings.database_url.startswith("sqlite:"):
        lay_sqlite(settings.database_url, settings.keys_url)
    database = Database(settings.database_url, settings.keys_url)
    migrate(database)
    database.work(load)
    list(adopt_team(settings, database, keyring))
    database.close()
    return build(settings, keyring)


@cache
def _keys() -> tuple[Keyring, dict[str, bytes]]:
    with TemporaryDirectory() as folder:
        keyring = new_keys(Settings(HAMRAZ_KEYRING=Path(folder) / KEYRING_FILE), KEYRING_WORD, TEAM_WORD)
        return keyring, {file.name: file.read_bytes() for file in Path(folder).iterdir()}
