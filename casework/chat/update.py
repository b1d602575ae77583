"""What somebody did in the staff bot's chat, as the door read it. Nothing of it is believed yet but that the messenger sent it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class File:
    """A file that still lies with the messenger."""

    kind: str  # "voice", "photo", "video" or "file"
    reference: str = field(repr=False)
    declared_type: str = ""
    size: int | None = None


class NoFile(Exception):
    """A file could not be had. `why`: "large", "gone" or "later"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Update:
    """One message, edit or tap."""

    id: str = field(repr=False)  # the messenger's own; repeats are dropped by it
    kind: Literal["message", "edit", "tap"]
    sender: int = field(repr=False)  # whose account
    chat: int = field(repr=False)  # where: her own chat with the bot, or a group
    private: bool
    message: int = 0  # hers; of a tap: the bot's, under which the button is
    topic: int | None = None
    text: str = field(default="", repr=False)  # as typed; of a tap: what stands in the bot's message
    data: str = field(default="", repr=False)  # of a tap: what the button means
    answers: str = field(
        default="", repr=False
    )  # what stands in the message that this one replies to, if it is the bot's
    beneath: str = field(default="", repr=False)  # of a tap: what stands in the message that the bot's replied to
    file: File | None = None
    forwarded: bool = False
    language: str = ""  # of the app; only a hint


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be said at once, on top of her screen; everything else goes by the outbox."""

    toast: str = field(default="", repr=False)
