"""Writing what reporters are told. A draft is kept and said to nobody; words that are said are said from the next message on.

Whatever is said was looked through first; what it said before is kept for ever. A form carries the version that it was filled in
over, so that of two who write at once the later is told and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime

from casework.staff.office import short
from casework.wordings import checks
from casework.wordings.refusals import (
    NoSuchPhrase,
    NothingWritten,
    OwnWords,
    TooManyWords,
    WordsDoubtful,
    WordsMeanwhile,
    WordsUnfit,
)
from casework.wordings.room import Asked, WordsRoom
from casework.wordings.shelf import LONGEST
from locales.check import one_line
from locales.languages import ENGLISH
from locales.phrasebook import Phrasebook
from storage import audit, changes, wordings
from storage.database import Unit
from storage.vault.errors import Tampered
from storage.wordings import Remark, Wording

CHANNELS = ("sms", "whatsapp", "telegram")
__all__ = ["Wording"]  # for the doors, which open no storage
REMARKS = 50  # of one phrase in one language
LONGEST_REMARK = 1_000


@dataclass(frozen=True, slots=True)
class Earlier:
    """One change of a phrase."""

    what: str  # "said", "drafted", "reviewed", "shipped"…
    by: bytes
    at: int  # seconds since 1970
    before: tuple[str, ...] = field(repr=False)
    after: tuple[str, ...] = field(repr=False)


def known(book: Phrasebook, asked: Asked, language: str, key: str) -> None:
    """Raises NoSuchPhrase for a phrase or a language that nobody has, or that is the program's own.

    asked  a flow that is being written may say a phrase that has no words yet
    """
    try:
        mine = checks.catalogue(book.catalogues, language)
    except KeyError:
        raise NoSuchPhrase from None
    english = checks.catalogue(book.catalogues, ENGLISH).entries
    base, at, channel = key.partition("@")
    there = (
        key in mine.entries or key in english or key in asked.spots or (at and channel in CHANNELS and base in english)
    )
    if not there or not checks.may_be_written(key):
        raise NoSuchPhrase


def english_of(book: Phrasebook, language: str, key: str) -> str:
    """The English that a wording is made from, on one line."""
    english = checks.basis(book, language)
    entry = english.entries.get(key) or english.entries.get(key.partition("@")[0])
    return one_line(entry) if entry is not None else ""


def draft(words: WordsRoom, by: bytes, of: Wording, forms: Sequence[str], now: datetime) -> bool:
    """Keep what is not finished; whether anything differed. No forms: drop the draft.

    of  language, phrase and version, as the form has them
    Raises NoSuchPhrase, TooManyWords, WordsMeanwhile, NoWordsEditor.
    """
    wanted = _cleaned(words, of, forms)

    def change(one: Wording) -> None:
        one.draft = wanted if any(wanted) else ()

    return _change(words, by, of, "drafted", change, now)


def say(words: WordsRoom, by: bytes, of: Wording, forms: Sequence[str], now: datetime, *, anyway: bool = False) -> bool:
    """Say it so from the next message on; whether anything differed.

    anyway  what is worth a look was looked at
    Raises NoSuchPhrase, NothingWritten, TooManyWords, WordsUnfit, WordsDoubtful, WordsMeanwhile, NoWordsEditor.
    """
    wanted = _cleaned(words, of, forms)
    if not wanted or not all(wanted):
        raise NothingWritten
    looked_at, asked = words.read(lambda unit: (wordings.edition(unit), words.asked(unit)))
    known(words.phrasebook, asked, of.language, of.phrase)
    _refuse(
        words, asked, Wording(of.language, of.phrase, said=wanted), anyway=anyway
    )  # slow, so before the unit of work

    def change(one: Wording) -> None:
        one.said, one.draft, one.reviewed = wanted, (), False
        one.made_from = english_of(words.phrasebook, one.language, one.phrase)

    return _change(words, by, of, "said", change, now, looked_at=looked_at)


def _refuse(words: WordsRoom, asked: Asked, tried: Wording, *, anyway: bool) -> None:
    """Raises WordsUnfit, WordsDoubtful."""
    found = checks.findings(words, asked, tried)
    if bad := [finding for finding in found if finding.code.startswith("E")]:
        raise WordsUnfit(bad)
    if found and not anyway:
        raise WordsDoubtful(found)


def review(words: WordsRoom, by: bytes, of: Wording, now: datetime) -> bool:
    """She has looked over what is said, beside the English of today: the shipped words too.

    Raises NoSuchPhrase, NothingWritten, OwnWords, WordsMeanwhile, NoWordsEditor.
    """

    def change(one: Wording) -> None:
        if not one.said and not checks.catalogue(words.phrasebook.catalogues, one.language).text(one.phrase):
            raise NothingWritten
        if one.said and one.by == by.hex():
            raise OwnWords
        one.reviewed, one.native = True, False
        one.made_from = english_of(words.phrasebook, one.language, one.phrase)

    return _change(words, by, of, "reviewed", change, now)


def ship(words: WordsRoom, by: bytes, of: Wording, now: datetime) -> bool:
    """Say the shipped words again, unless one of them steers elsewhere by now.

    Raises NoSuchPhrase, NothingWritten, WordsUnfit, WordsMeanwhile, NoWordsEditor.
    """
    looked_at, asked = words.read(lambda unit: (wordings.edition(unit), words.asked(unit)))
    known(words.phrasebook, asked, of.language, of.phrase)
    came = checks.catalogue(words.phrasebook.shipped, of.language).entries.get(of.phrase)
    if of.phrase.startswith(checks.STEERING) and came is not None:
        _refuse(words, asked, Wording(of.language, of.phrase, said=came.forms), anyway=True)

    def change(one: Wording) -> None:
        if not checks.catalogue(words.phrasebook.shipped, one.language).text(one.phrase) and "@" not in one.phrase:
            raise NothingWritten
        one.said, one.reviewed, one.made_from = (), False, ""

    return _change(words, by, of, "shipped", change, now, looked_at=looked_at)


def ask_native(words: WordsRoom, by: bytes, of: Wording, wanted: bool, now: datetime) -> bool:
    """A native speaker is asked to look at it, or no more. Raises NoSuchPhrase, WordsMeanwhile, NoWordsEditor."""

    def change(one: Wording) -> None:
        one.native = wanted

    return _change(words, by, of, "native" if wanted else "native no more", change, now)


def remark(words: WordsRoom, by: bytes, of: Wording, text: str, now: datetime) -> bool:
    """Tell colleagues something about it. Raises NoSuchPhrase, NothingWritten, TooManyWords, NoWordsEditor."""
    text = checks.cleaned(text, right_to_left=False)
    if not text:
        raise NothingWritten
    if len(text) > LONGEST_REMARK:
        raise TooManyWords(most=LONGEST_REMARK)

    def change(one: Wording) -> None:
        if one.remarks and (one.remarks[-1].text, one.remarks[-1].by) == (text, by.hex()):
            return  # sent twice
        one.remarks = (*one.remarks, Remark(text, by.hex(), int(now.timestamp())))[-REMARKS:]

    return _change(words, by, of, "", change, now)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything about one phrase in one language."""

    wording: Wording
    past: tuple[Earlier, ...]  # the latest first
    sound: bool  # False: somebody changed it past us; nothing of it is said or shown

    @property
    def rewritten(self) -> int:
        """How often its words were changed; a remark or a second pair of eyes changes none."""
        return sum(one.what in ("said", "drafted", "shipped") for one in self.past)


def look(words: WordsRoom, language: str, key: str) -> Sheet:
    """A phrase as it is now. Raises NoSuchPhrase."""

    def read(unit: Unit) -> Sheet:
        known(words.phrasebook, words.asked(unit), language, key)
        try:
            return Sheet(
                wordings.fetch(unit, words.room.keyring, language, key), _past(words, unit, language, key), sound=True
            )
        except Tampered:
            return Sheet(Wording(language, key), (), sound=False)

    return words.read(read)


def _past(words: WordsRoom, unit: Unit, language: str, key: str) -> tuple[Earlier, ...]:
    lines = changes.of(unit, words.room.keyring, _thing(language, key))
    return tuple(
        Earlier(
            line.content["what"],
            bytes.fromhex(line.content["by"]),
            line.at,
            tuple(line.content["before"]),
            tuple(line.content["after"]),
        )
        for line in reversed(lines)
    )


def held(words: WordsRoom, unit: Unit, language: str, key: str, now: datetime) -> Wording:
    """A wording to be changed; an empty one, on record, where somebody changed it past us: it is written anew."""
    try:
        return wordings.fetch(unit, words.room.keyring, language, key)
    except Tampered as fault:
        audit.note_fault(unit, words.room.keyring, str(fault), now)
        wordings.forget(unit, language, key)
        return Wording(language, key)


def write_down(words: WordsRoom, unit: Unit, one: Wording, was: Wording, what: str, by: bytes, now: datetime) -> None:
    """Keep a wording that was changed, and what it was. The edition and the log are for whoever calls."""
    if one.said != was.said:
        one.by, one.at = by.hex(), int(now.timestamp())
    wordings.save(unit, words.room.keyring, one)
    if what:
        before, after = (was.draft, one.draft) if what == "drafted" else (was.said, one.said)
        content = {"what": what, "by": by.hex(), "before": list(before), "after": list(after)}
        changes.add(unit, words.room.keyring, _thing(one.language, one.phrase), content, now)


def _change(
    words: WordsRoom,
    by: bytes,
    of: Wording,
    what: str,
    change: Callable[[Wording], None],
    now: datetime,
    *,
    looked_at: str | None = None,
) -> bool:
    """looked_at: the edition beside which it was looked through; another by now is somebody else's doing."""

    def work(unit: Unit) -> bool:
        wordings.hold(unit)
        words.room.renew(unit)  # others may have written while we waited
        if looked_at is not None and wordings.edition(unit) != looked_at:
            raise WordsMeanwhile
        known(words.phrasebook, words.asked(unit), of.language, of.phrase)
        one = held(words, unit, of.language, of.phrase, now)
        was = copy(one)
        change(one)
        if one == was:
            return False
        if was.version != of.version and what:
            raise WordsMeanwhile
        write_down(words, unit, one, was, what, by, now)
        if one.said != was.said:
            wordings.note_said(unit)
        if what:
            audit.append(unit, words.room.keyring, f"words {what}", now, f"{of.language} {of.phrase} by {short(by)}")
        return True

    return words.work(by, work)


def _cleaned(words: WordsRoom, of: Wording, forms: Sequence[str]) -> tuple[str, ...]:
    if any(len(form) > 2 * LONGEST for form in forms) or len(forms) > 6:
        raise TooManyWords(most=LONGEST)
    found = tuple(checks.kept(form, words.phrasebook.language(of.language), of.phrase) for form in forms)
    if any(len(form) > LONGEST for form in found):
        raise TooManyWords(most=LONGEST)
    return found


def _thing(language: str, key: str) -> str:
    return f"words {language} {key}"
