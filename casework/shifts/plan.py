"""One counsellor's time: her week, but for holidays, and over it what differs once. Pure; every moment is UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from casework.hours import OpeningHours
from casework.spans import Interval, Span, days_around, merged, without
from storage.counsellors import Change, Counsellor, Shift

DESK, CALL, OFF = "desk", "call", "off"
KINDS = (DESK, CALL)  # she takes cases; she is only called for what cannot wait


def stretches(one: Counsellor, kind: str, hours: OpeningHours, start: datetime, end: datetime) -> list[Interval]:
    """When she is on in this way, around and between two moments: whole stretches, in order."""
    found = merged(_weekly(one.week, kind, hours, start, end))
    for change in one.changes:
        whole = interval_of(change)
        found = without(found, [whole])
        if change.kind == kind:
            found = merged([*found, whole])
    return found


def on_now(one: Counsellor, hours: OpeningHours, now: datetime) -> str:
    """DESK, CALL or "": at the desk before on call."""
    for kind in KINDS:
        if until(one, kind, hours, now) is not None:
            return kind
    return ""


def until(one: Counsellor, kind: str, hours: OpeningHours, now: datetime) -> datetime | None:
    """How long she is still on in this way; None when she is not."""
    return next((end for start, end in stretches(one, kind, hours, now, now) if start <= now < end), None)


def plans_anything(one: Counsellor, now: datetime) -> bool:
    """Whether it is known when she is at the desk: her week says it, or a change that is still to come."""
    return any(shift.kind == DESK for shift in one.week) or any(
        change.kind == DESK and change.start > now.timestamp() for change in one.changes
    )


def interval_of(change: Change) -> Interval:
    return datetime.fromtimestamp(change.start, UTC), datetime.fromtimestamp(change.end, UTC)


def change_of(start: datetime, end: datetime, kind: str) -> Change:
    return Change(int(start.timestamp()), int(end.timestamp()), kind)


def said_now(one: Counsellor, hours: OpeningHours, now: datetime, end: datetime) -> tuple[Change, ...]:
    """Her changes once she says that she is at the desk until `end`, or, where that is past, that she is not.

    What she said before of this very moment ends now; what she planned for later stays.
    """
    moment = int(now.timestamp())
    cut = [change._replace(end=moment) if change.start <= moment < change.end else change for change in one.changes]
    kept = tuple(change for change in cut if change.start < change.end)
    if end > now:
        return (*kept, change_of(now, end, DESK))
    running = [until(replace(one, changes=kept), kind, hours, now) for kind in KINDS]
    last = max((found for found in running if found is not None), default=None)
    return kept if last is None else (*kept, change_of(now, last, OFF))


def without_old(changes: Sequence[Change], now: datetime) -> tuple[Change, ...]:
    """What may still matter to somebody who looks at today."""
    return tuple(change for change in changes if change.end > now.timestamp() - 86_400)


def _weekly(week: Sequence[Shift], kind: str, hours: OpeningHours, start: datetime, end: datetime) -> list[Interval]:
    if not week:
        return []
    zone = ZoneInfo(hours.zone)
    days = [day for day in days_around(start, end, zone) if day not in hours.holidays]
    return [
        Span(shift.opens, shift.closes).on(day, zone)
        for day in days
        for shift in week
        if shift.kind == kind and shift.day == day.weekday()
    ]
