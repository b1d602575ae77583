"""Names by how they sound, so that what is typed as it is spoken is found, in Latin and in Arabic script, and so is a slip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows.reading.sounds import Sound, alike, sound

_SHORTEST = 4  # letters; shorter names must be written as they are
_BONES = 3  # consonants; with fewer two names sound alike by chance
_APART = 0.4  # of its letters: with the same consonants but other vowels a word is another


class ByEar:
    """Folded forms of names, by how they sound. Never changed once made."""

    def __init__(self, forms: Iterable[str], *, exact: bool = False) -> None:
        """exact: only what sounds quite the same is heard as the same."""
        self._bones: dict[str, list[tuple[str, Sound]]] = defaultdict(list)
        same: dict[str, list[str]] = defaultdict(list)
        self._keys: dict[bool, dict[int, tuple[list[str], list[str]]]] = {False: {}, True: {}}
        for form in forms:
            heard = sound(form)
            if exact:
                same[heard.key].append(form)
            else:
                self._bones[heard.bones].append((form, heard))
            keys, its_forms = self._keys[heard.arabic].setdefault(len(heard.key), ([], []))
            keys.append(heard.key)
            its_forms.append(form)
        self._same = {key: tuple(found) for key, found in same.items()}  # of exact ones: a third of the memory

    def sounding(self, form: str) -> Iterator[tuple[str, float]]:
        """Forms that sound like this one, each with how well it fits."""
        if len(form) < _SHORTEST:
            return
        heard = sound(form)
        yield from ((other, 0.97) for other in self._same.get(heard.key, ()))
        for other, its in self._bones.get(heard.bones, ()):
            if its.key == heard.key:
                yield other, 0.97
            elif len(its.bones) >= _BONES and alike(heard, its):
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
