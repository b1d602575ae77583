"""What an institution is called besides its own name: college, clg, کالج and ڪاليج are one word, and so is a slip of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from casework.asking_words import shipped_words
from casework.by_ear import ByEar
from casework.places.spelling import tokens_of

_FORGIVEN = frozenset({
    "university", "college", "institute", "government", "secondary", "science", "commerce", "medical", "engineering",
    "technology",
})  # fmt: skip  # a slip of any other is like some name: larkiyan, Larkana
_SHORTEST = 6  # letters; a shorter word is one slip away from too many
_ONE_SLIP = 0.84  # how well a word fits by ear with one slip in six letters


class Calling:
    """Reads the words of names."""

    def __init__(self, called: Mapping[str, str]) -> None:
        """called: "clg" -> "college", and "" for words that tell nothing"""
        self._called = called
        self._ear = ByEar(word for word, kind in called.items() if kind in _FORGIVEN)
        self.kinds = frozenset(called.values())

    def words(self, text: str) -> Iterator[str]:
        """The words that tell which one it is, in their order; those that many are called by their one name."""
        for token in tokens_of(text):
            word = self._read(token)
            if word:
                yield word

    def _read(self, token: str) -> str:
        if token in self._called:
            return self._called[token]
        if len(token) < _SHORTEST:
            return token
        heard = max((*self._ear.sounding(token), *self._ear.near(token)), key=lambda one: one[1], default=("", 0.0))
        return self._called[heard[0]] if heard[1] >= _ONE_SLIP else token


@cache
def shipped_calling() -> Calling:
    """Over the words that are shipped, built once a process."""
    return Calling(shipped_words().institution)
