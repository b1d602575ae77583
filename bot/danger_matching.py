"""Finding phrases in a text: which words stand where, and which phrases they make.

A phrase is parts that may stand in any order near each other; a part is places (a word, or one of a
class of words) in their order, next to each other or with a gap. Time grows with the text only.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.danger_spelling import LEAST_TYPO, bones, slips, unended
from flows.reading.texts import Texts

GAP = 3  # words that `..` may skip
NEAR = 10  # words that may lie between two parts joined by `&`

TELLING = 3  # words of Roman Urdu or Sindhi that tell what a text is, where no single one does
LEAST_FOREIGN = 6  # letters of a word of Urdu or Sindhi that is heard within a text of another language
PLAINLY = 2  # common English or Spanish words after which nothing is read as Roman Urdu or Sindhi

_NONE: frozenset[int] = frozenset()

Span = tuple[int, int]  # first word, word after the last
Run = tuple[tuple[int, int], ...]  # (set of words, words that may be skipped before it), in order
Chain = tuple[Run, int]  # what follows the second word, and the set that the whole is in
Places = Mapping[int, Sequence[Span]]  # where each known set of words stands

NOTHING: Mapping[int, Sequence[Chain]] = {}  # one for the thousands of words that begin no chain


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of a list, ready to be looked for."""

    shown: str  # as the list has it
    parts: tuple[Run, ...]
    needs: frozenset[int]
    role: str  # "ring", "excuses", "elsewhere", "supposing" or "long_ago"
    kind: str = ""
    level: str = "none"
    past: str = "none"
    deniable: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a word: the sets it is in, and the chains ("right now") that it begins."""

    sets: tuple[int, ...]
    next: Mapping[int, Sequence[Chain]]  # by the set that must follow at once
    later: Mapping[int, Sequence[Chain]]  # by the set that must follow soon


@dataclass(frozen=True, slots=True)
class Habits:
    """What the lists say of how people write."""

    telling: frozenset[str] = field(repr=False)  # words that tell a text is Roman Urdu or Sindhi
    plainly: frozenset[str] = field(repr=False)  # words that tell it is English or Spanish
    misread: frozenset[str] = field(repr=False)  # English words that are others there: "me" is "in"
    spelt: Mapping[str, str] = field(repr=False)  # shorthand, and the sound it stands for


@dataclass(frozen=True, slots=True)
class Slipped:
    """Spellings and the words that each may mean, packed: there are five times as many as words."""

    spellings: Texts = field(repr=False)
    meant: Sequence[Sequence[str]] = field(repr=False)  # by the number of the spelling

    def words(self, spelling: str) -> Sequence[str]:
        number = self.spellings.number(spelling)
        return () if number is None else self.meant[number]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every word of every list, by its letters and by its sound."""

    plain: Mapping[str, Entry] = field(repr=False)
    sound: Mapping[str, Entry] = field(repr=False)
    plain_stems: Mapping[str, Entry] = field(repr=False)
    sound_stems: Mapping[str, Entry] = field(repr=False)
    missing: Slipped = field(repr=False)  # with a letter too few, or two swapped: the plain words
    bare: Mapping[str, Sequence[str]] = field(repr=False)  # consonants: the sounds that have them
    ended: Mapping[str, Sequence[str]] = field(repr=False)  # without the last vowel: the sounds
    clipped: Mapping[str, Sequence[str]] = field(repr=False)  # without vowels: the plain words
    clipped_sounds: Mapping[str, Sequence[str]] = field(repr=False)  # without vowels: the sounds
    habits: Habits

    def places(self, plain: list[str], heard: list[str]) -> Places:
        """Where each set of words stands in a text, in order."""
        habits = self.habits
        heard = [habits.spelt.get(word, sound) for word, sound in zip(plain, heard, strict=True)]
        if not habits.telling.isdisjoint(plain) or self._sounds_foreign(plain, heard):
            plain = ["" if word in habits.misread else word for word in plain]
        elif sum(word in habits.plainly for word in plain) >= PLAINLY:
            heard = [self._unlike(word, sound) for word, sound in zip(plain, heard, strict=True)]
        at = [self._entries(word, sound) for word, sound in zip(plain, heard, strict=True)]
        sets = [
            entries[0].sets if len(entries) == 1 else _NONE.union(*[entry.sets for entry in entries]) for entries in at
        ]
        found: dict[int, list[Span]] = {}
        for place, numbers in enumerate(sets):
            span = (place, place + 1)
            for number in numbers:
                found.setdefault(number, []).append(span)
        longer = False
        for place, entries in enumerate(at):
            for entry in entries:
                for (rest, whole), start in _begun(entry, sets, place + 1):
                    end = _follows(rest, sets, start)
                    if end:
                        found.setdefault(whole, []).append((place, end))
                        longer = True
        if longer:
            for spans in found.values():
                spans.sort()
        return found

    def _unlike(self, plain: str, heard: str) -> str:
        """The sound of a word within English or Spanish; "" where it is likely one of theirs."""
        foreign = len(plain) >= LEAST_FOREIGN and plain not in self.plain and heard in self.sound
        return heard if foreign or not heard.isascii() else ""

    def _sounds_foreign(self, plain: list[str], heard: list[str]) -> bool:
        """Whether words known by their sound alone tell that a text is Roman Urdu or Sindhi."""
        if not self.habits.plainly.isdisjoint(plain):
            return False
        pairs = zip(plain, heard, strict=True)
        return sum(word not in self.plain and sound in self.sound for word, sound in pairs) >= TELLING

    def _entries(self, plain: str, heard: str) -> list[Entry]:
        entries = []
        for known, stems, word in (
            (self.plain, self.plain_stems, plain),
            (self.sound, self.sound_stems, heard),
        ):
            entry = known.get(word)
            if entry is not None:
                entries.append(entry)
            for length in range(2, len(word) + 1):
                entry = stems.get(word[:length])
                if entry is not None:
                    entries.append(entry)
        return entries or self._nearly(plain, heard)

    def _nearly(self, plain: str, heard: str) -> list[Entry]:
        """An unknown word: the known one without its vowels, with a letter more or fewer, or with the same consonants."""
        near = [self.plain[word] for word in self.clipped.get(plain, ())]
        if heard:
            for spelling in {plain, heard}:
                near += [self.sound[word] for word in self.clipped_sounds.get(spelling, ())]
        if near or len(plain) < LEAST_TYPO:
            return near
        near = [self.plain[slip] for slip in slips(plain) if len(slip) >= LEAST_TYPO - 1 and slip in self.plain]
        near += [self.plain[word] for word in self.missing.words(plain)]
        near = near or [self.sound[word] for word in self.bare.get(bones(heard), ())]
        return near or [self.sound[word] for word in self.ended.get(unended(heard), ())]


def _begun(entry: Entry, sets: Sequence[Collection[int]], place: int) -> Iterable[tuple[Chain, int]]:
    """The chains of a word whose second word stands at `place` or soon after, and where to look for the third."""
    if place >= len(sets):
        return
    if entry.next:
        for number in sets[place]:
            for chain in entry.next.get(number, ()):
                yield chain, place + 1
    if entry.later:
        seen: set[int] = set()
        for here in range(place, min(place + GAP + 1, len(sets))):
            for number in sets[here]:
                if number not in seen:
                    for chain in entry.later.get(number, ()):
                        yield chain, here + 1
            seen.update(sets[here])


def _follows(rest: Run, sets: Sequence[Collection[int]], place: int) -> int:
    """Where the words that must follow end, else 0."""
    for number, gap in rest:
        for here in range(place, min(place + gap + 1, len(sets))):
            if number in sets[here]:
                place = here + 1
                break
        else:
            return 0
    return place


def find(phrases: Mapping[int, Sequence[Phrase]], places: Places) -> Iterable[tuple[Phrase, list[Span]]]:
    """Each phrase that stands in the text, with the spans of its parts, once for each place of its first."""
    for number in places:
        for phrase in phrases.get(number, ()):
            if phrase.needs <= places.keys():
                yield from ((phrase, spans) for spans in _matches(phrase, places))


def _matches(phrase: Phrase, places: Places) -> Iterable[list[Span]]:
    runs = [_runs(part, places) for part in phrase.parts]
    if not all(runs):
        return
    for first in runs[0]:
        spans = [first]
        for others in runs[1:]:
            near = _nearest(first, others)
            if near is None:
                break
            spans.append(near)
        else:
            yield spans


def _runs(part: Run, places: Places) -> list[Span]:
    """Where a part stands, each end once."""
    ends = {end: start for start, end in places[part[0][0]]}
    for number, gap in part[1:]:
        further: dict[int, int] = {}
        for start, end in places[number]:
            for skipped in range(gap + 1):
                if start - skipped in ends:
                    further[end] = ends[start - skipped]
                    break
        ends = further
    return [(start, end) for end, start in ends.items()]


def _nearest(span: Span, others: list[Span]) -> Span | None:
    """A span of `others` at most NEAR words away and not on the same words."""
    start, end = span
    place = bisect_left(others, span)
    for other in (*others[place : place + 3], *reversed(others[max(0, place - 3) : place])):
        distance = max(other[0] - end, start - other[1])
        if 0 <= distance <= NEAR:
            return other
    return None
