"""Sweeping keys whose rows never came: a kill between the two commits leaves such."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, select

from storage import heads, shredding
from storage.database import Database, Unit
from storage.tables import draft_media, inbox, pending_facts, reports, sessions, shred_keys

BATCH = 500

_p = bindparam
_OLDER = (
    select(shred_keys.c.id)
    .where(shred_keys.c.day < _p("day"), shred_keys.c.id > _p("after"))
    .order_by(shred_keys.c.id)
    .limit(BATCH)
)
_NEEDED = tuple(
    select(column).where(column.in_(_p("ids", expanding=True)))
    for column in (reports.c.id, sessions.c.draft_id, inbox.c.draft_id, draft_media.c.draft_id, pending_facts.c.id)
)


def sweep(database: Database, now: datetime) -> Sequence[str]:
    """Shred keys older than a day that no row needs. Looks in reading units, so that nobody waits.

    A report that was once seen keeps its key, even if its row is gone: perhaps the row comes back from a backup.
    """
    day, after = shredding.day_of(now) - 1, b""
    while True:
        ids, orphans = database.read(partial(_look, day=day, after=after))
        if orphans:
            database.work(partial(_shred, ids=orphans))
        if len(ids) < BATCH:
            return ()
        after = ids[-1]


def _look(unit: Unit, day: int, after: bytes) -> tuple[list[bytes], list[bytes]]:
    ids = [row[0] for row in unit.keys.all(_OLDER, day=day, after=after)]
    return ids, _without_rows(unit, ids)


def _shred(unit: Unit, ids: Sequence[bytes]) -> None:
    for owner in _without_rows(unit, ids):
        if not heads.knows(unit, owner):
            shredding.shred(unit, owner)


def _without_rows(unit: Unit, ids: Sequence[bytes]) -> list[bytes]:
    needed = {row[0] for statement in _NEEDED for row in unit.main.all(statement, ids=ids)} if ids else set()
    return [owner for owner in ids if owner not in needed]
