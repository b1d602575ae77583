"""Which option is meant by what she typed, in any language, script and spelling, or None.

A wrong reading harms and a question asked again does not, so whatever could mean two things,
or turns a thing round ("not at home"), is None. What she types is never kept: only the
options' own labels are remembered between calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from flows.reading.evidence import gather
from flows.reading.fold import digits, fold, squeeze
from flows.reading.labels import Labels, Option, by_ear, core, ready
from flows.reading.numbers import LAST, is_digits, read_number
from flows.reading.tables import DOUBT, FILLER, MEANINGS, NEGATION, REAL, WEAK
from flows.reading.yes_no import YES_WORDS, clear, is_unsure, polarity

__all__ = ["Option", "read_option"]

_LONGEST_ANSWER = 600  # characters; beyond this it is a story
_MOST_WORDS = 24
_MOST_UNKNOWN = 8  # words of a sentence that may say something else
_MOST_UNKNOWN_GUESSED = 2
_QUESTION = re.compile(r"[?؟¿]|\bqué\b", re.IGNORECASE)
_CUT = 8  # characters; a shorter beginning of a label must be whole words


def read_option(typed: str, options: Sequence[Option], numbers: bool = True) -> str | None:
    """Return the id of the option that is meant, or None when it is not certain.

    numbers  whether the options were shown numbered, in this order
    """
    if not options or not typed or len(typed) > _LONGEST_ANSWER:
        return None
    tokens = fold(typed).split()
    if not tokens or len(tokens) > _MOST_WORDS:
        return None
    labels = ready(options)
    mask = _number(typed, tokens, labels) if numbers else None
    if mask is None:
        mask = _text(tokens, labels, question=bool(_QUESTION.search(typed)))
    return labels.ids[mask.bit_length() - 1] if _single(mask) else None


def _single(mask: int) -> bool:
    return mask != 0 and mask & (mask - 1) == 0


def _number(typed: str, tokens: list[str], labels: Labels) -> int | None:
    """Return the option with the typed number; 0 when a number says it is none; None without a number."""
    text = " ".join(tokens)
    named = labels.wholes[0].get(text, 0)
    plain = digits(typed)
    number = read_number(plain, tokens)
    if number is not None:
        if not any(is_digits(token) for token in tokens):
            named |= labels.runs.get(text, 0)  # "second" may also be a word of a label
        if number == LAST:
            number = len(labels.ids)
        mask = 1 << (number - 1) if 1 <= number <= len(labels.ids) else 0
        return mask if mask and named in (0, mask) else named if not mask else 0
    if named or not any(is_digits(token) for token in tokens):
        return None
    if all(is_digits(token) for token in tokens):
        return labels.wholes[3].get(text, 0) if len(tokens) > 1 else 0
    for digit, rest in ((tokens[0], tokens[1:]), (tokens[-1], tokens[:-1])):
        if is_digits(digit) and len(digit) < 3 and not labels.runs.get(text, 0):
            said = _text(rest, labels, question=False)
            return said if _single(said) and said == 1 << max(int(digit) - 1, 0) else 0
    return None


def _text(tokens: list[str], labels: Labels, *, question: bool) -> int:
    """Return the option that words mean, as a mask; 0 or several bits when it is not certain."""
    text = " ".join(tokens)
    for index in labels.wholes[:3]:
        if mask := index.get(text, 0) or index.get(squeeze(text), 0):
            return mask
    if is_unsure(tokens):
        return _weigh(tokens, labels)
    if labels.yes or labels.no:
        meant = clear(tokens, question=question)
        if meant is None and not question:
            meant = polarity(text)
        if meant is not None and (mask := labels.yes if meant else labels.no):
            return mask
    if mask := _bare(tokens, labels):
        return mask
    if len(tokens) > 1 or not (text in FILLER or text in WEAK):
        if mask := labels.runs.get(text, 0):
            return mask
        if text not in REAL and not _known_otherwise(tokens, labels):  # noqa: SIM102  # the order of tries is the point
            if mask := labels.sounded_runs.get(by_ear(tokens), 0) or _one_slip(text, tokens, labels):
                return mask
    if len(text) >= _CUT and len(tokens) > 1:
        mask = 0
        for label, bit in labels.texts:
            if label.startswith(text):
                mask |= bit
        if mask:
            return mask
    if question:
        return 0
    return _weigh(tokens, labels) or _beginning(tokens, labels)


def _bare(tokens: list[str], labels: Labels) -> int:
    """The option that the whole answer names, small words in and around it aside."""
    bare = core(tokens)
    sounded = labels.wholes[4].get(by_ear(tokens), 0) if len(tokens) > 1 else 0
    if _single(sounded) and NEGATION.isdisjoint(tokens) and DOUBT.isdisjoint(tokens):
        return sounded
    # A yes or no with something around it was weighed before: "haan nahi" is no "nahi".
    if not bare or all(token in NEGATION or token in YES_WORDS for token in bare):
        return 0
    inner = [token for token in bare if token not in FILLER]
    for short in (" ".join(bare), " ".join(inner)):
        for index in (labels.wholes[0], labels.wholes[2], labels.wholes[3]):
            if _single(mask := index.get(short, 0) or index.get(squeeze(short), 0)):
                return mask
    short = " ".join(bare)
    about = 0
    for thing in MEANINGS.get(short, ()):
        about |= labels.meanings.get(thing, 0)
    if _single(about) and labels.words.get(short, about) == about:
        return about
    if _known_otherwise(bare, labels) or (len(bare) == 1 and bare[0] in REAL):
        return 0
    return labels.wholes[4].get(by_ear(bare), 0) if len(squeeze(short)) > 2 else 0


def _one_slip(text: str, tokens: list[str], labels: Labels) -> int:
    """The option whose label of several words is one slip away: "last wek"."""
    if len(tokens) < 2 or len(text) < 7:
        return 0
    mask = 0
    for label, bit in labels.texts:
        if OSA.distance(text, label, score_cutoff=1) == 1 and NEGATION.isdisjoint(tokens):
            mask |= bit
    return mask


def _known_otherwise(tokens: list[str], labels: Labels) -> bool:
    """Whether the words are known as they stand, so that no other word may be heard in them."""
    return any(
        token in NEGATION or token in DOUBT or (token in MEANINGS and token not in labels.words)
        for token in (*tokens, " ".join(tokens))
    )


def _weigh(tokens: list[str], labels: Labels) -> int:
    found = gather(tokens, labels)
    if found.doubtful or found.domains & found.others:
        return 0
    pointing = found.strong
    if not pointing:
        if found.unknown or found.others or found.either:
            return 0
        pointing = [item for item in found.weak if _leads(item, labels)]
        if len(pointing) < len(found.weak):
            return 0
    if not pointing or found.unknown > (_MOST_UNKNOWN_GUESSED if found.guessed else _MOST_UNKNOWN):
        return 0
    if (found.either or found.slipped) and (found.unknown or found.others):
        return 0
    if not _figures_fit(tokens, labels, pointing):
        return 0
    every = -1
    for _, mask in pointing:
        every &= mask
    if pointing is found.strong and any(not mask & every for _, mask in found.weak):
        return 0
    if _single(every) or not every:
        return every if every > 0 else 0
    # Several options hold every word: the one that is no more than these words is meant.
    words = " ".join(text for text, _ in pointing)
    for index in (labels.wholes[0], labels.wholes[2], labels.wholes[3]):
        if _single(mask := index.get(words, 0) & every):
            return mask
    return 0


def _figures_fit(tokens: list[str], labels: Labels, pointing: list[tuple[str, int]]) -> bool:
    """Whether the numbers typed are those of the label: "under 25" is not "under 18"."""
    figured = 0
    for mask in labels.figures.values():
        figured |= mask
    return not any(
        is_digits(token) and mask & figured and not labels.figures.get(token, 0) & mask
        for token in tokens
        for _, mask in pointing
    )


def _leads(item: tuple[str, int], labels: Labels) -> bool:
    """Whether a weak word is enough alone: half of a label, or the only option about its meaning."""
    word, mask = item
    about = 0
    for thing in MEANINGS.get(word, ()):
        about |= labels.meanings.get(thing, 0)
    return " " in word or bool(labels.leading.get(word, 0) & mask) or about == mask


def _beginning(tokens: list[str], labels: Labels) -> int:
    """A word cut short, "uni" or "rick", when it begins only one option's word."""
    bare = core(tokens)
    if len(bare) != 1:
        return 0
    word = bare[0]
    if len(word) < 3 or word in REAL or word in WEAK or word in MEANINGS or word in NEGATION or word in DOUBT:
        return 0
    mask = 0
    for other, bits in labels.words.items():
        if other.startswith(word) and other not in WEAK:
            mask |= bits
    return mask
