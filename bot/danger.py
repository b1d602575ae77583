"""Danger words: does this message sound as if she is in danger now?

Read in every language's list whatever language she chose, since fear mixes languages. A level
raises priority and shows the emergency card; it changes no answer and no state. Recall comes
first: between none and amber it is amber, between amber and red for her life it is red.
Pure and linear: each word is looked up once, then only patterns whose rarest group is present
are tried, each by bisection. Nothing of a message is kept.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import locales
from bot.danger_lists import LEVELS, Level, Lists, Pattern, Rule, read_lists
from bot.danger_spelling import (
    close_key,
    loose_key,
    plain,
    skeleton,
    unspell,
    words_of,
)

SHIPPED: Final = Path(locales.__file__).parent
MOST_LETTERS: Final = 10_000  # as much as one inbound message carries
_NEAR: Final = 6  # words that may stand between two parts joined by &
_SLOW_LOOKS: Final = 150  # unknown words that are tried as slips; a long story has enough known ones
_LONGEST_WORD: Final = 14  # when "h e l p m e" is split

Span = tuple[int, int]
Found = dict[int, list[Span]]


@dataclass(frozen=True, slots=True)
class Danger:
    """What a message rings. Shows entries of our lists, never words of hers."""

    level: Level
    rang: tuple[str, ...] = ()  # list entries, red ones first
    kinds: tuple[str, ...] = ()  # "weapon", "suicide" … in the same order


NOTHING: Final = Danger("none")


@dataclass(frozen=True, slots=True)
class DangerWords:
    """Every language's danger lists, ready to ring."""

    lists: Lists = field(repr=False)

    @classmethod
    def load(cls, directory: Path = SHIPPED) -> DangerWords:
        """Return the lists of `directory`. Raises BrokenList when one cannot be read."""
        return cls(read_lists(directory))

    def ring(self, text: str) -> Danger:
        """Return how dangerous `text` sounds. Never raises; reads the first 10,000 characters."""
        words, places = words_of(self._unglued(plain(text[:MOST_LETTERS])))
        if not words:
            return NOTHING
        found, known = self._look_up(words, places)
        if not found:
            return NOTHING
        excused = self._without_excuses(found)
        return self._weigh(found, excused, known == len(words))

    def _unglued(self, text: str) -> str:
        text, runs = unspell(text)
        for run in runs:
            letters = run.replace(" ", "")
            text = text.replace(run, f" {split_letters(letters, self.lists.surfaces)} ", 1)
        return text

    def _look_up(self, words: list[str], places: list[int]) -> tuple[Found, int]:
        """Return each group with the spans where it stands, and how many words any group knows."""
        lists = self.lists
        joined = close_key(" ".join(words))
        close = joined.split(" ")
        loose = loose_key(joined).split(" ")
        found: Found = {}
        last = len(words)
        known: set[int] = set()
        looks = _SLOW_LOOKS
        for i, word in enumerate(close):
            near = lists.close.get(word)
            far = lists.loose.get(loose[i])
            if near is None and far is None and looks and len(word) > 3:
                looks -= 1
                near, far = self._guess(word, loose[i])
                for group in self._stem(word):
                    known.add(i)
                    found.setdefault(group, []).append((places[i], places[i]))
            for keys, entries in ((close, near), (loose, far)):
                for rest, group in entries or ():
                    end = i + len(rest)
                    if end < last and (not rest or tuple(keys[i + 1 : end + 1]) == rest):
                        spans = found.setdefault(group, [])
                        span = (places[i], places[end])
                        if not spans or spans[-1] != span:
                            spans.append(span)
                        known.update(range(i, end + 1))
        return found, len(known)

    def _guess(self, word: str, loose: str) -> tuple[Entries | None, Entries | None]:
        """Return what an unknown word may be: vowels left out, one slip, or two words glued."""
        lists = self.lists
        bones = skeleton(loose)
        if len(bones) >= 4 and bones in lists.skeletons:
            return None, lists.loose[lists.skeletons[bones]]
        if len(word) >= 5 and word in lists.slips:
            return lists.close[lists.slips[word]], None
        if len(word) >= 6:
            for i in range(1, len(word)):
                for slip in (
                    word[:i] + word[i + 1 :],
                    word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :],
                ):
                    if len(slip) >= 6 and slip in lists.close:
                        return lists.close[slip], None
        return None, None

    def _stem(self, word: str) -> tuple[int, ...]:
        for end in range(4, len(word) + 1):
            groups = self.lists.stems.get(word[:end])
            if groups:
                return groups
        return ()

    def _without_excuses(self, found: Found) -> Found:
        """Return what is left of `found` when idioms, negations and mere questions are taken out."""
        hidden: list[Span] = []
        for pattern, rule in _candidates(self.lists.excuses, found):
            if rule.unless.isdisjoint(found):
                hidden.extend(_spans(pattern, found))
        if not hidden:
            return found
        places = {place for start, end in hidden for place in range(start, end + 1)}
        left = {
            group: [span for span in spans if span[0] not in places and span[1] not in places]
            for group, spans in found.items()
        }
        return {group: spans for group, spans in left.items() if spans}

    def _weigh(self, found: Found, excused: Found, only_known: bool) -> Danger:
        groups = self.lists.groups
        faded = groups.get("long_ago") in excused and groups.get("recent") not in excused
        rang: list[tuple[int, str, str]] = []
        for source, despite in ((excused, False), (found, True)):
            for pattern, rule in _candidates(self.lists.rules, source):
                if rule.despite is not despite or not rule.unless.isdisjoint(found):
                    continue
                if rule.alone and not only_known:
                    continue
                level = rule.past if faded else rule.level
                if level != "none" and _spans(pattern, source):
                    rang.append((-LEVELS.index(level), pattern.shown, rule.kind))
        if not rang:
            return NOTHING
        rang.sort(key=lambda bell: bell[0])
        return Danger(
            LEVELS[-rang[0][0]],
            tuple(dict.fromkeys(shown for _, shown, _ in rang)),
            tuple(dict.fromkeys(kind for _, _, kind in rang)),
        )


Entries = tuple[tuple[tuple[str, ...], int], ...]


def _candidates(rules: Mapping[int, tuple[tuple[Pattern, Rule], ...]], found: Found) -> Iterator[tuple[Pattern, Rule]]:
    for group in found:
        for pattern, rule in rules.get(group, ()):
            if pattern.groups <= found.keys():
                yield pattern, rule


def _spans(pattern: Pattern, found: Found) -> list[Span]:
    """Return where the pattern stands: from its first word to its last, each time."""
    parts = [_ordered(part, found) for part in pattern.parts]
    if len(parts) == 1 or not all(parts):
        return parts[0] if len(parts) == 1 else []
    parts.sort(key=len)
    whole: list[Span] = []
    for start, end in parts[0]:
        low, high = start, end
        for other in parts[1:]:
            near = _nearest(other, start, end)
            if near is None:
                break
            low, high = min(low, near[0]), max(high, near[1])
        else:
            whole.append((low, high))
    return whole


def _ordered(steps: tuple[tuple[int, int], ...], found: Found) -> list[Span]:
    spans = found[steps[0][0]]
    for group, gap in steps[1:]:
        nexts = found[group]
        longer: list[Span] = []
        for start, end in spans:
            i = bisect_left(nexts, (end + 1, -1))
            if i < len(nexts) and nexts[i][0] - end - 1 <= gap:
                longer.append((start, nexts[i][1]))
        spans = longer
    return spans


def _nearest(spans: list[Span], start: int, end: int) -> Span | None:
    i = bisect_left(spans, (start, -1))
    for j in (i, i - 1):
        if 0 <= j < len(spans):
            low, high = spans[j]
            if low - end - 1 <= _NEAR and start - high - 1 <= _NEAR:
                return spans[j]
    return None


def split_letters(letters: str, surfaces: frozenset[str]) -> str:
    """Return "helpme" as "help me": the split that leaves the fewest letters unexplained."""
    best: list[tuple[int, int, str]] = [(0, 0, "")]  # (letters left over, words, the last word)
    for end in range(1, len(letters) + 1):
        left, count, _ = best[end - 1]
        choice = (left + 1, count + 1, letters[end - 1])
        for start in range(max(0, end - _LONGEST_WORD), end - 1):
            word = letters[start:end]
            if word in surfaces or close_key(word) in surfaces:
                choice = min(choice, (best[start][0], best[start][1] + 1, word))
        best.append(choice)
    words: list[str] = []
    end = len(letters)
    while end:
        words.append(best[end][2])
        end -= len(best[end][2])
    return " ".join(reversed(words))


def danger_line(text: str, words: DangerWords) -> str:
    """Return one line of JSON for `hamraz danger`: level, rang and kinds."""
    danger = words.ring(text)
    return json.dumps({"level": danger.level, "rang": danger.rang, "kinds": danger.kinds}, ensure_ascii=False)
