"""What is wrong with a cell, and its mend, in the language of the interface.

Casework says it in English, in sentences that the English words of the console repeat with their places to fill. So a
sentence is found among them and said in the other language; one that has no words yet is shown in English.
"""

from __future__ import annotations

import re
from functools import cache

from flask import g
from markupsafe import Markup

from web.console.words import FIRST, languages

_PLACE = re.compile(r"\{(\w+)\}")


def said(text: str, table: str) -> Markup:
    """A sentence of casework. table: "fault" or "mend"."""
    if g.words.code != FIRST:
        for key, pattern in _patterns(table):
            found = pattern.fullmatch(text)
            if found is not None and key in g.words.texts:
                values = {name: Markup("<bdi>{}</bdi>").format(value) for name, value in found.groupdict().items()}
                return Markup("{}").format(Markup(g.words.texts[key]).format(**values))  # noqa: S704  # words of ours
    return Markup('<bdi lang="en">{}</bdi>').format(text)


@cache
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each sentence with its places open, the plainest first: "it is empty" before "it is {what}"."""
    sentences = [(key, text) for key, text in languages()[FIRST].texts.items() if key.startswith(f"{table}.")]
    sentences.sort(key=lambda one: (len(_PLACE.findall(one[1])), -len(_PLACE.sub("", one[1]))))
    return tuple((key, re.compile(_opened(text), re.DOTALL)) for key, text in sentences)


def _opened(text: str) -> str:
    pieces = _PLACE.split(text)  # words, name, words, name, words
    return "".join(f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
