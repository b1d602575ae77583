"""The word on a poster: a greeting and a number ("HI 417"), which says where she came from and tells an onlooker nothing.

It is read from a message of its own, in any language; Telegram brings it behind its "/start".
"""

from __future__ import annotations

import re

from casework.institutions.numbers import FIRST, LAST
from flows.reading.fold import fold

# As people greet, whatever language the poster was in.
GREETINGS = frozenset(map(fold, (
    "hi", "hii", "hey", "hello", "helo", "hlo", "salam", "salaam", "slam", "assalam o alaikum", "assalamualaikum", "aoa",
    "adab", "hola", "buenas", "سلام", "السلام علیکم", "ہیلو", "آداب", "ہائے", "هيلو", "سلام عليڪم", "السلام عليڪم", "ڀليڪار",
)))  # fmt: skip
_START = re.compile(r"/start(?:@\w+)?\s+", re.IGNORECASE)
_WORD = re.compile(r"(?:(\D+?) ?)?([1-9]\d{2,4})")
PAYLOAD = "HI{number}"  # of a Telegram link: at most 64 of A-Z, a-z, 0-9, _ and -


def read(text: str) -> int | None:
    """The number of the poster that a message comes from; None for any other message."""
    if len(text) > 60:
        return None
    found = _WORD.fullmatch(fold(_START.sub("", text.strip(), count=1)))
    if found is None or (found[1] is not None and found[1].strip() not in GREETINGS):
        return None
    if found[1] is None and not text.strip().lower().startswith("/start"):
        return None  # a bare number is the answer to some question
    number = int(found[2])
    return number if FIRST <= number <= LAST else None


def payload(number: int) -> str:
    """What a Telegram link brings behind "/start"."""
    return PAYLOAD.format(number=number)
