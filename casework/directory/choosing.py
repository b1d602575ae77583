"""Whom she is shown, and in which order: verified rows only, the emergency line first, her own district before
the nearest elsewhere, a number that was confirmed lately before one that was not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from casework.directory.kinds import Kind
from casework.directory.stock import Stock
from casework.places.nearest import distance
from flows.prompt import Named
from storage.directory import Resource

STALE_AFTER = 90  # days since one of ours dialled it
_NEARBY = 60.0  # km: farther than this what serves the whole province comes first
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Target:
    """Where she needs it. Nothing at all means anywhere."""

    district: str = ""  # id
    latitude: float | None = None
    longitude: float | None = None
    named: Named | None = None  # what she called it, to say it back


def chosen(stock: Stock, kind: Kind, target: Target, now: datetime) -> list[Resource]:
    """Every row of `kind` that may be shown to her, the first to call first."""
    rows = [row for name in kind.rows for row in stock.by_kind.get(name, ())]
    day = today(now)
    return sorted(rows, key=lambda row: _rank(row, kind, target, stock, day))


def is_stale(row: Resource, day: int) -> bool:
    """Whether nobody of ours has dialled it in the 90 days before `day` (days since 1970)."""
    return row.verified_on is None or day - row.verified_on > STALE_AFTER


def today(now: datetime) -> int:
    """The day, in days since 1970."""
    return int(now.astimezone(UTC).timestamp()) // _DAY


def serves_everywhere(row: Resource, stock: Stock) -> bool:
    """Whether it serves the province or the country, and not one district."""
    return row.district not in stock.district


def _rank(row: Resource, kind: Kind, target: Target, stock: Stock, day: int) -> tuple[object, ...]:
    apart = _apart(row, target, stock)
    phone = 2 if not row.phones else 0 if row.phone_kind == "own" else 1
    return (
        row.id != kind.first,
        _ring(row, target, apart, everywhere=serves_everywhere(row, stock)),
        is_stale(row, day),
        kind.rows.index(row.kind),
        # A point is mostly its town's: what lies within the same few kilometres is equally near.
        round(apart / 5) if math.isfinite(apart) else math.inf,
        phone,
        row.id,
    )


def _ring(row: Resource, target: Target, apart: float, *, everywhere: bool) -> int:
    """0 her own district · 1 near it · 2 what serves everywhere · 3 farther away."""
    if everywhere:
        return 2
    if row.district == target.district:
        return 0
    return 1 if apart <= _NEARBY else 3


def _apart(row: Resource, target: Target, stock: Stock) -> float:
    """Kilometres; infinite where either has no point. A shelter counts as lying in the middle of its district."""
    if target.latitude is None or target.longitude is None or serves_everywhere(row, stock):
        return math.inf
    if row.lat is None or row.lon is None:
        middle = stock.district[row.district]
        return distance(target.latitude, target.longitude, middle.lat, middle.lon)
    return distance(target.latitude, target.longitude, row.lat, row.lon)
