"""What a channel hands in and takes out, the same for every channel.

Addresses, words, pins and media never appear in a repr: they must not reach a log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

MediaKind = Literal["voice", "photo", "video", "file"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reply goes: an opaque string of one channel. Secret."""

    channel: str  # "sms", "whatsapp", "telegram" or "terminal"
    value: str = field(repr=False)  # "+92300…", "whatsapp:+92300…", a chat id


@dataclass(frozen=True, slots=True)
class Pin:
    """A point on the map, WGS 84 degrees. Snapped to an area at once, never kept exactly."""

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)


@dataclass(frozen=True, slots=True)
class MediaReference:
    """A voice note, photo or file that still lies with the provider."""

    kind: MediaKind
    reference: str = field(repr=False)  # URL at Twilio, file id at Telegram
    declared_type: str = ""  # what the provider says it is; never trusted
    size: int | None = None  # bytes, if the provider says


@dataclass(frozen=True, slots=True)
class Tap:
    """A button pressed: which keyboard it belongs to, and what it means there."""

    epoch: int  # the session's count of questions when the keyboard was shown
    choice: str  # id of the choice, or "/skip", "/back", "/menu", "/done" …


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """One message as it reached us, the same for every channel."""

    id: str = field(repr=False)  # the provider's own; repeats are dropped by it
    channel: str  # "sms", "whatsapp", "telegram" or "terminal"
    received: datetime  # UTC; time is passed in, never asked for
    address: Address  # where a reply goes
    text: str = field(default="", repr=False)  # as typed, at most 10,000 characters
    tap: Tap | None = None
    media: tuple[MediaReference, ...] = ()
    pin: Pin | None = field(default=None, repr=False)
    edited: bool = False  # a correction of an earlier message (Telegram)
    opt_out: Literal["", "STOP", "START", "HELP"] = ""  # the carrier's own words
    language_hint: str = ""  # "ur", "es-419"… as the app says; only a hint
    provider_copy: str = field(default="", repr=False)  # what to name to wipe it at the provider
    problem: Literal["", "unknown_media", "too_long", "unreadable", "media_large", "media_lost", "media_later"] = ""
    to: str = ""  # our own number that she wrote to, where the provider says; never hers
    late: bool = False  # a file of hers, fetched at last: never the beginning of a talk


@dataclass(frozen=True, slots=True)
class Button:
    label: str = field(repr=False)
    data: str = field(repr=False)  # "epoch:choice", at most 64 bytes


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a message. Opened only in the moment of sending, in the way that the channel needs."""

    kind: MediaKind
    type: str  # "image/jpeg", "audio/ogg", "application/pdf"…
    name: str  # as her phone shows it: neutral
    content: Callable[[], bytes | None] = field(repr=False)  # None: it is gone
    address: Callable[[], str | None] = field(repr=False)  # where its provider may fetch it, for a while


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to send. Its text fits the channel already."""

    text: str = field(repr=False)
    buttons: tuple[tuple[Button, ...], ...] = field(default=(), repr=False)  # rows
    asks_pin: bool = False  # show the channel's "send location" key, where it has one
    protect: bool = False  # ask the app not to let it be forwarded (receipts)
    file: Enclosed | None = field(default=None, repr=False)  # then the text may be empty
    template: str = ""  # an approved one that goes instead of the text: whoever wrote long ago gets no other
