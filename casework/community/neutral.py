"""Words that ring an alarm on a screen that somebody else may see: none may stand in what we send unasked-for eyes.

The list is `seed/telling_words.toml`, short on purpose: it keeps a slip from going out, and takes nobody's judgement away.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from flows.reading.fold import fold

_LIST = Path(__file__).parents[1] / "seed" / "telling_words.toml"


def telling(text: str) -> str:
    """The first word or phrase of `text` that would tell too much, as the list has it; "" when none does."""
    said = f" {fold(text)} "
    return next((word for word, folded in _words() if f" {folded} " in said), "")


@cache
def _words() -> tuple[tuple[str, str], ...]:
    listed = tomllib.loads(_LIST.read_text(encoding="utf-8"))
    return tuple((word, fold(word)) for words in listed.values() for word in words)
