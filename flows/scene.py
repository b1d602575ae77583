"""What a node sees when it asks and reads: the scene, what was heard, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flows.controls import Controls
from flows.desk import Desk
from flows.prompt import Choice, Prompt, Value


class Words(Protocol):
    """The phrasebook as a flow sees it: labels to recognise, never words to say."""

    def has(self, key: str) -> bool: ...
    def forms(self, key: str) -> Mapping[str, str]: ...
    def words(self, control: str) -> Mapping[str, tuple[str, ...]]: ...


@dataclass(frozen=True, slots=True)
class Heard:
    """One inbound message, as far as a node may know it."""

    text: str = field(default="", repr=False)
    choice: str = ""  # id behind a button of the question now asked
    media: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)  # {"id","kind","type","size","sha256"}
    cell: str = field(default="", repr=False)  # the H3 cell (resolution 8) of a pin


@dataclass(frozen=True, slots=True)
class Scene:
    """All a node may look at. It satisfies `guards.Facts`."""

    slots: Mapping[str, Any] = field(repr=False)
    channel: str
    language: str
    now: datetime  # UTC
    desk: Desk
    words: Words
    controls: Controls
    languages: tuple[Choice, ...]  # each language by its own name
    digression: bool = False
    page: int = 0
    other: bool = False  # a question that has two wordings is asked in the other
    shown: Callable[[tuple[Choice, ...], int], tuple[Choice, ...]] = lambda choices, page: choices

    @property
    def staffed(self) -> bool:
        return self.desk.staffed(self.now)


@dataclass(frozen=True, slots=True)
class Answer:
    """The question is answered; `outcome` chooses the way on."""

    outcome: str
    slots: Mapping[str, Any] = field(default_factory=dict, repr=False)
    language: str = ""  # a language chosen


@dataclass(frozen=True, slots=True)
class More:
    """Understood and kept, and the question still stands (a story of many messages)."""

    slots: Mapping[str, Any] = field(default_factory=dict, repr=False)
    say: tuple[Prompt, ...] = ()
    ask_again: bool = False  # show the question again, too


@dataclass(frozen=True, slots=True)
class Turned:
    """Another page of a long list."""

    page: int


@dataclass(frozen=True, slots=True)
class Mend:
    """From the review: go back to this question, then return."""

    node: str


@dataclass(frozen=True, slots=True)
class Misread:
    """Not understood; nothing changes. `hint` is a phrase key that fits better than the usual one."""

    hint: str = ""


Reading = Answer | More | Turned | Mend | Misread


@dataclass(frozen=True, slots=True)
class Step:
    """What a node that asks nothing does on the way through."""

    outcome: str = "ok"
    say: tuple[Prompt, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict, repr=False)
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)  # for the phrases that follow in this turn
    call: str = ""  # flow to enter
    called_with: Mapping[str, Any] = field(default_factory=dict, repr=False)
    ends: bool = False
    barrier: bool = False  # nothing before it can be gone back to
    drops: tuple[str, ...] = ()  # slots that have found their place and leave the draft
    forgets: bool = False  # the session is forgotten once this turn is said
    talk: str = ""  # the case in which a person talks with her from now on: every flow ends
