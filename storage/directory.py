"""The help directory: public, in clear. Offices, helplines, and the districts they serve."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select

from storage.database import Unit
from storage.tables import districts, resources

_p = bindparam
_FIELDS = (
    "id",
    "kind",
    "names",
    "phones",
    "district",
    "hours",
    "phone_kind",
    "source_date",
    "sensitive",
    "verified",
    "address",
)
_PUT_RESOURCE = resources.insert().values({column.name: _p(column.name) for column in resources.c})
_PUT_DISTRICT = districts.insert().values({column.name: _p(column.name) for column in districts.c})
_CLEAR = (delete(resources), delete(districts))
_FOUND = select(*(resources.c[name] for name in _FIELDS)).where(
    resources.c.kind == _p("kind"), or_(resources.c.district == _p("district"), resources.c.district == "")
)
_ONE = select(*(resources.c[name] for name in _FIELDS)).where(resources.c.id == _p("of"))
_DISTRICTS = select(districts.c.id, districts.c.names, districts.c.division).order_by(districts.c.rank, districts.c.id)
_COUNT = select(func.count()).select_from(resources)


@dataclass(frozen=True, slots=True)
class Resource:
    """One office or helpline."""

    id: str
    kind: str
    names: Mapping[str, str]
    phones: tuple[str, ...]
    district: str  # "" = everywhere
    hours: str
    phone_kind: str  # "own" or "referral"
    source_date: str
    sensitive: bool
    verified: str
    address: str


def replace_all(unit: Unit, places: list[dict[str, Any]], offices: list[dict[str, Any]]) -> None:
    """Put a whole directory in the place of the old one."""
    for statement in _CLEAR:
        unit.main.run(statement)
    for place in places:
        unit.main.run(_PUT_DISTRICT, **place)
    for office in offices:
        unit.main.run(_PUT_RESOURCE, **office)


def of_kind(unit: Unit, kind: str, district: str) -> list[Resource]:
    """Offices of a kind that serve a district, its own before those for everywhere."""
    found = [_resource(row) for row in unit.main.all(_FOUND, kind=kind, district=district)]
    return sorted(found, key=lambda one: (one.district == "", one.phone_kind != "own", one.id))


def one(unit: Unit, resource_id: str) -> Resource | None:
    row = unit.main.one(_ONE, of=resource_id)
    return None if row is None else _resource(row)


def all_districts(unit: Unit) -> list[tuple[str, dict[str, str], str]]:
    """Id, names and division of every district, in order."""
    return [(row[0], json.loads(row[1]), row[2]) for row in unit.main.all(_DISTRICTS)]


def count(unit: Unit) -> int:
    row = unit.main.one(_COUNT)
    return int(row[0]) if row else 0


def _resource(row: tuple[Any, ...]) -> Resource:
    values = dict(zip(_FIELDS, row, strict=True))
    return Resource(
        **{
            **values,
            "names": json.loads(values["names"]),
            "phones": tuple(json.loads(values["phones"])),
            "sensitive": bool(values["sensitive"]),
        }
    )
