"""What tending the directory stands on, made once a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from casework.directory.stock import Shelf, Stock
from casework.places.gazetteer import Country, read_country
from casework.staff.office import Office
from storage.database import Unit
from storage.directory import Resource

Row = Resource  # for the doors, which open no storage
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DirectoryRoom:
    """The parts."""

    office: Office = field(repr=False)
    shelf: Shelf = field(repr=False)

    @property
    def country(self) -> Country:
        return read_country()

    def read(self, function: Callable[[Unit], T]) -> T:
        return self.office.read(function)

    def work(self, function: Callable[[Unit], T]) -> T:
        """One unit of work, done again when two added to a history at once."""
        return self.office.work(function)

    def stock(self) -> Stock:
        """The directory as it is now."""
        return self.read(self.shelf.stock)
