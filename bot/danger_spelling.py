"""How danger words are spelled: what two spellings must share to count as one word.

A frightened thumb types "mjhe maaar rha h", "k.i.l.l" or Sindhi on an Urdu keyboard. On top of the
one normaliser (`fold`) this module makes two keys for each word: *close* (letters that keyboards
and elongation confuse are one) for languages with a spelling, and *loose* (vowels and breathed
letters that Roman Urdu and Roman Sindhi spell as they please are one) for those without.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from flows.reading.fold import fold

# One letter for each sound that a wrong keyboard or a hurried hand mixes up, both ways.
_SAME_LETTER: Final = {
    "ا": "آأإٱ",
    "و": "ؤۇ",
    "ي": "یىئےۓ",
    "ک": "كڪ",
    "ه": "ہھةۃۀح",
    "ن": "ںڻ",
    "ت": "ٽٿٹطٺ",
    "د": "ڏڊڌڍڈ",
    "ج": "ڄڃ",
    "گ": "ڳڱ",
    "ب": "ٻڀ",
    "چ": "ڇ",
    "ر": "ڙڑ",
    "ف": "ڦ",
    "س": "صث",
    "ز": "ذضظ",
}
# Apostrophes, hamza, tatweel and vowel signs: a word with and without them is the same word.
_NO_LETTER: Final = "'’‘`´ʼء\u0640\u0670" + "".join(map(chr, range(0x064B, 0x0660)))
_LETTERS: Final = str.maketrans(
    {other: one for one, others in _SAME_LETTER.items() for other in others} | dict.fromkeys(_NO_LETTER, "")
)
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_ACCENTS: Final = str.maketrans(
    {
        letter: unicodedata.normalize("NFD", letter)[0]
        for letter in map(chr, range(0xC0, 0x250))
        if unicodedata.normalize("NFD", letter)[0] != letter
    }
)

_PIECE: Final = re.compile(r"\d+|[^\W\d_]+|[.!?؟۔…\n]|[,،;؛:]")
_DOTTED: Final = re.compile(r"(?<!\w)[^\W\d](?:[^\w\s]{1,2}[^\W\d](?!\w)){2,}")
_SPACED: Final = re.compile(r"(?<!\w)[^\W\d](?: {1,2}[^\W\d](?!\w)){2,}")
_RUN: Final = re.compile(r"(.)\1+")
# A sentence's end keeps two words further apart than a comma does.
_STEP: Final = dict.fromkeys(".!?؟۔…\n", 4) | dict.fromkeys(",،;؛:", 1)

_LOOSE_PAIRS: Final = (
    ("kh", "x"), ("q", "k"), ("ck", "k"), ("ch", "c"), ("ph", "f"), ("w", "v"),
    ("y", "i"), ("e", "i"), ("ai", "i"), ("o", "u"),
)  # fmt: skip
# A breath after or before a consonant is typed or left out at will ("dhamki", "damki", "kehta").
_BREATH: Final = re.compile(r"(?<=[^\Waiu])h|(?<=\w)h(?![aiu])")
_VOWELS: Final = str.maketrans("", "", "aiu")


def plain(text: str) -> str:
    """Return `text` folded, with one letter for each sound that keyboards confuse."""
    folded = fold(text).translate(_LETTERS)
    return folded.translate(_ACCENTS) if _NOT_ASCII.search(folded) else folded


def close_key(text: str) -> str:
    """Return plain words with each run of one letter made single: "heeelp" is "help"."""
    return _RUN.sub(r"\1", text)


def loose_key(close: str) -> str:
    """Return the key that Roman spellings of one sound share, from a close key.

    Keeps the number of words: "mujhe maar rha hay" and "mujay mar rha he" are the same.
    """
    for spelled, key in _LOOSE_PAIRS:
        close = close.replace(spelled, key)
    return _RUN.sub(r"\1", _BREATH.sub("", close))


def skeleton(loose: str) -> str:
    """Return a loose key without its vowels: what is left when she types "zbrdsti"."""
    return loose[:1] + loose[1:].translate(_VOWELS)


def unspell(text: str) -> tuple[str, tuple[str, ...]]:
    """Return plain `text` with "k.i.l.l" joined, and the runs of "k i l l" that need splitting."""
    if "." in text or not text.replace(" ", "").isalpha():
        text = _DOTTED.sub(lambda found: re.sub(r"\W", "", found.group()), text)
    return text, tuple(_SPACED.findall(text))


def words_of(text: str) -> tuple[list[str], list[int]]:
    """Return the words of plain `text` and the place of each; marks widen the places between."""
    words: list[str] = []
    places: list[int] = []
    place = 0
    for piece in _PIECE.findall(text):
        step = _STEP.get(piece)
        if step is None:
            words.append("#" if piece.isdigit() else piece)
            places.append(place)
            place += 1
        elif words and place - places[-1] <= 4:
            place += step
    return words, places
