"""Tending the tips: each is kept whole or not at all, beside the history of who wrote what. Words apply at once.

Two who change one tip at once: the second is shown what the first has written, and chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from casework.directory import history
from casework.directory.history import TIP, History
from casework.directory.room import DirectoryRoom
from casework.directory.rows import day_as_text
from casework.tips import editing
from casework.tips.refusals import NoSuchTip, TipMeanwhile
from casework.tips.table import is_old
from locales.phrasebook import Phrasebook
from storage import marks, tips
from storage.database import Unit
from storage.tips import Tip

__all__ = ["Tip"]  # for the doors, which open no storage
ENGLISH = "en"


def everything(room: DirectoryRoom) -> list[Tip]:
    """Every tip in its order, also those that are not shown."""
    return room.read(tips.everything)


def one(room: DirectoryRoom, tip_id: str) -> Tip:
    """A tip as it is now. Raises NoSuchTip."""
    return _among(everything(room), tip_id)


def save(room: DirectoryRoom, phrasebook: Phrasebook, tip: Tip, was: str, by: bytes, now: datetime) -> bool:
    """Put a tip in the place of what it was; whether anything differed.

    was  the digest of the tip as the form showed it
    Raises NoSuchTip, TipMeanwhile, or editing.TipRefused; nothing is kept then. The same form sent twice changes nothing.
    """

    def do(unit: Unit) -> bool:
        marks.hold(unit, "tips")  # all of them are written again
        present = _among(tips.everything(unit), tip.id)
        wanted = replace(tip, words=_own_words(tip, phrasebook))
        if present == wanted:
            return False
        if digest(present) != was:
            raise TipMeanwhile
        editing.save(unit, phrasebook, wanted, now.date())
        history.note(unit, room.office.keyring, "edited", tip.id, cells_of(present), cells_of(wanted), by, now, TIP)
        return True

    return room.work(do)


def move(room: DirectoryRoom, tip_id: str, situation: str, by: int) -> None:
    """One place up (-1) or down (1) among the tips of a situation; nothing at the ends. Raises NoSuchTip."""

    def do(unit: Unit) -> None:
        marks.hold(unit, "tips")
        every = tips.everything(unit)
        _among(every, tip_id)
        ids = [tip.id for tip in every]
        here = [tip.id for tip in every if situation in tip.situations]
        at = here.index(tip_id) if tip_id in here else -1
        if at < 0 or not 0 <= at + by < len(here):
            return
        first, second = ids.index(tip_id), ids.index(here[at + by])
        ids[first], ids[second] = ids[second], ids[first]
        editing.reorder(unit, ids)

    room.work(do)


def states(tip: Tip, past: History, phrasebook: Phrasebook, now: datetime) -> dict[str, str]:
    """How each language stands: "draft" (not written, or the tip not shown), "stale" (English changed after it), "reviewed"."""
    written = {code: _last_written(past, code) for code in (language.code for language in phrasebook.languages)}
    found = {}
    for code, seq in written.items():
        if not editing.text_of(tip, code, phrasebook).strip() or not tip.shown or is_old(tip, now.date()):
            found[code] = "draft"
        else:
            found[code] = "stale" if code != ENGLISH and seq < written[ENGLISH] else "reviewed"
    return found


def digest(tip: Tip) -> str:
    """What tells a tip from every other state of it."""
    return history.digest(cells_of(tip))


def cells_of(tip: Tip) -> dict[str, str]:
    """A tip as its history keeps it."""
    return {
        "situations": "; ".join(tip.situations),
        "source": tip.source,
        "reviewed_on": "" if tip.reviewed_on is None else day_as_text(tip.reviewed_on),
        "shown": "yes" if tip.shown else "no",
        **{f"words_{language}": words for language, words in sorted(tip.words.items())},
    }


def past_of(room: DirectoryRoom, tip: Tip) -> History:
    """What a tip went through."""
    return history.look(room, tip.id, cells_of(tip), TIP)


def _own_words(tip: Tip, phrasebook: Phrasebook) -> Mapping[str, str]:
    """The words that are not the catalogue's: those stay the fallback, and follow a new version."""
    shipped = replace(tip, words={})
    return {
        language: words
        for language, words in tip.words.items()
        if words.strip() and words != editing.text_of(shipped, language, phrasebook)
    }


def _last_written(past: History, language: str) -> int:
    return max((line.seq for line in past.lines if f"words_{language}" in line.columns), default=0)


def _among(every: list[Tip], tip_id: str) -> Tip:
    found = next((tip for tip in every if tip.id == tip_id), None)
    if found is None:
        raise NoSuchTip
    return found
