"""When the team reads: its opening hours, its holidays, and the next time the door opens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.spans import Interval, Span, days_around, merged

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AHEAD = timedelta(days=60)  # a door that does not open within these opens never
_SOON = timedelta(days=8)  # nearly always it does within these, and they are looked through in a seventh of the time
_HOURS = re.compile(r"(?P<days>[A-Za-z,\- ]+?)\s+(?P<opens>\d{1,2}:\d\d)\s*-\s*(?P<closes>\d{1,2}:\d\d)")

Week = tuple[tuple[Span, ...], ...]  # seven days, Monday first
CLOSED: Week = ((),) * 7


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Some spans on each day of the week, in the team's own time zone, but on no holiday."""

    week: Week = CLOSED
    zone: str = "Asia/Karachi"
    holidays: Mapping[date, str] = field(default_factory=dict)  # each with its name

    @classmethod
    def read(cls, text: str, zone: str) -> OpeningHours:
        """Read "Mon-Fri 09:00-17:00; Sat 10:00-14:00"; "never" means that nobody reads.

        Raises ValueError saying what is wrong, also when there is no such time zone.
        """
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, LookupError):
            raise ValueError(f"there is no time zone {zone!r}; write one like Asia/Karachi") from None
        if text.strip().casefold() == "never":
            return cls(CLOSED, zone)
        week: list[tuple[Span, ...]] = [()] * 7
        for part in text.split(";"):
            found = _HOURS.fullmatch(part.strip())
            if found is None:
                raise ValueError(f"cannot read {text!r}; write like Mon-Fri 09:00-17:00, or never")
            span = Span.read(found["opens"], found["closes"])
            if span.closes > 24 * 60:
                raise ValueError(f"{text!r} closes before it opens")
            for day in {day for days in found["days"].split(",") for day in _days(days)}:
                week[day] = (*week[day], span)
        return cls(tuple(tuple(sorted(spans)) for spans in week), zone)

    def between(self, start: datetime, end: datetime) -> list[Interval]:
        """When the door is open around and between two moments (UTC): whole, in order, without overlaps."""
        zone = ZoneInfo(self.zone)
        return merged(
            span.on(day, zone)
            for day in days_around(start, end, zone)
            if day not in self.holidays
            for span in self.week[day.weekday()]
        )

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the door was open between two moments (UTC); of more than 60 days only the last 60 count."""
        start = max(start, end - AHEAD)
        if start >= end:
            return timedelta()
        clipped = ((max(opens, start), min(closes, end)) for opens, closes in self.between(start, end))
        return sum((max(closes - opens, timedelta()) for opens, closes in clipped), timedelta())

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when the door opens next after `now`, in the team's zone; None if it does not within 60 days."""
        for horizon in (_SOON, AHEAD):
            opening = next((start for start, _ in self.between(now, now + horizon) if start > now), None)
            if opening is not None:
                return opening.astimezone(ZoneInfo(self.zone))
        return None


def _days(part: str) -> range | list[int]:
    names = [name.strip().casefold()[:3] for name in part.split("-")]
    if len(names) > 2 or any(name not in DAYS for name in names):
        raise ValueError(f"cannot read the days {part.strip()!r}; write like Mon-Fri or Mon,Wed")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
