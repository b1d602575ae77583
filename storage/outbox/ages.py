"""How long the outbox waits: of each channel what should have gone first, and how much. No item is opened."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select

from storage.database import Unit
from storage.tables import outbox

_OLDEST = (
    select(outbox.c.channel, func.min(outbox.c.due), func.count())
    .where(outbox.c.dead_reason.is_(None), outbox.c.due <= bindparam("now"), outbox.c.leaves > bindparam("now"))
    .group_by(outbox.c.channel)
)


def ages(unit: Unit, now: datetime) -> dict[str, tuple[datetime, int]]:
    """By channel: since when the oldest item is due, and how many are. What is to go later is not among them."""
    found = unit.main.all(_OLDEST, now=int(now.timestamp()))
    return {channel: (datetime.fromtimestamp(since, UTC), many) for channel, since, many in found}
