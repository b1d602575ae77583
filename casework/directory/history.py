"""The history of a row: who changed what, when, and what was there before.

Only the cells that differ are kept. Of a sensitive row no address and no point is kept here either; what was kept before it
became sensitive stays sealed and is shown to nobody.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from casework.directory.room import DirectoryRoom
from storage import changes
from storage.database import Unit
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

PLACE = frozenset({"address", "lat", "lon", "coord_precision", "schedule"})
BY_COMMAND = b""
ROW, TIP = "row ", "tip "
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One change of a row."""

    row: str  # id
    seq: int
    at: int  # seconds since 1970
    what: str  # "added", "edited", "hidden", "shown", "answered", "unanswered", "undone", "imported"
    by: bytes  # of staff; empty: from the terminal
    before: Cells = field(repr=False)  # of the columns that differ
    after: Cells = field(repr=False)
    start: str  # digest of the row before
    end: str  # … and after

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.before, *self.after)))


@dataclass(frozen=True, slots=True)
class History:
    """What a row went through, the latest first."""

    lines: tuple[Line, ...]
    sound: bool  # False: somebody changed it past us; nothing of it is shown
    beyond: bool  # the row was changed after the last line, by an import from the terminal or another version

    @property
    def last(self) -> Line | None:
        """The change that can be taken back."""
        return self.lines[0] if self.lines and not self.beyond else None


def look(room: DirectoryRoom, row: str, cells: Cells, kind: str = ROW) -> History:
    """The history of a row, whose cells are these now."""
    try:
        lines = room.read(lambda unit: of(unit, room.office.keyring, row, kind))
    except Tampered:
        return History((), sound=False, beyond=False)
    beyond = bool(lines) and lines[-1].end != digest(cells)
    if cells.get("sensitive_location") == "yes":
        lines = [_placeless(line) for line in lines]
    return History(tuple(reversed(lines)), sound=True, beyond=beyond)


def everything(room: DirectoryRoom, most: int) -> History:
    """The latest changes of all rows."""
    try:
        lines = room.read(lambda unit: latest(unit, room.office.keyring, most))
    except Tampered:
        return History((), sound=False, beyond=False)
    secret = {office.id for office in room.stock().offices if office.sensitive}
    shown = (_placeless(line) if line.row in secret else line for line in lines)
    return History(tuple(shown), sound=True, beyond=False)


def digest(cells: Cells) -> str:
    """What tells a row's cells from others. A column that is empty, or not yet invented, counts nothing."""
    filled = {column: cell for column, cell in cells.items() if cell}
    return hashlib.sha256(json.dumps(filled, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def note(
    unit: Unit,
    keyring: Keyring,
    what: str,
    row: str,
    before: Cells,
    after: Cells,
    by: bytes,
    now: datetime,
    kind: str = ROW,
) -> int:
    """Keep what became of a row; return the line's number.

    before  no cells for a row that is new
    kind    of what: a row of the directory, a tip
    """
    sensitive = "yes" in (before.get("sensitive_location"), after.get("sensitive_location"))
    differing = [
        column
        for column in dict.fromkeys((*before, *after))
        if before.get(column, "") != after.get(column, "") and not (sensitive and column in PLACE)
    ]
    content = {
        "what": what,
        "by": by.hex(),
        "before": {column: before[column] for column in differing if before.get(column)},
        "after": {column: after[column] for column in differing if after.get(column)},
        "start": digest(before),
        "end": digest(after),
    }
    return changes.add(unit, keyring, f"{kind}{row}", content, now)


def of(unit: Unit, keyring: Keyring, row: str, kind: str = ROW) -> list[Line]:
    """A row's history, the first change first. Raises Tampered."""
    return [_line(change) for change in changes.of(unit, keyring, f"{kind}{row}")]


def last(unit: Unit, keyring: Keyring, row: str) -> Line | None:
    """A row's last change; None when there is none, or when its history is not as we left it."""
    try:
        found = of(unit, keyring, row)
    except Tampered:
        return None
    return found[-1] if found else None


def latest(unit: Unit, keyring: Keyring, most: int) -> list[Line]:
    """The latest changes of all rows, the latest first. Raises Tampered."""
    return [_line(one) for one in changes.latest(unit, keyring, most) if one.thing.startswith(ROW)]


def _placeless(line: Line) -> Line:
    """A line of a row that is sensitive now: where it is was no secret then, and is shown no more."""
    before, after = (
        {column: cell for column, cell in cells.items() if column not in PLACE} for cells in (line.before, line.after)
    )
    return replace(line, before=before, after=after)


def _line(change: changes.Change) -> Line:
    content = change.content
    return Line(
        row=change.thing.partition(" ")[2],
        seq=change.seq,
        at=change.at,
        what=content["what"],
        by=bytes.fromhex(content["by"]),
        before=content["before"],
        after=content["after"],
        start=content["start"],
        end=content["end"],
    )
