"""Counts within a window: tries at receipts by sender and in total, never by code; SMS that somebody has sent; what counts once."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.tables import guesses

_p = bindparam
_FIRST = insert(guesses).values(tag=_p("tag"), window=_p("window"), count=1)
_COUNT = _FIRST.on_conflict_do_update(index_elements=["tag", "window"], set_={"count": guesses.c.count + 1}).returning(
    guesses.c.count
)
_LOOK = select(guesses.c.count).where(guesses.c.tag == _p("of"), guesses.c.window == _p("within"))
_DROP = delete(guesses).where(guesses.c.window < _p("before"))


def count(unit: Unit, tag: bytes, window: int) -> int:
    """Count one more try in this window; return how many there are now."""
    row = unit.main.one(_COUNT, tag=tag, window=window)
    return int(row[0]) if row else 0


def counted(unit: Unit, tag: bytes, window: int) -> int:
    """Return how many there are in this window, and count none."""
    row = unit.main.one(_LOOK, of=tag, within=window)
    return int(row[0]) if row else 0


def forget(unit: Unit, before: int) -> int:
    """Let go of windows before this one; return how many rows went."""
    return unit.main.run(_DROP, before=before)
