"""Institutions to choose from: public, in clear. Each whole list has an edition, as the directory has (storage.directory)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage import marks
from storage.database import Unit
from storage.tables import institutions

_p = bindparam
_columns = [column.name for column in institutions.c]
_put = insert(institutions).values({name: _p(name) for name in _columns})
_PUT = _put.on_conflict_do_update(
    index_elements=["id"], set_={name: _put.excluded[name] for name in _columns if name != "id"}
)
_CLEAR = delete(institutions)
_ALL = select(*institutions.c).order_by(institutions.c.id)
_ONE = select(*institutions.c).where(institutions.c.id == _p("of"))
EDITION = marks.Edition("institutions")


@dataclass(frozen=True, slots=True)
class Institution:
    """One college, school or workplace."""

    id: str
    names: Mapping[str, str]  # by language; "en" is always there
    kind: str
    others: tuple[str, ...] = ()  # other spellings and short names
    city: str = ""
    district: str = ""  # id of a district; "" = not known
    active: bool = True  # False: closed
    number: int = 0  # on its posters; never another's; 0 = none yet
    source: str = ""

    @property
    def name(self) -> str:
        return self.names["en"]


def replace_all(unit: Unit, rows: Iterable[Institution]) -> None:
    """Put these in the place of all that there were."""
    unit.main.run(_CLEAR)
    for row in rows:
        unit.main.run(_PUT, **_row(row))
    _note_edition(unit)


def put(unit: Unit, row: Institution) -> None:
    """Put one in, or in the place of the one with its id."""
    unit.main.run(_PUT, **_row(row))
    _note_edition(unit)


def every(unit: Unit) -> list[Institution]:
    """All of them, closed ones too, in the order of their ids."""
    return [_read(row) for row in unit.main.all(_ALL)]


def fetch(unit: Unit, row_id: str) -> Institution | None:
    """The one with this id."""
    row = unit.main.one(_ONE, of=row_id)
    return None if row is None else _read(row)


def hold(unit: Unit) -> None:
    """Hold the list until this unit of work ends: nobody else changes it meanwhile."""
    marks.hold(unit, "institutions")


def _note_edition(unit: Unit) -> None:
    whole = hashlib.sha256()
    for row in every(unit):
        whole.update(json.dumps(_row(row), ensure_ascii=False, sort_keys=True).encode())
    EDITION.note(unit, whole.hexdigest())


def _row(one: Institution) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in _columns},
        "names": json.dumps(dict(one.names), ensure_ascii=False, sort_keys=True),
        "others": json.dumps(list(one.others), ensure_ascii=False),
        "active": int(one.active),
    }


def _read(row: tuple[Any, ...]) -> Institution:
    values = dict(zip(_columns, row, strict=True))
    return Institution(
        **{
            **values,
            "names": json.loads(values["names"]),
            "others": tuple(json.loads(values["others"])),
            "active": bool(values["active"]),
        }
    )
