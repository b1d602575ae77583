"""What an SMS costs: its alphabet, and the parts it is sent and paid in.

GSM-7 gives 160 letters (153 in each of several parts), UCS-2 70 (67). One curly quote or one
invisible character turns the whole text into UCS-2, so those are folded away first.
Like Twilio, a part never ends inside a grapheme.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

import regex
from smsutil import (
    GSM_MULTI_PART_BYTES,
    GSM_SINGLE_PART_BYTES,
    UNICODE_MULTI_PART_BYTES,
    UNICODE_SINGLE_PART_BYTES,
)
from smsutil.codecs import (
    GSM_CHARSET,
    GSM_EXT_CHARSET,
)

# smsutil lists the escape octet and form feed among the letters; no text may hold them.
_GSM = frozenset(GSM_CHARSET) - {"\x1b", "\f"}
_GSM_DOUBLE = frozenset(GSM_EXT_CHARSET)
_NOT_GSM = re.compile("[^" + re.escape("".join(sorted(_GSM))) + "]")
_GRAPHEME = regex.compile(r"\X")

_INVISIBLE = "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufe0e\ufe0f\ufeff"
_PLAIN: Mapping[int, str | None] = {
    **dict.fromkeys(map(ord, "‘’‚‛′´`ʼ"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(map(ord, "•·‣◦"), "-"),
    **dict.fromkeys(
        map(
            ord,
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t",
        ),
        " ",
    ),
    **dict.fromkeys(map(ord, "\u2028\u2029"), "\n"),
    **dict.fromkeys(map(ord, _INVISIBLE), None),
    **dict.fromkeys(range(0x202A, 0x202F), None),
    **dict.fromkeys(range(0x2066, 0x2070), None),
    ord("…"): "...",
    ord("\r"): None,
}


class Cost(NamedTuple):
    """How a text travels."""

    parts: int
    units: int  # septets of GSM-7, or 16-bit units of UCS-2
    alphabet: str  # "GSM-7" or "UCS-2"


def fits_gsm(text: str) -> bool:
    """Whether every letter of `text` is in the GSM 03.38 alphabet."""
    return _NOT_GSM.search(text) is None


def strangers(text: str) -> str:
    """Return the letters, each once, that keep `text` out of GSM-7."""
    return "".join(dict.fromkeys(_NOT_GSM.findall(text)))


def in_latin(text: str) -> bool:
    """Whether most letters of `text` are Latin: in another script no other character makes it cheaper."""
    letters = [unicodedata.name(letter, "").startswith("LATIN") for letter in text if letter.isalpha()]
    return 2 * sum(letters) >= len(letters)


def plain(text: str, folding: Mapping[int, str] | None = None) -> str:
    """Return `text` as it goes out by SMS: folded when that makes it GSM-7, else as it was.

    folding  the language's own (á→a for Spanish); used only when it helps
    """
    text = unicodedata.normalize("NFC", text)
    if fits_gsm(text):
        return text
    for folded in (
        text.translate(_PLAIN),
        text.translate(_PLAIN).translate(folding or {}),
    ):
        if fits_gsm(folded):
            return folded
    return text


def cost(text: str) -> Cost:
    """Return what `text` costs as one SMS, counted as Twilio counts it."""
    if fits_gsm(text):
        single, several = GSM_SINGLE_PART_BYTES, GSM_MULTI_PART_BYTES
        units = len(text) + sum(map(text.count, _GSM_DOUBLE))
        alphabet = "GSM-7"
    else:
        single, several = UNICODE_SINGLE_PART_BYTES // 2, UNICODE_MULTI_PART_BYTES // 2
        units = utf16_units(text)
        alphabet = "UCS-2"
    if units <= single:
        return Cost(1, units, alphabet)
    if units == len(text) and alphabet == "GSM-7" and "\r" not in text:
        return Cost(-(-units // several), units, alphabet)
    letters = graphemes(text)
    if len(letters) == units:  # each letter is one unit, so nothing is left empty at a part's end
        return Cost(-(-units // several), units, alphabet)
    parts, filled = 1, 0
    for grapheme in letters:
        size = sum(1 + (letter in _GSM_DOUBLE) for letter in grapheme) if alphabet == "GSM-7" else utf16_units(grapheme)
        if filled + size > several:
            # A grapheme longer than a part (piled-up marks) has to run over.
            parts += 1 if size <= several else -(-size // several)
            filled = 0
        filled += size if size <= several else size % several
    return Cost(parts, units, alphabet)


def room_left(of: Cost) -> int:
    """Return how many letters of its alphabet still fit into the last part."""
    single, several = (160, 153) if of.alphabet == "GSM-7" else (70, 67)
    return max(0, (single if of.parts == 1 else of.parts * several) - of.units)


def graphemes(text: str) -> list[str]:
    """Return `text` cut into what a reader sees as one letter each."""
    return _GRAPHEME.findall(text)


def utf16_units(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, as Telegram and UCS-2 count it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
