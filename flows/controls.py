"""Control words: what steers the talk itself, in every language at once.

The lists are phrases (`control.*`) so that translators own them. A word counts only as
the whole message, after folding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flows.reading.fold import fold

# Yes and no are answers to questions; "1" and "2" among them would shadow options.
NAMES = (
    "panic", "menu", "back", "skip", "language", "human", "repeat", "done", "continue", "again", "erase", "news", "nonews",
)  # fmt: skip
PANIC, DONE, BACK, SKIP, MENU = "panic", "done", "back", "skip", "menu"

# Four zeros or more are panic; one or two the menu; three nothing (words.md, section 3).
_ZEROS = re.compile(r"0+")


class Controls:
    """Every control word of every language, folded once."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        """`words`: control name → every accepted word, all languages together.

        Raises ValueError when one word serves two controls.
        """
        self._meaning: dict[str, str] = {}
        for name, accepted in words.items():
            for word in accepted:
                key = _key(word)
                if self._meaning.setdefault(key, name) != name:
                    raise ValueError(f"{word!r} would be both {self._meaning[key]!r} and {name!r}")

    def read(self, text: str) -> str:
        """The control this whole message is, or ""."""
        if len(text) > 60:  # no control word is longer; a story is not worth folding twice
            return ""
        key = _key(text)
        if _ZEROS.fullmatch(key):
            return MENU if len(key) <= 2 else PANIC if len(key) >= 4 else ""
        return self._meaning.get(key, "")


def _key(text: str) -> str:
    """Folded, without the spaces and dots that thumbs and keyboards add ("x x", "XX.")."""
    stripped = text.strip()
    if stripped == "#":
        return "#"
    return fold(stripped.lstrip("/#")).replace(" ", "").replace(".", "")
