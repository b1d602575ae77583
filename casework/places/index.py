"""Every spelling of every place, ready to be looked up: as written, by ear, and a few slips away.

Built once a process from the gazetteer (about a second for 32,000 places) and never changed. What hamlets alone are called
is packed (`casework.places.hamlets`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from casework.asking_words import AskingWords
from casework.by_ear import ByEar
from casework.places.gazetteer import LAST, Place
from casework.places.hamlets import Hamlets
from casework.places.packed import Places
from casework.places.spelling import Spelling, forms, in_full, parted, shortened, tokens_of

_SIDES = frozenset({"north", "south", "east", "west"})
_FAMILY = 0.15  # degrees; blocks further from a place of that name are another's


@dataclass(frozen=True, slots=True)
class Heard:
    """A spelling that fits what was typed, and how well: 1 as written, less by ear or by slips."""

    spelling: Spelling
    fit: float


class Index:
    """All spellings of `places`."""

    def __init__(self, places: Places, words: AskingWords) -> None:
        self.places = places
        self._names = words
        self._cities = {word for place in places.well_known if place.rank <= 1 for word in tokens_of(place.name)[:1]}
        written: dict[str, list[Spelling]] = defaultdict(list)
        for number, place in enumerate(places.well_known):
            for form, spelling in self._spellings(number, place):
                written[form].append(spelling)
        self._hamlets = Hamlets(self._of_hamlets(written))
        self._adopt_blocks(written)
        self._written = {form: tuple(found) for form, found in written.items()}
        self._well_known = ByEar(self._written)

    def complete(self) -> None:
        """Build now what is otherwise built when it is first needed."""
        _ = self._hamlets.sounds, self._towns

    def written(self, form: str) -> list[Heard]:
        """Places whose name is written just so."""
        return [Heard(spelling, 1.0) for spelling in self._spelled(form)]

    def by_ear(self, form: str, *, hamlets: bool = False) -> list[Heard]:
        """Places whose name sounds like this, in any script."""
        found = (self._hamlets.sounds if hamlets else self._well_known).sounding(form)
        return [Heard(spelling, fit) for other, fit in found for spelling in self._spelled(other)]

    def slipped(self, form: str, *, hamlets: bool = False) -> list[Heard]:
        """Places whose name is a few slips away, as many as its length allows."""
        found = (self._hamlets.sounds if hamlets else self._well_known).near(form)
        return [Heard(spelling, fit) for other, fit in found for spelling in self._spelled(other)]

    def looking_like(self, form: str) -> list[Heard]:
        """Towns whose name looks a little like this: no more than guesses, so none fits better than 0.7."""
        alike = process.extract(form, self._towns, scorer=JaroWinkler.normalized_similarity, score_cutoff=0.75, limit=4)
        return [Heard(spelling, 0.7 * fit) for other, fit, _ in alike for spelling in self._written[other]]

    @cached_property
    def _towns(self) -> list[str]:
        return [form for form, found in self._written.items() if any(self.places.rank(one.place) <= 2 for one in found)]

    def _spelled(self, form: str) -> tuple[Spelling, ...]:
        known = self._written.get(form)
        return self._hamlets.written(form) if known is None else known

    def _of_hamlets(self, written: dict[str, list[Spelling]]) -> Iterator[tuple[str, Spelling]]:
        """The spellings of hamlets, but for those that a better known place has too: these go to its own in `written`."""
        for number in range(len(self.places.well_known), len(self.places)):
            for form, spelling in self._spellings(number, self.places[number]):
                if form in written:
                    written[form].append(spelling)
                else:
                    yield form, spelling

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
            if place.rank <= 2:
                written += shortened(words)
            if (whole := in_full(words, self._names.short)) != words:
                written.append("".join(whole))
            if len(words) == 2 and words[-1] in _SIDES:
                written.append(words[1] + words[0])  # East Karachi
            for position, form in enumerate(written):
                if len(form) > 1 and (form, code) not in said:
                    said.add((form, code))
                    yield form, Spelling(number, code, own and position == 0)

    def _adopt_blocks(self, written: dict[str, list[Spelling]]) -> None:
        """Let the blocks of a place be called by every name of that place: "Gulshan block 2"."""
        whole: dict[int, set[str]] = defaultdict(set)
        for form, spellings in written.items():
            for spelling in spellings:
                if not spelling.code and self.places.rank(spelling.place) < LAST:
                    whole[spelling.place].add(form)
        grown: dict[str, list[Spelling]] = defaultdict(list)
        for form, spellings in written.items():
            for block in (one for one in spellings if one.code):
                for parent in (one for one in spellings if not one.code):
                    if _close(self.places[block.place], self.places[parent.place]):
                        for other in whole[parent.place] - {form}:
                            grown[other].append(Spelling(block.place, block.code, own=False))
        for form, spellings in grown.items():
            written[form] += [one for one in dict.fromkeys(spellings) if one not in written[form]]


def _close(one: Place, other: Place) -> bool:
    return abs(one.latitude - other.latitude) + abs(one.longitude - other.longitude) < _FAMILY
