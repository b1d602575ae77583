"""Own words over the shipped ones, kept up to date in one process: a unit of work reads one small value to know.

What cannot be said as it stands (it does not open, or would leave something unfilled) is left out, and the shipped words
are said: no wording ever breaks a turn. `refused` tells which, for `hamraz doctor`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from casework.wordings import tongues
from flows.controls import NAMES, Controls
from locales.catalogues import Catalogue, Entry, listed
from locales.check import MADE_FROM, braces
from locales.languages import ENGLISH
from locales.phrasebook import SHOWN_CONTROLS, Phrasebook
from storage import wordings
from storage.database import Unit
from storage.vault.keyring import Keyring
from storage.wordings import Wording

LONGEST = 4_000  # characters of one form
EVERYWHERE = frozenset({"police", "rescue", "helpline", "cyber", "lawyer", *SHOWN_CONTROLS})  # filled in every phrase
_CONTROL = "control."


class WordingShelf:
    """Keeps one phrasebook in step with what the organisation says."""

    def __init__(self) -> None:
        self.refused: tuple[str, ...] = ()  # "ur report.when.ask"
        self._edition = ""

    def renew(self, unit: Unit, keyring: Keyring, phrasebook: Phrasebook) -> None:
        """Have the book say what is to be said as of this unit of work."""
        edition = wordings.edition(unit)
        if edition == self._edition:
            return
        found, broken = wordings.every(unit, keyring)
        shipped = (*phrasebook.came_with, *tongues.catalogues(unit, keyring))
        catalogues, unfit = laid_over(shipped, found)
        if steering(catalogues):  # a word that steers two ways would break every turn
            catalogues, more = laid_over(shipped, [one for one in found if not one.phrase.startswith(_CONTROL)])
            unfit += [*more, *(f"{one.language} {one.phrase}" for one in found if one.phrase.startswith(_CONTROL))]
        phrasebook.adopt(catalogues, shipped)
        self.refused = (*broken, *unfit)
        self._edition = edition


def laid_over(shipped: Sequence[Catalogue], own: Iterable[Wording]) -> tuple[tuple[Catalogue, ...], list[str]]:
    """The catalogues with the organisation's words over them, and which of its phrases cannot be said."""
    by_language: dict[str, dict[str, Wording]] = {}
    for one in own:
        if one.said:
            by_language.setdefault(one.language, {})[one.phrase] = one
    refused = [
        f"{language} {key}" for language in by_language.keys() - _codes(shipped) for key in by_language[language]
    ]
    english = next(catalogue for catalogue in shipped if catalogue.language.code == ENGLISH)
    original = english
    found: dict[str, Catalogue] = {}
    for catalogue in sorted(shipped, key=lambda one: one.language.code != ENGLISH):  # English first: others lean on it
        code = catalogue.language.code
        entries: dict[str, Entry] = {}
        for key, wording in by_language.get(code, {}).items():
            basis = original.entries if code == ENGLISH else english.entries
            entry = entry_of(wording, catalogue, basis)
            if can_be_said(entry, basis.get(key) or basis.get(key.partition("@")[0]), catalogue):
                entries[key] = entry
            else:
                refused.append(f"{code} {key}")
        found[code] = catalogue.with_words(entries)
        if code == ENGLISH:
            english = found[code]
    return tuple(found[catalogue.language.code] for catalogue in shipped), sorted(refused)


def steering(catalogues: Sequence[Catalogue]) -> str:
    """What steers two ways, as the talk reads it; "" where nothing does."""
    every = {name: [word for one in catalogues for word in listed(one.text(_CONTROL + name) or "")] for name in NAMES}
    try:
        Controls(every)
    except ValueError as clash:
        return str(clash)
    return ""


def entry_of(wording: Wording, catalogue: Catalogue, english: Mapping[str, Entry]) -> Entry:
    """A wording as a phrase of the catalogue: with the notes of the shipped one, or of English."""
    shipped = catalogue.entries.get(wording.phrase)
    base = shipped or english.get(wording.phrase) or english.get(wording.phrase.partition("@")[0])
    kept = base.notes if base is not None else ()
    notes = [note for note in kept if note.partition(":")[0] not in (MADE_FROM, "en was", "native")]
    if catalogue.language.code != ENGLISH:
        notes.append(f"{MADE_FROM}: {wording.made_from}")
    return Entry(wording.phrase, wording.said, tuple(notes))


def can_be_said(entry: Entry, original: Entry | None, catalogue: Catalogue) -> bool:
    """Whether nothing in it can break a turn. original: the English of it; None for a phrase of the organisation's own."""
    if not entry.written or any(len(form) > LONGEST for form in entry.forms) or any(braces(entry)):
        return False
    if entry.key.startswith(_CONTROL):
        return bool(listed(entry.text))
    if original is None:
        return len(entry.forms) == 1 and entry.placeholders <= EVERYWHERE
    allowed = original.placeholders | SHOWN_CONTROLS.keys()
    forms = {1, forms_of(catalogue)} if len(original.forms) > 1 else {1}
    return entry.placeholders <= allowed and len(entry.forms) in forms


def forms_of(catalogue: Catalogue) -> int:
    """How many forms a phrase with a number has in this language."""
    return 1 + max(map(catalogue.plural, range(200)))


def _codes(catalogues: Sequence[Catalogue]) -> set[str]:
    return {catalogue.language.code for catalogue in catalogues}
