"""How fast each channel may go, over every process and machine: the next free moment of each, in the database.

Whoever leases an item takes a moment with it, so that many workers together keep one pace; and a provider that asks
one of them to slow down is left alone by all.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.tables import settings_kv

AHEAD = timedelta(seconds=2)  # no moment is given away earlier: whoever holds one waits for it

_NAME = "pace {}"
_HOLD = select(settings_kv.c.value).where(settings_kv.c.name == bindparam("of")).with_for_update()
_WRITE = insert(settings_kv).values(name=bindparam("name"), value=bindparam("value"))
_MAKE = _WRITE.on_conflict_do_nothing(index_elements=["name"])
_SET = _WRITE.on_conflict_do_update(index_elements=["name"], set_={"value": _WRITE.excluded.value})
_MICRO = timedelta(microseconds=1)
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def reserve(unit: Unit, channel: str, wanted: int, per_second: float, now: datetime) -> list[datetime]:
    """Take up to `wanted` moments, each at least 1/`per_second` s after the one before; as many as come soon enough."""
    if not wanted:
        return []
    gap = timedelta(seconds=1 / per_second)
    first = max(_held(unit, channel), now)
    room = max(0, (now + AHEAD - first) // gap + 1)
    moments = [first + number * gap for number in range(min(wanted, room))]
    if moments:
        _set(unit, channel, moments[-1] + gap)
    return moments


def pause(unit: Unit, channel: str, until: datetime) -> None:
    """Nobody sends anything before then."""
    if until > _held(unit, channel):
        _set(unit, channel, until)


def free_from(unit: Unit, channel: str, now: datetime) -> datetime:
    """When a moment can be had again."""
    return max(_held(unit, channel) - AHEAD, now)


def _held(unit: Unit, channel: str) -> datetime:
    name = _NAME.format(channel)
    found = unit.main.one(_HOLD, of=name)
    if found is None:
        unit.main.run(_MAKE, name=name, value="0")
        found = unit.main.one(_HOLD, of=name)
    return _BEGIN + int(found[0]) * _MICRO if found else _BEGIN


def _set(unit: Unit, channel: str, moment: datetime) -> None:
    unit.main.run(_SET, name=_NAME.format(channel), value=str((moment - _BEGIN) // _MICRO))
