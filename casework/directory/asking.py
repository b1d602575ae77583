"""What a text asks for: a kind of help, a place, both or neither. "hospital near Qasimabad", "پوليس ڪٿي آهي"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from casework.asking_words import AskingWords, shipped_words
from casework.directory.kinds import Kind, kind_of
from casework.directory.matching import KindMatcher, Meant, shipped_matcher
from casework.places.finding import NOTHING, Finder, Found, shipped_finder
from casework.places.spelling import tokens_of, without_noise
from flows.reading.tables import FILLER, MEANINGS, REAL, WEAK

_LONGEST = 40  # words read; a longer text is a story
_KNOWN = 3  # the last rank of place that people name unasked
_TOWN = 2
_FEW = 3  # words of a text that is hardly more than the name
_CLOSE = 0.84  # a score under which a name misspelt is not heard in a sentence
_WRITTEN = ("as written", "another name for it")
_GROWN = 18
_UNDERAGE = "underage"  # in asking.toml: an age under 18
_SPOKEN = frozenset(word for word in (*FILLER, *WEAK, *REAL, *MEANINGS) if " " not in word)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was read."""

    kind: Kind | None = None
    why: tuple[str, ...] = ()  # phrases of our lists that told the kind
    places: Found = NOTHING
    person: str = ""  # whom it is for, where it is not she herself: "children", "men", "transgender"


class Asker:
    """Reads what is asked for."""

    def __init__(self, finder: Finder, matcher: KindMatcher, words: AskingWords) -> None:
        self.finder = finder
        self._matcher = matcher
        self._people = words.people
        self._years = words.years
        self._near = words.near
        self._noise = words.noise

    def read(self, text: str) -> Asked:
        """Return the kind of help and the place that `text` asks for."""
        tokens = self._with_age(tokens_of(text)[:_LONGEST])
        named = frozenset(token for token in tokens if self._is_known(token))
        meant = self._matcher.read(tokens, named)
        if meant.kind and not meant.used.issuperset(tokens) and self.finder.is_name(tokens):
            meant = Meant()  # Thana Bula Khan is a town, not a police station
        person, its_words = self._person(tokens)
        if meant.used.issuperset(tokens):
            return Asked(kind_of(meant.kind), meant.why, person=person)  # also of nothing at all
        spoken = (_SPOKEN & set(tokens)) - named if meant.kind else frozenset()
        found = self.finder.find(text, noise=meant.used | spoken | its_words)
        return Asked(kind_of(meant.kind), meant.why, found if self._said(found, tokens) else NOTHING, person)

    def _with_age(self, tokens: list[str]) -> list[str]:
        """The words with the age of a child as one word that our lists know, so that "15 years" is no call for the police."""
        found: list[str] = []
        for at, token in enumerate(tokens):
            is_age = token.isdigit() and at + 1 < len(tokens) and tokens[at + 1] in self._years
            found.append(_UNDERAGE if is_age and int(token) < _GROWN else token)
        return found

    def _person(self, tokens: list[str]) -> tuple[str, frozenset[str]]:
        """Whom it is for, where it is said, and the words that say it."""
        for words, person in self._people.items():
            if any(tuple(tokens[at : at + len(words)]) == words for at in range(len(tokens) - len(words) + 1)):
                return person, frozenset(words)
        return "", frozenset()

    def is_all(self, text: str, asked: Asked) -> bool:
        """Whether `text` says nothing but what was read in it: a question for help, and no story that names the police."""
        tokens = tokens_of(text)
        meant = self._matcher.read(tokens, frozenset(token for token in tokens if self._is_known(token)))
        left = without_noise(tokens, self._noise)
        used = meant.used | self._person(tokens)[1]
        rest = [token for token, keep in zip(tokens, left, strict=True) if keep and token not in used]
        if not rest or asked.places.one is None:
            return not rest
        found = self.finder.find(text, noise=used)
        return found.one == asked.places.one and found.candidates[0].whole

    def _said(self, found: Found, tokens: list[str]) -> bool:
        """Whether a place was really named. In a sentence almost any word is some hamlet's name."""
        if not found.equal:
            return False
        first = found.candidates[0]
        beside = not self._near.isdisjoint(tokens)
        written = first.why.startswith(_WRITTEN)
        if first.place.rank > _KNOWN:
            return first.whole and written and (beside or len(tokens) <= _FEW - 1)
        return written or (first.whole and first.score >= _CLOSE and (beside or len(tokens) <= _FEW))

    def _is_known(self, token: str) -> bool:
        return any(self.finder.places.rank(one.spelling.place) <= _TOWN for one in self.finder.index.written(token))


@cache
def shipped_asker() -> Asker:
    """The asker over the files that are shipped, built once a process."""
    return Asker(shipped_finder(), shipped_matcher(), shipped_words())
