"""What reporters said of a number a day after they were shown it: counted by row, number and day, and never who said it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.tables import feedback

LIVES = 365  # days
SAID = ("answered", "silent", "wrong")

_p = bindparam
_ALL = select(*feedback.c).where(feedback.c.day >= _p("since")).order_by(*feedback.primary_key.columns)
_INSERT = insert(feedback).values({column.name: _p(column.name) for column in feedback.c})
_COUNT = _INSERT.on_conflict_do_update(
    index_elements=["resource", "number", "day"],
    set_={name: feedback.c[name] + _INSERT.excluded[name] for name in SAID},
)
_OLD = delete(feedback).where(feedback.c.day < _p("before"))


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of one number of one row on one day."""

    resource: str
    number: str
    day: int  # days since 1970
    answered: int
    silent: int
    wrong: int


def count(unit: Unit, resource: str, number: str, day: int, said: str) -> None:
    """One more person said this. said: one of SAID."""
    unit.main.run(_COUNT, resource=resource, number=number, day=day, **{name: int(name == said) for name in SAID})


def since(unit: Unit, day: int) -> list[Said]:
    """All of this day and later."""
    return [Said(*row) for row in unit.main.all(_ALL, since=day)]


def expire(unit: Unit, today: int) -> int:
    """Let go of what is older than a year; return how many rows went."""
    return unit.main.run(_OLD, before=today - LIVES)
