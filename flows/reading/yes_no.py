"""Yes and no in five languages.

A consent needs a clear yes: "ok", "hmm", "theek hai" and a thumbs-up are none. Every word of
the answer must belong to a yes (or a no), or be politeness around it; "haan lekin…" is neither.
"""

from __future__ import annotations

import re

from flows.reading.fold import fold
from flows.reading.tables import MEANINGS, load, words

_TABLE = load("yes_no")
_YES = words(_TABLE["yes"])
_NO = words(_TABLE["no"])
_AROUND = words(_TABLE["around"])
_MILD = words(_TABLE["mild"])
_NOW = words(_TABLE["now"])
_LONG = max(phrase.count(" ") + 1 for phrase in _YES | _NO)
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_LAST_TWICE = re.compile(r"([^\W\d])\1$")
_UNSURE = "know.unsure"
_ENOUGH = 12  # words; a longer answer is a story
YES_WORDS = frozenset(word for word in _YES if " " not in word)


def read_clear_yes_no(text: str) -> bool | None:
    """Return True for a clear yes, False for a clear no, None for anything else. 1 is yes, 2 is no."""
    folded = fold(text)
    if folded in ("1", "2"):
        return folded == "1"
    return clear(folded.split(), question="?" in text or "؟" in text)


def read_yes_no(text: str) -> bool | None:
    """As `read_clear_yes_no`, and a friendly "ok", "theek hai" or thumb is a yes as well."""
    folded = fold(text)
    if folded in _MILD or (not folded and "\U0001f44d" in text):
        return True
    if not folded and "\U0001f44e" in text:
        return False
    return read_clear_yes_no(text)


def clear(tokens: list[str], *, question: bool = False) -> bool | None:
    """Return the yes or no that these folded words are, each of them accounted for."""
    if question or not tokens or len(tokens) > _ENOUGH or is_unsure(tokens):
        return None
    said: set[bool] = set()
    at = 0
    while at < len(tokens):
        for size in range(min(_LONG, len(tokens) - at), 0, -1):
            phrase = _settled(" ".join(tokens[at : at + size]))
            if phrase in _YES or phrase in _NO:
                said.add(phrase in _YES)
                break
        else:
            if tokens[at] not in _AROUND:
                return None
            size = 1
        at += size
    # "ji nahi" and "claro que no" are listed whole; a yes and a no side by side are neither.
    return said.pop() if len(said) == 1 else None


def _settled(phrase: str) -> str:
    """A phrase without its stretched letters: haaaan, nooo."""
    if phrase in _YES or phrase in _NO:
        return phrase
    return _LAST_TWICE.sub(r"\1", _STRETCHED.sub(r"\1", phrase))


def is_unsure(tokens: list[str]) -> bool:
    """Whether "not sure", "pata nahi", "no sé"… is somewhere in the words."""
    return any(
        _UNSURE in MEANINGS.get(" ".join(tokens[at : at + size]), ())
        for size in range(1, 5)
        for at in range(len(tokens) - size + 1)
    )


def polarity(label: str) -> bool | None:
    """Whether an option's label says yes (True), no or "not now" (False), or something else (None)."""
    head = re.split(r"[,;،؛(/–—:]| - ", label, maxsplit=1)[0]
    tokens = fold(head).split()
    meant = clear(tokens)
    if meant is None and len(tokens) > 1 and not is_unsure(tokens):
        rest = [token for token in tokens if token not in _NOW]
        if len(rest) == 1 and (rest[0] in _NO or rest[0] == "not"):
            return False
    return meant
