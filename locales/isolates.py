"""Keeping runs of the other direction in their place (Unicode UAX #9 isolates).

"0300 1234567" bare inside Urdu shows its groups swapped. Between U+2068 and U+2069 it does not.
An isolate ends with its line, so each line gets its own.
"""

from __future__ import annotations

import re
import unicodedata

OPEN = "\u2068"  # FIRST STRONG ISOLATE
CLOSE = "\u2069"  # POP DIRECTIONAL ISOLATE

_ISOLATED = re.compile("[\u2066-\u2068][^\u2069\n]*\u2069")
# Marks, embeddings, overrides, isolates and the old deprecated shaping controls.
_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]")
_LEFT_TO_RIGHT = frozenset({"L", "EN", "AN", "ES", "ET"})
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def isolate(text: str) -> str:
    """Return `text` with each of its lines isolated; an isolated line stays as it is."""
    return "\n".join(_isolate_line(line) for line in text.split("\n"))


def needs_isolating(text: str) -> bool:
    """Whether left-to-right letters or digits stand outside an isolate in `text`."""
    outside = _ISOLATED.sub("", text)
    return any(unicodedata.bidirectional(letter) in _LEFT_TO_RIGHT for letter in outside)


def bare_runs(text: str) -> list[str]:
    """Return the left-to-right words and numbers that stand bare in right-to-left `text`.

    A line with nothing right-to-left in it is left-to-right as a whole and has none.
    """
    runs: list[str] = []
    for line in text.split("\n"):
        outside = _ISOLATED.sub(" ", line)
        if not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in outside):
            continue
        runs += [
            word for word in outside.split() if any(unicodedata.bidirectional(letter) in ("L", "EN") for letter in word)
        ]
    return runs


def without_isolates(text: str) -> str:
    """Return `text` without isolates, for an alphabet that has no room for them."""
    return re.sub("[\u2066-\u2069]", "", text)


def without_controls(text: str) -> str:
    """Return `text` with nothing left that steers direction: for words written by others."""
    return _CONTROLS.sub("", text)


def balanced(parts: list[str]) -> list[str]:
    """Return `parts` of one text with an isolate that was cut closed, and opened again after."""
    mended: list[str] = []
    depth = 0
    for part in parts:
        start = OPEN * depth
        for letter in part:
            if letter in "\u2066\u2067\u2068":
                depth += 1
            elif letter == "\n":
                depth = 0
            elif letter == CLOSE:
                depth = max(0, depth - 1)
        mended.append(start + part + CLOSE * depth)
    return mended


def _isolate_line(line: str) -> str:
    if not line.strip() or (line[0] in "\u2066\u2067\u2068" and _ISOLATED.fullmatch(line)):
        return line
    return f"{OPEN}{line}{CLOSE}"
