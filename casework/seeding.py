"""Loading what is shipped: offices, districts, institutions and tips, read from casework/seed.

What an organisation has imported since is never overwritten. A row that cannot be read is named with
its line and the mend, and nothing is loaded at all.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from casework.directory.exchange import Batch, read_batch
from casework.directory.stock import Stock
from casework.institutions import exchange as lists
from casework.places.gazetteer import COUNTRY, Country, read_country
from casework.tips import shelf as tips
from storage import directory, institutions
from storage.database import Unit
from storage.directory import District

OFFICES, INSTITUTIONS = "resources.csv", "institutions.csv"
_SHIPPED_ON = date(2026, 11, 25)  # no row we ship was dialled later


class BadSeed(Exception):
    """The shipped directory cannot be used; the message names line, column and mend."""


def load(unit: Unit, country: Path = COUNTRY) -> int:
    """Put the shipped rows in place, unless they were changed here; return how many offices may be shown.

    May be run again. Raises BadSeed.
    """
    tips.load(unit)
    there = read_country(country)
    directory.replace_districts(unit, districts(there))
    if directory.EDITION.is_as_shipped(unit):
        directory.replace_offices(unit, shipped(country).rows)
        directory.EDITION.note_as_shipped(unit)
    if institutions.EDITION.is_as_shipped(unit):
        # Numbers that were given stay: posters hang with them.
        institutions.replace_all(
            unit, lists.merged(institutions.every(unit), shipped_institutions(country), close=False)
        )
        institutions.EDITION.note_as_shipped(unit)
    return sum(office.verified == "yes" for office in directory.all_offices(unit))


@cache
def shipped(country: Path = COUNTRY) -> Batch:
    """The shipped offices, read and checked once. Raises BadSeed."""
    batch = read_batch((country.parent / OFFICES).read_bytes(), read_country(country), _SHIPPED_ON)
    if not batch.sound:
        raise BadSeed(f"{OFFICES}: {next(fault for fault in batch.faults if fault.blocks)}")
    return batch


@cache
def shipped_institutions(country: Path = COUNTRY) -> lists.Batch:
    """The shipped institutions, read and checked once. Raises BadSeed."""
    batch = lists.read_batch((country.parent / INSTITUTIONS).read_bytes(), read_country(country))
    if not batch.sound:
        raise BadSeed(f"{INSTITUTIONS}: {next(fault for fault in batch.faults if fault.blocks)}")
    return batch


@cache
def shipped_stock(country: Path = COUNTRY) -> Stock:
    """The shipped directory without any database. Raises BadSeed."""
    return Stock("shipped", shipped(country).rows, districts(read_country(country)))


def districts(country: Country) -> tuple[District, ...]:
    """A country's districts as the database keeps them."""
    return tuple(
        District(one.id, one.names, country.served, one.division, one.latitude, one.longitude, rank)
        for rank, one in enumerate(country.districts)
    )
