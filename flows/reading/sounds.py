"""How a word sounds, so that spellings by ear meet: zabrdasti and zabardasti, گھر and ghr.

A sound is one small alphabet for Latin and Arabic script: consonants in lower case (x for sh,
c for ch), vowels a e i o u; in Arabic script the letters that may be a vowel or a consonant
are A (ا ع), V (و), Y (ی). Breath (gh, dh, bh…) is dropped, since hardly two people write it alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

_LATIN = {
    "tch": "c", "chh": "c", "sch": "sk", "sh": "x", "ch": "c", "ck": "k", "ph": "f", "kh": "k", "gh": "g",
    "th": "t", "dh": "d", "bh": "b", "jh": "j", "zh": "z", "qu": "k", "q": "k", "w": "v", "x": "ks",
    "aa": "a", "ee": "i", "ii": "i", "oo": "u", "uu": "u", "ou": "u", "au": "o", "ai": "e", "ay": "e",
    "ei": "e", "ey": "e", "ae": "e", "ie": "i", "ce": "se", "ci": "si", "cy": "si", "c": "k", "y": "i",
}  # fmt: skip
_LATIN_PARTS = re.compile("|".join(sorted(_LATIN, key=len, reverse=True)))
_ARABIC = str.maketrans(
    {
        "ا": "A", "ع": "A", "و": "V", "ی": "Y", "ه": "h", "ح": "h",
        "ب": "b", "ٻ": "b", "ڀ": "b", "پ": "p", "ت": "t", "ط": "t", "ٹ": "t", "ٽ": "t", "ٿ": "t", "ٺ": "t",
        "ث": "s", "س": "s", "ص": "s", "ش": "x", "ج": "j", "ڄ": "j", "چ": "c", "ڇ": "c", "ڃ": "n",
        "خ": "k", "ک": "k", "ق": "k", "غ": "g", "گ": "g", "ڳ": "g", "ڱ": "ng",
        "د": "d", "ڈ": "d", "ڊ": "d", "ڌ": "d", "ڍ": "d", "ڏ": "d", "ذ": "z", "ز": "z", "ض": "z", "ظ": "z", "ژ": "z",
        "ر": "r", "ڑ": "r", "ڙ": "r", "ف": "f", "ڦ": "f", "ل": "l", "م": "m", "ن": "n",
    }
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")
_BREATH = re.compile(r"(?<=[bptsjcdrgklmnzfx])h")
_LAST_H = re.compile(r"(?<=[aeiou])h$")
_VOWELS = "aeiouAVY"
_NOT_VOWEL = re.compile(r"[^aeiouvhyAVY]")
_LIKE = {"a": "AY", "e": "YA", "i": "YA", "o": "VA", "u": "VA", "v": "V", "h": "h"}


@dataclass(frozen=True, slots=True)
class Sound:
    """One folded word by ear."""

    key: str  # all of it; two words with one key sound alike
    bones: str  # consonants only, for finding candidates
    arabic: bool


def sound(word: str) -> Sound:
    """Return how a folded word sounds. A word of neither script sounds like itself."""
    if word.isascii():
        if word.endswith("ge") and len(word) > 3:
            word = word[:-2] + "j"  # college, message
        key = _LATIN_PARTS.sub(_latin_part, word)
        key = _LAST_H.sub("", _DOUBLED.sub(r"\1", key))
        arabic = False
    else:
        key = word.translate(_ARABIC)
        key = _DOUBLED.sub(r"\1", _BREATH.sub("", key))
        if len(key) > 2 and key[-1] == "h":
            key = key[:-1] + "A"  # رکشہ is رکشا
        arabic = True
    return Sound(key, _bones(key), arabic)


def _latin_part(found: re.Match[str]) -> str:
    return _LATIN[found[0]]


def _bones(key: str) -> str:
    """Consonants; v and h count only where a word begins, for elsewhere they are half vowels."""
    head = "v" if key[:1] in ("v", "V") else "h" if key[:1] == "h" else ""
    return head + _DOUBLED.sub(r"\1", "".join(_NOT_VOWEL.findall(key)))


def alike(one: Sound, other: Sound) -> bool:
    """Whether two words with the same bones may be one word written by ear."""
    if one.bones != other.bones or not one.bones:
        return False
    if one.key == other.key:
        return True
    if one.arabic != other.arabic:
        return _alike_across(one, other) if one.arabic else _alike_across(other, one)
    mine, theirs = _between(one.key), _between(other.key)
    if len(one.bones) < 3:
        # ghr is ghar and bs is bus, but kam is not kum: short words may only lose vowels.
        return not one.arabic and len(one.bones) == 2 and ("" in (mine, theirs))
    return OSA.distance(mine, theirs) <= 1 or _inside(mine, theirs) or _inside(theirs, mine)


def _between(key: str) -> str:
    return "".join(char for char in key if char in _VOWELS or char in "vh")


def _inside(short: str, long: str) -> bool:
    left = iter(long)
    return all(char in left for char in short)


def _alike_across(arabic: Sound, latin: Sound) -> bool:
    """Whether the vowels written in Latin letters fit those that Arabic script shows."""
    ours, theirs = _gaps(arabic.key), _gaps(latin.key)
    if len(ours) != len(theirs):
        return False
    long = len(arabic.bones) >= 3
    return all(_fits(a, b, long, index) for index, (a, b) in enumerate(zip(ours, theirs, strict=True)))


def _gaps(key: str) -> list[str]:
    """The vowels before, between and after the consonants."""
    gaps, last = [""], ""
    for char in key:
        if char in "aeiouvhyAVY":
            gaps[-1] += char
        elif char != last:
            gaps.append("")
        last = char
    return gaps


def _fits(shown: str, heard: str, long: bool, index: int) -> bool:
    shown_vowels = shown.replace("h", "")
    heard_vowels = heard.replace("h", "").replace("y", "i")
    if not shown_vowels:
        return len(heard_vowels) <= (2 if long else 1) and "v" not in heard_vowels
    if not heard_vowels:
        return long or index == 0
    return any(char in shown_vowels for vowel in heard_vowels for char in _LIKE.get(vowel, ""))
