"""When the team reads: opening hours, as a setting, and the next time the door opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The same hours on some days of the week, in the team's own time zone."""

    days: frozenset[int] = frozenset({0, 1, 2, 3, 4, 5})  # Monday is 0
    opens: time = time(9)
    closes: time = time(17)
    zone: str = "Asia/Karachi"

    def are_now(self, now: datetime) -> bool:
        """Whether `now` (UTC) lies inside the hours."""
        local = now.astimezone(ZoneInfo(self.zone))
        return local.weekday() in self.days and self.opens <= local.time() < self.closes

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when the door opens next after `now`, in the team's zone; None if it never does."""
        local = now.astimezone(ZoneInfo(self.zone))
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self.opens, tzinfo=local.tzinfo)
            if day.weekday() in self.days and opening > local:
                return opening
        return None
