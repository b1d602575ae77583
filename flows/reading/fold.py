"""The one normalisation for matching: what two spellings must share to count as the same word.

A folded text is for comparing, never for showing: it has no case, no accents, no marks, no
punctuation, one form of each Urdu and Sindhi letter, and 0-9 for the digits of every script.
`fold` never raises and folding twice changes nothing (both are property-tested).
"""

from __future__ import annotations

import re
import unicodedata

# words.md §3: one letter stands for its look-alikes on Urdu, Sindhi, Arabic and Persian keyboards.
_LETTERS = {
    **dict.fromkeys("يىېۍےئۓ", "ی"),
    **dict.fromkeys("كڪګ", "ک"),
    **dict.fromkeys("ہھةۃۂەۀ", "ه"),
    **dict.fromkeys("ؤۋۆۇ", "و"),
    **dict.fromkeys("آأإٱ", "ا"),
    **dict.fromkeys("ںڻ", "ن"),
    "ء": "",  # جاءِ and جا, هيءَ and هي: hardly anybody types the hamza
    "۽": " ۽ ",  # Sindhi "and" and "in" are signs to Unicode, words to people
    "۾": " ۾ ",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
}
_JOINERS = frozenset("'`\u2018\u2019\u02bc\u00b4\u0640\x00")  # don't = dont; tatweel and NUL are nothing
_TEN = "\U0001f51f"  # the keycap 10 is one sign, the others are a digit and a mark


def _folded(code: int) -> str:
    """What one character of a decomposed, casefolded text becomes."""
    char = chr(code)
    if char in _LETTERS:
        return _LETTERS[char]
    if char in _JOINERS:
        return ""
    if char == _TEN:
        return " 10 "
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category[0] == "M" or category == "Cf":
        return ""
    return char if category[0] in "LN" else " "


class _Table(dict[int, str]):
    """Known characters are looked up, rare ones worked out; nothing is remembered of what people type."""

    def __missing__(self, code: int) -> str:
        return _folded(code)


# Latin to the end of the general punctuation and Arabic presentation forms: all a message usually holds.
_TABLE = _Table({code: _folded(code) for code in (*range(0x2600), *range(0xFB00, 0x10000))})
_SPACES = re.compile(" {2,}")
_DIGIT = re.compile(r"\d")


def fold(text: str) -> str:
    """Return `text` as it is compared: "  Ｂüs، ۲! " and "bus 2" are the same."""
    if text.isascii():
        folded = text.casefold().translate(_TABLE)
    else:
        # Unicode's own recipe for caseless matching: decompose on both sides of the casefolding.
        decomposed = unicodedata.normalize("NFKD", text).casefold()
        folded = unicodedata.normalize("NFKD", decomposed).translate(_TABLE)
    folded = _SPACES.sub(" ", folded).strip(" ")
    return folded or ("#" if "#" in text else "")  # a lone # is the control for "back"


def digits(text: str) -> str:
    """Return `text` with the digits of every script as 0-9 and the rest as it was."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text.replace(_TEN, "10"))
    return _DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), text)


def squeeze(folded: str) -> str:
    """Return a folded text without its spaces: "work place" and "workplace" are one word to many."""
    return folded.replace(" ", "")
