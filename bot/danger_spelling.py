"""How danger words are compared: one text, two spellings of each word.

`plain` keeps the letters (for English and Spanish), `sound` keeps roughly what is heard (for Urdu and
Sindhi, in either script, where everybody spells as she likes): "baachao" and "bachaaao", قتل and کتل.
Both forget stretched letters, accents, invisible marks and letters kept apart ("h e l p").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.reading.fold import fold

LEAST_TYPO = 5  # letters; in a shorter word one slip makes another word
LEAST_BONES = 4  # consonants; with fewer, other words have the same
LEAST_ENDED = 4  # letters before the vowel that tells gender and number
LEAST_CLIPPED = 3  # letters of a word without its vowels: "bnd" for "band"

_APART = re.compile(r"(?<!\w)(?:[^\W\d_][\s.\-_*]+){3,}[^\W\d_](?!\w)")  # "h e l p", "k.i.l.l"
_BETWEEN = re.compile(r"[\s.\-_*]+")
_ENDS = re.compile(r"[.!?\u061f\u06d4\n]+(?=\s|$)")
_MASKED = re.compile(r"(?<=[A-Za-z])[@$0134](?=[A-Za-z])")  # r@pe, k1ll
_UNMASKED = {"@": "a", "$": "s", "0": "o", "1": "i", "3": "e", "4": "a"}
_STRETCHED = re.compile(r"([^\W\d_])\1+")
_VOWELS = re.compile(r"(?<=.)[aeiou]+")
_INNER_VOWELS = re.compile(r"(?<=.)[aeiou]+(?=[^aeiou])")
_LAST_Y = re.compile(r"(?<=[b-df-hj-np-tv-xz])y\b")  # ny, rhy, mjhy = ne, rhe, mujhe
_PAIRS = {
    **{"ph": "f", "ckh": "k", "ck": "k", "kh": "k", "q": "k", "gh": "g", "w": "v", "sh": "s", "cch": "c", "tch": "c"},
    **{"ch": "c", "x": "z", "th": "t", "dh": "d", "bh": "b", "jh": "j", "rh": "r", "ee": "i", "ea": "i", "ei": "i"},
    **{"ie": "i", "y": "i", "oo": "u", "ou": "u", "ai": "e", "ay": "e", "ae": "e"},
}
_SOUNDS = re.compile(
    "|".join(sorted(_PAIRS, key=len, reverse=True)).replace("ay", "ay(?![aeiou])")
)  # lagay, not laga-ya
_UNHEARD = re.compile(r"(?<=[a-z])n(?![a-z])|(?<=[a-z])h(?![aeiou])")  # hain = hai, ahi = ah
# Letters that sound alike in Urdu and Sindhi, or that a phone without a Sindhi keyboard lacks.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("صث", "س"),
        **dict.fromkeys("ذضظ", "ز"),
        **dict.fromkeys("طٹٽٺٿ", "ت"),
        **dict.fromkeys("ڏڌڊڈڍ", "د"),
        **dict.fromkeys("ٻڀ", "ب"),
        **dict.fromkeys("ڄڃ", "ج"),
        **dict.fromkeys("ڳڱ", "گ"),
        **dict.fromkeys("ڙڑ", "ر"),
        "ح": "ه",
        "ع": "ا",
        "ق": "ک",
        "ڇ": "چ",
        "ڦ": "پ",
    }
)


def sentences(text: str) -> list[str]:
    """The folded sentences of a text, without the tricks that hide a word."""
    whole = _APART.sub(lambda found: _BETWEEN.sub("", found[0]), text)
    whole = _MASKED.sub(lambda found: _UNMASKED[found[0]], whole)
    return [folded for sentence in _ENDS.split(whole) if (folded := fold(sentence))]


def spelled(folded: str) -> tuple[list[str], list[str]]:
    """The plain words of a folded text and, as many, their sounds."""
    return _STRETCHED.sub(r"\1", folded).split(" "), _sound(folded).split(" ")


def plain(word: str) -> str:
    """The letters of one word of a list."""
    return _STRETCHED.sub(r"\1", fold(word)).replace(" ", "")


def sound(word: str) -> str:
    """What is heard of one word of a list."""
    return _sound(fold(word).replace(" ", ""))


def stem(word: str) -> str:
    """What is heard of the beginning of words: nothing at its end falls silent."""
    return sound(word + "z")[:-1]


def bones(heard: str) -> str:
    """The consonants of a sound, for words written with other vowels; "" where too few are left."""
    kept = heard[:1] + _VOWELS.sub("", heard)[1:].replace("h", "")
    return kept if len(kept) >= LEAST_BONES else ""


def unended(heard: str) -> str:
    """A sound without the vowel that tells gender and number (maarta, maarti, maarte); "" where there is none."""
    return heard[:-1] if len(heard) > LEAST_ENDED and heard[-1] in "aeiou" else ""


def clipped(word: str) -> set[str]:
    """The word as it is texted in haste: no vowel but the last ("dnt", "zbrdsti"), or not the first ("bchao")."""
    forms = {_INNER_VOWELS.sub("", word), _INNER_VOWELS.sub("", word, count=1)} if word.isascii() else set()
    return {form for form in forms if len(form) >= LEAST_CLIPPED and form != word}


def slips(word: str) -> Iterator[str]:
    """The word with one letter missing, and with two neighbours swapped; the first letter stays."""
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
    for place in range(1, len(word) - 1):
        yield word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _sound(folded: str) -> str:
    if not folded.isascii():
        folded = folded.translate(_ALIKE)
    folded = _LAST_Y.sub("e", folded)
    heard = _STRETCHED.sub(r"\1", _SOUNDS.sub(lambda found: _PAIRS[found[0]], folded))
    return _STRETCHED.sub(r"\1", _UNHEARD.sub("", heard))
