"""Which kind of help a text asks for: a small matcher over what people call it, in every language at once.

Each phrase of `asking.toml` whose words are all in the text counts, more words more; what the thing is
called counts twice what somebody says who needs it. Words meet as written, by ear across scripts, or a
slip away. Whatever counts is told (`Meant.why`), so that a translator sees which line to change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz.distance import OSA

from casework.asking_words import AskingWords, Phrase, shipped_words
from flows.reading.sounds import Sound, alike, sound
from flows.reading.tables import DOUBT, NEGATION, REAL

_NAMES, _NEEDS = 2.0, 1.0
_MORE_WORDS = 0.75  # for each word of a phrase beyond the first
_ALSO = 0.3  # of what other phrases of the same kind weigh
_BY_EAR, _SLIP = 0.9, 0.8
_SHORTEST_BY_EAR, _SHORTEST_SLIP, _TWO_SLIPS = 4, 5, 9
_BONES = 2
_APART = 0.25  # of its sounds
_KNOWN = NEGATION | DOUBT | REAL  # words in which no other is to be heard
_LEAST = 0.75  # below this nobody asked for anything


@dataclass(frozen=True, slots=True)
class Meant:
    """What was asked for, and what in the text said so."""

    kind: str = ""  # "" when nothing did
    why: tuple[str, ...] = ()  # phrases of our lists, the weightiest first
    used: frozenset[str] = field(default=frozenset(), repr=False)  # her words that said it
    close: str = ""  # another kind that is nearly as likely


class KindMatcher:
    """Reads texts by every language's lists of phrases."""

    def __init__(self, phrases: Sequence[Phrase], words: AskingWords) -> None:
        self._marks = words.marks
        self._noise = frozenset(phrase[0] for phrase in words.noise if len(phrase) == 1)
        self._by_word: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in phrases:
            self._by_word[phrase.words[0]].append(phrase)
        vocabulary = {word for phrase in phrases for word in phrase.words}
        self._whole = frozenset(word for word in vocabulary if not word.endswith("*"))
        self._stems = tuple(word for word in vocabulary if word.endswith("*"))
        self._sounds: dict[str, list[tuple[str, Sound]]] = defaultdict(list)
        named = {word for phrase in phrases if phrase.names for word in phrase.words}
        for word in sorted(self._whole & named):  # by ear anything may be a need; a name is worth the risk
            heard = sound(word)
            self._sounds[heard.bones].append((word, heard))
        self._by_length: dict[tuple[bool, int], list[str]] = defaultdict(list)
        for word in sorted(self._whole):
            self._by_length[word.isascii(), len(word)].append(word)

    def read(self, tokens: Sequence[str], named: frozenset[str] = frozenset()) -> Meant:
        """Return what folded words ask for. named: words that are names of places, so that nothing is heard in them."""
        heard = self._heard(tokens, named)
        weights: dict[str, list[tuple[float, Phrase]]] = defaultdict(list)
        for word in heard:
            for phrase in self._by_word.get(word, ()):
                weight = self._weight(phrase, heard)
                if weight:
                    weights[phrase.kind].append((weight, phrase))
        totals: dict[str, float] = {}
        for kind, found in weights.items():
            found.sort(key=lambda one: -one[0])
            totals[kind] = found[0][0] + _ALSO * min(sum(weight for weight, _ in found[1:4]), 2.0)
        ranked = sorted(totals, key=lambda kind: (-totals[kind], kind))
        if not ranked or totals[ranked[0]] < _LEAST:
            return Meant()
        kind = ranked[0]
        why = tuple(dict.fromkeys(" ".join(phrase.words) for _, phrase in weights[kind]))
        # Every word that speaks of any kind of help names no place: "police hospital larkana".
        used = {
            token for found in weights.values() for _, phrase in found for word in phrase.words for token in heard[word]
        }
        close = ranked[1] if len(ranked) > 1 and totals[ranked[1]] > 0.9 * totals[kind] else ""
        return Meant(kind, why[:4], frozenset(used), close)

    def _weight(self, phrase: Phrase, heard: dict[str, dict[str, float]]) -> float:
        """How much a phrase weighs in this text; 0 when a word of it is missing."""
        taken: set[str] = set()
        fit = 1.0
        for word in phrase.words:
            free = {token: how for token, how in heard.get(word, {}).items() if token not in taken}
            if not free:
                return 0.0
            token = max(free, key=lambda one: free[one])
            taken.add(token)
            fit = min(fit, free[token])
        return fit * ((_NAMES if phrase.names else _NEEDS) + _MORE_WORDS * (len(phrase.words) - 1))

    def _heard(self, tokens: Sequence[str], named: frozenset[str]) -> dict[str, dict[str, float]]:
        """Words of our lists → her words that may be them, each with how well it fits."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for at, token in enumerate(tokens):
            if token.isdigit() and at and tokens[at - 1] in self._marks:
                continue  # block 15 is no call for the police
            for word, how in self._readings(token, guess=token not in named):
                found[word][token] = max(how, found[word].get(token, 0.0))
        return found

    def _readings(self, token: str, *, guess: bool) -> Iterator[tuple[str, float]]:
        for stem in self._stems:
            if token.startswith(stem[:-1]):
                yield stem, 1.0
        if token in self._whole:
            yield token, 1.0
            return
        if not guess or token in self._noise or token in _KNOWN or len(token) < _SHORTEST_BY_EAR or token.isdigit():
            return
        heard = sound(token)
        for word, its in self._sounds.get(heard.bones, ()):
            if len(word) >= _SHORTEST_BY_EAR and _sounds_like(heard, its):
                yield word, _BY_EAR
        if len(token) < _SHORTEST_SLIP:
            return
        most = 2 if len(token) >= _TWO_SLIPS else 1
        for length in range(len(token) - most, len(token) + most + 1):
            for word in self._by_length.get((token.isascii(), length), ()):
                if (
                    len(word) >= _SHORTEST_SLIP
                    and word[0] == token[0]
                    and OSA.distance(token, word, score_cutoff=most) <= most
                ):
                    yield word, _SLIP


def _sounds_like(heard: Sound, its: Sound) -> bool:
    if heard.key == its.key:
        return True
    if len(heard.bones) <= _BONES or not alike(heard, its):
        return False
    return heard.arabic != its.arabic or OSA.normalized_distance(heard.key, its.key) <= _APART


@cache
def shipped_matcher() -> KindMatcher:
    """The matcher over the lists that are shipped, built once a process."""
    return KindMatcher(shipped_words().phrases, shipped_words())
