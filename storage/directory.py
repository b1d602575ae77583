"""The help directory: public, in clear. Offices, helplines, and the districts they serve.

It is replaced whole or office by office, and each whole has an edition: whoever keeps it in memory reads that one
small value to know whether what they keep is still what is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage import marks
from storage.database import Unit
from storage.tables import districts, resources

_p = bindparam
_PUT_RESOURCE = resources.insert().values({column.name: _p(column.name) for column in resources.c})
_PUT_DISTRICT = districts.insert().values({column.name: _p(column.name) for column in districts.c})
_CLEAR_RESOURCES, _CLEAR_DISTRICTS = delete(resources), delete(districts)
_ALL = select(*resources.c).order_by(resources.c.id)
_ONE = select(*resources.c).where(resources.c.id == _p("of"))
_ONE_HELD = _ONE.with_for_update()
_INSERT = insert(resources).values({column.name: _p(column.name) for column in resources.c})
_KEEP = _INSERT.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: _INSERT.excluded[column.name] for column in resources.c if column.name != "id"},
)
_TOLD = select(resources.c.id).where(resources.c.phones.like(_p("begins"))).order_by(resources.c.id)
_DISTRICTS = select(*districts.c).order_by(districts.c.rank, districts.c.id)
EDITION = marks.Edition("directory")
_LISTS = ("phones", "serves", "languages")  # kept as JSON


@dataclass(frozen=True, slots=True)
class Resource:
    """One office or helpline."""

    id: str
    kind: str
    names: Mapping[str, str]  # by language; "en" is always there
    phones: tuple[str, ...]  # as they are dialled in the country
    messaging: str  # SMS, WhatsApp, a website: as the source says
    address: str  # "" when the place is sensitive
    district: str  # id of a district; a province in lower case; "" = the whole country
    lat: float | None
    lon: float | None
    precision: str  # of the point, as the source says
    sensitive: bool  # the place itself is never shown
    hours: str
    audience: str
    source: str
    source_date: str
    verified: str  # "yes": may be shown
    verified_on: int | None  # the day one of ours dialled it, in days since 1970
    verify_scope: str
    phone_kind: str  # "own": the number is the office's; "referral": the line through which to reach it
    notes: str
    serves: tuple[str, ...] = ()  # "all", "women", "children"…; () where nobody has said
    languages: tuple[str, ...] = ()  # codes; () where nobody has said
    call_cost: str = ""  # "free", "normal"; "" where nobody has said
    schedule: str = ""  # of a centre that moves: "Tue 10:00-14:00 Mithi"


@dataclass(frozen=True, slots=True)
class District:
    """One district of the part that is served."""

    id: str
    names: Mapping[str, str]  # by language; "en" is always there
    province: str
    division: str
    lat: float  # of its label
    lon: float
    rank: int  # its place in the list


def replace_districts(unit: Unit, places: Iterable[District]) -> None:
    """Put these districts in the place of all that there were."""
    unit.main.run(_CLEAR_DISTRICTS)
    for place in places:
        unit.main.run(
            _PUT_DISTRICT, **_values(place, districts), names=json.dumps(dict(place.names), ensure_ascii=False)
        )


def replace_offices(unit: Unit, offices: Iterable[Resource]) -> None:
    """Put these offices in the place of all that there were."""
    unit.main.run(_CLEAR_RESOURCES)
    whole = hashlib.sha256()

    def rows() -> Iterator[dict[str, Any]]:
        for office in offices:
            row = _row(office)
            whole.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
            yield row

    unit.main.run_each(_PUT_RESOURCE, rows())
    EDITION.note(unit, whole.hexdigest())


def office(unit: Unit, row_id: str, *, hold: bool = False) -> Resource | None:
    """One office by its id. hold: nobody else changes it until this unit ends."""
    if not hold:
        row = unit.main.one(_ONE, of=row_id)
    else:
        # The second look finds it where somebody put a whole directory in its place while the first one waited.
        row = unit.main.one(_ONE_HELD, of=row_id) or unit.main.one(_ONE_HELD, of=row_id)
    return None if row is None else _resource(row)


def told_by(unit: Unit, number: str) -> list[Resource]:
    """Every office whose first number this is, in the order of their ids; nobody else changes one until this unit ends."""
    begins = json.dumps([number])[:-1] + "%"
    found = (office(unit, str(row[0]), hold=True) for row in unit.main.all(_TOLD, begins=begins))
    return [one for one in found if one is not None and one.phones[:1] == (number,)]


def put_office(unit: Unit, office: Resource) -> None:
    """Keep one office as it is now, new or instead of what there was; hold it first. The others stay as they are."""
    row = _row(office)
    unit.main.run(_KEEP, **row)
    # Not the digest of the whole, which would have to be read: any other value than before will do.
    told = EDITION.now(unit) + json.dumps(row, ensure_ascii=False, sort_keys=True)
    EDITION.note(unit, hashlib.sha256(told.encode()).hexdigest())


def all_offices(unit: Unit) -> list[Resource]:
    """Every office, in the order of their ids."""
    return [_resource(row) for row in unit.main.all(_ALL)]


def all_districts(unit: Unit) -> list[District]:
    """Every district, in the order of the list."""
    names = [column.name for column in districts.c]
    found = (dict(zip(names, row, strict=True)) for row in unit.main.all(_DISTRICTS))
    return [District(**{**row, "names": json.loads(row["names"])}) for row in found]


def _row(office: Resource) -> dict[str, Any]:
    return {
        **_values(office, resources),
        "names": json.dumps(dict(office.names), ensure_ascii=False),
        **{name: json.dumps(list(getattr(office, name))) for name in _LISTS},
        "sensitive": int(office.sensitive),
    }


def _values(one: Resource | District, table: Table) -> dict[str, Any]:
    return {column.name: getattr(one, column.name) for column in table.c if column.name != "names"}


def _resource(row: tuple[Any, ...]) -> Resource:
    values = dict(zip((column.name for column in resources.c), row, strict=True))
    return Resource(
        **{
            **values,
            "names": json.loads(values["names"]),
            **{name: tuple(json.loads(values[name])) for name in _LISTS},
            "sensitive": bool(values["sensitive"]),
        }
    )
