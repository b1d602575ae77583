"""The directory in memory: every row that may be shown, by kind, and the districts. Read anew only when it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from casework.directory.likeness import Likeness, box_of
from casework.directory.schedules import Visit, read_schedule
from casework.places.finding import shipped_finder
from casework.places.gazetteer import Place
from storage import directory
from storage.database import Unit
from storage.directory import District, Resource

Point = tuple[str, float, float]  # id of a district, "" outside of those; latitude, longitude


@dataclass(frozen=True)
class Stock:
    """One edition of the directory."""

    edition: str
    offices: tuple[Resource, ...] = field(repr=False)  # also those that may not be shown
    districts: tuple[District, ...] = field(repr=False)  # in the order of the list
    _alike: dict[int, Likeness] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[Resource, ...]]:
        """Rows that may be shown."""
        found: dict[str, list[Resource]] = defaultdict(list)
        for office in self.offices:
            if office.verified == "yes":
                found[office.kind].append(office)
        return {kind: tuple(rows) for kind, rows in found.items()}

    @cached_property
    def by_id(self) -> Mapping[str, Resource]:
        """Rows that may be shown."""
        return {office.id: office for rows in self.by_kind.values() for office in rows}

    @cached_property
    def there(self) -> Mapping[tuple[str, str], tuple[Resource, ...]]:
        """Rows that may be shown, by kind and by each district in which they are, always or on some days."""
        found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for kind, rows in self.by_kind.items():
            for row in rows:
                moving = (place.district for _, place in self.visits.get(row.id, ()) if place is not None)
                where = {
                    row.district,
                    *(self.named_district[name].id for name in moving if name in self.named_district),
                }
                for district in where:
                    found[kind, district].append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def points(self) -> Mapping[str, tuple[Point, ...]]:
        """Where rows are, always or on some days. A shelter counts as lying in the middle of its district."""
        return {row.id: tuple(self._places(row)) for row in self.offices}

    def _places(self, row: Resource) -> Iterator[Point]:
        here = self.district.get(row.district)
        if here is not None and (row.lat is None or row.lon is None):
            yield here.id, here.lat, here.lon
        elif here is not None and row.lat is not None and row.lon is not None:
            yield here.id, row.lat, row.lon
        for _, place in self.visits.get(row.id, ()):
            if place is not None:
                there = self.named_district.get(place.district)
                yield there.id if there else "", place.latitude, place.longitude

    def alike(self, day: int, is_stale: Callable[[Resource], bool]) -> Likeness:
        """Rows that may be shown, those that are alike together. is_stale: as of `day`."""
        found = self._alike.get(day)
        if found is None:
            self._alike.clear()
            found = self._alike[day] = Likeness(self._shelves, self.points, is_stale)
        return found

    @cached_property
    def _shelves(self) -> Mapping[Hashable, Sequence[Resource]]:
        found: dict[Hashable, list[Resource]] = defaultdict(list)
        for kind, rows in self.by_kind.items():
            for row in rows:
                found["kind", kind].append(row)
                if row.district not in self.district and row.id not in self.visits:
                    found["everywhere", kind].append(row)
                for y, x in {box_of(latitude, longitude) for _, latitude, longitude in self.points[row.id]}:
                    found["box", kind, y, x].append(row)
        return {**found, **{("there", *key): rows for key, rows in self.there.items()}}

    @cached_property
    def lines(self) -> Mapping[str, str]:
        """Numbers of its own that answer everywhere, by kind of row: the first of each."""
        found: dict[str, str] = {}
        for kind, rows in self.by_kind.items():
            own = (row for row in rows if row.phones and row.phone_kind == "own" and row.district not in self.district)
            if row := next(own, None):
                found[kind] = row.phones[0]
        return found

    @cached_property
    def visits(self) -> Mapping[str, tuple[tuple[Visit, Place | None], ...]]:
        """Of centres that move: when they are where, by id of the row; None where no one place has that name."""
        named = {row.id: read_schedule(row.schedule) for row in self.offices if row.schedule}
        return {
            row_id: tuple((visit, shipped_finder().find(visit.place).one) for visit in visits)
            for row_id, visits in named.items()
        }

    @cached_property
    def district(self) -> Mapping[str, District]:
        """Districts by id."""
        return {district.id: district for district in self.districts}

    @cached_property
    def named_district(self) -> Mapping[str, District]:
        """Districts by their English name."""
        return {district.names["en"]: district for district in self.districts}


class Shelf:
    """Keeps the latest stock for one process. A unit of work reads one small value to know whether it still is."""

    def __init__(self) -> None:
        self._stock: Stock | None = None

    def stock(self, unit: Unit) -> Stock:
        """The directory as it is in this unit of work."""
        edition = directory.EDITION.now(unit)
        stock = self._stock
        if stock is None or stock.edition != edition:
            stock = Stock(edition, tuple(directory.all_offices(unit)), tuple(directory.all_districts(unit)))
            self._stock = stock
        return stock
