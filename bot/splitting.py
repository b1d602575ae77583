"""Cutting a text that is too long, where a reader would.

At the end of a line, else of a sentence, else of a word, and never inside a letter she sees
as one. A receipt is one line and stays whole.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from locales.isolates import balanced
from locales.segments import graphemes

RECEIPT = re.compile("\u2068?(?<![0-9])[0-9]{4}(?: [0-9]{4}){4}(?![0-9])\u2069?")

_SENTENCE_ENDS = frozenset(".?!…۔؟")
_MOST_GRAPHEMES = 8192  # no channel takes more at once


def split(text: str, fits: Callable[[str], bool]) -> list[str]:
    """Return `text` in pieces that fit; joined, they are `text` again.

    fits  whether a piece fits; whatever fits must still fit when shortened
    A grapheme, or a receipt, that does not fit by itself is a piece all the same.
    """
    letters = graphemes(text)
    ends = list(accumulate(map(len, letters)))
    whole = [_letters_of(match, ends) for match in RECEIPT.finditer(text)]
    pieces: list[str] = []
    start = 0
    while start < len(letters):
        room = _room(letters[start : start + _MOST_GRAPHEMES], fits)
        cut = start + room
        if cut < len(letters):
            cut = start + _at_an_end(letters[start:cut])
            cut = _around(whole, start, cut)
        pieces.append("".join(letters[start:cut]))
        start = cut
    return pieces


def halved(text: str) -> list[str]:
    """Return `text` in two or three marked parts; one that cannot be cut comes back alone.

    For a message that its provider calls too long although it fits: it counts otherwise than it says.
    """
    most = len(text) // 2 + 1
    pieces = [piece.strip() for piece in balanced(split(text, lambda piece: len(piece) <= most))]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) < 2:
        return [text]
    return [f"{piece} ({number}/{len(pieces)})" for number, piece in enumerate(pieces, 1)]


def _room(letters: list[str], fits: Callable[[str], bool]) -> int:
    """How many of `letters` fit, at least one."""
    count = bisect_right(
        range(1, len(letters) + 1),
        False,
        key=lambda size: not fits("".join(letters[:size])),
    )
    return max(1, count)


def _at_an_end(letters: list[str]) -> int:
    """Where to cut within `letters`: the last line end, sentence end or space that wastes not too much."""
    count = len(letters)
    for is_end, least in (
        (_ends_line, count // 2),
        (_ends_sentence, count // 2),
        (_ends_word, count // 4),
    ):
        for cut in range(count, max(least, 1), -1):
            if is_end(letters, cut):
                return cut
    return count


def _ends_line(letters: list[str], cut: int) -> bool:
    return letters[cut - 1] in ("\n", "\r\n")


def _ends_sentence(letters: list[str], cut: int) -> bool:
    return letters[cut - 1].isspace() and cut > 1 and letters[cut - 2] in _SENTENCE_ENDS


def _ends_word(letters: list[str], cut: int) -> bool:
    return letters[cut - 1].isspace()


def _letters_of(match: re.Match[str], ends: list[int]) -> tuple[int, int]:
    return bisect_right(ends, match.start()), bisect_right(ends, match.end() - 1) + 1


def _around(whole: list[tuple[int, int]], start: int, cut: int) -> int:
    for first, last in whole:
        if first < cut < last:
            return first if first > start else last
    return cut
