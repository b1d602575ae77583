"""Every spelling of every place, ready to be looked up: as written, by ear, and a few slips away.

Built once a process from the gazetteer (about a second for 32,000 places) and never changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from casework.asking_words import AskingWords
from casework.places.gazetteer import LAST, Place
from casework.places.spelling import forms, parted, tokens_of
from flows.reading.sounds import Sound, alike, sound

_SHORTEST_BY_EAR = 4  # letters; shorter names must be written as they are
_BONES = 3  # consonants; with fewer two names sound alike by chance
_APART = 0.4  # of its letters: with the same consonants but other vowels a word is another
_FAMILY = 0.15  # degrees; blocks further from a place of that name are another's


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write one place."""

    place: int  # its number in `Index.places`
    code: str  # of its block, unit or sector
    own: bool  # its own name, not another spelling


@dataclass(frozen=True, slots=True)
class Heard:
    """A spelling that fits what was typed, and how well: 1 as written, less by ear or by slips."""

    spelling: Spelling
    fit: float


class Index:
    """All spellings of `places`."""

    def __init__(self, places: Sequence[Place], words: AskingWords) -> None:
        self.places = tuple(places)
        self._written: dict[str, list[Spelling]] = defaultdict(list)
        self._names = words
        self._cities = {word for place in places if place.rank <= 1 for word in tokens_of(place.name)[:1]}
        for number, place in enumerate(self.places):
            for form, spelling in self._spellings(number, place):
                self._written[form].append(spelling)
        self._adopt_blocks()
        self._well_known = _ByEar(self._written, self.places, hamlets=False)

    @cached_property
    def _hamlets(self) -> _ByEar:
        return _ByEar(self._written, self.places, hamlets=True)

    def complete(self) -> None:
        """Build now what is otherwise built when it is first needed."""
        _ = self._hamlets, self._towns

    def written(self, form: str) -> list[Heard]:
        """Places whose name is written just so."""
        return [Heard(spelling, 1.0) for spelling in self._written.get(form, ())]

    def by_ear(self, form: str, *, hamlets: bool = False) -> list[Heard]:
        """Places whose name sounds like this, in any script."""
        found = (self._hamlets if hamlets else self._well_known).sounding(form)
        return [Heard(spelling, fit) for other, fit in found for spelling in self._written[other]]

    def slipped(self, form: str, *, hamlets: bool = False) -> list[Heard]:
        """Places whose name is a few slips away, as many as its length allows."""
        found = (self._hamlets if hamlets else self._well_known).near(form)
        return [Heard(spelling, fit) for other, fit in found for spelling in self._written[other]]

    def looking_like(self, form: str) -> list[Heard]:
        """Towns whose name looks a little like this: no more than guesses, so none fits better than 0.7."""
        alike = process.extract(form, self._towns, scorer=JaroWinkler.normalized_similarity, score_cutoff=0.75, limit=4)
        return [Heard(spelling, 0.7 * fit) for other, fit, _ in alike for spelling in self._written[other]]

    @cached_property
    def _towns(self) -> list[str]:
        return [form for form, found in self._written.items() if any(self.places[one.place].rank <= 2 for one in found)]

    def _spellings(self, number: int, place: Place) -> Iterator[tuple[str, Spelling]]:
        said: set[tuple[str, str]] = set()
        for own, name in (
            *((True, name) for name in place.names.values()),
            *((False, name) for name in place.others),
        ):
            words, code = parted(tokens_of(name), self._names.marks)
            written = [*forms(words, self._names.generic)]
            if len(words) > 2 and words[-1] in self._cities:
                written += forms(words[:-1], self._names.generic)  # Bahria Town Karachi
            for position, form in enumerate(written):
                if len(form) > 1 and (form, code) not in said:
                    said.add((form, code))
                    yield form, Spelling(number, code, own and position == 0)

    def _adopt_blocks(self) -> None:
        """Let the blocks of a place be called by every name of that place: "Gulshan block 2"."""
        whole: dict[int, set[str]] = defaultdict(set)
        for form, spellings in self._written.items():
            for spelling in spellings:
                if not spelling.code and self.places[spelling.place].rank < LAST:
                    whole[spelling.place].add(form)
        grown: dict[str, list[Spelling]] = defaultdict(list)
        for form, spellings in self._written.items():
            for block in (one for one in spellings if one.code):
                for parent in (one for one in spellings if not one.code):
                    if _close(self.places[block.place], self.places[parent.place]):
                        for other in whole[parent.place] - {form}:
                            grown[other].append(Spelling(block.place, block.code, own=False))
        for form, spellings in grown.items():
            self._written[form] += [one for one in dict.fromkeys(spellings) if one not in self._written[form]]


class _ByEar:
    """The forms of some of the places, by how they sound."""

    def __init__(self, written: dict[str, list[Spelling]], places: Sequence[Place], *, hamlets: bool) -> None:
        self._exact = hamlets  # among thousands of names something sounds like anything
        self._bones: dict[str, list[tuple[str, Sound]]] = defaultdict(list)
        self._keys: dict[bool, dict[int, tuple[list[str], list[str]]]] = {False: {}, True: {}}
        for form, spellings in written.items():
            if hamlets == all(places[one.place].rank == LAST for one in spellings):
                heard = sound(form)
                self._bones[heard.bones].append((form, heard))
                keys, its_forms = self._keys[heard.arabic].setdefault(len(heard.key), ([], []))
                keys.append(heard.key)
                its_forms.append(form)

    def sounding(self, form: str) -> Iterator[tuple[str, float]]:
        """Forms that sound like this one, each with how well it fits."""
        if len(form) < _SHORTEST_BY_EAR:
            return
        heard = sound(form)
        for other, its in self._bones.get(heard.bones, ()):
            if its.key == heard.key:
                yield other, 0.97
            elif not self._exact and len(its.bones) >= _BONES and alike(heard, its):
                apart = OSA.normalized_distance(its.key, heard.key)
                if heard.arabic != its.arabic or (apart < _APART and _begin_alike(heard.key, its.key)):
                    yield other, 0.95 - 0.1 * apart

    def near(self, form: str) -> Iterator[tuple[str, float]]:
        """Forms within some slips of this one, by ear, in the same script."""
        heard = sound(form)
        length = len(heard.key)
        most = _slips(length)
        for size in range(length - most, length + most + 1) if most else ():
            keys, its_forms = self._keys[heard.arabic].get(size, ([], []))
            for _, distance, position in process.extract(
                heard.key, keys, scorer=OSA.distance, score_cutoff=most, limit=8
            ):
                # A first letter is seldom wrong; a slip weighs less in a long name.
                first = 0.03 if keys[position][:1] != heard.key[:1] else 0.0
                yield its_forms[position], 0.96 - first - 0.7 * distance / max(length, size)


def _slips(length: int) -> int:
    return 0 if length < 4 else 1 if length < 6 else 2 if length < 10 else 3


def _begin_alike(one: str, other: str) -> bool:
    """Whether two words begin with the same sound, or each with some vowel: Umerkot, Omerkot."""
    return one[0] == other[0] or (one[0] in "aeiou" and other[0] in "aeiou")


def _close(one: Place, other: Place) -> bool:
    return abs(one.latitude - other.latitude) + abs(one.longitude - other.longitude) < _FAMILY
