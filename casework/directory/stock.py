"""The directory in memory: every row that may be shown, by kind, and the districts. Read anew only when it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from casework.directory.schedules import Visit, read_schedule
from casework.places.finding import shipped_finder
from casework.places.gazetteer import Place
from storage import directory
from storage.database import Unit
from storage.directory import District, Resource


@dataclass(frozen=True)
class Stock:
    """One edition of the directory."""

    edition: str
    offices: tuple[Resource, ...] = field(repr=False)  # also those that may not be shown
    districts: tuple[District, ...] = field(repr=False)  # in the order of the list

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
