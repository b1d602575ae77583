"""Marks: small plain facts of the house itself, by name. Nothing of anybody's, and nothing secret."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.tables import settings_kv

_READ = select(settings_kv.c.value).where(settings_kv.c.name == bindparam("of"))
_HOLD = _READ.with_for_update()
_WRITE = insert(settings_kv).values(name=bindparam("name"), value=bindparam("value"))
_MAKE = _WRITE.on_conflict_do_nothing(index_elements=["name"])
_SET = _WRITE.on_conflict_do_update(index_elements=["name"], set_={"value": _WRITE.excluded.value})


def text(unit: Unit, name: str) -> str:
    """What was noted under `name`; "" before anything was."""
    found = unit.main.one(_READ, of=name)
    return str(found[0]) if found else ""


def note(unit: Unit, name: str, value: str) -> None:
    """Note it instead of what was noted before."""
    unit.main.run(_SET, name=name, value=value)


class Edition:
    """What tells one whole of some table from another, and whether it is still what came with this version."""

    def __init__(self, name: str) -> None:
        self._now, self._shipped = f"{name} edition", f"{name} shipped"

    def now(self, unit: Unit) -> str:
        """This one; "" before there is one."""
        return text(unit, self._now)

    def note(self, unit: Unit, value: str) -> None:
        """There is another one now."""
        note(unit, self._now, value)

    def is_as_shipped(self, unit: Unit) -> bool:
        """Whether nobody has changed anything since `note_as_shipped`, or there is none yet."""
        return self.now(unit) == text(unit, self._shipped)

    def note_as_shipped(self, unit: Unit) -> None:
        """What is there now is what came with this version."""
        note(unit, self._shipped, self.now(unit))


def hold(unit: Unit, what: str) -> None:
    """Hold `what` until this unit of work ends: no other unit, of any process, holds it meanwhile."""
    name = f"{what} held"
    if unit.main.one(_HOLD, of=name) is None:
        unit.main.run(_MAKE, name=name, value="")
        unit.main.one(_HOLD, of=name)


def turn(unit: Unit, what: str, every: timedelta, now: datetime) -> datetime | None:
    """Until when `what` was done, if its turn has come; then not again for `every`, whoever asks.

    Done never before: until now. None when it is not its turn.
    """
    hold(unit, what)
    due = _moment(unit, f"{what} due")
    if due is not None and now < due:
        return None
    _set(unit, f"{what} due", now + every)
    return _moment(unit, f"{what} done") or now


def give_back(unit: Unit, what: str, now: datetime) -> None:
    """It was not done after all: its turn comes again at once."""
    _set(unit, f"{what} due", now)


def done(unit: Unit, what: str, moment: datetime) -> None:
    """`what` was done until then."""
    _set(unit, f"{what} done", moment)


def last(unit: Unit, what: str) -> datetime | None:
    """When `what` was last done; None for never."""
    return _moment(unit, f"{what} done")


def _moment(unit: Unit, name: str) -> datetime | None:
    found = text(unit, name)
    return datetime.fromtimestamp(int(found), UTC) if found else None


def _set(unit: Unit, name: str, moment: datetime) -> None:
    note(unit, name, str(int(moment.timestamp())))
