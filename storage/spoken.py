"""Codes that people read out to each other: no letter or digit in them is misread or misheard for another."""

from __future__ import annotations

_ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXY"


def spoken(number: int, length: int) -> str:
    """As many letters and digits of `number` as asked for; where it is random, so are they."""
    code = ""
    for _ in range(length):
        number, letter = divmod(number, len(_ALPHABET))
        code += _ALPHABET[letter]
    return code


def is_spoken(text: str, length: int) -> bool:
    """Whether this may be such a code, in capital letters."""
    return len(text) == length and all(letter in _ALPHABET for letter in text)
