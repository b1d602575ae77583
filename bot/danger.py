"""Danger words: what sounds like danger, in every language at once, whatever the session's.

A phrase that stands in the text rings unless an idiom hides its words ("dying of laughter"), it is told
of a film, the news or the law, it is only supposed ("if someone follows me"), or it is denied. What was
long ago rings lower. Recall comes first: between none and amber it is amber where words of harm stand.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Literal, cast

from bot.danger_lists import Lists, read_lists
from bot.danger_matching import Phrase, Places, Span, find
from bot.danger_spelling import sentences, spelled

Level = Literal["red", "amber", "none"]
SHIPPED = Path(__file__).parent.parent / "locales"
LONGEST = 10_000  # characters looked at; no message is longer
TOLD = 12  # words after "film" or "law" that are about it
TOLD_BEFORE = 5  # words before them that are
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
        told = sentences(text[:LONGEST])
        folded = " ".join(told)
        if folded in self.lists.answers or not any(map(str.isalpha, folded)):
            return Danger("none")
        places = self.lists.vocabulary.places(*spelled(folded))
        found = list(find(self.lists.phrases, places))
        rung = [(phrase, spans) for phrase, spans in found if phrase.role == "ring"]
        if not rung:
            return Danger("none")
        ends = list(accumulate(sentence.count(" ") + 1 for sentence in told))
        scene = _Scene(places, found, self.lists, ends)
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

    def __init__(
        self, places: Places, found: Sequence[tuple[Phrase, list[Span]]], lists: Lists, ends: Sequence[int]
    ) -> None:
        spans = {role: _spans(found, role, ends) for role in ("excuses", "elsewhere", "supposing", "long_ago")}
        self._ends = ends
        self._hidden = {place for start, end in spans["excuses"] for place in range(start, end)}
        self._supposed = self._around(spans["supposing"], 0, TOLD)
        self._elsewhere = self._around(spans["elsewhere"], TOLD_BEFORE, TOLD)
        self._then = {place for start, end in spans["long_ago"] for place in range(start - AGO, end + AGO)}
        self._now, self._me, self._mine, self._before, self._close, self._after, self._between = (
            {end - 1 for number in lists.sets[name] for _, end in places.get(number, ())}
            for name in ("now", "me", "mine", "before", "close_before", "after", "between")
        )

    def level(self, phrase: Phrase, spans: list[Span]) -> Level:
        """How loud a phrase is here."""
        words = {place for start, end in spans for place in range(start, end)}
        if words & self._hidden or words <= self._supposed or (phrase.deniable and self._denied(*spans[0])):
            return "none"
        start, end = min(words), max(words) + 1
        if words <= self._elsewhere and not (self._me | self._mine).intersection(range(start - 3, end + 3)):
            return "none"
        past = not words.isdisjoint(self._then)
        now = self._now.intersection(range(start - AGO, end + AGO))
        return cast(Level, phrase.past if past and not now else phrase.level)

    def _denied(self, start: int, end: int) -> bool:
        begins, ends = self._sentence(start, end)
        return bool(
            self._before.intersection(range(max(begins, start - 3), end))
            or self._close.intersection(range(max(begins, start - 1), end))
            or self._after.intersection(range(start, min(ends, end + 1)))
            or (end in self._between and end + 1 in self._after and end + 1 < ends)
        )

    def _around(self, spans: Sequence[Span], before: int, after: int) -> set[int]:
        """The words near spans, each within its sentence."""
        near: set[int] = set()
        for start, end in spans:
            begins, ends = self._sentence(start, end)
            near.update(range(max(begins, start - before), min(ends, end + after)))
        return near

    def _sentence(self, start: int, end: int) -> Span:
        """The first word of the sentence that `start` is in, and the word after the one that `end` ends in."""
        before = bisect_right(self._ends, start)
        return self._ends[before - 1] if before else 0, self._ends[bisect_left(self._ends, end)]


def _spans(found: Iterable[tuple[Phrase, list[Span]]], role: str, ends: Sequence[int]) -> list[Span]:
    """Where the phrases of a role stand, those that run over the end of a sentence left out."""
    whole = [(min(spans)[0], max(end for _, end in spans)) for phrase, spans in found if phrase.role == role]
    return [(start, end) for start, end in whole if bisect_right(ends, start) == bisect_left(ends, end)]


def danger_line(text: str, words: DangerWords) -> str:
    """One line of JSON: level, rang, kinds."""
    found = words.ring(text)
    return json.dumps({"level": found.level, "rang": found.rang, "kinds": found.kinds}, ensure_ascii=False)
