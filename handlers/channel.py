"""What every channel can do, and what can go wrong between us and a provider.

A channel checks that a request is genuine, reads it, answers it, sends, wipes and
fetches. What differs between channels is data (`Limits`) and this one contract:
no flow and no room below knows Twilio or Telegram.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any, Literal, Protocol, runtime_checkable

from bot.limits import Limits
from bot.message import Address, InboundMessage, MediaReference, Pin, Reply, Tap

LONGEST_TEXT = 10_000  # characters of one inbound message; see bot.message.InboundMessage

RefusalReason = Literal[
    "opted out",
    "bad number",
    "unreachable",
    "blocked",
    "window closed",
    "too long",
    "filtered",
    "not allowed",
    "daily cap",
    "topic gone",
    "no topics",
    "rejected",
]

# She wants no more from us, said to her carrier or her app rather than to us.
WANTS_NOTHING: frozenset[str] = frozenset({"opted out", "blocked"})


class ChannelError(Exception):
    """Trouble at the door. Never raised itself; catch it to mean any of these."""


class Unverified(ChannelError):
    """The request does not prove who sent it. Answered with 403 and an empty body."""


class Malformed(ChannelError):
    """A genuine request of a shape no provider sends. Answered with 400."""


class NotConnected(ChannelError):
    """A provider would not take our address. The message says why, and what to mend."""


class SendError(ChannelError):
    """A call to the provider did not do what was asked. Never raised itself."""


class SendLater(SendError):
    """The provider is away or asks us to slow down; the same call may work later."""

    def __init__(self, why: str, retry_after: float | None = None, *, whole_channel: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after  # seconds, when the provider says how long
        self.whole_channel = whole_channel  # everything on this channel should wait


class SendRefused(SendError):
    """The provider will never take this. Trying again would change nothing."""

    def __init__(self, code: str, reason: RefusalReason) -> None:
        super().__init__(f"{reason} ({code})")
        self.code = code  # the provider's own
        self.reason: RefusalReason = reason


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as it came in, before anyone believes it."""

    url: str = field(repr=False)  # path and query; behind a proxy the rest is not what was signed
    headers: Mapping[str, str] = field(repr=False)  # names in lower case
    body: bytes = field(repr=False)
    form: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # in order, keys may repeat

    def header(self, name: str) -> str:
        """The header's value, or "" when it is not there."""
        return self.headers.get(name.lower(), "")


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What became of a message that we sent."""

    channel: str
    id: str = field(repr=False)  # the provider's own, as `send` returned it
    address: Address = field(repr=False)
    state: Literal["taken", "sent", "delivered", "read", "failed"]  # taken: it has an id now, no more
    code: str = ""  # the provider's own, on failure
    reason: RefusalReason | Literal[""] = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A genuine request that asks nothing of us. Acknowledged, and counted by its kind."""

    kind: str  # one of a fixed few words: it becomes a metric label
    group: Address | None = field(default=None, repr=False)  # where we do not belong: say so once, and leave
    tap: str = field(default="", repr=False)  # id of a tap whose button would otherwise wait for ever


Inbound = InboundMessage | StatusUpdate | Nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of our answer to a webhook."""

    body: bytes = field(default=b"", repr=False)
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, at the provider."""

    sound: bool
    what: str
    mend: str = ""


class Door(Protocol):
    """One webhook address: who may knock, and what they brought."""

    @property
    def name(self) -> str:
        """A metric label, and for channels the channel's name."""
        ...

    def verify(self, raw: RawRequest) -> None:
        """Return if the provider sent this request. Raises Unverified."""
        ...

    def parse(self, raw: RawRequest, now: datetime) -> Inbound:
        """Read a verified request. Raises Malformed and nothing else, whatever is in it."""
        ...


class Channel(Door, Protocol):
    """One way to talk with a reporter."""

    @property
    def limits(self) -> Limits:
        """What fits into one message here."""
        ...

    @property
    def answers_inline(self) -> bool:
        """Whether replies may ride in the answer to the webhook itself."""
        ...

    @property
    def her_copy_stays(self) -> bool:
        """Whether `wipe` leaves what is on her own phone: then even a last line may be wiped behind her."""
        ...

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """The webhook's own answer. Empty of replies where the channel cannot carry them."""
        ...

    def settle(self, taken: InboundMessage | Nothing) -> None:
        """Whatever manners ask once a request was taken in (a used keyboard goes). Never raises, never waits."""
        ...

    def send(self, address: Address, reply: Reply) -> str:
        """Send one message; return the provider's id of it. Raises SendLater or SendRefused."""
        ...

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        """Remove the provider's copies. What is gone already counts as removed.

        ids   message ids (`InboundMessage.provider_copy`, what `send` returned) and
              `MediaReference.reference`s, mixed
        Raises SendLater or SendRefused; may be called again with the same ids.
        """
        ...

    def fetch(self, reference: MediaReference, limit: int, patience: float = 60) -> bytes:
        """The file's bytes, at most `limit`, within `patience` seconds. Raises MediaTooBig, MediaGone or SendLater."""
        ...

    def connect(self) -> Iterator[str]:
        """Tell the provider where to reach us; a line for the operator each. Raises NotConnected."""
        ...

    def examine(self) -> Iterator[Finding]:
        """Ask the provider whether all is set up, for `hamraz doctor`. Raises nothing."""
        ...


class Spots(Protocol):
    """Where cases stand in counsellors' chats; each call is one unit of work (casework/chat/spots.py)."""

    def find(self, spot: tuple[str, str]) -> Spot | None:
        """Where a case stands; None when it has gone from there: then nothing more is sent."""
        ...

    def opened(self, spot: tuple[str, str], number: int | None, now: datetime, gone: int | None = None) -> Spot | None:
        """A topic was made (None: this chat has none). Return where the case stands from now on.

        gone  the topic before it, which is there no more
        Another one than was made, or None where the case has gone: then what was made must go, too.
        """
        ...

    def file(self, kept: str, now: datetime) -> bytes | None:
        """A file that is to be shown; None when it is no longer kept."""
        ...


class Spot(Protocol):
    """Where a message goes."""

    @property
    def topic(self) -> int | None: ...
    @property
    def flat(self) -> bool:
        """This chat has no topics."""
        ...


@runtime_checkable
class Doing(Protocol):
    """A channel that does more than to send a reply: payloads that say what to do (casework/chat/posting.py)."""

    def do(self, address: Address, payload: Mapping[str, Any], spots: Spots, now: datetime) -> str:
        """Do it; return the id of what was sent, or "". Raises SendLater or SendRefused."""
        ...


def clean(text: str) -> str:
    """`text` without what no database and no XML can hold: NUL and lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def cut(text: str) -> tuple[str, Literal["", "too_long"]]:
    """`text` made clean and at most 10,000 characters, and whether something was lost."""
    text = clean(text)
    if len(text) > LONGEST_TEXT:
        return text[:LONGEST_TEXT], "too_long"
    return text, ""


def on_earth(pin: Pin) -> bool:
    """Whether the pin's degrees are numbers in range."""
    return isfinite(pin.latitude) and isfinite(pin.longitude) and abs(pin.latitude) <= 90 and abs(pin.longitude) <= 180


def read_tap(data: str) -> Tap:
    """Read a button's data, "epoch:choice". Anything else is a tap on no keyboard of ours.

    Such a tap carries an epoch that no session has, so that she is told the question has passed.
    """
    found = re.fullmatch(r"([0-9]{1,9}):([A-Za-z0-9_/-]{1,60})", data)
    if found is None:
        return Tap(epoch=-1, choice="")
    return Tap(epoch=int(found[1]), choice=found[2])


def labels_as_lines(reply: Reply) -> str:
    """The reply with its buttons as lines of text: a label, typed, is an answer too."""
    labels = [button.label for row in reply.buttons for button in row]
    return "\n".join([reply.text, *(f"- {label}" for label in labels)])


def silence(*loggers: str) -> None:
    """Keep other libraries' loggers from writing addresses, words and tokens.

    httpx logs URLs with the bot's token at INFO; twilio and python-telegram-bot log
    whole messages at INFO and DEBUG, and a broken answer, her words in it, as an ERROR.
    A level on the logger holds whatever the root says; what matters reaches us as exceptions.
    """
    for name in loggers:
        logging.getLogger(name).setLevel(logging.CRITICAL)
