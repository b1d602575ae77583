"""Whether an office is open now, as far as anybody can know it: never more than its hours say.

Hours are written by whoever read them somewhere: "24/7 expected", "office hours", "08:00-15:00 (2020)",
"Mon-Fri 09:00-17:00". Only days and times that are both written, and not doubted, tell that it is open.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from casework.directory.schedules import read_schedule
from casework.hours import DAYS
from casework.places.gazetteer import Country
from casework.spans import Span

Now = Literal["", "open", "closed", "likely_closed", "holiday"]  # "": nobody can know
CLOSED: frozenset[Now] = frozenset({"closed", "likely_closed", "holiday"})
_DOUBTED = ("expected", "reported")
_TIMES = re.compile(r"\b(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)\b")
_DAYS = re.compile(rf"\b({'|'.join(DAYS)})[a-z]*(?:\s*-\s*({'|'.join(DAYS)})[a-z]*)?\b", re.IGNORECASE)
_YEAR = re.compile(r"\(\s*20\d\d")  # "(2020)": so it was then
_OFFICE = Span(8 * 60, 18 * 60)  # outside of it no office keeps its hours
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Part:
    """Times of some days: "Fri 09:00-12:30"."""

    spans: tuple[Span, ...]
    days: frozenset[int] = frozenset()  # Monday is 0; empty: not written


@dataclass(frozen=True, slots=True)
class Hours:
    """What is written of an office's hours."""

    kind: Literal["always", "office", "some", "unknown"]
    doubted: bool  # nobody of ours has seen it
    parts: tuple[Part, ...] = ()

    @property
    def days(self) -> frozenset[int]:
        """All that are written."""
        return frozenset().union(*(part.days for part in self.parts))


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by the clock on the wall."""

    day: int  # Monday is 0
    minute: int
    holiday: bool


def moment(now: datetime, country: Country, holidays: Collection[date] = ()) -> Moment:
    """Now in a country. holidays: days besides those that come every year."""
    local = now.astimezone(ZoneInfo(country.zone))
    today = local.date()
    is_holiday = today in holidays or today.strftime("%m-%d") in country.holidays
    return Moment(today.weekday(), local.hour * 60 + local.minute, is_holiday)


@lru_cache(maxsize=4096)
def read_hours(said: str) -> Hours:
    """What a cell of hours says."""
    lower = said.casefold()
    doubted = any(word in lower for word in _DOUBTED) or bool(_YEAR.search(said))
    if "24/7" in said:
        return Hours("always", any(word in lower for word in _DOUBTED))
    parts = [_part(one) for one in said.split(";") if _TIMES.search(one)]
    sound = tuple(part for part in parts if part is not None)
    if sound and len(sound) == len(parts):
        return Hours("some", doubted, sound)
    return Hours("office" if "office" in lower else "unknown", doubted)


def is_open(hours: str, schedule: str, when: Moment) -> Now:
    """Whether it is open at a moment."""
    if visits := read_schedule(schedule):
        if when.holiday:
            return "holiday"
        here = any(visit.day == when.day and _within(visit.span, when.minute) for visit in visits)
        return "open" if here else "closed"
    read = read_hours(hours)
    match read.kind:
        case "office":
            return _office(when)
        case "some":
            return _some(read, when)
    return ""


def _office(when: Moment) -> Now:
    if when.holiday:
        return "holiday"
    return "" if when.day != _SUNDAY and _within(_OFFICE, when.minute) else "likely_closed"


def _some(hours: Hours, when: Moment) -> Now:
    if when.holiday and len(hours.days) < len(DAYS):
        return "holiday"
    today = [part for part in hours.parts if not part.days or when.day in part.days]
    if not any(_within(span, when.minute) for part in today for span in part.spans):
        return "likely_closed" if hours.doubted else "closed"
    return "" if hours.doubted or not hours.days or when.holiday else "open"


def _within(span: Span, minute: int) -> bool:
    return any(span.opens <= moment < span.closes for moment in (minute, minute + 24 * 60))


def _part(said: str) -> Part | None:
    """One part of a cell; None where a time of it is none. Two runs of days in it cannot be told apart from their times."""
    spans = [_span(*found) for found in _TIMES.findall(said)]
    if not all(spans) or (len(spans) > 1 and len(_DAYS.findall(said)) > 1 and "," not in said):
        return None
    return Part(tuple(span for span in spans if span), _days(said))


def _span(opens: str, closes: str) -> Span | None:
    try:
        return Span.read(opens, closes)
    except ValueError:
        return None


def _days(said: str) -> frozenset[int]:
    days: set[int] = set()
    for first, last in _DAYS.findall(said.casefold()):
        start, end = DAYS.index(first[:3]), DAYS.index((last or first)[:3])
        days.update(range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)])
    return frozenset(days)
