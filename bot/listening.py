"""What is heard whatever is asked: control words and languages, worked out of the words, and again when those changed."""

from __future__ import annotations

from dataclasses import dataclass

from flows.controls import NAMES, Controls
from flows.prompt import Choice, Named
from locales.phrasebook import Phrasebook


class Listener:
    """Keeps what is heard in step with the phrasebook."""

    def __init__(self, book: Phrasebook) -> None:
        self._book = book
        self._last = Listening.to(book)

    def hears(self, book: Phrasebook) -> bool:
        """Whether it is this book's."""
        return self._book is book

    @property
    def now(self) -> Listening:
        """As the book has it now."""
        if self._last.edition is not self._book.edition:
            self._last = Listening.to(self._book)
        return self._last


@dataclass(frozen=True, slots=True)
class Listening:
    """As of one edition of the phrasebook."""

    edition: object
    controls: Controls
    languages: tuple[Choice, ...]

    @classmethod
    def to(cls, book: Phrasebook) -> Listening:
        return cls(
            book.edition,
            Controls({name: [word for words in book.words(name).values() for word in words] for name in NAMES}),
            tuple(
                Choice(language.code, Named(book.own_names(language.code)))
                for language in book.languages
                if language.complete
            ),
        )
