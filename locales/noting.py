"""The words as they are at one moment, noting what is asked of them.

Whatever was worked out of the answers holds for as long as they are the same: so nobody works it out again because some other
phrase changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from locales.calendar import Calendar
from locales.catalogues import Catalogue, Entry
from locales.languages import Language
from locales.phrasebook import Filling, MissingPhrase, Phrasebook

_Question = tuple[str, ...]


class Noting(Phrasebook):
    """A phrasebook that does not change, and remembers its questions."""

    def __init__(self, book: Phrasebook) -> None:
        self.came_with, self._said = book.came_with, book._said  # the same words: nothing is read twice
        self.notes: dict[_Question, object] = {}

    @property
    def moment(self) -> object:
        """The edition of the words that these are."""
        return self._said

    def holds(self, book: Phrasebook) -> bool:
        """Whether another would answer everything that was asked in the very same way."""
        other = Noting(book)
        return all(other._answer(question) == answer for question, answer in self.notes.items())

    def has(self, key: str) -> bool:
        self.notes["has", key] = found = super().has(key)
        return found

    def language(self, code: str) -> Language:
        self.notes["language", code] = found = super().language(code)
        return found

    @property
    def languages(self) -> tuple[Language, ...]:
        self.notes["languages",] = found = super().languages
        return found

    @property
    def edition(self) -> object:
        return self._everything()

    def fill(self, text: str, language: str, values: Filling) -> str:
        self.language(language)
        return super().fill(text, language, values)

    def forms(self, key: str) -> Mapping[str, str]:
        self._everything()
        return super().forms(key)

    def spoken(self, key: str) -> frozenset[str]:
        self._everything()
        return super().spoken(key)

    def guess(self, text: str) -> str | None:
        self._everything()
        return super().guess(text)

    @property
    def catalogues(self) -> tuple[Catalogue, ...]:
        self._everything()
        return super().catalogues

    @property
    def controls(self) -> tuple[str, ...]:
        self._everything()
        return super().controls

    def _calendar(self, language: str) -> Calendar:
        self._everything()
        return super()._calendar(language)

    def _find(self, key: str, language: str, channel: str) -> tuple[Catalogue, Entry]:
        try:
            found = super()._find(key, language, channel)
        except MissingPhrase:
            self.notes["find", key, language, channel] = None
            raise
        self.notes["find", key, language, channel] = (found[0].language, found[0].plural, found[1])
        return found

    def _everything(self) -> object:
        """What asks for this asks for all words together: any change is another answer."""
        self.notes["everything",] = self._said
        return self._said

    def _answer(self, question: _Question) -> object:
        match question:
            case ("has", key):
                self.has(key)
            case ("language", code):
                self.language(code)
            case ("languages",):
                _ = self.languages
            case ("everything",):
                self._everything()
            case ("find", key, language, channel):
                try:
                    self._find(key, language, channel)
                except MissingPhrase:
                    return None
        return self.notes[question]
