"""Every phrase of a language beside its English, and how each stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casework.wordings import checks
from casework.wordings.room import Spot, WordsRoom
from flows.reading.fold import fold
from locales.catalogues import Catalogue, Entry
from locales.check import MADE_FROM, one_line
from locales.languages import ENGLISH
from locales.phrasebook import Phrasebook
from storage import wordings
from storage.database import Unit
from storage.wordings import Wording

# How a phrase stands, the most pressing first; "own": said as the organisation wrote it, looked over by nobody.
STATES = ("broken", "missing", "stale", "draft", "native", "own", "reviewed", "shipped")
ELSEWHERE = "elsewhere"  # said by no flow: by what stands around every question, by a counsellor, on a poster


@dataclass(frozen=True, slots=True)
class Line:
    """One phrase in one language."""

    key: str
    entry: Entry | None = field(repr=False)  # what is said, None where nothing is
    english: Entry | None = field(repr=False)  # None where only this language has it
    wording: Wording | None = field(repr=False)
    states: tuple[str, ...]  # the first is the one to show
    flows: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.entry.forms) if self.entry is not None else ""

    @property
    def english_text(self) -> str:
        return "\n".join(self.english.forms) if self.english is not None else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    state: str = ""
    flow: str = ""
    text: str = ""

    def fits(self, line: Line) -> bool:
        """Whether a phrase is among it."""
        if self.state and self.state not in line.states:
            return False
        if self.flow and self.flow not in line.flows:
            return False
        sought = fold(self.text)
        if not sought:
            return True
        draft = "\n".join(line.wording.draft) if line.wording is not None else ""
        return any(
            sought in fold(text) for text in (line.key.replace("_", " "), line.key, line.text, line.english_text, draft)
        )


def lines(words: WordsRoom, language: str) -> tuple[Line, ...]:
    """Every phrase of a language, in the order in which the flows come to it."""
    return words.read(lambda unit: lines_in(words, unit, language))


def lines_in(words: WordsRoom, unit: Unit, language: str) -> tuple[Line, ...]:
    """The same, in a unit of work that has begun."""
    own, broken = wordings.every(unit, words.room.keyring, language)
    return tuple(_lines(words.phrasebook, language, own, broken, words.asked(unit).spots))


def counts(found: Iterable[Line]) -> Mapping[str, int]:
    """How many stand how."""
    counted = dict.fromkeys(STATES, 0)
    for line in found:
        for state in line.states:
            counted[state] += 1
    return counted


def _lines(
    book: Phrasebook,
    language: str,
    own: Sequence[Wording],
    broken: Sequence[str],
    spots: Mapping[str, tuple[Spot, ...]],
) -> Iterable[Line]:
    mine = checks.catalogue(book.catalogues, language)
    english = checks.catalogue(book.catalogues, ENGLISH)
    basis = checks.basis(book, language)
    written = {one.phrase: one for one in own}
    lost = {name.partition(" ")[2] for name in broken}
    # Not what was written for a phrase that no flow says any more: it has no page.
    kept = (key for key in written if key.partition("@")[0] in english.entries)
    keys = dict.fromkeys((*english.entries, *mine.entries, *kept, *spots))
    for key in keys:
        if not checks.may_be_written(key):
            continue
        entry = mine.entries.get(key)
        flows = tuple(dict.fromkeys(spot.flow for spot in spots.get(key.partition("@")[0], ())))
        yield Line(
            key,
            entry if entry is not None and entry.written else None,
            english.entries.get(key) or english.entries.get(key.partition("@")[0]),
            written.get(key),
            standing(key, entry, written.get(key), basis, optional=_optional(key, mine), broken=key in lost),
            flows or (ELSEWHERE,),
        )


def standing(
    key: str, entry: Entry | None, wording: Wording | None, english: Catalogue, *, optional: bool, broken: bool = False
) -> tuple[str, ...]:
    """How a phrase stands, the most pressing first.

    english  what it is held against
    """
    is_written = entry is not None and entry.written
    found = {
        "broken": broken
        or (wording is not None and bool(wording.said) and (entry is None or entry.forms != wording.said)),
        "missing": not is_written and not optional,
        "stale": is_written and is_stale(key, entry, wording, english),
        "draft": wording is not None and bool(wording.draft),
        "native": wording.native
        if wording is not None and (wording.said or wording.reviewed or wording.native)
        else (entry is not None and entry.note("native") is not None),
        "own": wording is not None and bool(wording.said) and not wording.reviewed,
        "reviewed": wording is not None and wording.reviewed,
    }
    states = tuple(state for state in STATES if found.get(state))
    return states or ("shipped",)


def is_stale(key: str, entry: Entry | None, wording: Wording | None, english: Catalogue) -> bool:
    """Whether the English has changed since somebody last wrote it or looked it over beside it."""
    original = english.entries.get(key) or english.entries.get(key.partition("@")[0])
    if original is None:
        return False
    now = one_line(original)
    if wording is not None and (wording.said or wording.reviewed):
        return bool(wording.made_from) and wording.made_from != now
    if entry is None:
        return False
    made_from = entry.note(MADE_FROM)  # of a shipped translation
    return "fuzzy" in entry.flags or (made_from is not None and made_from != now)


def _optional(key: str, mine: Catalogue) -> bool:
    base, at, _ = key.partition("@")
    return bool(at) and mine.text(base) is not None
