"""What a sentence points at: the words that choose, the words that cast doubt, and the rest.

One pass from left to right, the longest known phrase first. A word is read as it is spelled,
then by meaning, then by ear, then with one slip of the thumb, and no further than the first that fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows.reading.labels import Labels
from flows.reading.numbers import is_digits
from flows.reading.sounds import alike, sound
from flows.reading.tables import AWAY, DOUBT, EARS, FILLER, LONGEST, MEANINGS, NEGATION, OR, QUESTION, REAL, WEAK, WIDER
from flows.reading.yes_no import YES_WORDS

_DOUBTFUL = NEGATION | DOUBT | QUESTION | AWAY
_SUFFIXES = ("مین", "سی", "پر", "کو", "کی", "me", "mein", "main", "pe")  # گھرمیں, busmein: no space before
_FREE = FILLER | YES_WORDS


@dataclass(slots=True)
class Evidence:
    """What was found; masks are bits of options."""

    strong: list[tuple[str, int]] = field(default_factory=list)
    weak: list[tuple[str, int]] = field(default_factory=list)
    guessed: bool = False  # some strong word was read by ear or with a slip
    slipped: bool = False  # …with a slip, in a short word: "sara" is a name as well as a part of "sarak"
    domains: set[str] = field(default_factory=set)  # what the strong words are about
    others: set[str] = field(default_factory=set)  # known things that are no option, by domain
    unknown: int = 0
    doubtful: bool = False
    either: bool = False  # an "or" outside a label

    def add(self, text: str, mask: int, strong: bool) -> None:
        (self.strong if strong else self.weak).append((text, mask))
        if strong:
            self.domains.update(_domains(text))


def gather(tokens: Sequence[str], labels: Labels) -> Evidence:
    """Return what the folded words point at."""
    found = Evidence()
    at = 0
    while at < len(tokens):
        size = _phrase(tokens, at, labels, found)
        if not size:
            _word(tokens[at], labels, found)
            size = 1
        at += size
    return found


def _phrase(tokens: Sequence[str], at: int, labels: Labels, found: Evidence) -> int:
    """Take the longest known phrase of two words or more that begins here; return its length."""
    most = len(tokens) - at
    for size in range(min(max(LONGEST, 6), most), 1, -1):
        words = tokens[at : at + size]
        text = " ".join(words)
        mask = labels.runs.get(text, 0)
        things = MEANINGS.get(text, ())
        if mask and not all(word in FILLER for word in words):
            whole = any(text in index for index in (labels.wholes[0], labels.wholes[2], labels.wholes[3]))
            telling = [word for word in words if word not in FILLER]
            if whole or len(telling) > 1 or telling[0] not in WEAK:
                found.add(text, mask, strong=True)
                return size
        joined = "".join(words) if size == 2 else ""
        if not things and joined and all(len(word) > 1 for word in words):
            if mask := labels.words.get(joined, 0) or labels.wholes[0].get(joined, 0):
                found.add(joined, mask, strong=True)
                return size
            things = MEANINGS.get(joined, ())
        if things and _take(text, things, labels, found):
            return size
    return 0


def _take(text: str, things: tuple[str, ...], labels: Labels, found: Evidence) -> bool:
    mask = 0
    for thing in things:
        mask |= labels.meanings.get(thing, 0) or labels.meanings.get(WIDER.get(thing, ""), 0)
    if mask:
        found.add(text, mask, strong=True)
        found.domains.update(thing.partition(".")[0] for thing in things)
        return True
    found.others.update(thing.partition(".")[0] for thing in things)
    if "know.unsure" in things:
        found.doubtful = True
    return True


def _word(token: str, labels: Labels, found: Evidence) -> None:
    if token in OR:
        found.either = True
    elif token in _DOUBTFUL:
        found.doubtful = True
        if (mask := labels.words.get(token, 0)) and token in DOUBT:
            found.add(token, mask, strong=False)
    elif token in _FREE or is_digits(token):
        return
    elif mask := labels.words.get(token, 0):
        found.add(token, mask, strong=token not in WEAK)
    elif things := MEANINGS.get(token):
        _take(token, things, labels, found)
    elif token in WEAK:
        found.unknown += 1
    elif mask := _by_ear(token, labels):
        found.add(token, mask, strong=True)
        found.guessed = True
    elif token not in REAL and (things := EARS.get(sound(token).key)):
        found.guessed |= _take(token, things, labels, found)
    elif mask := _with_a_slip(token, labels):
        found.add(token, mask, strong=True)
        found.guessed = True
        found.slipped |= len(token) < 6
    else:
        found.unknown += 1


def _by_ear(token: str, labels: Labels) -> int:
    heard = sound(token)
    mask = labels.sounds.get(heard.key, 0) if len(heard.key) > 2 else 0
    if mask:
        return mask
    if token in REAL:
        return _stemmed(token, labels)
    for other, bit in labels.bones.get(heard.bones, ()):
        if alike(heard, other):
            mask |= bit
    if not mask and len(token) > 4:
        for suffix in _SUFFIXES:
            if token.endswith(suffix) and (bare := token[: -len(suffix)]) in labels.words:
                return labels.words[bare]
    return mask or _stemmed(token, labels)


def _stemmed(token: str, labels: Labels) -> int:
    """Streets, looked, calles: one ending more or less."""
    if not token.isascii() or len(token) < 4:
        return 0
    for ending in ("ing", "ed", "es", "s", "ly", "on", "en", "an"):
        if token.endswith(ending) and len(bare := token[: -len(ending)]) > 2:
            for again in (bare, bare + "e"):
                if again in labels.words:
                    return labels.words[again]
    return labels.words.get(token + "s", 0) or labels.words.get(token + "es", 0)


def _with_a_slip(token: str, labels: Labels) -> int:
    """The options whose word is one slip away (two in words of seven letters), if it is no word itself."""
    if len(token) < 3 or token in REAL or not labels.near:
        return 0
    allowed = 2 if len(token) > 6 else 1
    mask, best = 0, allowed
    for word, distance, _ in process.extract(
        token, labels.near.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=8
    ):
        if distance > best or not _may_be(token, word, int(distance)):
            continue
        if distance < best:
            mask, best = 0, distance
        mask |= labels.near[word]
    return mask


def _may_be(token: str, word: str, distance: int) -> bool:
    if min(len(word), len(token)) < 4:  # bsu is bus; but bug is bug
        return sorted(token) == sorted(word) and token[0] == word[0]
    if distance == 2 and len(word) < 7:
        return False
    return token[0] == word[0] or len(word) > 5 or sorted(token) == sorted(word)


def _domains(text: str) -> set[str]:
    return {thing.partition(".")[0] for thing in MEANINGS.get(text, ())}
