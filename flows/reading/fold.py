"""Folding: one spelling for what thumbs, keyboards and four scripts spell differently.

For matching only, never for display. It never fails, and folding twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata

# Letters that keyboards of Urdu, Sindhi and Arabic swap (design: words, section 3).
_LETTERS = str.maketrans(
    {
        "ي": "ی", "ى": "ی", "ئ": "ی", "ے": "ی", "ۓ": "ی", "ې": "ی",
        "ك": "ک", "ڪ": "ک",
        "ه": "ہ", "ھ": "ہ", "ة": "ہ", "ۃ": "ہ", "ۂ": "ہ", "ۀ": "ہ", "ە": "ہ",
        "ؤ": "و", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
        "ں": "ن", "ڻ": "ن",
    }
)
_SPACES = re.compile(r"\s+")


def digits(text: str) -> str:
    """`text` with the digits of every script as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() and _is_digit(letter) else letter for letter in text)


def fold(text: str) -> str:
    """`text` in the one spelling that matching uses: words, single spaces, nothing else."""
    if text.isascii():
        return _words(text.casefold())
    plain = unicodedata.normalize("NFKC", text).translate(_LETTERS).casefold()
    split = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
    kept = "".join(
        letter for letter in split
        if letter != "ـ" and unicodedata.category(letter) not in ("Cf", "Mn", "Me", "Cc") or letter in "\n\t"
    )
    return _words(digits(kept).casefold())


def _words(text: str) -> str:
    """Letters and digits; anything else parts words. "+" and "#" stay: they mean something alone."""
    return _SPACES.sub(" ", "".join(letter if letter.isalnum() else " " for letter in text)).strip()


def _is_digit(letter: str) -> bool:
    return unicodedata.digit(letter, None) is not None
