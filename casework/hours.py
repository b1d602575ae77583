"""When the team reads: opening hours, as a setting, and the next time the door opens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(?P<days>[A-Za-z,\- ]+?)\s+(?P<opens>\d{1,2}:\d\d)\s*-\s*(?P<closes>\d{1,2}:\d\d)")


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The same hours on some days of the week, in the team's own time zone."""

    days: frozenset[int] = frozenset({0, 1, 2, 3, 4, 5})  # Monday is 0
    opens: time = time(9)
    closes: time = time(17)
    zone: str = "Asia/Karachi"

    @classmethod
    def read(cls, text: str, zone: str) -> OpeningHours:
        """Read "Mon-Fri 09:00-17:00" or "Mon,Wed,Sat 10:00-14:00"; "never" means that nobody reads.

        Raises ValueError saying what is wrong, also when there is no such time zone.
        """
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, LookupError):
            raise ValueError(f"there is no time zone {zone!r}; write one like Asia/Karachi") from None
        if text.strip().casefold() == "never":
            return cls(frozenset(), zone=zone)
        found = _HOURS.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"cannot read {text!r}; write like Mon-Fri 09:00-17:00, or never")
        days = frozenset(day for part in found["days"].split(",") for day in _days(part))
        opens, closes = (time.fromisoformat(found[name].zfill(5)) for name in ("opens", "closes"))
        if opens >= closes:
            raise ValueError(f"{text!r} closes before it opens")
        return cls(days, opens, closes, zone)

    def are_now(self, now: datetime) -> bool:
        """Whether `now` (UTC) lies inside the hours."""
        local = now.astimezone(ZoneInfo(self.zone))
        return local.weekday() in self.days and self.opens <= local.time() < self.closes

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """How long the door was open between two moments (UTC); of more than 60 days only the last 60 count."""
        zone = ZoneInfo(self.zone)
        start = max(start, end - timedelta(days=60))
        day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        total = timedelta()
        while day <= last:
            if day.weekday() in self.days:
                opens = max(datetime.combine(day, self.opens, tzinfo=zone), start)
                closes = min(datetime.combine(day, self.closes, tzinfo=zone), end)
                total += max(closes.astimezone(UTC) - opens.astimezone(UTC), timedelta())
            day += timedelta(days=1)
        return total

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when the door opens next after `now`, in the team's zone; None if it never does."""
        local = now.astimezone(ZoneInfo(self.zone))
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self.opens, tzinfo=local.tzinfo)
            if day.weekday() in self.days and opening > local:
                return opening
        return None


def _days(part: str) -> range | list[int]:
    names = [name.strip().casefold()[:3] for name in part.split("-")]
    if len(names) > 2 or any(name not in DAYS for name in names):
        raise ValueError(f"cannot read the days {part.strip()!r}; write like Mon-Fri or Mon,Wed")
    first, last = DAYS.index(names[0]), DAYS.index(names[-1])
    return range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
