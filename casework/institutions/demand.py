"""What reporters named and the list lacks, put together by how it is spelt and ranked by how many people named it.

One person counts once a quarter, however often she names it and however she spells it; in the next quarter she is a
stranger, and counts again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rapidfuzz.distance import OSA

from casework.institutions.calling import shipped_calling
from flows.reading.fold import fold
from flows.reading.sounds import alike, sound
from storage import wishes
from storage.database import Unit
from storage.vault.keyring import Keyring
from storage.wishes import Wish

_SAME = 0.8  # of their words: more than this, and two names are one
_KIND = 0.25  # weight of a word that many names have ("college")
_SLIPS = 0.2  # of its letters: fewer, and two words are one misspelt


@dataclass(frozen=True, slots=True)
class Demand:
    """One institution that is wanted."""

    name: str  # as most people wrote it, or as an admin put it together
    others: tuple[str, ...]  # as others did
    city: str
    people: int  # distinct in each quarter, the quarters added
    lately: int  # distinct in this quarter
    tags: tuple[bytes, ...] = field(repr=False)

    @property
    def key(self) -> str:
        """What a form calls it: it stays while its first wish does."""
        return min(self.tags).hex()


def ranked(unit: Unit, keyring: Keyring, now: datetime) -> tuple[list[Demand], list[bytes]]:
    """Everything wanted, what most people want first; and the tags of wishes that somebody changed."""
    found, faults = wishes.every(unit, keyring)
    today = wishes.quarter_of(now.date())
    demand = [_demand(group, today) for group in _grouped(found)]
    return sorted(demand, key=lambda one: (-one.people, -one.lately, one.name)), faults


def of(demand: Iterable[Demand], key: str) -> Demand | None:
    """The one that a form means, however it has grown meanwhile; None when it has gone."""
    return next((one for one in demand if key in {tag.hex() for tag in one.tags}), None)


def _demand(group: Sequence[Wish], today: int) -> Demand:
    spelt = Counter(wish.same_as or wish.name for wish in group)
    put = next((wish.same_as for wish in group if wish.same_as), "")
    name = put or min(spelt, key=lambda one: (-spelt[one], one))
    cities = Counter(wish.city for wish in group if wish.city)
    people = {(wish.quarter, wish.mark) for wish in group}
    others = dict.fromkeys(wish.name for wish in group if wish.name != name)
    return Demand(
        name=name,
        others=tuple(sorted(others)),
        city=min(cities, key=lambda one: (-cities[one], one)) if cities else "",
        people=len(people),
        lately=sum(quarter == today for quarter, _ in people),
        tags=tuple(sorted(wish.tag for wish in group)),
    )


def _grouped(found: Sequence[Wish]) -> Iterator[list[Wish]]:
    """Wishes whose names are one name."""
    spellings: dict[tuple[str, str], list[Wish]] = defaultdict(list)
    for wish in found:
        spellings[fold(wish.same_as or wish.name), fold(wish.city)].append(wish)
    groups: list[tuple[_Name, list[Wish]]] = []
    by_bones: dict[str, list[int]] = defaultdict(list)
    # What most people wrote begins a group, and what is like it joins.
    for (said, city), its in sorted(spellings.items(), key=lambda one: (-len(one[1]), one[0])):
        name = _Name.of(said, city)
        near = dict.fromkeys(number for bones in name.bones for number in by_bones[bones])
        joined = next((number for number in near if name.is_like(groups[number][0])), None)
        if joined is None:
            joined = len(groups)
            groups.append((name, []))
            for bones in name.bones:
                by_bones[bones].append(joined)
        groups[joined][1].extend(its)
    yield from (its for _, its in groups)


@dataclass(frozen=True, slots=True)
class _Name:
    """A spelling, as it is compared."""

    kinds: frozenset[str]
    words: tuple[str, ...]
    city: str
    bones: frozenset[str]

    @classmethod
    def of(cls, said: str, city: str) -> _Name:
        read = list(dict.fromkeys(shipped_calling().words(said))) or [said]
        kinds = shipped_calling().kinds.intersection(read)
        words = tuple(word for word in read if word not in kinds) or tuple(read)
        return cls(kinds, words, city, frozenset(sound(word).bones for word in words))

    def is_like(self, other: _Name) -> bool:
        if self.city and other.city and not _one_word(self.city, other.city):
            return False
        same = sum(any(_one_word(word, its) for its in other.words) for word in self.words)
        back = sum(any(_one_word(word, its) for its in self.words) for word in other.words)
        shared = len(self.kinds & other.kinds) * 2 * _KIND
        whole = len(self.words) + len(other.words) + (len(self.kinds) + len(other.kinds)) * _KIND
        return (same + back + shared) / whole >= _SAME


def _one_word(one: str, other: str) -> bool:
    """Whether two words are one, as written, by ear, or misspelt."""
    if one == other:
        return True
    mine, theirs = sound(one), sound(other)
    if mine.key == theirs.key or alike(mine, theirs):
        return True
    return (
        mine.arabic == theirs.arabic
        and min(len(mine.key), len(theirs.key)) > 3
        and OSA.normalized_distance(mine.key, theirs.key) <= _SLIPS
    )
