"""Hours: a send that is to go later in the day holds back nothing of its conversation until its hour has come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, or_, update

from storage.database import Unit
from storage.outbox.calls import call
from storage.tables import outbox

SEND = 1  # the kind that keeps its order
_NEAR = 60  # seconds before its hour it holds its place too: the clocks of two machines may differ

_p = bindparam
# One that was tried is put off, and holds its place.
LATER = and_(outbox.c.kind == SEND, outbox.c.attempts == 0, outbox.c.due > _p("now"))
_HASTEN = update(outbox).where(outbox.c.owner == _p("of"), outbox.c.dead_reason.is_(None), LATER).values(due=_p("now"))

earlier = outbox.alias()
HAS_A_PLACE = or_(earlier.c.attempts > 0, earlier.c.due - _NEAR <= _p("now"))


def hasten(unit: Unit, owner: bytes, channel: str, now: datetime) -> bool:
    """She is here: sends that wait for their hour go now, in the order of writing. Whether there were any."""
    found = unit.main.run(_HASTEN, of=owner, now=int(now.timestamp())) > 0
    if found:
        call(unit, channel, owner)
    return found
