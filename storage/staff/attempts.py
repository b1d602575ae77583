"""Tries at logging in, counted in windows of 15 minutes under keyed tags; what a tag stands for nobody can read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.tables import staff_attempts as attempts
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import mac

WINDOW = 900  # seconds

_p = bindparam
_READ = select(attempts.c.tag, attempts.c.count).where(
    attempts.c.tag.in_(_p("tags", expanding=True)), attempts.c.window == _p("of")
)
_FIRST = insert(attempts).values(tag=_p("tag"), window=_p("window"), count=1)
_COUNT = _FIRST.on_conflict_do_update(index_elements=["tag", "window"], set_={"count": attempts.c.count + 1}).returning(
    attempts.c.count
)
_DROP = delete(attempts).where(attempts.c.window < _p("before"))


def tag(keyring: Keyring, kind: str, *parts: bytes) -> bytes:
    """What stands for a name, a network or a browser: 16 bytes."""
    return mac(keyring.key(Purpose.STAFF), b"attempts", kind.encode(), *parts)[:16]


def window_of(now: datetime) -> int:
    """The number of the 15 minutes that `now` lies in."""
    return int(now.timestamp()) // WINDOW


def counts(unit: Unit, tags: Sequence[bytes], window: int) -> list[int]:
    """How many tries each tag has in a window."""
    found: dict[bytes, int] = dict(unit.main.all(_READ, tags=list(tags), of=window))
    return [found.get(one, 0) for one in tags]


def count(unit: Unit, tag: bytes, window: int) -> int:
    """Count one more; return how many there are now."""
    row = unit.main.one(_COUNT, tag=tag, window=window)
    return int(row[0]) if row else 0


def forget(unit: Unit, now: datetime) -> int:
    """Let go of earlier windows than the last; return how many rows went."""
    return unit.main.run(_DROP, before=window_of(now) - 1)
