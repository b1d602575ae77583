"""The key of a day: what waits is sealed under it, and two days later nobody can open that any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import StorageAway, Unit
from storage.shredding import day_of
from storage.tables import day_keys
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_key
from storage.vault.sealing import Context, open_sealed, seal

KEYS_LIVE = 2  # days after its own that a day's key is destroyed

_p = bindparam
_KEY = select(day_keys.c.wrapped, day_keys.c.key_id).where(day_keys.c.day == _p("of"))
_KEEP = (
    insert(day_keys)
    .values(day=_p("day"), wrapped=_p("wrapped"), key_id=_p("key_id"))
    .on_conflict_do_nothing(index_elements=["day"])
)
_DROP = delete(day_keys).where(day_keys.c.day < _p("of"))


def day_key(unit: Unit, keyring: Keyring, day: int) -> bytes:
    """The 32-byte key of a day, made when first asked for."""
    found = day_key_of(unit, keyring, day)
    if found is not None:
        return found
    wrapped = seal(keyring.key(Purpose.ROUTES), new_key(), _context(day, keyring.current))
    unit.keys.run(_KEEP, day=day, wrapped=wrapped, key_id=keyring.current)
    made = day_key_of(unit, keyring, day)  # another may have been first
    if made is None:
        raise StorageAway("the day's key went while it was made")
    return made


def day_key_of(unit: Unit, keyring: Keyring, day: int) -> bytes | None:
    """The key of a day; None once it was destroyed."""
    known: bytes | None = unit.scratch.get(("day key", day))  # several items of one unit ask for it
    if known is None and (row := unit.keys.one(_KEY, of=day)) is not None:
        known = open_sealed(keyring.key(Purpose.ROUTES, row[1]), row[0], _context(day, row[1]))
        unit.scratch["day key", day] = known
    return known


def first_alive(now: datetime) -> int:
    """The earliest day whose key still lives."""
    return day_of(now) - KEYS_LIVE + 1


def expire(unit: Unit, now: datetime) -> None:
    """Destroy the keys of days past, with all they could open."""
    if unit.keys.run(_DROP, of=first_alive(now)):
        unit.shredded = True


def _context(day: int, key_id: str) -> Context:
    return Context("day_keys", "wrapped", day.to_bytes(4, "big"), key_id=key_id)
