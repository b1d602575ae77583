"""Calls: whatever begins to wait is told to this process once it is committed; on PostgreSQL each item calls a worker besides, in
the same unit of work, by the engine's own function.

A call holds a conversation's tag, or a wipe's or fetch's own id, and nothing else. Its lock is the same: so the engine
serves a conversation's calls one after the other. A call that is lost delays an item and loses none, see `engine`.
"""

from __future__ import annotations

import json

from sqlalchemy import text

from storage.unit import Unit

TASK = "deliver"

_CALL = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, NULL, CAST(:args AS jsonb), NULL)"
    "::procrastinate_job_to_defer_v1])"
)


def call(unit: Unit, channel: str, of: bytes) -> None:
    """Have somebody come for what waits of `of` on this channel."""
    unit.called.add(channel)
    if unit.main.kind == "postgresql":
        name = of.hex()
        unit.main.one(_CALL, queue=channel, task=TASK, lock=name, args=json.dumps({"of": name}))
