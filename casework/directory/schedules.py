"""When a centre that moves is where: "Tue 10:00-14:00 Mithi; Thu,Sat 09:00-12:00 Islamkot". One text, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from casework.hours import DAYS
from casework.spans import A_DAY, Span

_MOST = 21  # three a day
_VISIT = re.compile(
    r"(?P<days>[A-Za-z]+(?:\s*[,-]\s*[A-Za-z]+)*)\s+(?P<opens>\d{1,2}:\d\d)\s*-\s*(?P<closes>\d{1,2}:\d\d)\s+(?P<place>\S.*)"
)
_LONGEST_PLACE = 60


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """One time of the week at one place."""

    day: int  # Monday is 0
    span: Span
    place: str  # as it is written


@lru_cache(maxsize=4096)
def read_schedule(text: str) -> tuple[Visit, ...]:
    """Read a cell; () of an empty one. Raises ValueError saying what is wrong."""
    visits: list[Visit] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        found = _VISIT.fullmatch(part)
        if found is None:
            raise ValueError(f"cannot read {part[:40]!r}")
        span, place = Span.read(found["opens"], found["closes"]), " ".join(found["place"].split())
        if span.closes > A_DAY:
            raise ValueError(f"{part[:40]!r} closes before it opens")
        if len(place) > _LONGEST_PLACE:
            raise ValueError(f"the place of {part[:40]!r} is over {_LONGEST_PLACE} characters")
        visits += [Visit(day, span, place) for day in _days(found["days"])]
    if len(visits) > _MOST:
        raise ValueError(f"over {_MOST} visits a week")
    return tuple(sorted(set(visits)))


def written(visits: Iterable[Visit]) -> str:
    """A schedule as a cell has it: days with the same time and place together."""
    same = sorted(visits, key=lambda visit: (visit.place, visit.span, visit.day))
    parts = []
    for (place, span), group in groupby(same, key=lambda visit: (visit.place, visit.span)):
        days = [visit.day for visit in group]
        named = ",".join(DAYS[day].capitalize() for day in days)
        parts.append((min(days), f"{named} {span} {place}"))
    return "; ".join(part for _, part in sorted(parts))


def _days(written: str) -> list[int]:
    days: list[int] = []
    for part in written.split(","):
        names = [name.strip().casefold()[:3] for name in part.split("-")]
        if len(names) > 2 or any(name not in DAYS for name in names):
            raise ValueError(f"cannot read the days {part.strip()!r}")
        first, last = DAYS.index(names[0]), DAYS.index(names[-1])
        days += range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
    return days
