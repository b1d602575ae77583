"""Spans: stretches of a day by the clock on the team's wall, and the true moments they mean.

A span is written in local time and lasts as long as the world says: where clocks are put forward in it, an hour less.
Everything that compares does so in UTC, so that no hour that comes twice, or never, is counted wrongly.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

A_DAY = 24 * 60  # minutes
Interval = tuple[datetime, datetime]  # UTC, the end left out


class Span(NamedTuple):
    """From one minute of a day to another; past midnight when it ends after minute 1440, at most on the next day."""

    opens: int
    closes: int

    @classmethod
    def read(cls, opens: str, closes: str) -> Span:
        """Read "09:00" and "17:00". What closes at or before it opens closes on the next day; 24:00 is midnight.

        Raises ValueError.
        """
        first, last = _minute(opens), _minute(closes)
        if first >= A_DAY:
            raise ValueError(f"a day has no {opens}")
        return cls(first, last if last > first else last + A_DAY)

    def __str__(self) -> str:
        return f"{clock_of(self.opens)}-{clock_of(self.closes)}"

    def on(self, day: date, zone: ZoneInfo) -> Interval:
        """The moments it means on this day. They may be equal: then the clocks left it out."""
        return moment_of(day, self.opens, zone), moment_of(day, self.closes, zone)


def clock_of(minute: int) -> str:
    """ "09:00"; midnight at a day's end is "24:00"."""
    minute = minute if minute <= A_DAY else minute - A_DAY
    return f"{minute // 60:02}:{minute % 60:02}"


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time, without overlaps, in order; what touches is one."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> list[Interval]:
    """What is left of the first where the second are not."""
    rest = merged(intervals)
    for start, end in merged(taken):
        cut = []
        for begins, ends in rest:
            cut += [(begins, min(ends, start)), (max(begins, end), ends)]
        rest = [(begins, ends) for begins, ends in cut if begins < ends]
    return rest


def days_around(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """Every local day of which a span may lie between the two, the one before among them: it may reach over midnight."""
    first, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _minute(text: str) -> int:
    hours, colon, minutes = text.strip().partition(":")
    if not colon or not (hours + minutes).isascii() or not hours.isdigit() or not minutes.isdigit():
        raise ValueError(f"cannot read the time {text!r}; write like 09:00")
    found = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or found > A_DAY:
        raise ValueError(f"no day has the hour {text!r}")
    return found


def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When the wall's clock of a zone shows this minute, counted from a day's midnight. Raises OverflowError at the end of all days."""
    after, minute = divmod(minute, A_DAY)
    wall = datetime.combine(day + timedelta(days=after), time(minute // 60, minute % 60), tzinfo=zone)
    return wall.astimezone(UTC)
