"""Where a pin lies: its district, and the named places near it. A pin is known only as an H3 cell, about 1 km wide.

Outlines are simplified by 2 to 3 km, so near a border the district of the nearest surveyed place counts
more than the outline. Nothing here ever says a distance: no point we have is that exact.
"""

from __future__ import annotations

import json
import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import h3

from casework.places.finding import shipped_finder
from casework.places.gazetteer import BadGazetteer, Country, District, Place
from casework.places.packed import Places

_BOX = 0.05  # degrees, the side of a box of the grid
_KM = 111.2  # a degree of latitude
_BESIDE = 1.5  # km within which a place's own district counts more than the outline
_ASHORE = 4.0  # km: outlines are simplified, so a pin just off them is still on land
_NAMED = 3  # the last rank of place that is said back to her
_UNKNOWN = 0.6  # km that a place may be farther away for each rank that it is better known
_LOOKED_AT = 40  # places near a pin
_FARTHEST = 40  # boxes looked through in each direction


@dataclass(frozen=True, slots=True)
class Where:
    """Where a pin lies."""

    side: Literal["served", "country", "outside"]  # outside: at sea, or abroad
    district: District | None = None  # of the part that is served
    place: Place | None = None  # a well-known one close by: what people there would call it


class Atlas:
    """The outlines and the places of a country, by position."""

    def __init__(self, country: Country, places: Places) -> None:
        self._country = country
        self._places = places
        boxes, numbers = array("i"), array("I")
        for number, place in enumerate(places):
            if place.surveyed and place.kind != "district":
                boxes.append(_numbered(*_box(place.latitude, place.longitude)))
                numbers.append(number)
        order = array("I", sorted(range(len(boxes)), key=boxes.__getitem__))
        # The numbers of the boxes, and beside them those of the places that lie in each.
        self._boxes = array("i", map(boxes.__getitem__, order))
        self._numbers = array("I", map(numbers.__getitem__, order))
        self._outlines = [outline for name in country.outlines for outline in _read_outlines(country.folder / name)]

    def where(self, cell: str) -> Where:
        """Where the middle of an H3 cell lies. Raises ValueError when it is no cell."""
        latitude, longitude = middle(cell)
        near = self.near(cell, _LOOKED_AT, rings=2)
        apart = distance(latitude, longitude, near[0].latitude, near[0].longitude) if near else math.inf
        name = next((one.name for one in self._outlines if one.holds(latitude, longitude)), "")
        if not name and apart > _ASHORE:
            return Where("outside")
        if apart <= (_BESIDE if name else _ASHORE):
            name = near[0].district
        district = self._country.district(name)
        if district is None:
            return Where("country")
        named = [place for place in near if place.district == name and place.rank <= _NAMED]
        best = min(named, key=lambda place: self._standing(place, latitude, longitude), default=None)
        return Where(
            "served", district, best if best and self._standing(best, latitude, longitude) <= _ASHORE else None
        )

    def _standing(self, place: Place, latitude: float, longitude: float) -> float:
        """Kilometres, with some added for a place that fewer people know."""
        return distance(latitude, longitude, place.latitude, place.longitude) + _UNKNOWN * place.rank

    def near(self, cell: str, most: int, rings: int = _FARTHEST) -> list[Place]:
        """The `most` nearest places that people would name, the nearest first.

        rings  how far to look, in steps of about 5 km
        Raises ValueError when it is no cell.
        """
        latitude, longitude = middle(cell)
        row, column = _box(latitude, longitude)
        found: list[tuple[float, int, Place]] = []
        for ring in range(rings):
            for box in _ring(row, column, ring):
                for place in self._within(*box):
                    found.append((distance(latitude, longitude, place.latitude, place.longitude), place.rank, place))
            # What lies in a ring beyond this one is at least this far away.
            sure = ring * _BOX * _KM * math.cos(math.radians(latitude))
            if sum(apart <= sure for apart, _, _ in found) >= most:
                break
        found.sort(key=lambda one: (one[0], one[1], one[2].id))
        return [place for _, _, place in found[:most]]

    def _within(self, row: int, column: int) -> Iterator[Place]:
        box = _numbered(row, column)
        here = slice(bisect_left(self._boxes, box), bisect_right(self._boxes, box))
        return map(self._places.__getitem__, self._numbers[here])


@dataclass(frozen=True, slots=True)
class _Ring:
    """A closed line."""

    latitudes: array[float]
    longitudes: array[float]

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a ray from the point crosses the ring an odd number of times."""
        inside = False
        y1, x1 = self.latitudes[-1], self.longitudes[-1]
        for y2, x2 in zip(self.latitudes, self.longitudes, strict=True):
            if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                inside = not inside
            y1, x1 = y2, x2
        return inside


@dataclass(frozen=True, slots=True)
class _Outline:
    """The rings of one district; the first of each polygon is its border, the others are holes."""

    name: str
    box: tuple[float, float, float, float]
    polygons: tuple[tuple[_Ring, ...], ...]

    def holds(self, latitude: float, longitude: float) -> bool:
        south, west, north, east = self.box
        if not (south <= latitude <= north and west <= longitude <= east):
            return False
        return any(
            rings[0].holds(latitude, longitude) and not any(hole.holds(latitude, longitude) for hole in rings[1:])
            for rings in self.polygons
        )


def middle(cell: str) -> tuple[float, float]:
    """Latitude and longitude of the middle of a cell. Raises ValueError when it is no cell."""
    if not h3.is_valid_cell(cell):
        raise ValueError("not an H3 cell")
    latitude, longitude = h3.cell_to_latlng(cell)
    return float(latitude), float(longitude)


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometres between two points that are not far apart."""
    north = (latitude - other_latitude) * _KM
    east = (longitude - other_longitude) * _KM * math.cos(math.radians((latitude + other_latitude) / 2))
    return math.hypot(north, east)


@cache
def shipped_atlas() -> Atlas:
    """The atlas of the shipped country, built once a process from the places that its finder has. Raises BadGazetteer."""
    finder = shipped_finder()
    return Atlas(finder.country, finder.places)


def _read_outlines(path: Path) -> Iterator[_Outline]:
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        for feature in features:
            shape = feature["geometry"]
            many = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            polygons = tuple(tuple(_ring_of(points) for points in rings) for rings in many)
            yield _Outline(feature["properties"]["district"], _bounds(polygons), polygons)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadGazetteer(f"{path.name}: {error}; it must be GeoJSON of polygons, each with its district") from None


def _ring_of(points: Sequence[Sequence[float]]) -> _Ring:
    return _Ring(array("d", (y for _, y, *_ in points)), array("d", (x for x, *_ in points)))


def _bounds(polygons: Iterable[Sequence[_Ring]]) -> tuple[float, float, float, float]:
    borders = [rings[0] for rings in polygons]
    return (
        min(min(ring.latitudes) for ring in borders),
        min(min(ring.longitudes) for ring in borders),
        max(max(ring.latitudes) for ring in borders),
        max(max(ring.longitudes) for ring in borders),
    )


def _box(latitude: float, longitude: float) -> tuple[int, int]:
    return math.floor(latitude / _BOX), math.floor(longitude / _BOX)


def _numbered(row: int, column: int) -> int:
    """One number for a box; there are fewer than 10,000 columns around the earth."""
    return row * 10_000 + column


def _ring(row: int, column: int, ring: int) -> Iterator[tuple[int, int]]:
    """The boxes exactly `ring` steps away."""
    for up in range(-ring, ring + 1):
        across = range(-ring, ring + 1) if abs(up) == ring else (-ring, ring) if ring else (0,)
        for side in across:
            yield row + up, column + side
