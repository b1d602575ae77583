"""Which institution is meant by what she typed: forgiving, in any script, and honest when two are as likely.

Each word is held against the words of every name, as written, by ear, then with a few slips. A word that stands in many
names ("college") tells little, one that stands in few ("Usmania") much.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from casework.by_ear import ByEar
from casework.institutions.calling import Calling
from storage.institutions import Institution

MOST = 5  # candidates told
_MOST_WORDS = 16  # looked at; the rest of a story names no college
_SURE = 0.8
_LIKELY = 0.5  # below this it is no guess
_EQUAL = 0.1  # closer than this two are as likely
_NAME = 0.3  # what it counts that the whole name was said, beside that every word she typed is in it
_PART = 0.9  # of a word that is only begun: "naz"
_SHORTEST_PART = 4
_HEARD = 0.8  # a word that fits less makes the whole no more than a guess
_UNKNOWN = 1.0  # weight of a word that stands in no name: it tells most of all
_AROUND = 0.5  # of a word that is no part of the name but of its town or district


@dataclass(frozen=True, slots=True)
class Candidate:
    """One institution that may be meant."""

    institution: Institution
    score: float  # 1 when every word fits and the name is said whole


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may mean, best first."""

    candidates: tuple[Candidate, ...] = ()
    equal: int = 0  # how many of the first are as likely: 2 or more must be asked about

    @property
    def one(self) -> Institution | None:
        """The institution meant, when it is certain which."""
        return self.candidates[0].institution if self.equal == 1 else None


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of one institution, as its words."""

    owner: int
    words: frozenset[str]
    around: frozenset[str]  # words of its town and district
    pairs: Mapping[
        str, tuple[str, str]
    ]  # two words beside each other, as who writes them as one does: "northnazimabad"


class Finder:
    """Finds among some institutions. Never changed once made."""

    def __init__(
        self, institutions: Iterable[Institution], calling: Calling, towns: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """towns: every name of a district, by its id"""
        self.institutions = tuple(institutions)
        self._words = calling.words
        self._kinds = calling.kinds
        self._names: list[_Name] = []
        self._in: dict[str, list[int]] = defaultdict(list)  # a word -> the names it stands in
        for owner, one in enumerate(self.institutions):
            around = frozenset(self._words(" ".join((one.city, *(towns or {}).get(one.district, ())))))
            for said in dict.fromkeys((*one.names.values(), *one.others)):
                if its := list(self._words(said)):
                    self._names.append(_Name(owner, frozenset(its), around - set(its), dict(self._pairs(its))))
        for number, name in enumerate(self._names):
            for word in name.words | name.around | name.pairs.keys():
                self._in[word].append(number)
        owners = Counter(word for word, names in self._in.items() for _ in {self._names[name].owner for name in names})
        most = math.log(1 + 2 * max(len(self.institutions), 1))
        self._weight = {word: math.log(1 + 2 * len(self.institutions) / count) / most for word, count in owners.items()}
        self._ear = ByEar(self._in)

    def find(self, text: str) -> Found:
        """What `text` may mean."""
        typed = list(dict.fromkeys(self._words(text)))[:_MOST_WORDS]
        plain = self._kinds.issuperset(typed)  # "my college" tells nothing, unless a name is no more than that
        best: dict[int, float] = {}
        for number, fits in self._fitting(typed).items():
            name = self._names[number]
            if plain and name.words != set(typed):
                continue
            score = self._score(name, typed, fits)
            best[name.owner] = max(best.get(name.owner, 0.0), score)
        ranked = sorted(best.items(), key=lambda one: (-one[1], self.institutions[one[0]].id))
        told = [Candidate(self.institutions[owner], score) for owner, score in ranked if score >= _LIKELY][:MOST]
        if not told or told[0].score < _SURE:
            return Found(tuple(told))
        first = told[0].score
        return Found(tuple(told), sum(first - one.score < (0.001 if first >= 1 else _EQUAL) for one in told))

    def _pairs(self, words: Sequence[str]) -> Iterator[tuple[str, tuple[str, str]]]:
        """Each two words beside each other that are no kinds, joined."""
        for one, other in pairwise(words):
            if self._kinds.isdisjoint((one, other)):
                yield one + other, (one, other)

    def _fitting(self, typed: Sequence[str]) -> dict[int, dict[str, tuple[str, float]]]:
        """For each name that may be meant: what each typed word is of it, and how well it fits."""
        found: dict[int, dict[str, tuple[str, float]]] = defaultdict(dict)
        alike: list[tuple[tuple[str, ...], Iterator[tuple[str, float]]]] = [
            ((word,), self._alike(word)) for word in typed
        ]
        alike += [(two, self._written(joined)) for joined, two in self._pairs(typed)]
        for parts, forms in alike:
            for form, fit in forms:
                for number in self._in[form]:
                    for part in parts:
                        known = found[number].get(part)
                        if known is None or fit > known[1]:
                            found[number][part] = (form, fit)
        return found

    def _written(self, word: str) -> Iterator[tuple[str, float]]:
        if word in self._in:
            yield word, 1.0

    def _alike(self, word: str) -> Iterator[tuple[str, float]]:
        yield from self._written(word)
        if word in self._kinds:
            return
        heard = dict(self._ear.sounding(word))
        if word not in self._in and not heard:
            heard |= dict(self._ear.near(word))
            if len(word) >= _SHORTEST_PART:
                heard |= {form: _PART for form in self._in if form.startswith(word)}
        yield from ((form, fit) for form, fit in heard.items() if form != word)

    def _score(self, name: _Name, typed: Sequence[str], fits: Mapping[str, tuple[str, float]]) -> float:
        weights = {word: self._weight.get(fits[word][0] if word in fits else word, _UNKNOWN) for word in typed}
        for word, (form, _) in fits.items():
            if form in name.around:
                weights[word] *= _AROUND
        # fsum: the words of a set come in any order, and a name that is said whole must be exactly 1 in each of them.
        fitting = math.fsum(weights[word] * fit for word, (_, fit) in fits.items())
        said = {part for form, _ in fits.values() for part in name.pairs.get(form, (form,))}
        whole = math.fsum(self._weight[word] for word in name.words)
        spoken = math.fsum(self._weight[word] for word in name.words & said)
        score = (1 - _NAME) * (fitting / math.fsum(weights.values())) + _NAME * (spoken / whole)
        sure = all(fit >= _HEARD for _, fit in fits.values())
        return score if sure else min(score, _SURE - 0.01)
