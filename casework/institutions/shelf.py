"""The list in memory, ready to be searched. Read anew only when it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from casework.institutions.calling import shipped_calling
from casework.institutions.finding import Finder
from casework.places.gazetteer import COUNTRY, read_country
from storage import institutions
from storage.database import Unit
from storage.institutions import Institution


@dataclass(frozen=True)
class Register:
    """One edition of the list."""

    edition: str
    all: tuple[Institution, ...] = field(repr=False)  # closed ones too: a poster may still hang

    @cached_property
    def by_id(self) -> Mapping[str, Institution]:
        return {one.id: one for one in self.all}

    @cached_property
    def by_number(self) -> Mapping[int, Institution]:
        """Those that are open, by the number on their posters."""
        return {one.number: one for one in self.all if one.active and one.number}

    @cached_property
    def by_district(self) -> Mapping[str, tuple[Institution, ...]]:
        """Those that are open, by the id of their district."""
        found: dict[str, list[Institution]] = defaultdict(list)
        for one in self.all:
            if one.active:
                found[one.district].append(one)
        return {district: tuple(sorted(there, key=lambda one: one.name)) for district, there in found.items()}

    @cached_property
    def finder(self) -> Finder:
        """Finds among those that are open."""
        return finder_of(one for one in self.all if one.active)


def finder_of(some: Iterable[Institution]) -> Finder:
    """Finds among these, which may also be called by their town or district."""
    towns = {district.id: tuple(district.names.values()) for district in read_country(COUNTRY).districts}
    return Finder(some, shipped_calling(), towns)


class Shelf:
    """Keeps the latest register for one process. A unit of work reads one small value to know whether it still is."""

    def __init__(self) -> None:
        self._register: Register | None = None

    def register(self, unit: Unit) -> Register:
        """The list as it is in this unit of work."""
        edition = institutions.EDITION.now(unit)
        register = self._register
        if register is None or register.edition != edition:
            register = self._register = Register(edition, tuple(institutions.every(unit)))
        return register
