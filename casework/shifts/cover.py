"""The week at a glance: when who is on, and where nobody is although the team should read, for each language, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.shifts import plan
from casework.shifts.plan import KINDS
from casework.shifts.rota import Person, Rota
from casework.spans import Interval, merged, without

DAYS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of one person on one day, in minutes of the local day."""

    person: Person = field(repr=False)
    kind: str
    opens: datetime  # in the team's zone, within the day
    closes: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """The team should read, and nobody is there; or nobody who speaks `language`."""

    opens: datetime
    closes: datetime
    language: str = ""  # "": nobody at all


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week."""

    day: date
    holiday: str  # its name, or ""
    hours: tuple[tuple[datetime, datetime], ...]  # when the team should read
    bars: tuple[Bar, ...] = field(repr=False)
    gaps: tuple[Gap, ...]


def week(rota: Rota, first: date, languages: Sequence[str]) -> list[Day]:
    """Seven days from `first`.

    languages  of reporters, for each of which somebody should be there whenever the team reads
    """
    return [_day(rota, first + timedelta(days=ahead), languages) for ahead in range(DAYS)]


def monday(rota: Rota, now: datetime) -> date:
    """The Monday of this week, where the team is."""
    today = now.astimezone(ZoneInfo(rota.hours.zone)).date()
    return today - timedelta(days=today.weekday())


def _day(rota: Rota, day: date, languages: Sequence[str]) -> Day:
    zone = ZoneInfo(rota.hours.zone)
    start = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)

    def within(found: Sequence[Interval]) -> list[Interval]:
        return merged((max(opens, start), min(closes, end)) for opens, closes in found)

    def local(interval: Interval) -> tuple[datetime, datetime]:
        return interval[0].astimezone(zone), interval[1].astimezone(zone)

    bars = [
        Bar(person, kind, *local(stretch))
        for person in rota.people
        for kind in KINDS
        for stretch in within(plan.stretches(person.one, kind, rota.hours, start, end))
    ]
    should = within(rota.hours.between(start, end))
    nobody = without(should, rota.staffed(start, end))
    gaps = [Gap(*local(one)) for one in nobody]
    for language in languages:
        missing = without(without(should, rota.staffed(start, end, language)), nobody)
        gaps += [Gap(*local(one), language) for one in missing]
    shown = tuple(local(one) for one in should)
    return Day(day, rota.hours.holidays.get(day, ""), shown, tuple(bars), tuple(gaps))
