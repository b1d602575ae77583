"""Whom she is shown, and in which order: verified rows only, the emergency line first, her own district before
the nearest elsewhere, whom it is for before whom it is not, what may be open before what is not, a number that was
confirmed lately before one that was not.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from casework.directory.kinds import Kind
from casework.directory.likeness import Alike, Bunch
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
    """Every row of `kind` that may be shown to her, the first to call first; with `most`, the first so many of them."""
    day = today(now)
    first = stock.by_id.get(kind.first)
    found = [first] if first is not None and first.kind in kind.rows else []
    told = {row.id for row in found}
    # Ring by ring, and in each what counts most first: what lies far away is not looked at where there is enough nearby.
    for ring, farthest in _rings(kind, target, stock, day):
        for groups in _by_weight(ring, kind, target, day):
            if most is not None and len(found) >= most:
                return found
            bunches = (bunch for group in groups for bunch in group)
            nearest = _nearest(bunches, target, stock, farthest, told, None if most is None else most - len(found))
            found += nearest
            told.update(row.id for row in nearest)
    return found[:most]


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
    return any(district == target.district for district, _, _ in stock.points.get(row.id, ()))


def is_for(row: Resource, person: str) -> bool:
    """Whether it serves them, as far as anybody has said."""
    return not row.serves or "all" in row.serves or (person or WOMEN) in row.serves


def speaks(row: Resource, language: str) -> bool:
    """Whether her language is spoken there, as far as anybody has said. Roman Urdu is Urdu to the ear."""
    spoken = {code.partition("_")[0] for code in row.languages}
    return not spoken or not language or language.partition("_")[0] in spoken


def _rings(kind: Kind, target: Target, stock: Stock, day: int) -> Iterator[tuple[Iterable[Alike], float]]:
    """Her own district; what is near it; what serves everywhere; what is farther away. Each with its farthest kilometre.

    Whoever has told one ring leaves its rows out of the next.
    """
    alike = stock.alike(day, partial(is_stale, day=day))
    yield (one for name in kind.rows for one in alike.there(name, target.district)), math.inf
    if target.latitude is not None and target.longitude is not None:
        yield alike.around(kind.rows, target.latitude, target.longitude, _NEARBY), _NEARBY
    yield (one for name in kind.rows for one in alike.everywhere(name)), math.inf
    yield (one for name in kind.rows for one in alike.of_kind(name)), math.inf


def _by_weight(groups: Iterable[Alike], kind: Kind, target: Target, day: int) -> Iterator[list[Alike]]:
    """Groups by what counts more than how near a row is: for whom, open, dialled lately, of the very kind."""
    weighed: dict[tuple[object, ...], list[Alike]] = defaultdict(list)
    for group in groups:
        row = group[0][0]
        person = 0 if target.person in row.serves else 1 if is_for(row, target.person) else 2
        closed = target.when is not None and is_open(row.hours, row.schedule, target.when) in CLOSED
        weighed[person, closed, is_stale(row, day), kind.rows.index(row.kind)].append(group)
    for weight in sorted(weighed):
        yield weighed[weight]


def _nearest(
    bunches: Iterable[Bunch], target: Target, stock: Stock, farthest: float, told: Collection[str], most: int | None
) -> list[Resource]:
    """Rows of one weight that were not told yet, in the order in which they are told."""
    apart = [(how, bunch) for bunch in bunches if (how := _apart(bunch[0], target, stock)) <= farthest]
    apart.sort(key=lambda one: one[0])
    found: dict[str, tuple[float, Resource]] = {}
    last = 0.0  # step of the farthest that is told
    for how, bunch in apart:
        if most is not None and len(found) >= most and _step(how) > last:
            break
        last = _step(how)
        found.update((row.id, (last, row)) for row in bunch if row.id not in told and row.id not in found)
    ordered = sorted(found.values(), key=lambda one: (one[0], *_standing(one[1], target)))
    return [row for _, row in ordered[:most]]


def _step(apart: float) -> float:
    """A point is mostly its town's: what lies within the same few kilometres is equally near."""
    return round(apart / 5) if apart < math.inf else math.inf


def _standing(row: Resource, target: Target) -> tuple[object, ...]:
    """What counts less than how near a row is."""
    phone = 2 if not row.phones else 0 if row.phone_kind == "own" else 1
    return phone, not speaks(row, target.language), row.id


def _apart(row: Resource, target: Target, stock: Stock) -> float:
    """Kilometres to the nearest of its places; infinite where either has no point."""
    latitude, longitude = target.latitude, target.longitude
    if latitude is None or longitude is None:
        return math.inf
    points = stock.points[row.id]
    if len(points) == 1:
        return distance(latitude, longitude, points[0][1], points[0][2])
    return min((distance(latitude, longitude, y, x) for _, y, x in points), default=math.inf)
