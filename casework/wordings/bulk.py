"""Many phrases of one language at once: looked through together, kept together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from casework.wordings import checks
from casework.wordings.keeping import english_of, held, write_down
from casework.wordings.refusals import WordsMoved
from casework.wordings.room import Asked, WordsRoom
from casework.wordings.shelf import entry_of
from locales.check import Finding, check_controls
from locales.phrasebook import Phrasebook
from storage import audit, wordings
from storage.database import Unit
from storage.wordings import Wording


@dataclass(frozen=True, slots=True)
class Change:
    """One phrase."""

    key: str
    before: tuple[str, ...] = field(repr=False)  # what is said now; empty where nothing is
    after: tuple[str, ...] = field(repr=False)


def findings(words: WordsRoom, asked: Asked, language: str, changes: Sequence[Change]) -> Iterator[tuple[str, Finding]]:
    """What is wrong with saying all of these, each with the phrase that it is about."""
    book = words.phrasebook
    mine, english = checks.catalogue(book.catalogues, language), checks.basis(book, language)
    entries = {}
    for change in changes:
        entry = entry_of(Wording(language, change.key, said=change.after), mine, english.entries)
        original = english.entries.get(change.key) or english.entries.get(change.key.partition("@")[0])
        found = checks.alone(entry, original, mine, english)
        yield from ((change.key, one) for one in found)
        if not any(checks.blocking(found)):
            entries[change.key] = entry
    if not entries:
        return
    after = Phrasebook(
        tuple(one.with_words(entries) if one.language.code == language else one for one in book.catalogues)
    )
    known = {(one.code, one.trouble) for one in check_controls(book.catalogues)}
    for one in check_controls(after.catalogues):
        if (one.code, one.trouble) not in known:
            yield one.key if one.key in entries else next(iter(entries)), one
    yield from ((one.key, one) for one in checks.two_ways(after, language, next(iter(entries))))
    before = {(one.code, one.flow, one.node, one.trouble) for one in words.talk.unfit(asked.flows, book, language, "")}
    for unfit in words.talk.unfit(asked.flows, after, language, ""):
        if (unfit.code, unfit.flow, unfit.node, unfit.trouble) in before:
            continue
        there = (
            key
            for key in entries
            for spot in asked.spots.get(key.partition("@")[0], ())
            if (spot.flow, spot.node) == (unfit.flow, unfit.node)
        )
        key = next(there, next(iter(entries)))
        yield key, Finding(unfit.code, f"{unfit.flow}, {unfit.node}", key, unfit.trouble, unfit.mend)


def told(finding: Finding) -> str:
    """A finding as what is wrong with a row of a file: its code first, by which the console finds words for it."""
    return f"{finding.code}: {finding.trouble}"


def write(
    words: WordsRoom,
    by: bytes,
    language: str,
    look: Callable[[], Sequence[Change]],
    now: datetime,
    what: str,
    *,
    say: bool,
) -> int:
    """Keep all that `look` finds, in one unit of work; return how many phrases changed.

    look  slow, so called before the unit of work; whatever it raises, nothing is kept
    say   say it from now on; otherwise it is kept as drafts
    Raises WordsMoved when somebody else changed what is said meanwhile, NoWordsEditor.
    """
    looked_at = words.read(wordings.edition)
    changes = look()

    def work(unit: Unit) -> int:
        wordings.hold(unit)
        words.room.renew(unit)
        if wordings.edition(unit) != looked_at:
            raise WordsMoved
        for change in changes:
            one = held(words, unit, language, change.key, now)
            was = copy(one)
            if say:
                one.said, one.reviewed = change.after, False
                if one.draft == change.after:  # another draft is somebody's unfinished work, which nobody here has seen
                    one.draft = ()
                one.made_from = english_of(words.phrasebook, language, change.key)
            else:
                one.draft = change.after
            write_down(words, unit, one, was, "said" if say else "drafted", by, now)
        if changes:
            if say:
                wordings.note_said(unit)
            audit.append(
                unit, words.room.keyring, f"words {'said' if say else 'drafted'}", now, f"{len(changes)} {what}"
            )
        return len(changes)

    return words.work(by, work)
