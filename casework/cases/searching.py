"""Searching: words in the cases that somebody holds or joined, opened in memory for one look. No index is kept anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from casework.cases import board, opening
from casework.cases.refusals import CaseBroken, CaseGone
from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from flows.reading.fold import fold
from storage.staff.readers import Reader

MOST = 200  # cases; the latest
_AROUND = 60  # letters shown on each side of what was found


@dataclass(frozen=True, slots=True)
class Hit:
    """A case with the words in it."""

    standing: Standing
    passage: str = field(repr=False)  # where the first of them stands


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and in how many cases it was looked for."""

    hits: Sequence[Hit]
    looked: int
    left_out: int  # older than those that were looked through


def search(room: CaseRoom, reader: Reader, text: str, now: datetime) -> Found:
    """The cases in which every word of `text` stands, however it is spelt. Raises NotStaff."""
    wanted = fold(text).split()
    hers = room.read(lambda unit: [one for one in board.hers(unit, room, reader.id) if one.is_among(reader.id)])
    latest = sorted(hers, key=lambda one: -one.since)
    if not wanted:
        return Found((), 0, 0)
    hits = []
    for one in latest[:MOST]:
        try:
            texts = opening.written(room, reader, one.id, now)
        except (CaseGone, CaseBroken):  # gone meanwhile; or closed off, which its own page says
            continue
        folded = [fold(each) for each in texts]
        if all(any(word in each for each in folded) for word in wanted):
            place = next(number for number, each in enumerate(folded) if wanted[0] in each)
            hits.append(Hit(one, _passage(texts[place], wanted[0])))
    return Found(hits, len(latest[:MOST]), len(latest[MOST:]))


def _passage(text: str, word: str) -> str:
    """The text around a word; where folding moved it, the beginning."""
    at = max(0, text.casefold().find(word))
    begin, end = max(0, at - _AROUND), at + len(word) + _AROUND
    return f"{'…' if begin else ''}{text[begin:end].strip()}{'…' if end < len(text) else ''}"
