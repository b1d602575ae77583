"""Is a person reading now, until when, and when next: what a reporter is told of it, and nothing better than it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.cases.room import CaseRoom
from flows.prompt import Value
from storage.database import Unit

NEARLY_OVER = timedelta(minutes=30)  # less than that is no time for a talk


def stands(unit: Unit, room: CaseRoom, now: datetime) -> str:
    """ "open"; "ending", where whoever reads goes soon; "closed"; "never", where nobody knows when somebody reads again."""
    rota = room.rota(unit)
    until = rota.until(now)
    if until is not None:
        return "ending" if until - now < NEARLY_OVER else "open"
    return "never" if rota.next(now) is None else "closed"


def values(unit: Unit, room: CaseRoom, now: datetime) -> Mapping[str, Value]:
    """`hour`: when somebody reads again; while somebody does, now. `until`: how long; "" while nobody does."""
    rota = room.rota(unit)
    until = rota.until(now)
    again = rota.next(now) if until is None else now.astimezone(ZoneInfo(rota.hours.zone))
    return {"hour": "" if again is None else again, "until": "" if until is None else until}
