"""What is wrong with a cell or with a flow, and its mend, in the language of the interface.

Casework and the checks of flows say it in English, in sentences that the English words of the console repeat with their places to fill. So a
sentence is found among them and said in the other language; one that has no words yet is shown in English.
"""

from __future__ import annotations

import re
from functools import cache

from flask import g
from markupsafe import Markup

from locales.isolates import isolate
from web.console.words import FIRST, languages

_PLACE = re.compile(r"\{(\w+)\}")


def said(text: str, table: str) -> Markup:
    """One of those sentences. table: of the console's words, "fault" or "mend", say."""
    found = _found(text, table)
    if found is None:
        return Markup('<bdi lang="en">{}</bdi>').format(text)
    key, values = found
    shown = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in values.items()}
    return Markup("{}").format(Markup(g.words.texts[key]).format(**shown))  # noqa: S704  # words of ours


def told(text: str, table: str) -> str:
    """The same as plain text, for within a sentence."""
    found = _found(text, table)
    if found is None:
        return text
    key, values = found
    words: str = g.words.texts[key]
    return words.format(**{name: isolate(value) for name, value in values.items()})


def _found(text: str, table: str) -> tuple[str, dict[str, str]] | None:
    """Its words in the language of the page, and what fills them; None where English says it, or where it has none."""
    if g.words.code == FIRST:
        return None
    for key, pattern in _patterns(table):
        found = pattern.fullmatch(text)
        if found is not None and key in g.words.texts:
            return key, found.groupdict()
    return None


@cache
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence with its places open, the plainest first: "it is empty" before "it is {what}"."""
    sentences = [(key, text) for key, text in languages()[FIRST].texts.items() if key.startswith(f"{table}.")]
    sentences.sort(key=lambda one: (len(_PLACE.findall(one[1])), -len(_PLACE.sub("", one[1]))))
    return tuple((key, re.compile(_opened(text), re.DOTALL)) for key, text in sentences)


def _opened(text: str) -> str:
    pieces = _PLACE.split(text)  # words, name, words, name, words
    return "".join(f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
