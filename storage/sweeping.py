"""Sweeping keys whose rows never came: a kill between the two commits leaves such.

A key commits before its row, so one without a row may only be early. It is noted (in the keys database, among the
heads), and shredded when it is still alone an hour later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage import heads, shredding
from storage.database import Database, Unit
from storage.tables import draft_media, inbox, pending_facts, reports, sessions, shred_keys, subscriptions
from storage.tables import heads as noted

BATCH = 500
LATELY = 2  # days that the hourly sweep looks back
_ALONE = "alone"  # among the heads: since which hour a key is without a row

_p = bindparam
_KEYS = (
    select(shred_keys.c.id)
    .where(shred_keys.c.day >= _p("day"), shred_keys.c.id > _p("after"))
    .order_by(shred_keys.c.id)
    .limit(BATCH)
)
_NEEDED = tuple(
    select(column).where(column.in_(_p("ids", expanding=True)))
    for column in (
        reports.c.id,
        sessions.c.draft_id,
        inbox.c.draft_id,
        draft_media.c.draft_id,
        pending_facts.c.id,
        subscriptions.c.tag,
    )
)
_SINCE = select(noted.c.seq).where(noted.c.kind == _ALONE, noted.c.id == _p("of"))
_NOTE = (
    insert(noted)
    .values(kind=_ALONE, id=_p("id"), seq=_p("hour"), hash=b"", day=_p("day"))
    .on_conflict_do_nothing(index_elements=["kind", "id"])
)
_FORGET = delete(noted).where(noted.c.kind == _ALONE, noted.c.id == _p("of"))
_FORGET_OLD = delete(noted).where(noted.c.kind == _ALONE, noted.c.day < _p("before"))


def sweep(database: Database, now: datetime, *, everything: bool = False) -> Sequence[str]:
    """Note keys that no row needs, and shred those noted an hour ago or longer. Looks in reading units, so that
    nobody waits.

    everything  look at every key, some 20 s a million, and not only at those of the last days
    A report that was once seen keeps its key, even if its row is gone: perhaps the row comes back from a backup.
    """
    today = shredding.day_of(now)
    first, after = 0 if everything else today - LATELY, b""
    while True:
        ids, alone = database.read(partial(_look, day=first, after=after))
        if alone:
            database.work(partial(_note_or_shred, ids=alone, now=now))
        if len(ids) < BATCH:
            break
        after = ids[-1]
    database.work(lambda unit: unit.keys.run(_FORGET_OLD, before=today - LATELY))  # those whose rows came after all
    return ()


def _look(unit: Unit, day: int, after: bytes) -> tuple[list[bytes], list[bytes]]:
    ids = [row[0] for row in unit.keys.all(_KEYS, day=day, after=after)]
    return ids, _without_rows(unit, ids)


def _note_or_shred(unit: Unit, ids: Sequence[bytes], now: datetime) -> None:
    hour = int(now.timestamp()) // 3600
    for owner in _without_rows(unit, ids):
        since = unit.keys.one(_SINCE, of=owner)
        if since is None:
            unit.keys.run(_NOTE, id=owner, hour=hour, day=shredding.day_of(now))
        elif since[0] < hour and not heads.knows(unit, owner):
            shredding.shred(unit, owner)
            unit.keys.run(_FORGET, of=owner)


def _without_rows(unit: Unit, ids: Sequence[bytes]) -> list[bytes]:
    needed = {row[0] for statement in _NEEDED for row in unit.main.all(statement, ids=ids)} if ids else set()
    return [owner for owner in ids if owner not in needed]
