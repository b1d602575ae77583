"""Names by how they sound, so that what is typed as it is spoken is found, in Latin and in Arabic script, and so is a slip."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows.reading.sounds import Sound, alike, sound
from flows.reading.texts import Texts

_SHORTEST = 4  # letters; shorter names must be written as they are
_BONES = 3  # consonants; with fewer two names sound alike by chance
_SAME = 0.97  # how well a form fits that sounds quite the same
_APART = 0.4  # of its letters: with the same consonants but other vowels a word is another


class ByEar:
    """Folded forms of names, by how they sound. Never changed once made."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._bones: dict[str, list[tuple[str, Sound]]] = defaultdict(list)
        self._keys: dict[tuple[bool, int], tuple[list[str], list[str]]] = {}
        for form in forms:
            heard = sound(form)
            self._bones[heard.bones].append((form, heard))
            keys, its_forms = self._keys.setdefault((heard.arabic, len(heard.key)), ([], []))
            keys.append(heard.key)
            its_forms.append(form)

    def sounding(self, form: str) -> Iterator[tuple[str, float]]:
        """Forms that sound like this one, each with how well it fits."""
        if len(form) < _SHORTEST:
            return
        heard = sound(form)
        for other, its in self._bones.get(heard.bones, ()):
            if its.key == heard.key:
                yield other, _SAME
            elif len(its.bones) >= _BONES and alike(heard, its):
                apart = OSA.normalized_distance(its.key, heard.key)
                if heard.arabic != its.arabic or (apart < _APART and _begin_alike(heard.key, its.key)):
                    yield other, 0.95 - 0.1 * apart

    def near(self, form: str) -> Iterator[tuple[str, float]]:
        """Forms within some slips of this one, by ear, in the same script."""
        heard = sound(form)
        for size in _sizes(heard):
            keys, its_forms = self._keys.get((heard.arabic, size), ([], []))
            yield from ((its_forms[position], fit) for position, fit in _slipped(heard, keys))


class SoundAlone:
    """As `ByEar`, for tens of thousands of forms, packed: among so many only what sounds quite the same sounds alike."""

    def __init__(self, forms: Texts) -> None:
        self._forms = forms
        keys: dict[tuple[bool, int], list[str]] = defaultdict(list)
        numbers: dict[tuple[bool, int], array[int]] = defaultdict(lambda: array("I"))
        for number, form in enumerate(forms):
            heard = sound(form)
            keys[heard.arabic, len(heard.key)].append(heard.key)
            numbers[heard.arabic, len(heard.key)].append(number)
        self._numbers = dict(numbers)
        self._keys = {its: "\n".join(found) for its, found in keys.items()}  # all of one length, one under the other

    def sounding(self, form: str) -> Iterator[tuple[str, float]]:
        """Forms that sound quite like this one, in any script, each with how well it fits."""
        if len(form) < _SHORTEST:
            return
        key = sound(form).key
        for number in sorted((*self._same(key, arabic=False), *self._same(key, arabic=True))):
            yield self._forms[number], _SAME

    def near(self, form: str) -> Iterator[tuple[str, float]]:
        """Forms within some slips of this one, by ear, in the same script."""
        heard = sound(form)
        for size in _sizes(heard):
            if keys := self._keys.get((heard.arabic, size)):
                numbers = self._numbers[heard.arabic, size]
                yield from ((self._forms[numbers[at]], fit) for at, fit in _slipped(heard, keys.split("\n")))

    def _same(self, key: str, *, arabic: bool) -> Iterator[int]:
        """The numbers of the forms in one script with just this key."""
        if (keys := self._keys.get((arabic, len(key)))) is None:
            return
        at = keys.find(key)
        while at >= 0:
            yield self._numbers[arabic, len(key)][at // (len(key) + 1)]
            at = keys.find(key, at + 1)


def _sizes(heard: Sound) -> range:
    """How long the keys are that may be within some slips."""
    length = len(heard.key)
    most = _slips(length)
    return range(length - most, length + most + 1) if most else range(0)


def _slipped(heard: Sound, keys: Sequence[str]) -> Iterator[tuple[int, float]]:
    """Which of the keys, all of one length, are within some slips, and how well they fit."""
    length = len(heard.key)
    found = process.extract(heard.key, keys, scorer=OSA.distance, score_cutoff=_slips(length), limit=8)
    for key, distance, position in found:
        # A first letter is seldom wrong; a slip weighs less in a long name.
        first = 0.03 if key[:1] != heard.key[:1] else 0.0
        yield position, 0.96 - first - 0.7 * distance / max(length, len(key))


def _slips(length: int) -> int:
    return 0 if length < 4 else 1 if length < 6 else 2 if length < 10 else 3


def _begin_alike(one: str, other: str) -> bool:
    """Whether two words begin with the same sound, or each with some vowel: Umerkot, Omerkot."""
    return one[0] == other[0] or (one[0] in "aeiou" and other[0] in "aeiou")
