"""Which option number is typed: "2", "۲.", "option 2 please", "second one", "دو", "2️⃣"."""

from __future__ import annotations

import re

from flows.reading.fold import fold
from flows.reading.tables import load, words

LAST = -1  # "the last one"
_TABLE = load("numbers")
_VALUE = {
    word: value
    for spelled in _TABLE.values()
    if isinstance(spelled, list)
    for value, spellings in enumerate(spelled, start=1)
    for word in words(spellings)
}
_LAST = words(_TABLE["last"])
_AROUND = words(_TABLE["around"])
_PLAIN = re.compile(r"(\d{1,3})(?:st|nd|rd|th|no|nd)?")
# A range, a fraction, a time, a date, a sum: numbers, but no option's number.
_NO_CHOICE = re.compile(r"\d\s*[.,:/+*=%°\u2044-]\s*\d|^\s*[-+\u2212]\s*\d|\d\s*[-\u2013\u2014\u2212]\s*\d|[%$€]")


def read_number(plain: str, tokens: list[str]) -> int | None:
    """Return the number that this whole answer is, LAST, or None.

    plain   the text with 0-9 for all digits and its punctuation
    tokens  the same, folded and split
    """
    if _NO_CHOICE.search(plain) or len(tokens) > 8:
        return None
    if " ".join(tokens) in _LAST:
        return LAST
    found = []
    for token in tokens:
        value = number_word(token)
        if value is not None:
            found.append((token, value))
        elif token not in _AROUND:
            return None
    if len(found) > 1:  # "number one", "the second one": the filler "one" is no second number
        found = [item for item in found if item[0] != "one" and item[0] != "la"] or found
    return found[0][1] if len(found) == 1 else None


def number_word(token: str) -> int | None:
    """Return the number that one folded word is, in digits or in letters."""
    if token in _VALUE:
        return _VALUE[token]
    match = _PLAIN.fullmatch(token)
    return int(match[1]) if match else None


def is_digits(token: str) -> bool:
    return token.isascii() and token.isdigit()


def words_for(value: int) -> frozenset[str]:
    """Return the words that mean `value`, folded, in every language."""
    return frozenset(fold(word) for word, number in _VALUE.items() if number == value)
