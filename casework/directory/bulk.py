"""Many rows at once: what would change is worked out first and shown, then all of it is kept or nothing.

Whoever agrees to a plan agrees to what she saw: when the directory changed meanwhile, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework.directory import history
from casework.directory.choosing import today
from casework.directory.exchange import Batch, compare, lacking, merged
from casework.directory.history import Cells
from casework.directory.refusals import Faulty, Moved
from casework.directory.room import DirectoryRoom, Row
from casework.directory.rows import day_as_text
from casework.directory.tending import cells_of, held, keep, read, refuse_loss
from casework.sheets import Fault
from storage import directory
from storage.database import Unit

MOST = 1_000  # rows at once; more of them are a file
# What can be done with many rows → what their histories call it.
DEEDS: Mapping[str, str] = {
    "kind": "edited",
    "district": "edited",
    "serves": "edited",
    "hide": "hidden",
    "show": "shown",
    "dialled": "answered",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What would become of one row."""

    row: Row
    before: Cells = field(repr=False)
    after: Cells = field(repr=False)
    faults: tuple[Fault, ...] = ()

    @property
    def columns(self) -> list[str]:
        return [
            one
            for one in dict.fromkeys((*self.before, *self.after))
            if self.before.get(one, "") != self.after.get(one, "")
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of many."""

    edition: str  # of the directory that it was worked out for
    differences: tuple[Difference, ...]  # in which something changes, or is wrong
    same: int  # rows that are so already

    @property
    def sound(self) -> bool:
        return bool(self.differences) and not any(one.faults for one in self.differences)


def plan(room: DirectoryRoom, ids: Collection[str], deed: str, value: str, now: datetime) -> Plan:
    """What would become of these rows. value: the new kind, district (as files name it) or whom they are told to."""
    stock = room.stock()
    wanted = set(ids)
    rows = [row for row in stock.offices if row.id in wanted][:MOST]
    found = [_difference(room, row, deed, value, now) for row in rows]
    told = tuple(one for one in found if one.columns or one.faults)
    return Plan(stock.edition, told, len(found) - len(told))


def carry_out(
    room: DirectoryRoom, ids: Collection[str], deed: str, value: str, edition: str, by: bytes, now: datetime
) -> int:
    """Do it to all of these rows; return how many changed. Raises Moved or Faulty, and then to none."""

    def do(unit: Unit) -> int:
        _refuse_other(unit, edition)
        changed = 0
        for row_id in sorted(set(ids))[:MOST]:
            row = held(unit, row_id)
            after = {**cells_of(room, row), **_cells(deed, value, now)}
            changed += keep(unit, room, DEEDS[deed], row, after, by, now) != row
        return changed

    return room.work(do)


def take(room: DirectoryRoom, batch: Batch, edition: str, by: bytes, now: datetime) -> int:
    """Take the rows of a file; return how many were new or changed. What is not in the file stays.

    Raises Moved, or Faulty when the conversation cannot do without what is lost.
    """

    def do(unit: Unit) -> int:
        for row_id in sorted(row.id for row in batch.rows):
            directory.office(unit, row_id, hold=True)  # nobody changes them between the look and the writing
        _refuse_other(unit, edition)
        present = directory.all_offices(unit)
        if faults := list(lacking(merged(present, batch, remove=False))):
            raise Faulty(faults)
        changes = compare(present, batch)
        for row in changes.added:
            directory.put_office(unit, row)
            history.note(unit, room.office.keyring, "imported", row.id, {}, cells_of(room, row), by, now)
        for old, row in changes.changed:
            directory.put_office(unit, row)
            before, after = cells_of(room, old), cells_of(room, row)
            history.note(unit, room.office.keyring, "imported", row.id, before, after, by, now)
        return len(changes.added) + len(changes.changed)

    return room.work(do)


def differences(room: DirectoryRoom, pairs: Iterable[tuple[Row, Row]]) -> list[Difference]:
    """Rows as they are and as they would be."""
    return [Difference(new, cells_of(room, old), cells_of(room, new)) for old, new in pairs]


def _difference(room: DirectoryRoom, row: Row, deed: str, value: str, now: datetime) -> Difference:
    before = cells_of(room, row)
    wanted = {**before, **_cells(deed, value, now)}
    try:
        made = read(room, wanted, now)
        refuse_loss(made.row)
    except Faulty as refusal:
        return Difference(row, before, wanted, refusal.faults)
    return Difference(row, before, made.cells)


def _cells(deed: str, value: str, now: datetime) -> dict[str, str]:
    if deed in ("hide", "show"):
        return {"verified": "yes" if deed == "show" else "no"}
    return {"verified_on": day_as_text(today(now))} if deed == "dialled" else {deed: value}


def _refuse_other(unit: Unit, edition: str) -> None:
    if directory.EDITION.now(unit) != edition:
        raise Moved
