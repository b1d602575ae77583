"""One word for another over a whole language: what would change is shown first, and taken as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casework.sheets import Fault
from casework.staff.office import short
from casework.wordings import bulk, checks, listing
from casework.wordings.bulk import Change
from casework.wordings.exchange import Plan
from casework.wordings.listing import Line
from casework.wordings.refusals import NothingWritten, WordsMoved
from casework.wordings.room import WordsRoom
from locales.catalogues import PLACEHOLDER
from locales.languages import Language

LONGEST = 200  # characters of what is looked for


def plan(words: WordsRoom, language: Language, old: str, new: str) -> Plan:
    """What saying `new` for `old` would change, letter for letter; placeholders stay. Raises NothingWritten."""
    if not old.strip() or len(old) > LONGEST or len(new) > LONGEST:
        raise NothingWritten
    asked, lines = words.read(lambda unit: (words.asked(unit), listing.lines_in(words, unit, language.code)))
    changes = [change for line in lines if (change := _change(line, language, old, new)) is not None]
    faults = [
        Fault(0, key, bulk.told(one), one.mend, one.code.startswith("E"))
        for key, one in bulk.findings(words, asked, language.code, changes)
    ]
    return Plan((), tuple(changes), faults=tuple(sorted(faults)))


def take(
    words: WordsRoom, by: bytes, language: Language, old: str, new: str, digest: str, now: datetime, *, say: bool
) -> int:
    """Do what was looked at; return how many phrases changed. Raises WordsMoved, NothingWritten, NoWordsEditor."""

    def look() -> Sequence[Change]:
        found = plan(words, language, old, new)
        if not found.sound or found.digest != digest:
            raise WordsMoved
        return found.changes

    return bulk.write(words, by, language.code, look, now, f"{language.code} by replacing, by {short(by)}", say=say)


def _change(line: Line, language: Language, old: str, new: str) -> Change | None:
    """What becomes of a phrase. A control word is no mere word: each of those is changed by itself."""
    if (
        line.entry is None
        or line.key.startswith(checks.STEERING)
        or not any(old in _bare(form) for form in line.entry.forms)
    ):
        return None
    after = tuple(checks.kept(_replaced(form, old, new), language, line.key) for form in line.entry.forms)
    return Change(line.key, line.entry.forms, after) if after != line.entry.forms else None


def _replaced(form: str, old: str, new: str) -> str:
    whole, at = [], 0
    for found in PLACEHOLDER.finditer(form):
        whole += [form[at : found.start()].replace(old, new), found[0]]
        at = found.end()
    return "".join((*whole, form[at:].replace(old, new)))


def _bare(form: str) -> str:
    return PLACEHOLDER.sub("\0", form)
