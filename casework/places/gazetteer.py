"""The gazetteer: every place of one country, read from its files. A country is a file (`seed/pakistan.toml`).

Names are kept as they are shown. How they are looked up is the work of `casework.places.spelling`.
"""

from __future__ import annotations

import csv
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

SEED = Path(__file__).parent.parent / "seed"
COUNTRY = SEED / "pakistan.toml"
LAST = 5  # the rank of a hamlet: below everything that people name unasked
# Coordinates that stand for a larger place are no use for telling what lies near a pin.
_VAGUE = frozenset({"city_centroid", "district_centroid"})


class BadGazetteer(Exception):
    """A file of places cannot be used; the message names file, line and mend."""


@dataclass(frozen=True, slots=True)
class District:
    """One district, as the directory and the chat offer it."""

    id: str
    names: Mapping[str, str]  # by language; "en" is always there
    division: str
    latitude: float  # of its label
    longitude: float


@dataclass(frozen=True, slots=True)
class Place:
    """One place that she may name."""

    id: str
    names: Mapping[str, str]  # by language; "en" is always there
    others: tuple[str, ...]  # other spellings and names
    kind: str  # "city", "district", "taluka_hq_town", "neighbourhood", "village"…
    district: str  # name of its district in English
    latitude: float
    longitude: float
    rank: int  # 0 the metropolis … 4 a village, 5 a hamlet
    surveyed: bool  # False: the point is only that of the town or district around it

    @property
    def name(self) -> str:
        return self.names["en"]


@dataclass(frozen=True, slots=True)
class Country:
    """What one country's file says."""

    name: str
    region: str  # of phone numbers: "PK"
    served: str  # the part that the directory is for: "Sindh"
    served_names: Mapping[str, str]  # the same in languages that write it otherwise
    whole: str  # how a row says "the whole country"
    part: str  # how a row says "all of the part that is served"
    bounds: tuple[float, float, float, float]  # south, west, north, east, in degrees
    zone: str  # of its clocks
    holidays: frozenset[str]  # days on which offices are shut every year: "08-14"
    credits: str  # whom its data comes from, as their licences ask it to be said
    folder: Path = field(repr=False)
    files: tuple[str, ...] = field(repr=False)
    outlines: tuple[str, ...] = field(repr=False)
    districts: tuple[District, ...] = field(repr=False)

    def district(self, name: str) -> District | None:
        """The district with this English name or id."""
        return next((one for one in self.districts if name in (one.names["en"], one.id)), None)

    def has(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies within the bounds."""
        south, west, north, east = self.bounds
        return south <= latitude <= north and west <= longitude <= east


@cache
def read_country(path: Path = COUNTRY) -> Country:
    """Read a country's file and its districts. Raises BadGazetteer."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        districts = tuple(_district(row) for row in _rows(path.parent / said["districts"]))
        return Country(
            name=said["name"],
            region=said["region"],
            served=said["served"],
            served_names=said.get("served_names", {}),
            whole=said["whole"],
            part=said["part"],
            bounds=tuple(said["bounds"]),
            zone=said.get("zone", "UTC"),
            holidays=frozenset(said.get("holidays", ())),
            credits=said.get("credits", ""),
            folder=path.parent,
            files=tuple(said["places"]),
            outlines=tuple(said["outlines"]),
            districts=districts,
        )
    except (OSError, ValueError, KeyError) as error:
        raise BadGazetteer(f"{path.name}: {error}; write it like seed/pakistan.toml") from None


def read_elsewhere(country: Country) -> frozenset[str]:
    """Names of the country's other districts: known, but nobody there can be shown. Raises BadGazetteer."""
    served = {one.names["en"] for one in country.districts}
    found: set[str] = set()
    for name in country.outlines:
        try:
            features = json.loads((country.folder / name).read_text(encoding="utf-8"))["features"]
            found |= {feature["properties"]["district"] for feature in features}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadGazetteer(f"{name}: {error}; it must be GeoJSON, each feature with its district") from None
    return frozenset(found - served)


def read_places(country: Country) -> Iterator[Place]:
    """Every place of a country, the well-known first. Raises BadGazetteer."""
    seen: dict[str, str] = {}
    for name in country.files:
        for line, row in enumerate(_rows(country.folder / name), 2):
            try:
                place = _place(row)
            except (KeyError, ValueError) as error:
                raise BadGazetteer(f"{name}, line {line}: {error}; every place needs a name and a point") from None
            if place.id in seen:
                raise BadGazetteer(f"{name}, line {line}: {place.id} stands already in {seen[place.id]}; take one out")
            seen[place.id] = f"{name}, line {line}"
            yield place


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _district(row: Mapping[str, str]) -> District:
    return District(row["id"], _names(row), row["division"], float(row["lat"]), float(row["lon"]))


def _place(row: Mapping[str, Any]) -> Place:
    return Place(
        id=row["id"],
        names=_names(row),
        others=tuple(row["alt_names"].split("|")) if row["alt_names"] else (),
        kind=sys.intern(row.get("kind", "hamlet")),  # one text for thousands of places
        district=sys.intern(row["district"]),
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        rank=int(row.get("rank", LAST)),
        surveyed=row["district_conf"] not in _VAGUE,
    )


def _names(row: Mapping[str, str]) -> dict[str, str]:
    names = {key[5:]: value for key, value in row.items() if key.startswith("name_") and value}
    if "en" not in names:
        raise ValueError("it has no name in English")
    return names
