"""What fills a phrase: names, phrases within phrases, a receipt, her own words shown back.

Her words are put in as they are, but nothing in them may steer the text around them:
no direction control, no control character, no tower of accents.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

import regex

from flows.prompt import Lines, Named, Phrase, ReceiptLine, Value, Verbatim
from locales.isolates import isolate
from locales.phrasebook import Phrasebook

_KEPT = frozenset("\n\u200c\u200d")  # joiners shape Urdu letters and emoji
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_BREAKS = regex.compile("\r\n|[\r\u2028\u2029\u0085\u000b\u000c]")
_TOO_MANY_MARKS = regex.compile(r"(\p{M}{4})\p{M}+")
_TOO_MANY_BREAKS = regex.compile("\n{3,}")


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
        self._everywhere: dict[str, str | int | date | datetime] = {}  # a phrase among them needs it to be there
        self._everywhere = {name: self._said(value) for name, value in everywhere.items()}

    def say(self, key: str, values: Mapping[str, Value]) -> str:
        """Return the phrase `key`, filled. Raises MissingPhrase, MissingValue."""
        filling = self._everywhere
        if values:
            filling = filling | {name: self._said(value) for name, value in values.items()}
        return self._phrasebook.say(key, self._language, filling, self._channel)

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
            case Lines():
                return "\n".join(self.say(line.key, line.values) for line in value.items)
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
