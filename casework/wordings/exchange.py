"""Words out to a file and in again: PO for translators' programs, XLSX for everybody else.

A file carries the English that it was given out with. Where that has changed meanwhile, its words are listed and not taken. What is
taken is looked through first, as a whole, and taken as a whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from casework.sheets import Fault, text_of
from casework.spreadsheets import cells_named, is_packed, read_xlsx, write_xlsx
from casework.staff.office import short
from casework.wordings import bulk, checks, listing
from casework.wordings.bulk import Change
from casework.wordings.keeping import english_of, known
from casework.wordings.listing import Line
from casework.wordings.refusals import NoSuchPhrase, WordsMoved
from casework.wordings.room import Asked, WordsRoom
from casework.wordings.shelf import LONGEST, forms_of
from locales.exchanging import Sent, read_po, write_sent
from locales.languages import Language
from locales.pofile import BrokenCatalogue

FORMATS = ("po", "xlsx")
_HEADER = ("phrase", "english", "words", "words for more than one", "notes")
_MOST = 5_000  # phrases


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a file would do."""

    sent: tuple[Sent, ...] = field(repr=False)
    changes: tuple[Change, ...] = ()
    stale: tuple[Sent, ...] = ()  # their English has changed since the file was given out: not taken
    same: int = 0
    empty: int = 0  # phrases without words: not taken
    faults: tuple[Fault, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it can be taken."""
        return bool(self.changes) and not any(fault.blocks for fault in self.faults)

    @property
    def digest(self) -> str:
        """What tells it from every other plan."""
        told = json.dumps([(one.key, one.before, one.after) for one in self.changes], ensure_ascii=False)
        return sha256(told.encode()).hexdigest()[:24]


def export(words: WordsRoom, language: Language, form: str) -> bytes:
    """Every phrase of a language as it is said now."""
    mine = checks.catalogue(words.phrasebook.catalogues, language.code)
    found = [_sent(words, line, language.code, forms_of(mine)) for line in listing.lines(words, language.code)]
    if form == "po":
        headers = {
            "Language": language.code,
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
            "X-Own-Name": language.own_name,
            "X-Direction": language.direction,
        }
        return write_sent(found, headers)
    rows = [
        (one.key, one.english, one.forms[0], one.forms[1] if len(one.forms) > 1 else "", "\n".join(one.notes))
        for one in found
    ]
    return write_xlsx(language.code, _HEADER, rows, right_to_left=language.right_to_left)


def read(content: bytes, language: Language) -> tuple[list[Sent], list[Fault]]:
    """The phrases of a file of either kind. Whatever cannot be read is a fault with its line or row."""
    if is_packed(content):
        title, rows, faults = read_xlsx(content)
        return _from_rows(title, rows, faults, language)
    text, faults = text_of(content)
    if faults:
        return [], faults
    try:
        found, headers, repeated = read_po(text, "the file")
    except BrokenCatalogue as broken:
        return [], [Fault(0, "", broken.why, "save it anew as a PO file")]
    faults += [Fault(0, key[:60], "it stands there twice", "leave one") for key in repeated]
    faults += _of_language(headers.get("Language", ""), language)
    faults += [
        Fault(one.at, one.key[:60], "it is marked as not sure (fuzzy)", "take the mark out once it is right")
        for one in found
        if one.doubtful
    ]
    if not found and not faults:
        faults.append(Fault(0, "", "it holds no phrases", "give the file that was meant"))
    return found[:_MOST], faults


def plan(words: WordsRoom, language: Language, sent: Sequence[Sent], faults: Sequence[Fault] = ()) -> Plan:
    """What taking these phrases would change."""
    asked = words.read(words.asked)
    return _plan(words, asked, language, sent, faults)


def take(
    words: WordsRoom, by: bytes, language: Language, sent: Sequence[Sent], digest: str, now: datetime, *, say: bool
) -> int:
    """Take what was looked at; return how many phrases changed.

    digest  of the plan that she saw
    say     say it from now on; otherwise it is kept as drafts
    Raises WordsMoved when it would be another by now, NoWordsEditor.
    """

    def look() -> Sequence[Change]:
        found = plan(words, language, sent)
        if not found.sound or found.digest != digest:
            raise WordsMoved
        return found.changes

    what = f"{language.code} from a file by {short(by)}"
    return bulk.write(words, by, language.code, look, now, what, say=say)


def dumped(sent: Sequence[Sent]) -> str:
    """Phrases for a hidden field."""
    return json.dumps([(one.at, one.key, one.english, one.forms) for one in sent], ensure_ascii=False)


def loaded(text: str) -> list[Sent]:
    """The same out of it; nothing out of what was tampered with."""
    try:
        rows = json.loads(text)
        return [
            Sent(int(at), str(key), str(english), tuple(str(form) for form in forms))
            for at, key, english, forms in rows
        ][:_MOST]
    except (ValueError, TypeError, OverflowError, RecursionError):
        return []


def _plan(words: WordsRoom, asked: Asked, language: Language, sent: Sequence[Sent], faults: Sequence[Fault]) -> Plan:
    mine = checks.catalogue(words.phrasebook.catalogues, language.code)
    changes: list[Change] = []
    stale: list[Sent] = []
    found = list(faults)
    at: dict[str, int] = {}
    same = empty = 0
    for one in sent:
        try:
            known(words.phrasebook, asked, language.code, one.key)
        except NoSuchPhrase:
            found.append(Fault(one.at, one.key[:60], "there is no such phrase", "take it out"))
            continue
        if one.key in at:
            found.append(Fault(one.at, one.key, f"it stands already in {at[one.key]}", "leave one"))
            continue
        at[one.key] = one.at
        if any(len(form) > LONGEST for form in one.forms):
            found.append(Fault(one.at, one.key, f"over {LONGEST} characters", "shorten it"))
            continue
        forms = tuple(checks.kept(form, language, one.key) for form in one.forms)
        entry = mine.entries.get(one.key)
        before = entry.forms if entry is not None and entry.written else ()
        if not any(forms):
            empty += 1
        elif forms == before:
            same += 1
        elif not _is_of_now(words, language, one):
            stale.append(one)
        else:
            changes.append(Change(one.key, before, forms))
    for key, finding in bulk.findings(words, asked, language.code, changes):
        found.append(Fault(at[key], key, bulk.told(finding), finding.mend, finding.code.startswith("E")))
    return Plan(tuple(sent), tuple(changes), tuple(stale), same, empty, tuple(sorted(found)))


def _is_of_now(words: WordsRoom, language: Language, one: Sent) -> bool:
    english = english_of(words.phrasebook, language.code, one.key)
    return not one.english or _squeezed(one.english) == _squeezed(english)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _sent(words: WordsRoom, line: Line, language: str, number: int) -> Sent:
    several = line.english is not None and len(line.english.forms) > 1
    wanted = number if several else 1
    forms = line.entry.forms if line.entry is not None else ()
    notes = line.english.notes if line.english is not None else ()
    kept = tuple(note for note in notes if note.partition(":")[0] not in ("en", "en was", "native"))
    english = english_of(words.phrasebook, language, line.key)
    return Sent(0, line.key, english, (*forms, *[""] * wanted)[: max(wanted, len(forms))], kept)


def _from_rows(
    title: str, rows: Sequence[tuple[int, list[str]]], faults: list[Fault], language: Language
) -> tuple[list[Sent], list[Fault]]:
    if faults or len(rows) < 2:
        return [], faults or [Fault(0, "", "it holds no phrases", "give the file that was meant")]
    faults += _of_language(title, language)
    first, header = rows[0][0], [cell.strip().lower() for cell in rows[0][1]]
    faults += [
        Fault(first, name, "there is no such column", "take a fresh export")
        for name in _HEADER[:3]
        if name not in header
    ]
    if faults:
        return [], faults
    return [_of_row(number, cells) for number, cells in cells_named(rows[1:], header)], []


def _of_row(number: int, cells: Mapping[str, str]) -> Sent:
    more = cells.get(_HEADER[3], "")
    return Sent(number, cells["phrase"], cells["english"], (cells["words"], more) if more else (cells["words"],))


def _of_language(said: str, language: Language) -> Iterator[Fault]:
    if said and said != language.code:
        yield Fault(0, "", f"it says that it is for {said[:20]!r}, not {language.code!r}", "choose that language first")
