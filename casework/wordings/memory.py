"""What helps a translator: how the same language said something like it before, and the word it has for a thing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz, process

from casework.wordings.listing import Line

NEAR = 62  # of 100: less than this is another sentence
MOST = 4
_GLOSSARY = Path(__file__).parents[1] / "seed" / "glossary.toml"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another phrase, much like this one in English, and what was made of it."""

    key: str
    english: str = field(repr=False)
    text: str = field(repr=False)
    likeness: int  # 1 to 100; 100: the same English


@dataclass(frozen=True, slots=True)
class Term:
    """One thing, and its one word."""

    english: str
    word: str
    note: str


@dataclass(frozen=True, slots=True)
class _Row:
    pattern: re.Pattern[str]
    english: str
    words: dict[str, str]
    note: str


def suggestions(line: Line, others: Sequence[Line]) -> list[Suggestion]:
    """How the language said what is like this, the likest first; never two that say the same."""
    there = [one for one in others if one.key != line.key and one.entry is not None and one.english is not None]
    found = process.extract(
        line.english_text, [one.english_text for one in there], scorer=fuzz.ratio, score_cutoff=NEAR, limit=3 * MOST
    )
    said: dict[str, Suggestion] = {}
    for _, likeness, at in found:
        one = there[at]
        said.setdefault(one.text, Suggestion(one.key, one.english_text, one.text, round(likeness)))
    return list(said.values())[:MOST]


def terms(english: str, language: str) -> list[Term]:
    """The words of the glossary that a phrase needs in a language."""
    return [
        Term(row.english, row.words[language], row.note)
        for row in _glossary()
        if language != "en" and row.words.get(language) and row.pattern.search(english)
    ]


@cache
def _glossary() -> tuple[_Row, ...]:
    read = tomllib.loads(_GLOSSARY.read_text(encoding="utf-8"))["term"]
    return tuple(
        _Row(
            _any_of(term["words"]),
            term["en"],
            {code: text for code, text in term.items() if code not in ("words", "note")},
            term.get("note", ""),
        )
        for term in read
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})(?:s|es|ed|ing)?\b", re.IGNORECASE)
