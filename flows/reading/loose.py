"""Loose spelling of Latin letters: Roman Urdu and Roman Sindhi have no one spelling.

"zabrdasti", "zabardasty" and "zabardasti" get the same key. Only for comparing whole words
with other words; too loose to be shown or stored.
"""

from __future__ import annotations

import re

_PAIRS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"c?k+h?|q"), "k"),
    (re.compile(r"gh"), "g"),
    (re.compile(r"[wv]"), "v"),
    (re.compile(r"sh"), "s"),
    (re.compile(r"c?ch|tch"), "c"),
    (re.compile(r"[xz]|dh(?=z)"), "z"),
    (re.compile(r"th|tt"), "t"),
    (re.compile(r"dh|dd"), "d"),
    (re.compile(r"bh"), "b"),
    (re.compile(r"jh"), "j"),
    (re.compile(r"ee|ea|ei|ie|y(?=$|[^aeiou])|i+"), "i"),
    (re.compile(r"oo|ou|u+"), "u"),
    (re.compile(r"ai|ay|ae|e+"), "e"),
    (re.compile(r"a+"), "a"),
    (re.compile(r"n(?=$)"), ""),
    (re.compile(r"h(?=$|[^aeiou])"), ""),
)
_TWICE = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"(?<=.)[aeiou]+")


def loose(word: str) -> str:
    """The key of one folded word. Other scripts come back as they are."""
    if not word.isascii() or not word.isalpha():
        return word
    for pattern, letter in _PAIRS:
        word = pattern.sub(letter, word)
    return _TWICE.sub(r"\1", word)


def skeleton(word: str) -> str:
    """The consonants: "zbrdst". "" where too little is left to know a word by."""
    if not word.isascii() or not word.isalpha():
        return ""
    bones = _VOWELS.sub("", loose(word))
    return bones if len(bones) >= 4 else ""
