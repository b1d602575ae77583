"""What fills a phrase: names, phrases within phrases, a receipt, her own words shown back.

Her words are put in as they are, but nothing in them may steer the text around them:
no direction control, no control character, no tower of accents.
"""

from __future__ import annotations

import unicodedata
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import cast

import regex

from flows.prompt import Lines, Named, Phrase, ReceiptLine, Value, Verbatim, Weekdays, Worded
from locales.isolates import isolate
from locales.phrasebook import MissingPhrase, MissingValue, Phrasebook

_KEPT = frozenset("\n\u200c\u200d")  # joiners shape Urdu letters and emoji
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_BREAKS = regex.compile("\r\n|[\r\u2028\u2029\u0085\u000b\u000c]")
_TOO_MANY_MARKS = regex.compile(r"(\p{M}{4})\p{M}+")
_TOO_MANY_BREAKS = regex.compile("\n{3,}")


class Lazily(Mapping[str, Value]):
    """Values that are only worked out when a phrase asks for one: most phrases ask for none."""

    def __init__(self, work_out: Callable[[], Mapping[str, Value]], otherwise: str = "") -> None:
        """otherwise: stands for whatever is not among them; "" where that is a fault"""
        self._work_out, self._otherwise = work_out, otherwise

    @cached_property
    def _found(self) -> Mapping[str, Value]:
        return self._work_out()

    def __getitem__(self, name: str) -> Value:
        return self._found.get(name, self._otherwise) if self._otherwise else self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class _Filling(Mapping[str, str | int | date | datetime]):
    """What fills one phrase: its own values before those of everywhere, each said when it is asked for."""

    def __init__(
        self,
        own: Mapping[str, Value],
        everywhere: Mapping[str, Value],
        said: Callable[[Value], str | int | date | datetime],
    ) -> None:
        self._values, self._said = ChainMap(cast("dict[str, Value]", own), cast("dict[str, Value]", everywhere)), said

    def __getitem__(self, name: str) -> str | int | date | datetime:
        return self._said(self._values[name])

    def __contains__(self, name: object) -> bool:
        return name in self._values  # a value within a value within a value would be said eight times

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Filler:
    """Turns the values of a prompt into what the phrasebook takes, for one language and channel.

    everywhere  values that every phrase may use (emergency numbers, hours)
    """

    def __init__(
        self,
        phrasebook: Phrasebook,
        language: str,
        channel: str,
        everywhere: Mapping[str, Value],
    ) -> None:
        self._phrasebook = phrasebook
        self._language = language
        self._channel = channel
        self._everywhere = everywhere

    def say(self, key: str, values: Mapping[str, Value]) -> str:
        """Return the phrase `key`, filled. Raises MissingPhrase, MissingValue."""
        filling = _Filling(values, self._everywhere, self._said)
        return self._phrasebook.say(key, self._language, filling, self._channel)

    def everywhere_said(self) -> Mapping[str, Value]:
        """The values of everywhere as they are said here; one whose phrase is missing as it is, for whoever asks for it."""
        said: dict[str, Value] = {}
        for name, value in self._everywhere.items():
            try:
                said[name] = self._said(value)
            except (MissingPhrase, MissingValue):
                said[name] = value
        return said

    def name(self, named: Named) -> str:
        """Return the name in this language: written for this channel, if it is ("en@sms")."""
        here = named.by_language.get(f"{self._language}@{self._channel}")
        return here or named.text(self._language)

    def _said(self, value: Value) -> str | int | date | datetime:
        match value:
            case Named():
                return self.name(value)
            case Phrase():
                return self.say(value.key, value.values)
            case Worded():
                own = value.by_language.get(self._language)
                if own is None:
                    return self.say(value.otherwise, {})
                return self._phrasebook.fill(own, self._language, _Filling({}, self._everywhere, self._said))
            case Lines():
                return "\n".join(self.say(line.key, line.values) for line in value.items)
            case Weekdays():
                comma = "، " if self._phrasebook.language(self._language).right_to_left else ", "
                return comma.join(self._phrasebook.weekday(day, self._language) for day in value.days)
            case ReceiptLine():
                digits = value.digits
                return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
            case Verbatim():
                return isolate(harmless(value.text))
            case _:
                return value


def harmless(text: str) -> str:
    """Return `text`, written by somebody else, so that it can stand inside ours."""
    text = _LINE_BREAKS.sub("\n", text.replace("\t", " "))
    kept = (letter for letter in text if letter in _KEPT or unicodedata.category(letter) not in _DROPPED)
    text = unicodedata.normalize("NFC", "".join(kept))
    return _TOO_MANY_BREAKS.sub("\n\n", _TOO_MANY_MARKS.sub(r"\1", text)).strip()
