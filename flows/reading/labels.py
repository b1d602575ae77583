"""A list of options made ready for reading: every label, part, word and sound points at its option.

Made once for each list and kept (labels are ours, not hers). Options are bits of an int, so that
"which options could this word mean" is one number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flows.reading.fold import fold, squeeze
from flows.reading.numbers import is_digits
from flows.reading.sounds import Sound, sound
from flows.reading.tables import FILLER, LONGEST, MEANINGS, NEGATION, WORDS_OF
from flows.reading.yes_no import polarity


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be meant."""

    id: str
    labels: Mapping[str, str]  # language → label; every language is read, whatever the language in use
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)  # language → synonyms


Key = tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]

_PARTS = re.compile(r"[,;/|()\[\]،؛·•&+:–—\n]|\s-\s|\s(?:or|and|ya|یا|يا|aur|اور|۽|o|y|u|e)\s")
_LONG_LABEL = 14  # words; beyond this a label is a paragraph, only its beginning is compared


@dataclass(slots=True)
class Labels:
    """What each spelling points at: bit n is option n."""

    ids: tuple[str, ...]
    wholes: list[dict[str, int]] = field(
        default_factory=lambda: [{}, {}, {}, {}, {}]
    )  # labels, ids, parts, cores, by ear
    texts: list[tuple[str, int]] = field(default_factory=list)  # folded labels, for cut ones
    runs: dict[str, int] = field(default_factory=dict)  # any words in a row of a label
    sounded_runs: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    leading: dict[str, int] = field(default_factory=dict)  # words that are half of a label's part, or more
    sounds: dict[str, int] = field(default_factory=dict)
    bones: dict[str, list[tuple[Sound, int]]] = field(default_factory=dict)
    meanings: dict[str, int] = field(default_factory=dict)
    near: dict[str, int] = field(default_factory=dict)  # words that typo help may end at
    figures: dict[str, int] = field(default_factory=dict)  # numbers in labels
    yes: int = 0
    no: int = 0


def ready(options: Sequence[Option]) -> Labels:
    """Return `options` ready for reading; the same list is made ready only once."""
    return _ready(
        tuple(
            (
                option.id,
                tuple(sorted(set(option.labels.values()))),
                tuple(sorted({word for spelled in option.words.values() for word in spelled})),
            )
            for option in options
        )
    )


@lru_cache(maxsize=512)
def _ready(key: Key) -> Labels:
    found = Labels(tuple(name for name, _, _ in key))
    for number, (name, labels, synonyms) in enumerate(key):
        bit = 1 << number
        _add(found.wholes[1], _spellings(fold(name)), bit)
        for label in (*labels, *synonyms):
            _add_label(found, label, bit)
    for thing, mask in found.meanings.items():
        for word in WORDS_OF.get(thing, ()):
            if len(word) > 6 and word not in FILLER:
                _add(found.near, (word,), mask)
    return found


def _add_label(found: Labels, label: str, bit: int) -> None:
    text = fold(label)
    if not text:
        return
    tokens = text.split()[:_LONG_LABEL]
    parts = [part for part in (fold(part) for part in _PARTS.split(label)) if part]
    if meant := polarity(label):
        found.yes |= bit
    elif meant is False:
        found.no |= bit
    found.texts.append((text, bit))
    _add(found.wholes[0], _spellings(text), bit)
    _add(found.figures, filter(is_digits, tokens), bit)
    for part in parts:
        _add(found.wholes[2], _spellings(part), bit)
    for whole in (text, *parts):
        if bare := core(whole.split()):
            inner = [token for token in bare if token not in FILLER]
            for spelled in {" ".join(bare), " ".join(inner)}:
                _add(found.wholes[3], _spellings(spelled), bit)
            _add(found.wholes[4], (by_ear(bare),), bit)
        _add(found.wholes[4], (by_ear(whole.split()),), bit)
    for part in {text, *parts}:
        _add_runs(found, part.split()[:_LONG_LABEL], bit)
    for part in parts:
        _add_words(found, part.split()[:_LONG_LABEL], bit)
    for thing in meanings(tokens):
        _add(found.meanings, (thing,), bit)


def _add_runs(found: Labels, tokens: Sequence[str], bit: int) -> None:
    turned = [token in NEGATION for token in tokens]
    for start, size in _runs(tokens):
        run = tokens[start : start + size]
        # "Nothing to send" is not to be read from "send" alone, nor "not sure" from "not".
        if any(turned) and (size == 1 or not any(turned[start : start + size])):
            continue
        if size > 1 or run[0] not in FILLER:
            _add(found.runs, (" ".join(run),), bit)
            _add(found.sounded_runs, (by_ear(run),), bit)


def _add_words(found: Labels, tokens: Sequence[str], bit: int) -> None:
    telling = [token for token in tokens if token not in FILLER and not is_digits(token)]
    if len(telling) > 1 and any(token in NEGATION for token in telling):
        return
    for token in telling:
        if len(telling) < 3:
            _add(found.leading, (token,), bit)
        heard = sound(token)
        _add(found.words, (token,), bit)
        _add(found.sounds, (heard.key,), bit)
        found.bones.setdefault(heard.bones, []).append((heard, bit))
        if len(token) > 2:
            _add(found.near, (token,), bit)


def meanings(tokens: Sequence[str]) -> set[str]:
    """Return what the words of a label mean; a longer phrase hides the shorter ones inside it."""
    found: set[str] = set()
    at = 0
    while at < len(tokens):
        for size in range(min(LONGEST, len(tokens) - at), 0, -1):
            if things := MEANINGS.get(" ".join(tokens[at : at + size])):
                found.update(things)
                break
        else:
            size = 1
        at += size
    return found


def core(tokens: Sequence[str]) -> list[str]:
    """Return the words without the small ones before and after: "it was in the market" → market."""
    start, end = 0, len(tokens)
    while start < end and tokens[start] in FILLER:
        start += 1
    while end > start and tokens[end - 1] in FILLER:
        end -= 1
    return list(tokens[start:end])


def by_ear(tokens: Sequence[str]) -> str:
    return " ".join(sound(token).key for token in tokens)


def _spellings(text: str) -> tuple[str, ...]:
    return (text, squeeze(text)) if " " in text else (text,)


def _add(index: dict[str, int], keys: Iterable[str], bit: int) -> None:
    for key in keys:
        if key:
            index[key] = index.get(key, 0) | bit


def _runs(tokens: Sequence[str]) -> Iterable[tuple[int, int]]:
    for start in range(len(tokens)):
        for size in range(1, len(tokens) - start + 1):
            yield start, size
