"""The town or district named beside a place: "saddar hyd", "khanpur shikarpur", "malir karachi"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casework.asking_words import AskingWords
from casework.places.gazetteer import Country, Place
from casework.places.spelling import forms, tokens_of
from flows.reading.sounds import sound

_SHORTEST_CUT = 3  # "hyd", "khi"


@dataclass(frozen=True, slots=True)
class Context:
    """What the words beside a name say."""

    names: tuple[str, ...] = ()  # districts or divisions that are named
    districts: frozenset[str] = frozenset()
    unknown: int = 0  # words that say nothing we know


class Contexts:
    """The districts by every name of theirs and of their towns; a division stands for all of its districts."""

    def __init__(self, country: Country, places: Sequence[Place], words: AskingWords) -> None:
        self._written: dict[str, set[str]] = defaultdict(set)
        divisions: dict[str, set[str]] = defaultdict(set)
        for district in country.districts:
            divisions[district.division].add(district.names["en"])
            self._learn(district.names.values(), {district.names["en"]}, words)
        for place in places:
            if place.rank <= 1:
                # The metropolis is its whole division; a district's town is its district.
                covered = divisions.get(place.name, set()) if place.rank == 0 else set()
                self._learn((*place.names.values(), *place.others), covered or {place.district}, words)
        self._sounds: dict[str, set[str]] = defaultdict(set)
        for form, districts in self._written.items():
            if len(form) > 3:
                self._sounds[sound(form).key] |= districts

    def read(self, left: Sequence[str]) -> Context:
        """What the words that are left over say."""
        if not left:
            return Context()
        names: list[str] = []
        districts: set[str] = set()
        unknown, at = 0, 0
        while at < len(left):
            for size in range(min(3, len(left) - at), 0, -1):
                found = self._known("".join(left[at : at + size]))
                if found:
                    names.append(" ".join(left[at : at + size]))
                    districts |= found
                    at += size
                    break
            else:
                unknown += 1
                at += 1
        return Context(tuple(names), frozenset(districts), unknown)

    def _known(self, form: str) -> set[str]:
        if found := self._written.get(form) or (self._sounds.get(sound(form).key) if len(form) > 3 else None):
            return found
        if len(form) < _SHORTEST_CUT:
            return set()
        cut = [districts for other, districts in self._written.items() if other.startswith(form)]
        whole = set().union(*cut) if cut else set()
        return whole if len(cut) and len({frozenset(one) for one in cut}) == 1 else set()

    def _learn(self, names: Iterable[str], districts: set[str], words: AskingWords) -> None:
        for name in names:
            for form in forms(tokens_of(name), words.generic):
                self._written[form] |= districts
