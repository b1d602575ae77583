"""Bringing a language: its name, its direction, and the words that steer, none of which may mean anything else to anybody.

Control words count in every language, whichever she has chosen: so each is held against those of all languages, as the talk
itself would read them, before it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime

from casework.staff.office import short
from casework.staff.roles import Role
from casework.wordings import checks, tongues
from casework.wordings.keeping import english_of, held, write_down
from casework.wordings.refusals import (
    BadTongue,
    NoSuchTongue,
    NotAdmin,
    NotMeant,
    TongueIncomplete,
    TongueOffered,
    TongueThere,
    WordsClash,
    WordsMeanwhile,
    WordsUnfit,
)
from casework.wordings.room import WordsRoom
from casework.wordings.shelf import entry_of
from casework.wordings.tongues import Tongue
from flows.controls import NAMES, Controls
from flows.reading.fold import fold
from flows.reading.yes_no import read_clear_yes_no
from flows.shape import Flow
from flows.wording import CARRIER, confusable
from locales.catalogues import listed
from locales.check import Finding, check_controls
from locales.languages import ENGLISH
from locales.phrasebook import Phrasebook
from storage import audit, wordings
from storage.database import Unit
from storage.staff import people

STEERING = ("panic", "menu", "yes", "no")  # what must be known before anything else is written
_MOST_WORDS, _LONGEST_WORD = 12, 30
_ANSWERS = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Clash:
    """A word that means something else already."""

    word: str
    wanted: str  # "panic"
    means: str  # another control, "yes", "no"; "carrier"
    language: str  # whose word it is, by its own name; "" for a carrier's and for one of the new language


@dataclass(frozen=True, slots=True)
class State:
    """How one stands."""

    tongue: Tongue
    missing: int  # phrases without words
    total: int


def everything(words: WordsRoom) -> list[State]:
    """Every language that the organisation brought."""

    def read(unit: Unit) -> list[State]:
        book = words.phrasebook
        return [
            State(one, len(missing(book, one.code)), len(_needed(book)))
            for one in tongues.every(unit, words.room.keyring)
        ]

    return words.read(read)


def bring(words: WordsRoom, by: bytes, one: Tongue, steering: Mapping[str, str], now: datetime) -> None:
    """Begin a language. Nobody is offered it yet.

    steering  what is typed for each of STEERING: words with commas between
    Raises BadTongue, TongueThere, WordsClash, NotAdmin.
    """
    made = _made(one, by, now)
    given = {name: _words(name, steering.get(name, "")) for name in STEERING}

    def work(unit: Unit) -> None:
        _begin(words, unit, by)
        book, there = words.phrasebook, tongues.every(unit, words.room.keyring)
        if made.code in {language.code for language in book.languages}:
            raise TongueThere(code=made.code)
        _name_is_its_own(book, made)
        if len(there) >= tongues.MOST:
            raise BadTongue(field="code")
        if found := list(clashes(book, given)):
            raise WordsClash(found)
        _beside(words, unit, made, given)
        tongues.add(unit, words.room.keyring, made, now)
        for name, said in given.items():
            kept = held(words, unit, made.code, f"{checks.STEERING}{name}", now)
            was = copy(kept)
            kept.said = (", ".join(said),)
            kept.made_from = english_of(book, made.code, kept.phrase)
            write_down(words, unit, kept, was, "said", by, now)
        wordings.note_said(unit)
        audit.append(unit, words.room.keyring, "language brought", now, f"{made.code} by {short(by)}")

    words.work(by, work)


def switch(words: WordsRoom, by: bytes, code: str, on: bool, now: datetime) -> bool:
    """Offer it to reporters from the next message on, or no more; whether anything changed.

    Raises NoSuchTongue, TongueIncomplete, WordsUnfit, WordsMeanwhile, NotAdmin.
    """

    looked_at = words.read(wordings.edition)
    if on:
        _whole(words, code)  # slow, so before the unit of work

    def work(unit: Unit) -> bool:
        _begin(words, unit, by)
        one = _one(words, unit, code)
        if one.on == on:
            return False
        if on and wordings.edition(unit) != looked_at:
            raise WordsMeanwhile
        tongues.save(unit, words.room.keyring, replace(one, on=on, offered=one.offered or one.on or on))
        wordings.note_said(unit)
        what = "language offered" if on else "language not offered"
        audit.append(unit, words.room.keyring, what, now, f"{code} by {short(by)}")
        return True

    return words.work(by, work)


def rename(words: WordsRoom, by: bytes, one: Tongue, now: datetime) -> bool:
    """Call the language of this code as `one` says from the next message on; whether anything changed. It is written the
    other way only while it is not offered.

    Raises NoSuchTongue, BadTongue, NotAdmin.
    """

    def work(unit: Unit) -> bool:
        _begin(words, unit, by)
        was = _one(words, unit, one.code)
        made = _made(one, by, now)
        _name_is_its_own(words.phrasebook, made)
        if was.on and made.direction != was.direction:  # its words were proved in the one that it has
            raise BadTongue(field="direction")
        new = replace(was, own_name=made.own_name, own_name_sms=made.own_name_sms, direction=made.direction)
        if new == was:
            return False
        tongues.save(unit, words.room.keyring, new)
        wordings.note_said(unit)
        audit.append(unit, words.room.keyring, "language renamed", now, f"{one.code} by {short(by)}")
        return True

    return words.work(by, work)


def take_away(words: WordsRoom, by: bytes, code: str, meant: str, now: datetime) -> None:
    """Take one that nobody was ever offered away, with all that was written in it.

    meant  its code, typed once more
    Raises NoSuchTongue, TongueOffered, NotMeant, NotAdmin.
    """

    def work(unit: Unit) -> None:
        _begin(words, unit, by)
        one = _one(words, unit, code)
        if one.on or one.offered:
            raise TongueOffered
        if meant.strip() != code:
            raise NotMeant(code=code)
        tongues.remove(unit, one)
        wordings.forget_language(unit, code)
        wordings.note_said(unit)
        audit.append(unit, words.room.keyring, "language taken away", now, f"{code} by {short(by)}")

    words.work(by, work)


def missing(book: Phrasebook, code: str) -> list[str]:
    """The phrases that it has no words for."""
    mine = checks.catalogue(book.catalogues, code)
    return [key for key in _needed(book) if mine.text(key) is None]


def clashes(book: Phrasebook, given: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    """Words that would steer two ways, as the talk reads them."""
    said = [(wanted, word) for wanted, words in given.items() for word in words]
    for wanted, word in said:
        if fold(word).replace(" ", "") in CARRIER:
            yield Clash(word, wanted, "carrier", "")
        yield from _in_use(book, wanted, word)
        other = next((name for name, one in said if name != wanted and _same(one, word)), "")
        if other:
            yield Clash(word, wanted, other, "")


def _in_use(book: Phrasebook, wanted: str, word: str) -> Iterator[Clash]:
    for name in (*NAMES, *_ANSWERS):
        if name == wanted:
            continue
        for code, said in book.words(name).items():
            if any(_same(one, word) for one in said):
                yield Clash(word, wanted, name, book.language(code).own_name)
    zeros = Controls({}).read(word)
    if zeros not in ("", wanted):
        yield Clash(word, wanted, zeros, "")
    answer = read_clear_yes_no(word)
    if answer is not None and wanted != ("yes" if answer else "no"):
        yield Clash(word, wanted, "yes" if answer else "no", "")


def _same(one: str, other: str) -> bool:
    """Whether the talk takes two for one word."""
    return Controls({"done": [one]}).read(other) == "done"


def _made(one: Tongue, by: bytes, now: datetime) -> Tongue:
    own, latin = tongues.name(one.own_name), tongues.name(one.own_name_sms)
    if not tongues.CODE.fullmatch(one.code):
        raise BadTongue(field="code")
    if not own or len(own) > tongues.LONGEST_NAME:
        raise BadTongue(field="own_name")
    if not latin.isascii() or not latin or len(latin) > tongues.LONGEST_NAME:
        raise BadTongue(field="own_name_sms")
    if one.direction not in ("ltr", "rtl"):
        raise BadTongue(field="direction")
    return Tongue(one.code, own, latin, one.direction, by=by.hex(), at=int(now.timestamp()))


def _name_is_its_own(book: Phrasebook, one: Tongue) -> None:
    """Raises BadTongue for a name that another language has: she could not tell which of the two is hers."""
    others = [other for other in book.languages if other.code != one.code]
    for name in ("own_name", "own_name_sms"):
        if fold(getattr(one, name)) in {fold(getattr(other, name)) for other in others}:
            raise BadTongue(field=name)


def _words(name: str, typed: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(checks.cleaned(one, right_to_left=False) for one in listed(typed)))
    if (
        not found
        or len(found) > _MOST_WORDS
        or not all(0 < len(one) <= _LONGEST_WORD and "\n" not in one for one in found)
    ):
        raise BadTongue(field=name)
    if any("{" in one or "}" in one or not fold(one) for one in found):
        raise BadTongue(field=name)
    return found


def _beside(words: WordsRoom, unit: Unit, one: Tongue, given: Mapping[str, Sequence[str]]) -> None:
    """Raises WordsUnfit for a word that is an answer somewhere, or for a panic word that people also say: it would clear all."""
    book, flows = words.phrasebook, words.asked(unit).flows
    new = one.catalogue(0)
    english = checks.catalogue(book.catalogues, ENGLISH).entries
    said = [
        wordings.Wording(one.code, f"{checks.STEERING}{name}", said=(", ".join(words),))
        for name, words in given.items()
    ]
    entries = {each.phrase: entry_of(each, new, english) for each in said}
    found = [
        set(_found(flows, Phrasebook(each))) for each in (book.catalogues, (*book.catalogues, new.with_words(entries)))
    ]
    if fresh := found[1] - found[0]:
        raise WordsUnfit([Finding(code, "", key, trouble, mend) for code, key, trouble, mend in sorted(fresh)])


def _found(flows: Sequence[Flow], book: Phrasebook) -> Iterator[tuple[str, str, str, str]]:
    yield from ((one.code, one.key, one.trouble, one.mend) for one in check_controls(book.catalogues))
    yield from (
        (one.code, f"{one.flow}, {one.node}", one.trouble, one.mend) for flow in flows for one in confusable(flow, book)
    )


def _whole(words: WordsRoom, code: str) -> None:
    """Raises NoSuchTongue, TongueIncomplete, WordsUnfit."""
    flows = words.read(lambda unit: (_one(words, unit, code), words.asked(unit).flows))[1]
    book = words.phrasebook
    if lacking := missing(book, code):
        raise TongueIncomplete(count=len(lacking))
    unfit = [one for one in words.talk.unfit(flows, book, code, "") if one.code.startswith("E")]
    if unfit:
        raise WordsUnfit([Finding(one.code, "", f"{one.flow}, {one.node}", one.trouble, one.mend) for one in unfit])


def _needed(book: Phrasebook) -> list[str]:
    english = checks.catalogue(book.catalogues, ENGLISH)
    return [
        key for key, entry in english.entries.items() if entry.written and "@" not in key and checks.may_be_written(key)
    ]


def _begin(words: WordsRoom, unit: Unit, by: bytes) -> None:
    member = people.fetch(unit, words.room.keyring, by, hold=False)
    if member is None or member.role != Role.ADMIN:
        raise NotAdmin
    wordings.hold(unit)
    words.room.renew(unit)  # others may have written while we waited


def _one(words: WordsRoom, unit: Unit, code: str) -> Tongue:
    found = next((one for one in tongues.every(unit, words.room.keyring) if one.code == code), None)
    if found is None:
        raise NoSuchTongue
    return found
