"""The words in a try: drafts over what is said, and the name of a phrase in brackets where nobody has written it yet.

A draft that could break a turn is left out, as a wording would be that is said; which ones, is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from casework.cases.room import CaseRoom
from casework.wordings.shelf import laid_over, steering
from flows.shape import Flow
from flows.wording import phrases_of
from locales.catalogues import Catalogue, Entry
from locales.languages import ENGLISH
from locales.phrasebook import Phrasebook
from storage import wordings
from storage.database import Unit


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said in a try."""

    book: Phrasebook = field(repr=False)
    drafts: frozenset[str] = frozenset()  # "ur report.when.ask": drafts that are said
    unfit: tuple[str, ...] = ()  # drafts that cannot be said as they stand
    missing: tuple[str, ...] = ()  # phrases that have no words at all


class TryWords:
    """Keeps the last book that was made: the next click asks for the same."""

    def __init__(self, room: CaseRoom) -> None:
        self._room = room
        self._last: tuple[object, Spoken] | None = None

    def spoken(self, unit: Unit, flows: Iterable[Flow]) -> Spoken:
        """The words as of this unit of work."""
        self._room.renew(unit)
        book = self._room.phrasebook
        found, _ = wordings.every(unit, self._room.keyring)
        drafted = [one for one in found if one.draft]
        keys = frozenset(key for flow in flows for key in phrases_of(flow))
        lacking = tuple(sorted(key for key in keys if not book.has(key) and not _drafted(drafted, key)))
        if not drafted and not lacking:
            return Spoken(book)
        about = (book.edition, tuple((one.id, one.version) for one in drafted), lacking)
        if self._last is None or self._last[0] != about:
            self._last = about, self._made(found, lacking)
        return self._last[1]

    def _made(self, found: Sequence[wordings.Wording], lacking: tuple[str, ...]) -> Spoken:
        tried = [replace(one, said=one.draft or one.said) for one in found]
        drafts = {f"{one.language} {one.phrase}" for one in tried if one.draft}
        shipped = self._room.phrasebook.shipped
        marked = tuple(_marked(one, lacking) for one in shipped)
        catalogues, unfit = laid_over(marked, tried)
        if steering(catalogues):  # a word that steers two ways would break every turn
            steers = {
                f"{one.language} {one.phrase}" for one in found if one.draft and one.phrase.startswith("control.")
            }
            tried = [
                said if f"{said.language} {said.phrase}" in steers else one
                for one, said in zip(tried, found, strict=True)
            ]
            catalogues, unfit = laid_over(marked, tried)
            unfit += sorted(steers)
        refused = tuple(one for one in unfit if one in drafts)
        return Spoken(Phrasebook(catalogues), frozenset(drafts.difference(refused)), refused, lacking)


def _drafted(drafted: Iterable[wordings.Wording], key: str) -> bool:
    return any(one.language == ENGLISH and one.phrase == key for one in drafted)


def _marked(catalogue: Catalogue, lacking: Iterable[str]) -> Catalogue:
    """English with a mark in the place of what nobody has written."""
    if catalogue.language.code != ENGLISH:
        return catalogue
    return catalogue.with_words({key: Entry(key, (f"[{key}]",)) for key in lacking})
