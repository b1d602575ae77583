"""Which language a first text is in, so that the first answer is already hers.

No detector knows Roman Urdu, so: letters that only one language has, then short words that only
one language uses (msgid "guess.words"). A guess picks a greeting, no more; she can change it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from locales.languages import Language

_WORD = re.compile(r"[^\W\d_]+")
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u0640\u200b-\u200f]")
_REPEATED = re.compile(r"(.)\1+")
_LETTER_WEIGHT = 2  # a letter of one's own says more than a word that may be misspelt


class Guesser:
    """Guesses among `languages`, by each one's own letters and words."""

    def __init__(self, languages: Iterable[Language], words: Mapping[str, Iterable[str]]) -> None:
        self._languages = tuple(languages)
        owners: dict[str, set[str]] = {}
        for code, listed in words.items():
            for word in listed:
                owners.setdefault(_folded(word), set()).add(code)
        # A word that two languages use says nothing.
        self._owner = {word: codes.pop() for word, codes in owners.items() if len(codes) == 1}

    def guess(self, text: str) -> str | None:
        """Return the code of the language `text` is most likely in, None when nothing tells."""
        right_to_left = _mostly_right_to_left(text)
        if right_to_left is None:
            return None
        candidates = [language for language in self._languages if language.right_to_left == right_to_left]
        letters = Counter(unicodedata.normalize("NFC", text).casefold())
        words = {_folded(word) for word in _WORD.findall(text)}
        score = {
            language.code: _LETTER_WEIGHT * sum(letters[letter] for letter in language.letters)
            + sum(self._owner.get(word) == language.code for word in words)
            for language in candidates
        }
        ranked = sorted(score.items(), key=lambda item: -item[1])
        if not ranked:
            return None
        if ranked[0][1] and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            return ranked[0][0]
        # Right-to-left script with nothing to tell by: the first such language, never a Latin one.
        return candidates[0].code if right_to_left else None


def _mostly_right_to_left(text: str) -> bool | None:
    """Which way the letters of `text` run; None when there are none, or they are of no use."""
    directions = Counter(unicodedata.bidirectional(letter) for letter in text if letter.isalpha())
    right, left = directions["AL"] + directions["R"], directions["L"]
    return None if not right and not left else right > left


def _folded(word: str) -> str:
    """Fold case, accents, vowel marks and drawn-out letters: "Nahiiin" and "nahin" are one."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return _REPEATED.sub(r"\1", bare.translate(_SAME_LETTER))


# Two keyboards, one letter.
_SAME_LETTER = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ۀ": "ہ"})
