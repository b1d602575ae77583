"""Whether a number answered, as reporters told a day later, if they had agreed to be asked.

Kept are counts by row and day. That one person counts once for a row is known by a mark that only her address makes, in
a table that says neither what was said nor of which row, until the quarter ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from casework.directory.choosing import today
from casework.directory.room import DirectoryRoom
from casework.receipts import WINDOW
from storage import feedback, guesses, wishes
from storage.database import Unit
from storage.directory import Resource
from storage.feedback import Said
from storage.vault.senders import Sender

_PURPOSE = "feedback"


def count(unit: Unit, sender: Sender, row: Resource, said: str, now: datetime) -> bool:
    """Count what she says of a row's number: "answered", "silent" or "wrong"; False where she has been counted for it."""
    quarter = wishes.quarter_of(now.date())
    mark = sender.mark(f"{_PURPOSE} {row.id}", wishes.label_of(quarter))
    if guesses.count(unit, mark, _last_window(quarter)) > 1:
        return False
    feedback.count(unit, row.id, row.phones[0], today(now), said)
    return True


def wrong(room: DirectoryRoom) -> Mapping[str, int]:
    """How often each row was said to be wrong since it was dialled, by its id."""
    return wrong_of(room.stock().offices, room.read(lambda unit: feedback.since(unit, 0)))


def wrong_of(rows: Iterable[Resource], said: Iterable[Said]) -> Mapping[str, int]:
    """The same, of these. What was said of a number that the row has no more, or on the day it was dialled, is settled."""
    known = {row.id: row for row in rows if row.phones}
    found: dict[str, int] = defaultdict(int)
    for one in said:
        row = known.get(one.resource)
        if row is None or row.phones[0] != one.number or not one.wrong:
            continue
        if row.verified_on is None or one.day > row.verified_on:
            found[row.id] += one.wrong
    return dict(found)


def _last_window(quarter: int) -> int:
    """The last window of a quarter: a mark is let go of when that is past."""
    year, number = divmod(quarter + 1, 4)
    return (date(year, 3 * number + 1, 1) - date(1970, 1, 1)).days * 86_400 // WINDOW
