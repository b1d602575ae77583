"""What a try is and what it shows, as plain values: what was done and when, and what stands on three phones after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from bot.limits import Limits
from bot.message import Button
from flows.shape import Flow

CHANNELS = ("sms", "whatsapp", "telegram")

Kind = Literal["text", "tap", "pin", "voice", "photo", "wait"]


@dataclass(frozen=True, slots=True)
class Did:
    """One thing that was done on a phone."""

    at: int  # seconds since 1970, by that phone's clock
    kind: Kind
    said: str = field(default="", repr=False)  # words; a key's data; of a wait, its seconds


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a try begins."""

    at: int  # seconds since 1970
    language: str
    flow: str = ""  # "": as a stranger writes
    node: str = ""  # put right there, with stand-ins for what is asked before; "": where the flow begins
    slots: Mapping[str, Any] = field(default_factory=dict, repr=False)  # the stand-ins

    @property
    def moment(self) -> datetime:
        """When it begins."""
        return datetime.fromtimestamp(self.at, UTC)


READS = ("", "yes", "no")


@dataclass(frozen=True, slots=True)
class Script:
    """All that a try is: what was begun, and what was done on each phone."""

    flow: str  # whose draft it tries
    over: str  # the draft's token when it began
    language: str
    seed: str  # what its invented numbers are made of
    begun: Mapping[str, Beginning]  # by channel
    done: Mapping[str, tuple[Did, ...]] = field(default_factory=dict, repr=False)
    reads: str = ""  # whether somebody of the team reads: "yes" or "no"; "": as it is in life
    other: bool = False  # a question that has two wordings is asked in the other

    def on(self, channel: str) -> tuple[Did, ...]:
        """What was done on one phone."""
        return self.done.get(channel, ())

    def ahead(self, channel: str) -> int:
        """By how many seconds a phone's clock was put forward."""
        return sum(int(did.said) for did in self.on(channel) if did.kind == "wait")

    def doing(self, channel: str, kind: Kind, said: str, now: datetime) -> Script:
        """The same, with one thing more done on one phone, now."""
        done = self.on(channel)
        last = done[-1].at if done else self.begun[channel].at
        forward = int(said) if kind == "wait" else 0
        at = max(int(now.timestamp()) + self.ahead(channel), last + 1) + forward
        return replace(self, done={**self.done, channel: (*done, Did(at, kind, said))})

    def back_to(self, channel: str, kept: int) -> Script:
        """The same, with only so much done on one phone."""
        return replace(self, done={**self.done, channel: self.on(channel)[: max(kept, 0)]})

    def as_values(self) -> dict[str, Any]:
        """As plain JSON values."""
        begun = {
            channel: [one.at, one.language, one.flow, one.node, dict(one.slots)] for channel, one in self.begun.items()
        }
        done = {channel: [[did.at, did.kind, did.said] for did in dids] for channel, dids in self.done.items()}
        head = {"flow": self.flow, "over": self.over, "language": self.language, "seed": self.seed}
        how = {"reads": self.reads, "other": self.other}
        return {**head, **how, "begun": begun, "done": done}

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Script:
        """The script again."""
        return cls(
            values["flow"],
            values["over"],
            values["language"],
            values["seed"],
            {channel: Beginning(*one) for channel, one in values["begun"].items()},
            {channel: tuple(Did(*did) for did in dids) for channel, dids in values["done"].items()},
            values.get("reads", ""),  # a page of before has none
            values.get("other", False),  # nor this
        )


@dataclass(frozen=True, slots=True)
class Bubble:
    """One thing on the screen."""

    kind: Literal["text", "tap", "pin", "voice", "photo", "wait", "wiped", "lost", "trouble", "asked"]
    hers: bool
    at: datetime
    done: int  # how much was done when it stood there
    text: str = field(default="", repr=False)
    language: str = ""  # in which it was said
    keys: tuple[tuple[Button, ...], ...] = field(default=(), repr=False)
    asks_pin: bool = False
    protect: bool = False
    misread: bool = False  # hers, not understood
    parts: int = 0  # of an SMS
    alphabet: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a phone stands: its flow and step, what the talk itself asks beside it, and what was walked through."""

    flow: str = ""
    node: str = ""
    pending: str = ""
    misreads: int = 0
    passed: tuple[tuple[str, str], ...] = ()  # flow and node, since she wrote last
    talk: bool = False
    phrase: str = ""  # what was said last
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Screen:
    """One phone, as all that was done left it."""

    bubbles: tuple[Bubble, ...] = field(repr=False)
    standing: Standing
    left: bool = False  # she left in a hurry: nothing is as it was
    trouble: str = ""  # a word for why it cannot go on: "round", "no_way", "words", "flow", "broken"
    about: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a try shows."""

    screens: Mapping[str, Screen]  # by channel
    over: str  # the draft's token now
    steps: tuple[str, ...]  # the draft's, in order
    missing: tuple[str, ...] = ()  # phrases that nobody has written
    unfit: tuple[str, ...] = ()  # drafts of words that cannot be said as they stand
    drafts: int = 0  # drafts of words that are said here


class Trials(Protocol):
    """What tries drafts out for a door; `operating` joins it."""

    def begun(
        self,
        flow: str,
        node: str,
        language: str,
        now: datetime,
        edition: Flow | None = None,
        channels: Sequence[str] = CHANNELS,
        reads: str = "",
        *,
        other: bool = False,
    ) -> Script:
        """A fresh try in which each phone stands at a step; "": where the flow begins, "/": as a stranger writes.

        edition  of the flow, where it is not the draft as it is now
        Raises NoSuchFlow, FlowError.
        """
        ...

    def played(
        self,
        script: Script,
        edition: Flow | None = None,
        channels: Sequence[str] = CHANNELS,
        limits: Mapping[str, Limits] | None = None,
    ) -> Tried:
        """What stands on the phones. Raises NoSuchFlow, FlowError.

        limits  the room of a channel, where it is not what it has here
        """
        ...

    def numbers(self) -> str:
        """The numbers to call in danger, as they are told now."""
        ...
