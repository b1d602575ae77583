"""Danger words: what sounds like danger, in every language at once, whatever the session's.

Each language folder has a `danger.toml`: rings (phrases with a kind and a level), excuses (idioms
that hide the words they span), words that deny and words that say it was long ago. A phrase is
words in order; `a|b` is either, `word*` any ending, `..` up to three words between. Recall comes
first: between none and amber it is amber; between amber and red, for a life, it is red.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from flows.reading.fold import fold
from flows.reading.loose import loose

Level = Literal["red", "amber", "none"]
SHIPPED = Path(__file__).parent.parent / "locales"
LONGEST = 10_000  # characters looked at; no message is longer
_GAP = 3
_RANK = {"none": 0, "amber": 1, "red": 2}
_SPELLED = re.compile(r"\b(?:\w[\s.\-_*]+){3,}\w\b")  # "h e l p", "k.i.l.l"


class BrokenList(Exception):
    """A danger list cannot be read. Names the file and the entry, which is ours, not hers."""


@dataclass(frozen=True, slots=True)
class Danger:
    """What a message rings. Shows entries of our lists, never words of hers."""

    level: Level
    rang: tuple[str, ...] = ()  # list entries, red ones first
    kinds: tuple[str, ...] = ()  # "weapon", "suicide" … in the same order


@dataclass(frozen=True, slots=True)
class _Word:
    whole: frozenset[str]
    stems: tuple[str, ...]
    after_gap: bool

    def fits(self, token: str) -> bool:
        return token in self.whole or (bool(self.stems) and token.startswith(self.stems))


@dataclass(frozen=True, slots=True)
class _Phrase:
    shown: str
    words: tuple[_Word, ...]
    kind: str = "excuse"
    level: Level = "none"
    past: Level = "none"  # the level when she says it was long ago
    deniable: bool = False


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Every language's danger lists, ready to ring."""

    rings: Mapping[str, tuple[_Phrase, ...]] = field(repr=False)  # by the first word, or its first two letters
    excuses: Mapping[str, tuple[_Phrase, ...]] = field(repr=False)
    denials: frozenset[str] = field(repr=False)
    long_ago: tuple[_Phrase, ...] = field(repr=False)
    known: frozenset[str] = field(repr=False)

    @classmethod
    def load(cls, directory: Path = SHIPPED) -> DangerWords:
        """Every `danger.toml` below `directory`. Raises BrokenList."""
        rings: list[_Phrase] = []
        excuses: list[_Phrase] = []
        denials: set[str] = set()
        long_ago: list[_Phrase] = []
        for path in sorted(directory.glob("*/danger.toml")):
            data = _read(path)
            for entry in data.get("ring", ()):
                rings += [_phrase(text, entry) for text in entry["phrases"]]
            excuses += [_phrase(text, {}) for text in data.get("excuses", ())]
            denials |= {_key(word) for word in data.get("denials", ())}
            long_ago += [_phrase(text, {}) for text in data.get("long_ago", ())]
        known = {whole for phrase in rings for word in phrase.words for whole in word.whole}
        return cls(_indexed(rings), _indexed(excuses), frozenset(denials), tuple(long_ago), frozenset(known))

    def ring(self, text: str) -> Danger:
        """What this text rings. Never raises; time grows with its length only."""
        tokens = self._tokens(text[:LONGEST])
        hidden: set[int] = set()
        for start, end, _ in _found(tokens, self.excuses):
            hidden.update(range(start, end))
        past = any(_match(phrase, tokens, start) for phrase in self.long_ago for start in range(len(tokens)))
        heard: dict[_Phrase, Level] = {}
        for start, end, phrase in _found(tokens, self.rings):
            if hidden.intersection(range(start, end)):
                continue
            if phrase.deniable and self._denied(tokens, start, end):
                continue
            level = phrase.past if past else phrase.level
            if level != "none":
                heard[phrase] = level
        ordered = sorted(heard.items(), key=lambda item: -_RANK[item[1]])
        level = ordered[0][1] if ordered else "none"
        return Danger(level, tuple(phrase.shown for phrase, _ in ordered), tuple(phrase.kind for phrase, _ in ordered))

    def _denied(self, tokens: list[str], start: int, end: int) -> bool:
        around = (*tokens[max(0, start - 3) : start], *tokens[end : end + 2])
        return any(token in self.denials for token in around)

    def _tokens(self, text: str) -> list[str]:
        joined = _SPELLED.sub(lambda found: re.sub(r"[\s.\-_*]+", "", found[0]), text)
        return [self._plain(word) for word in fold(joined).split()]

    def _plain(self, word: str) -> str:
        """The word's key; a stretched one ("baaachaaao") like the plain one."""
        key = _key(word)
        if key not in self.known and any(len(list(same)) > 2 for _, same in groupby(word)):
            return _key("".join(letter for letter, _ in groupby(word)))
        return key


def danger_line(text: str, words: DangerWords) -> str:
    """One line of JSON: level, rang, kinds."""
    found = words.ring(text)
    return json.dumps({"level": found.level, "rang": found.rang, "kinds": found.kinds}, ensure_ascii=False)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as trouble:
        raise BrokenList(f"{path.parent.name}/{path.name}: {trouble}") from None


def _phrase(text: str, entry: Mapping[str, Any]) -> _Phrase:
    words, gap = [], False
    for part in text.split():
        if part == "..":
            gap = True
            continue
        forms = part.split("|")
        whole = frozenset(_key(form) for form in forms if not form.endswith("*"))
        stems = tuple(_key(form[:-1]) for form in forms if form.endswith("*"))
        words.append(_Word(whole, stems, gap))
        gap = False
    level: Level = entry.get("level", "none")
    kind = entry.get("kind", "excuse")
    return _Phrase(
        text,
        tuple(words),
        kind,
        level,
        entry.get("past", "amber" if level == "red" else level),
        entry.get("deniable", False),
    )


def _key(word: str) -> str:
    """One key for spellings that sound alike; other scripts stay as folded."""
    folded = fold(word).replace(" ", "")
    return loose(folded) or folded


def _indexed(phrases: Iterable[_Phrase]) -> dict[str, tuple[_Phrase, ...]]:
    index: dict[str, list[_Phrase]] = {}
    for phrase in phrases:
        first = phrase.words[0]
        for key in {*first.whole, *(f"{stem[:2]}*" for stem in first.stems)}:
            index.setdefault(key, []).append(phrase)
    return {key: tuple(found) for key, found in index.items()}


def _found(tokens: list[str], index: Mapping[str, tuple[_Phrase, ...]]) -> Iterable[tuple[int, int, _Phrase]]:
    for start, token in enumerate(tokens):
        for phrase in (*index.get(token, ()), *index.get(f"{token[:2]}*", ())):
            end = _match(phrase, tokens, start)
            if end:
                yield start, end, phrase


def _match(phrase: _Phrase, tokens: list[str], start: int) -> int:
    """Where the phrase ends if it begins at `start`, else 0."""
    if not phrase.words[0].fits(tokens[start]):
        return 0
    place = start + 1
    for word in phrase.words[1:]:
        reach = place + (_GAP if word.after_gap else 0)
        while place <= reach and place < len(tokens) and not word.fits(tokens[place]):
            place += 1
        if place > reach or place >= len(tokens):
            return 0
        place += 1
    return place
