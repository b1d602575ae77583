"""The word tables beside this file, folded once when the program starts.

Tables are data for translators: TOML, comma-separated words by language. Nothing here is
about a person: the tables are the same for everybody.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flows.reading.fold import fold
from flows.reading.sounds import sound

_FOLDER = Path(__file__).with_name("tables")


def load(name: str) -> dict[str, Any]:
    """Return the table called `name` as it is written."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def words(value: object) -> frozenset[str]:
    """Return every comma-separated word under `value`, folded; `value` may be nested lists and tables."""
    return frozenset(_words(value))


def _words(value: object) -> Iterable[str]:
    if isinstance(value, str):
        for word in value.split(","):
            if folded := fold(word):
                yield folded
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


_SMALL = load("small_words")
FILLER = words(_SMALL["filler"])
WEAK = words(_SMALL["weak"])
NEGATION = words(_SMALL["negation"])
DOUBT = words(_SMALL["doubt"])
QUESTION = words(_SMALL["question"])
AWAY = words(_SMALL["away"])
OR = words(_SMALL["or"])
REAL = words(_SMALL["real"])  # words that no typo help may turn into others


_THINGS = load("meanings")
WIDER: dict[str, str] = _THINGS.pop("wider")  # "who.husband" → "who.relative"


def _meanings() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for domain, things in _THINGS.items():
        for thing, spelled in things.items():
            for phrase in words(spelled):
                found.setdefault(phrase, []).append(f"{domain}.{thing}")
    return {phrase: tuple(things) for phrase, things in found.items()}


MEANINGS = _meanings()  # folded word or phrase → what it may mean, "domain.thing"
LONGEST = max(phrase.count(" ") + 1 for phrase in MEANINGS)


def _single_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for phrase, things in MEANINGS.items():
        if " " not in phrase:
            for thing in things:
                found.setdefault(thing, []).append(phrase)
    return {thing: tuple(spelled) for thing, spelled in found.items()}


WORDS_OF = _single_words()  # "domain.thing" → its single words, for typo help


def _by_ear() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for phrase, things in MEANINGS.items():
        if " " not in phrase and len(key := sound(phrase).key) > 3:
            found.setdefault(key, set()).update(things)
    return {key: tuple(sorted(things)) for key, things in found.items()}


EARS = _by_ear()  # how a known word sounds → what it may mean
