"""A map of the directory drawn from the outlines we ship: no tile, no server elsewhere learns where anybody looks.

Only rows whose place may be known are on it. Points are mostly those of a town, so rows of one town are one mark.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from casework.directory.room import Row
from casework.places.gazetteer import BadGazetteer, Country

WIDTH = 1000  # of the drawing, in its own units
_APART = 80  # between the middles of two marks, so that neither hides the other and a thumb hits one
_MARGIN = 30
_SMALLEST_NAMED = 95  # a district narrower than this has no room for its name
Ring = tuple[tuple[float, float], ...]  # longitude, latitude


@dataclass(frozen=True, slots=True)
class Shape:
    """One district as it is drawn."""

    district: str  # id
    path: str = field(repr=False)  # of SVG
    x: float  # of its name
    y: float
    named: bool  # there is room for its name


@dataclass(frozen=True, slots=True)
class Mark:
    """Rows that lie at the same place, or nearly."""

    x: float
    y: float
    rows: tuple[Row, ...]
    district: str  # of most of them

    @property
    def radius(self) -> float:
        return 26 if len(self.rows) == 1 else min(40, 30 + math.log2(len(self.rows)) * 3)


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing."""

    height: float
    shapes: tuple[Shape, ...]
    marks: tuple[Mark, ...]  # from north to south


@dataclass(frozen=True, slots=True)
class _View:
    """Degrees → units of the drawing: true in the middle, and hardly less at the rims of one province."""

    west: float
    north: float
    scale: float  # units a degree of latitude
    narrowing: float  # of a degree of longitude

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = (longitude - self.west) * self.narrowing * self.scale + _MARGIN
        return round(x, 1), round((self.north - latitude) * self.scale + _MARGIN, 1)


def may_be_drawn(row: Row) -> bool:
    """Whether a row may be on any map: shown, its place no secret, and its point known."""
    return row.verified == "yes" and not row.sensitive and row.lat is not None and row.lon is not None


def draw(country: Country, rows: Iterable[Row], district: str = "") -> Chart:
    """The part that is served with these rows on it, or one district of it. Raises BadGazetteer."""
    outlines = _outlines(country.folder / country.outlines[0])
    known = {one.names["en"]: one for one in country.districts}
    seen = [name for name, one in known.items() if one.id == district and name in outlines] or list(outlines)
    view, height = _view([point for name in seen for ring in outlines[name] for point in ring])
    shapes = []
    for name, rings in outlines.items():
        if name in known:
            one = known[name]
            points = [view.at(y, x) for ring in rings for x, y in ring]
            across = max(x for x, _ in points) - min(x for x, _ in points)
            x, y = view.at(one.latitude, one.longitude)
            shapes.append(Shape(one.id, _path(view, rings), x, y, across >= _SMALLEST_NAMED))
    drawn = [row for row in rows if may_be_drawn(row) and (not district or row.district == district)]
    return Chart(height, tuple(shapes), tuple(sorted(_marks(view, drawn), key=lambda mark: (mark.y, mark.x))))


def _marks(view: _View, rows: Sequence[Row]) -> Iterator[Mark]:
    """Around the places with most rows, every other place that is too close to be told apart."""
    at: dict[tuple[float, float], list[Row]] = defaultdict(list)
    for row in rows:
        if row.lat is not None and row.lon is not None:
            at[view.at(row.lat, row.lon)].append(row)
    marks: dict[tuple[float, float], list[Row]] = {}
    for place in sorted(at, key=lambda one: (-len(at[one]), one)):
        near = min(marks, key=lambda one: math.dist(one, place), default=None)
        if near is not None and math.dist(near, place) < _APART:
            marks[near] += at[place]
        else:
            marks[place] = list(at[place])
    for (x, y), found in marks.items():
        ordered = tuple(sorted(found, key=lambda row: (row.names["en"], row.id)))
        yield Mark(x, y, ordered, Counter(row.district for row in ordered).most_common(1)[0][0])


def _view(points: Sequence[tuple[float, float]]) -> tuple[_View, float]:
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrowing = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * _MARGIN) / ((east - west) * narrowing)
    return _View(west, north, scale, narrowing), round((north - south) * scale + 2 * _MARGIN)


def _path(view: _View, rings: Iterable[Ring]) -> str:
    parts = []
    for ring in rings:
        points = dict.fromkeys(tuple(map(round, view.at(y, x))) for x, y in ring)  # what falls together is one
        parts.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return "".join(parts)


@cache
def _outlines(path: Path) -> dict[str, tuple[Ring, ...]]:
    """Each district's rings, by its name in English."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return {feature["properties"]["district"]: tuple(_rings(feature["geometry"])) for feature in features}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadGazetteer(f"{path.name}: {error}; it must be GeoJSON of polygons, each with its district") from None


def _rings(shape: Any) -> Iterator[Ring]:
    many = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    for rings in many:
        yield from (tuple((x, y) for x, y, *_ in ring) for ring in rings)
