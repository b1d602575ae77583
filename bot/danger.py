"""Danger words: what sounds like danger, in every language at once, whatever the session's.

A phrase that stands in the text rings unless an idiom hides its words ("dying of laughter"), it is told
of a film, the news or the law, it is only supposed ("if someone follows me"), or it is denied. What was
long ago rings lower. Recall comes first: between none and amber it is amber where words of harm stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from bot.danger_lists import Lists, read_lists
from bot.danger_matching import Phrase, Places, Span, find
from bot.danger_spelling import spelled, unmasked

Level = Literal["red", "amber", "none"]
SHIPPED = Path(__file__).parent.parent / "locales"
LONGEST = 10_000  # characters looked at; no message is longer
TOLD = 10  # words after "film" or "law" that are about it
AGO = 14  # words around "years ago" that were then
_RANK = {"none": 0, "amber": 1, "red": 2}


@dataclass(frozen=True, slots=True)
class Danger:
    """What a message rings."""

    level: Level
    rang: tuple[str, ...] = field(default=(), repr=False)  # the words that rang, folded, red ones first; hers
    kinds: tuple[str, ...] = ()  # "weapon", "suicide" … in the same order


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Every language's danger lists, ready to ring."""

    lists: Lists = field(repr=False)

    @classmethod
    def load(cls, directory: Path = SHIPPED) -> DangerWords:
        """Every danger list below `directory`. Raises BrokenList."""
        return cls(read_lists(directory))

    def ring(self, text: str) -> Danger:
        """What this text rings. Never raises; time grows with its length only."""
        folded = unmasked(text[:LONGEST])
        if folded in self.lists.answers or not any(map(str.isalpha, folded)):
            return Danger("none")
        places = self.lists.vocabulary.places(*spelled(folded))
        found = list(find(self.lists.phrases, places))
        rung = [(phrase, spans) for phrase, spans in found if phrase.role == "ring"]
        if not rung:
            return Danger("none")
        scene = _Scene(places, found, self.lists)
        words = folded.split(" ")
        heard: dict[tuple[str, str], Level] = {}
        for phrase, spans in rung:
            level = scene.level(phrase, spans)
            rang = (" … ".join(" ".join(words[start:end]) for start, end in sorted(spans)), phrase.kind)
            if _RANK[level] > _RANK[heard.get(rang, "none")]:
                heard[rang] = level
        ordered = sorted(heard, key=lambda rang: -_RANK[heard[rang]])
        level = heard[ordered[0]] if ordered else "none"
        return Danger(level, tuple(words for words, _ in ordered), tuple(kind for _, kind in ordered))


class _Scene:
    """What else stands in the text and takes the sting out of a phrase."""

    def __init__(self, places: Places, found: Sequence[tuple[Phrase, list[Span]]], lists: Lists) -> None:
        spans = {role: _spans(found, role) for role in ("excuses", "elsewhere", "supposing", "long_ago")}
        self._hidden = {place for start, end in spans["excuses"] for place in range(start, end)}
        self._supposed = {place for start, end in spans["supposing"] for place in range(start, end + TOLD)}
        self._elsewhere = {place for start, end in spans["elsewhere"] for place in range(start - 5, end + TOLD)}
        self._ago = spans["long_ago"]
        self._now, self._me, self._mine, self._before, self._close, self._after = (
            {end - 1 for number in lists.sets[name] for _, end in places.get(number, ())}
            for name in ("now", "me", "mine", "before", "close_before", "after")
        )

    def level(self, phrase: Phrase, spans: list[Span]) -> Level:
        """How loud a phrase is here."""
        words = {place for start, end in spans for place in range(start, end)}
        if words & self._hidden or words <= self._supposed or (phrase.deniable and self._denied(*spans[0])):
            return "none"
        start, end = min(words), max(words) + 1
        if words <= self._elsewhere and not (self._me | self._mine).intersection(range(start - 3, end + 3)):
            return "none"
        past = any(then - AGO <= end and start <= until + AGO for then, until in self._ago)
        now = self._now.intersection(range(start - AGO, end + AGO))
        return cast(Level, phrase.past if past and not now else phrase.level)

    def _denied(self, start: int, end: int) -> bool:
        return bool(
            self._before.intersection(range(start - 3, end))
            or self._close.intersection(range(start - 1, end))
            or self._after.intersection(range(start, end + 2))
        )


def _spans(found: Iterable[tuple[Phrase, list[Span]]], role: str) -> list[Span]:
    return [(min(spans)[0], max(end for _, end in spans)) for phrase, spans in found if phrase.role == role]


def danger_line(text: str, words: DangerWords) -> str:
    """One line of JSON: level, rang, kinds."""
    found = words.ring(text)
    return json.dumps({"level": found.level, "rang": found.rang, "kinds": found.kinds}, ensure_ascii=False)
