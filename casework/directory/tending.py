"""Tending the directory row by row: typed cells are read as a file's would be, kept whole or not at all, and undone.

Two who change one row at once: the second is told what the first has written, and chooses. Nothing is ever deleted.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from casework.directory import history
from casework.directory.choosing import today
from casework.directory.exchange import needed
from casework.directory.history import PLACE, Cells
from casework.directory.refusals import Faulty, Meanwhile, NoSuchRow, NothingToUndo
from casework.directory.room import DirectoryRoom
from casework.directory.rows import FIELDS, NAME, WITHHELD, Reader, day_as_text, written
from casework.sheets import Fault
from storage import directory, unanswered
from storage.database import Unit
from storage.directory import Resource
from storage.unanswered import Tries
from storage.vault.randomness import new_id

# What nobody types: the id is the row's for ever, whether it is shown and when it was dialled have buttons of their own.
_NOT_TYPED = frozenset({"id", "verified", "verified_on"})


@dataclass(frozen=True, slots=True)
class Read:
    """Typed cells as a row."""

    row: Resource
    cells: Cells


def row_of(room: DirectoryRoom, row_id: str) -> Resource:
    """A row as it is now. Raises NoSuchRow."""
    found = next((row for row in room.stock().offices if row.id == row_id), None)
    if found is None:
        raise NoSuchRow
    return found


def tries(room: DirectoryRoom) -> dict[str, Tries]:
    """Numbers that did not answer."""
    return room.read(unanswered.every)


def is_typed(column: str) -> bool:
    """Whether a form may hold this column."""
    return (column in FIELDS or bool(NAME.fullmatch(column))) and column not in _NOT_TYPED


def cells_of(room: DirectoryRoom, row: Resource) -> dict[str, str]:
    """The row's cells as a form shows them: of a sensitive one no address and no point."""
    cells = written(row, room.country)
    return {column: "" if row.sensitive and column in PLACE else cell for column, cell in cells.items()}


def read(room: DirectoryRoom, cells: Cells, now: datetime) -> Read:
    """Typed cells as a row, that may be shown or kept. Raises Faulty."""
    tidy = {column: _tidy(cell) for column, cell in cells.items()}
    if tidy.get("sensitive_location") == "yes":
        tidy |= dict.fromkeys(PLACE, "") | {"address": WITHHELD}
    row, faults = Reader(room.country, now.date()).read(tidy, 1)
    if row is None:
        raise Faulty([fault for fault in faults if fault.blocks])
    return Read(row, cells_of(room, row))


def doubts(room: DirectoryRoom, row: Resource, now: datetime) -> list[Fault]:
    """What is worth a look in a row that is there."""
    return Reader(room.country, now.date()).read(written(row, room.country), 1)[1]


def save(
    room: DirectoryRoom, row_id: str, was: Cells, typed: Cells, by: bytes, now: datetime, *, dialled: bool = False
) -> Resource:
    """Keep what was typed into a row.

    was      the cells as the form showed them
    typed    the same columns as they are wanted now
    dialled  she has just called the number, and it is right
    Raises NoSuchRow, Meanwhile, or Faulty; nothing is kept then. The same form sent twice changes nothing.
    """

    def work(unit: Unit) -> Resource:
        row = held(unit, row_id)
        before = cells_of(room, row)
        wanted = {column: cell for column, cell in typed.items() if is_typed(column)}
        made = read(room, {**before, **wanted}, now)
        verified_on = _dialled_on(row, made.row, now, dialled=dialled)
        after = {**made.cells, "verified_on": verified_on}
        theirs = frozenset(column for column in wanted if was.get(column, "") != before.get(column, ""))
        if theirs and after != before:
            raise Meanwhile(before, theirs)
        return keep(unit, room, "edited", row, after, by, now)

    return room.work(work)


def add(room: DirectoryRoom, typed: Cells, by: bytes, now: datetime, *, dialled: bool = False) -> Resource:
    """A new row, shown at once. Raises Faulty."""
    cells = {column: cell for column, cell in typed.items() if is_typed(column)}
    cells |= {"id": f"own-{new_id().hex()[:8]}", "verified": "yes"}
    cells["verified_on"] = day_as_text(today(now)) if dialled else ""
    made = read(room, cells, now)

    def work(unit: Unit) -> Resource:
        directory.put_office(unit, made.row)
        history.note(unit, room.office.keyring, "added", made.row.id, {}, made.cells, by, now)
        return made.row

    return room.work(work)


def show(room: DirectoryRoom, row_id: str, by: bytes, now: datetime, *, shown: bool) -> Resource:
    """Let it be told, or not any more. Doing it twice changes nothing. Raises NoSuchRow, Faulty."""

    def work(unit: Unit) -> Resource:
        row = held(unit, row_id)
        after = cells_of(room, row) | {"verified": "yes" if shown else "no"}
        return keep(unit, room, "shown" if shown else "hidden", row, after, by, now)

    return room.work(work)


def undo(room: DirectoryRoom, row_id: str, seq: int, by: bytes, now: datetime) -> Resource:
    """Take back the last change; a row that was just added is hidden. Undoing that again does it again.

    seq  the number of the change that she saw as the last
    Raises NoSuchRow, NothingToUndo, Faulty.
    """

    def work(unit: Unit) -> Resource:
        row = held(unit, row_id)
        before = cells_of(room, row)
        last = history.last(unit, room.office.keyring, row_id)
        if last is None or last.seq != seq or last.end != history.digest(before):
            raise NothingToUndo
        after = dict(before) | {"verified": "no"}
        if last.what != "added":
            after = before | {column: last.before.get(column, "") for column in last.columns}
        return keep(unit, room, "undone", row, after, by, now)

    return room.work(work)


def held(unit: Unit, row_id: str) -> Resource:
    """A row that nobody else changes until this unit ends. Raises NoSuchRow."""
    row = directory.office(unit, row_id, hold=True)
    if row is None:
        raise NoSuchRow
    return row


def keep(unit: Unit, room: DirectoryRoom, what: str, row: Resource, after: Cells, by: bytes, now: datetime) -> Resource:
    """Put these cells in the place of a row's, and note it; nothing happens where nothing differs. Raises Faulty."""
    before = cells_of(room, row)
    made = read(room, {**after, "id": row.id}, now)
    if made.cells == before:
        return row
    refuse_loss(made.row)
    directory.put_office(unit, made.row)
    if row.phones[:1] != made.row.phones[:1] or row.verified_on != made.row.verified_on:
        unanswered.forget(unit, {*row.phones[:1], *made.row.phones[:1]})
    history.note(unit, room.office.keyring, what, row.id, before, made.cells, by, now)
    return made.row


def _dialled_on(row: Resource, made: Resource, now: datetime, *, dialled: bool) -> str:
    """The day on which the number was dialled: another number was not."""
    day = today(now) if dialled else row.verified_on if row.phones[:1] == made.phones[:1] else None
    return "" if day is None else day_as_text(day)


def refuse_loss(row: Resource) -> None:
    """The conversation cannot do without some rows."""
    what = needed().get(row.id)
    if what is None:
        return
    for column, there in (("phone", bool(row.phones)), ("verified", row.verified == "yes")):
        if not there:
            raise Faulty([Fault(1, column, f"it is {what}", "leave it shown, with its number")])


def _tidy(cell: str) -> str:
    """What a browser makes of lines, as a file has them."""
    return unicodedata.normalize("NFC", cell.replace("\r\n", "\n").replace("\r", "\n").strip())
