"""The first steps of a deployment: each is done when what it is about is there, never because somebody clicked that it is.

What is kept is only which of them an admin left out, and that she wants to see them no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.deployment import keeping, shelf, trying
from casework.deployment.room import SettingsRoom
from casework.deployment.table import CLOSED, FACE, FIRST, STEPS
from casework.directory.exchange import EMERGENCY
from casework.directory.stock import Stock
from casework.staff.roles import READERS
from storage.database import Unit
from storage.staff import people


@dataclass(frozen=True, slots=True)
class Step:
    """One of them."""

    name: str
    done: bool
    skipped: bool


@dataclass(frozen=True, slots=True)
class Beginning:
    """How far it is."""

    steps: tuple[Step, ...]
    closed: bool  # not shown any more

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not done, also what was left out."""
        return tuple(one.name for one in self.steps if not one.done)

    @property
    def next(self) -> str:
        """The first that is neither done nor left out; "" where there is none."""
        return next((one.name for one in self.steps if not (one.done or one.skipped)), "")

    @property
    def shows(self) -> bool:
        """Whether an admin is led there by herself."""
        return bool(self.next) and not self.closed


def look(room: SettingsRoom, stock: Stock) -> Beginning:
    """How far it is."""

    def read(unit: Unit) -> Beginning:
        tried = [one for one in trying.CHANNELS if one in room.channels]
        skipped = shelf.standing(unit, room.keyring, FIRST).value
        done = {
            "organisation": bool(shelf.standing(unit, room.keyring, FACE).value["name"]),
            "languages": any(one.complete for one in room.room.phrasebook.languages),
            "directory": bool(stock.districts) and all(row in stock.by_id for row in EMERGENCY.values()),
            "counsellors": any(
                one.status == people.ACTIVE and one.role in READERS for one in people.everybody(unit, room.keyring)
            ),
            "channels": bool(room.channels),
            "trial": bool(tried) and all(trying.went(unit, one) for one in tried),
        }
        return Beginning(tuple(Step(one, done[one], one in skipped) for one in STEPS), CLOSED in skipped)

    return room.read(read)


def leave_out(room: SettingsRoom, by: bytes, step: str, now: datetime) -> bool:
    """Leave a step out, or see them no more (CLOSED); whether anything differed. Raises SettingUnknown, NotHersToSet."""
    return keeping.decide(room, by, FIRST, lambda unit, present: [*present, step], None, now)


def take_up(room: SettingsRoom, by: bytes, step: str, now: datetime) -> bool:
    """Take it up again. Raises NotHersToSet."""
    return keeping.decide(room, by, FIRST, lambda unit, present: [one for one in present if one != step], None, now)
