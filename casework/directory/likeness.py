"""Rows that are alike but for their place, put together once a day: whoever looks for the nearest weighs them once.

With 10,000 rows a district may have a thousand hospitals; their hours and audiences are few, and most points are their town's.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

from storage.directory import Resource

Bunch = tuple[Resource, ...]  # at the same place; one at least
Alike = tuple[Bunch, ...]  # alike but for their place; one at least
_BOX = 0.5  # degrees, the side of a box of the grid
_KM = 111.2  # a degree of latitude


class Likeness:
    """Rows that may be shown, in groups that are alike, on one day."""

    def __init__(
        self,
        shelves: Mapping[Hashable, Sequence[Resource]],
        points: Mapping[str, Hashable],
        is_stale: Callable[[Resource], bool],
    ) -> None:
        """
        shelves  rows by what they are asked for by; see the methods
        points   where each row is, by its id
        """
        self._shelves, self._points, self._is_stale = shelves, points, is_stale
        self._known: dict[Hashable, tuple[Alike, ...]] = {}

    def there(self, kind: str, district: str) -> tuple[Alike, ...]:
        """In this district, always or on some days."""
        return self._groups(("there", kind, district))

    def everywhere(self, kind: str) -> tuple[Alike, ...]:
        """That serve the province or the country."""
        return self._groups(("everywhere", kind))

    def of_kind(self, kind: str) -> tuple[Alike, ...]:
        """All of a kind."""
        return self._groups(("kind", kind))

    def around(self, kinds: Sequence[str], latitude: float, longitude: float, within: float) -> Iterator[Alike]:
        """Within so many kilometres, and some that lie a little farther away; one may come twice."""
        up = math.ceil(within / (_BOX * _KM))
        aside = math.ceil(within / (_BOX * _KM * math.cos(math.radians(latitude))))
        row, column = box_of(latitude, longitude)
        for kind in kinds:
            for y in range(row - up, row + up + 1):
                for x in range(column - aside, column + aside + 1):
                    yield from self._groups(("box", kind, y, x))

    def _groups(self, shelf: Hashable) -> tuple[Alike, ...]:
        known = self._known.get(shelf)
        if known is None:
            known = self._known[shelf] = self._grouped(self._shelves.get(shelf, ()))
        return known

    def _grouped(self, rows: Sequence[Resource]) -> tuple[Alike, ...]:
        found: dict[Hashable, list[Resource]] = defaultdict(list)
        for row in rows:
            found[row.kind, row.serves, row.hours, row.schedule, self._is_stale(row)].append(row)
        return tuple(self._bunches(alike) for alike in found.values())

    def _bunches(self, rows: Sequence[Resource]) -> Alike:
        found: dict[Hashable, list[Resource]] = defaultdict(list)
        for row in rows:
            found[self._points[row.id]].append(row)
        return tuple(map(tuple, found.values()))


def box_of(latitude: float, longitude: float) -> tuple[int, int]:
    """The box of the grid in which a point lies."""
    return math.floor(latitude / _BOX), math.floor(longitude / _BOX)
