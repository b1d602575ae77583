"""What a flow wants said, before any language or channel is chosen.

A prompt names phrases by key and carries values. `bot.rendering` turns it into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A proper name known in some languages: a district, an office, a language's own name."""

    by_language: Mapping[str, str]  # "en" is always there; codes as in locales/

    def text(self, language: str) -> str:
        """The name in `language`, else in English."""
        return self.by_language.get(language) or self.by_language["en"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase inside a phrase, translated before it is put in."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Worded:
    """Words that staff wrote, in some languages, instead of a phrase. They may hold values that every phrase may use."""

    by_language: Mapping[str, str]
    otherwise: str  # phrase key: said in a language that has no words here


@dataclass(frozen=True, slots=True)
class Lines:
    """Several phrases, one a line."""

    items: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week, said one after the other."""

    days: tuple[int, ...]  # Monday is 0


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """A receipt, shown in groups of four on a line of its own. Secret."""

    digits: str = field(repr=False)  # 20 digits


@dataclass(frozen=True, slots=True)
class Verbatim:
    """The reporter's own words, shown back to her (review). Secret; never markup."""

    text: str = field(repr=False)


Value = str | int | date | datetime | Named | Phrase | Worded | Lines | Weekdays | ReceiptLine | Verbatim


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. Its label is a phrase, or a name."""

    id: str  # a-z, 0-9, "_", "-", at most 40 characters
    label: str | Named  # phrase key, or a name


@dataclass(frozen=True, slots=True)
class Prompt:
    """One message to say: a phrase, what fills it, and what may be answered."""

    phrase: str
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)
    choices: tuple[Choice, ...] = ()
    after: str = ""  # phrase key said after the list of choices
    skippable: bool = False  # show a "skip" button where there are buttons
    finishes: bool = False  # show a "done" button where there are buttons (text of many messages, multi)
    wants_pin: bool = False
    secret: bool = False  # protect from forwarding
