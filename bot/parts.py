"""What a conversation is made of, and what it asks of the counter that casework serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.danger import DangerWords
from bot.editions import EditionShelf
from bot.limits import Limits
from bot.message import InboundMessage, Reply
from bot.turn import Turn
from bot.watching import TalkDesk
from flows.state import State
from locales.phrasebook import Phrasebook
from storage.database import Database, Unit
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender, SenderBook


class Opening(Protocol):
    """What became of a 20-digit number."""

    @property
    def outcome(self) -> str: ...
    @property
    def report(self) -> bytes: ...
    @property
    def minutes(self) -> int: ...
    @property
    def language(self) -> str: ...


class Counter(Protocol):
    """Where a desk comes from; casework serves it."""

    def renew(self, unit: Unit) -> None:
        """Whatever staff have changed of the words since is said from now on."""
        ...

    def look_up(self, text: str, sender: Sender, now: datetime) -> Opening | None: ...

    def told(self, unit: Unit, about: str, state: str, now: datetime, why: str = "") -> None:
        """What became of a message that the desk had put into the outbox."""
        ...

    def desk(
        self,
        unit: Unit,
        sender: Sender,
        channel: str,
        address: str,
        language: str,
        media: Callable[[bytes], bytes],
        now: datetime,
        opening: Any = None,
        other: Sender | None = None,
    ) -> TalkDesk: ...

    def asking(self, unit: Unit, sender: Sender, item: bytes, now: datetime, about: str = "") -> bool:
        """Whether what waits in this item of the outbox until she is away is still to go: a question, or what `about` says."""
        ...


class Previews(Protocol):
    """Who lets a draft be tried on a real phone."""

    def hear(
        self, message: InboundMessage, sender: Sender, macs: Sequence[bytes], limits: Limits, *, inline: bool
    ) -> tuple[Reply, ...] | None:
        """What rides in the webhook's own answer; None where this is an ordinary message. Raises StorageAway."""
        ...


@dataclass(frozen=True, slots=True)
class Noticed:
    """Whom a conversation tells what is worth counting; nobody, unless somebody counts."""

    misread: Callable[[str, str], None] = lambda flow, node: None  # where an answer was not understood
    number: Callable[[str], None] = lambda outcome: None  # what became of a number of 20 digits
    # A turn, from where, on which channel, when.
    turned: Callable[[State | None, Turn, str, datetime], None] = lambda *_: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a conversation is made of; the same for every message of this process."""

    database: Database
    keyring: Keyring
    senders: SenderBook
    counter: Counter
    editions: EditionShelf
    phrasebook: Phrasebook
    danger: DangerWords
    default_language: str = "en"
    noticed: Noticed = field(default_factory=Noticed)
    previews: Previews | None = None  # only where there is a test number
