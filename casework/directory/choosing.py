"""Whom she is shown, and in which order: verified rows only, the emergency line first, her own district before
the nearest elsewhere, whom it is for before whom it is not, what may be open before what is not, a number that was
confirmed lately before one that was not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from casework.directory.kinds import Kind
from casework.directory.opening import CLOSED, Moment, is_open
from casework.directory.stock import Stock
from casework.places.nearest import distance
from flows.prompt import Named
from storage.directory import Resource

STALE_AFTER = 90  # days since one of ours dialled it
WOMEN = "women"  # whom it is for when nobody else is named
_NEARBY = 60.0  # km: farther than this what serves the whole province comes first
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Target:
    """Where, for whom and when she needs it. Nothing at all means anywhere, herself, at no certain time."""

    district: str = ""  # id
    latitude: float | None = None
    longitude: float | None = None
    named: Named | None = None  # what she called it, to say it back
    person: str = ""  # "children", "men", "transgender": whom she asks for
    language: str = ""  # that she speaks
    when: Moment | None = None


def chosen(stock: Stock, kind: Kind, target: Target, now: datetime, most: int | None = None) -> list[Resource]:
    """Every row of `kind` that may be shown to her, the first to call first; with `most`, at least so many of them."""
    day = today(now)

    def ordered(rows: Iterable[Resource]) -> list[Resource]:
        return sorted(rows, key=lambda row: _rank(row, kind, target, stock, day))

    if most is not None and target.district:
        # What is in her own district comes before all else: where that is enough, nothing else is looked at.
        first = stock.by_id.get(kind.first)
        near = [row for name in kind.rows for row in stock.there.get((name, target.district), ())]
        if len(near) >= most:
            return ordered({row.id: row for row in (*([first] if first else []), *near)}.values())
    return ordered(row for name in kind.rows for row in stock.by_kind.get(name, ()))


def is_stale(row: Resource, day: int) -> bool:
    """Whether nobody of ours has dialled it in the 90 days before `day` (days since 1970)."""
    return row.verified_on is None or day - row.verified_on > STALE_AFTER


def today(now: datetime) -> int:
    """The day, in days since 1970."""
    return int(now.astimezone(UTC).timestamp()) // _DAY


def serves_everywhere(row: Resource, stock: Stock) -> bool:
    """Whether it serves the province or the country, and not one district."""
    return row.district not in stock.district and row.id not in stock.visits


def is_there(row: Resource, target: Target, stock: Stock) -> bool:
    """Whether it is in her own district, always or on some days."""
    return any(district == target.district for district, _, _ in _places(row, stock))


def is_for(row: Resource, person: str) -> bool:
    """Whether it serves them, as far as anybody has said."""
    return not row.serves or "all" in row.serves or (person or WOMEN) in row.serves


def speaks(row: Resource, language: str) -> bool:
    """Whether her language is spoken there, as far as anybody has said. Roman Urdu is Urdu to the ear."""
    spoken = {code.partition("_")[0] for code in row.languages}
    return not spoken or not language or language.partition("_")[0] in spoken


def _rank(row: Resource, kind: Kind, target: Target, stock: Stock, day: int) -> tuple[object, ...]:
    apart = _apart(row, target, stock)
    phone = 2 if not row.phones else 0 if row.phone_kind == "own" else 1
    closed = target.when is not None and is_open(row.hours, row.schedule, target.when) in CLOSED
    return (
        row.id != kind.first,
        _ring(row, target, stock, apart),
        0 if target.person in row.serves else 1 if is_for(row, target.person) else 2,
        closed,
        is_stale(row, day),
        kind.rows.index(row.kind),
        # A point is mostly its town's: what lies within the same few kilometres is equally near.
        round(apart / 5) if math.isfinite(apart) else math.inf,
        phone,
        not speaks(row, target.language),
        row.id,
    )


def _ring(row: Resource, target: Target, stock: Stock, apart: float) -> int:
    """0 her own district · 1 near it · 2 what serves everywhere · 3 farther away."""
    if serves_everywhere(row, stock):
        return 2
    if is_there(row, target, stock):
        return 0
    return 1 if apart <= _NEARBY else 3


def _apart(row: Resource, target: Target, stock: Stock) -> float:
    """Kilometres to the nearest of its places; infinite where either has no point."""
    if target.latitude is None or target.longitude is None:
        return math.inf
    latitude, longitude = target.latitude, target.longitude
    return min((distance(latitude, longitude, y, x) for _, y, x in _places(row, stock)), default=math.inf)


def _places(row: Resource, stock: Stock) -> Iterator[tuple[str, float, float]]:
    """Where it is, always or on some days: district and point. A shelter counts as lying in the middle of its district."""
    here = stock.district.get(row.district)
    if here is not None and (row.lat is None or row.lon is None):
        yield here.id, here.lat, here.lon
    elif here is not None and row.lat is not None and row.lon is not None:
        yield here.id, row.lat, row.lon
    for _, place in stock.visits.get(row.id, ()):
        if place is not None:
            there = stock.named_district.get(place.district)
            yield there.id if there else "", place.latitude, place.longitude
