"""How a name of a place is compared: its words without case and accents, and the number of a block, unit or sector apart.

"Latifabad Unit No. 8", "unit 8 latifabad" and "لطیف آباد یونٹ ۸" share the base of one place and the number "8".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.reading.fold import fold

_BESIDE = re.compile(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d{1,3}")
_LINKS = frozenset({"e", "i", "ul", "al"})  # Gulshan-e-Iqbal: written, or not, or grown into the word before
_LETTER = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write one place."""

    place: int  # its number among all places
    code: str  # of its block, unit or sector
    own: bool  # its own name, not another spelling


def tokens_of(text: str) -> list[str]:
    """The folded words of a text, with numbers apart: "blk13" is "blk", "13"."""
    folded = fold(text)
    return (_BESIDE.sub(" ", folded) if _DIGIT.search(folded) else folded).split()


def parted(tokens: Sequence[str], marks: Mapping[str, str]) -> tuple[list[str], str]:
    """Return the words of the name and the number of its part ("8", "h", "11c1"), "" when it has none.

    marks  words that announce the number: "blk" -> "block"
    """
    if marks.keys().isdisjoint(tokens) and not any(_NUMBER.fullmatch(token) for token in tokens):
        return list(tokens), ""
    words: list[str] = []
    code = ""
    at = 0
    while at < len(tokens):
        end = _end_of_code(tokens, at, marks)
        if end and not code:
            code = "".join(token for token in tokens[at:end] if token not in marks or _LETTER.fullmatch(token))
            first = next((token for token in tokens[at:end] if token not in marks), "")
            if first and code != first and tokens[at] in marks and _LETTER.fullmatch(tokens[at]):
                code = code.removeprefix(tokens[at])  # "b 7": the b says block
            at = end
        else:
            words.append(tokens[at])
            at += 1
    return (words, code) if words else (list(tokens), "")


def _end_of_code(tokens: Sequence[str], start: int, marks: Mapping[str, str]) -> int:
    """Where a number that begins at `start` ends; 0 when none begins there."""
    at = start
    while at < len(tokens) and tokens[at] in marks:
        at += 1
    marked = at > start
    if at >= len(tokens):
        return 0
    single = _LETTER.fullmatch(tokens[at]) and any(len(token) > 1 for token in tokens[start:at])
    if not _NUMBER.fullmatch(tokens[at]) and not (marked and single):
        return 0
    at += 1
    # Sector 33 C, sector 11-C-1; not the i of "5 i think": a letter ends it only at the end or before a number
    while at < len(tokens) and (_LETTER.fullmatch(tokens[at]) or _NUMBER.fullmatch(tokens[at])):
        at += 1
    return at


def forms(words: Sequence[str], generic: frozenset[str]) -> Iterator[str]:
    """Every way the words of a name are run together, the plain one first."""
    plain = "".join(words)
    yield plain
    unlinked = [word for word in words if word not in _LINKS] or words
    if len(unlinked) < len(words):
        yield "".join(unlinked)
    bare = [word for word in unlinked if word not in generic]
    if bare and len(bare) < len(unlinked):
        yield "".join(bare)
    # In a sentence the name is bent: لاڙڪاڻو, but لاڙڪاڻي ۾; ٹھٹہ, but ٹھٹے میں.
    if not plain.isascii() and len(plain) > 2 and plain[-1] in "وها":
        yield plain[:-1] + "ی"


def shortened(words: Sequence[str]) -> Iterator[str]:
    """A name with words cut to their first letter, as thumbs do: "tando m khan", "t m khan", "g iqbal", "g e iqbal"."""
    named = [at for at, word in enumerate(words) if word not in _LINKS]
    if len(named) < 2 or not all(words[at].isascii() and len(words[at]) > 1 for at in named):
        return
    for cut in named[:-1]:
        kept = [word[0] if at == cut else word for at, word in enumerate(words)]
        yield "".join(kept)
        if len(named) < len(words):
            yield "".join(kept[at] for at in named)
    if len(named) > 2:
        yield "".join((*(words[at][0] for at in named[:-1]), words[named[-1]]))


def in_full(words: Sequence[str], short: Mapping[str, str]) -> list[str]:
    """Words that are cut short written in full: "n nazimabad" as "north nazimabad"; but the e of Gulshan-e-Iqbal is no east."""
    inner = range(1, len(words) - 1)
    return [word if at in inner and word in _LINKS else short.get(word, word) for at, word in enumerate(words)]


def without_noise(tokens: Sequence[str], noise: frozenset[tuple[str, ...]]) -> list[bool]:
    """For each word, whether it may name a place (True) or is one of the small words around (False)."""
    longest = max((len(words) for words in noise), default=0)
    kept = [True] * len(tokens)
    for start in range(len(tokens)):
        for size in range(min(longest, len(tokens) - start), 0, -1):
            if tuple(tokens[start : start + size]) in noise:
                kept[start : start + size] = [False] * size
                break
    return kept
