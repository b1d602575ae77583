"""What a text asks to be told about: a situation, tips at all, or neither. "bus mein tips", "someone is following me"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from casework.asking_words import AskingWords, shipped_words
from casework.directory.matching import KindMatcher
from casework.places.spelling import tokens_of

_LONGEST = 40  # words read; a longer text is a story


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """What was read."""

    situation: str = ""  # id of a situation
    why: tuple[str, ...] = ()  # phrases of our lists that told it
    by_name: bool = False  # it asks for tips, by any word for them


class TipAsker:
    """Reads what tips are asked for."""

    def __init__(self, words: AskingWords) -> None:
        self._matcher = KindMatcher(words.situations, words)
        self._tips = words.tips

    def read(self, text: str) -> AskedAbout:
        """Return the situation that `text` speaks of, and whether it asks for tips."""
        tokens = tokens_of(text)[:_LONGEST]
        named = {word for words in self._tips if _holds(tokens, words) for word in words}
        meant = self._matcher.read([token for token in tokens if token not in named])
        return AskedAbout(meant.kind, meant.why, bool(named))


def _holds(tokens: list[str], words: tuple[str, ...]) -> bool:
    size = len(words)
    return any(tuple(tokens[start : start + size]) == words for start in range(len(tokens) - size + 1))


@cache
def shipped_tip_asker() -> TipAsker:
    """The asker over the lists that are shipped, built once a process."""
    return TipAsker(shipped_words())
