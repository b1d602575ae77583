"""What people say when they ask for help or tips, or name a place: `locales/<code>/asking.toml`, every language at once.

Only for reading: nothing here is ever shown. A translator owns these lists; `hamraz directory ask` tries them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from flows.reading.fold import fold

SHIPPED = Path(__file__).parent.parent / "locales"
FILE = "asking.toml"
MARKS = ("block", "unit", "sector", "phase", "number")  # what goes before the number of a part of a town


class BrokenAskingWords(Exception):
    """A list of asking words cannot be used; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that together say one thing, in any order; a word may end in * for any ending."""

    kind: str  # of help; or a situation
    words: tuple[str, ...]  # folded
    names: bool  # True: what the thing is called; False: what somebody says who needs it


@dataclass(frozen=True, slots=True)
class AskingWords:
    """Every language's lists, folded."""

    noise: frozenset[tuple[str, ...]] = field(repr=False)  # word sequences around a place that do not tell which
    near: frozenset[str] = field(repr=False)  # words that stand beside a place: "in", "mein", "ڀرسان"
    generic: frozenset[str] = field(repr=False)  # "town", "شہر": a name may have it or lack it
    marks: Mapping[str, str] = field(repr=False)  # "blk" -> "block"
    short: Mapping[str, str] = field(repr=False)  # parts of names cut short, or in another language: "nth" -> "north"
    phrases: tuple[Phrase, ...] = field(repr=False)  # each says a kind of help
    years: frozenset[str] = field(repr=False)  # words after an age: "years", "saal"
    people: Mapping[tuple[str, ...], str] = field(repr=False)  # word sequences -> whom help is for, if not herself
    situations: tuple[Phrase, ...] = field(repr=False)  # each says a situation that there are tips for
    tips: frozenset[tuple[str, ...]] = field(repr=False)  # words for tips themselves
    institution: Mapping[str, str] = field(repr=False)  # "clg" -> "college"; "" for words that tell nothing

    @classmethod
    def load(cls, directory: Path = SHIPPED) -> AskingWords:
        """Every `asking.toml` below `directory`. Raises BrokenAskingWords."""
        noise: set[tuple[str, ...]] = set()
        near: set[str] = set()
        generic: set[str] = set()
        marks: dict[str, str] = {}
        short: dict[str, str] = {}
        phrases: list[Phrase] = []
        institution: dict[str, str] = {}
        years: set[str] = set()
        people: dict[tuple[str, ...], str] = {}
        situations: list[Phrase] = []
        tips: set[tuple[str, ...]] = set()
        for path in sorted(directory.glob(f"*/{FILE}")):
            said = _read(path)
            place = dict(_table(said.get("place", {}), path, "place"))
            for word, forms in _table(place.pop("short", {}), path, "place.short").items():
                short.update({fold(form): word for form in _listed(forms, path, f"place.short.{word}")})
            for name, words in place.items():
                folded = [tuple(fold(word).split()) for word in _listed(words, path, f"place.{name}")]
                if name in ("noise", "near"):
                    noise.update(folded)
                    near.update(words[0] for words in folded if name == "near" and len(words) == 1)
                elif name == "generic":
                    generic.update(word for words in folded for word in words)
                elif name in MARKS:
                    marks.update({word: name for words in folded for word in words})
                else:
                    raise BrokenAskingWords(
                        f"{path}: place.{name} is none of near, noise, generic, short, {', '.join(MARKS)}"
                    )
            phrases += _phrases(_table(said.get("kinds", {}), path, "kinds"), path, "kinds")
            aged = _table(said.get("age", {}), path, "age").get("years", [])
            years.update(fold(word) for word in _listed(aged, path, "age.years"))
            for person, words in _table(said.get("people", {}), path, "people").items():
                people.update({tuple(fold(word).split()): person for word in _listed(words, path, f"people.{person}")})
            situations += _phrases(_table(said.get("situations", {}), path, "situations"), path, "situations")
            wanted = _table(said.get("tips", {}), path, "tips").get("words", [])
            tips.update(tuple(fold(word).split()) for word in _listed(wanted, path, "tips.words"))
            for name, words in _table(said.get("institution", {}), path, "institution").items():
                for word in _listed(words, path, f"institution.{name}"):
                    for part in fold(word).split():
                        institution.setdefault(part, "" if name == "noise" else name)
        if not phrases:
            raise BrokenAskingWords(f"{directory}: no {FILE} in any language")
        return cls(
            noise=frozenset(noise),
            near=frozenset(near),
            generic=frozenset(generic),
            marks=marks,
            short=short,
            phrases=tuple(dict.fromkeys(phrases)),
            years=frozenset(years),
            people=people,
            situations=tuple(dict.fromkeys(situations)),
            tips=frozenset(tips),
            institution=institution,
        )


@cache
def shipped_words() -> AskingWords:
    """The lists that are shipped, read once. Raises BrokenAskingWords."""
    return AskingWords.load()


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BrokenAskingWords(f"{path}: {error}") from None


def _phrases(kinds: Mapping[str, Any], path: Path, of: str) -> Iterator[Phrase]:
    for kind, lists in kinds.items():
        for name, words in _table(lists, path, f"{of}.{kind}").items():
            if name not in ("names", "needs"):
                raise BrokenAskingWords(f"{path}: {of}.{kind}.{name} is neither names nor needs")
            for phrase in _listed(words, path, f"{of}.{kind}.{name}"):
                folded = tuple(fold(word.rstrip("*")) + ("*" if word.endswith("*") else "") for word in phrase.split())
                if not all(word.rstrip("*") for word in folded):
                    raise BrokenAskingWords(f"{path}: {of}.{kind}.{name}: {phrase!r} has a word without letters")
                yield Phrase(kind, folded, names=name == "names")


def _table(value: object, path: Path, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BrokenAskingWords(f"{path}: {where} is a table")
    return value


def _listed(value: object, path: Path, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise BrokenAskingWords(f"{path}: {where} is a list of words in quotes")
    return value
