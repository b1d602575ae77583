"""Numbers of the directory that did not answer when one of ours dialled them: how often, and on which day last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.tables import unanswered

_p = bindparam
_ALL = select(unanswered.c.number, unanswered.c.times, unanswered.c.tried_on)
_INSERT = insert(unanswered).values(number=_p("number"), times=1, tried_on=_p("day"))
# A second press on the same day counts nothing.
_NOTE = _INSERT.on_conflict_do_update(
    index_elements=["number"],
    set_={"times": unanswered.c.times + 1, "tried_on": _INSERT.excluded.tried_on},
    where=unanswered.c.tried_on < _INSERT.excluded.tried_on,
)
_TAKE_BACK = (
    update(unanswered)
    .where(unanswered.c.number == _p("of"), unanswered.c.tried_on == _p("day"))
    .values(times=unanswered.c.times - 1, tried_on=_p("day_before"))
)
_NEVER = delete(unanswered).where(unanswered.c.number == _p("of"), unanswered.c.times <= 0)
_FORGET = delete(unanswered).where(unanswered.c.number == _p("of"))


@dataclass(frozen=True, slots=True)
class Tries:
    """What is known of one number."""

    times: int
    tried_on: int  # days since 1970


def every(unit: Unit) -> dict[str, Tries]:
    """All of them, by number."""
    return {number: Tries(times, day) for number, times, day in unit.main.all(_ALL)}


def note(unit: Unit, number: str, day: int) -> bool:
    """It did not answer on this day; False when that was known."""
    return unit.main.run(_NOTE, number=number, day=day) == 1


def take_back(unit: Unit, number: str, day: int) -> bool:
    """That it did not answer on this day was a slip; False when nobody said so."""
    done = unit.main.run(_TAKE_BACK, of=number, day=day, day_before=day - 1) == 1
    unit.main.run(_NEVER, of=number)
    return done


def forget(unit: Unit, numbers: Iterable[str]) -> None:
    """They answered, or are given to nobody any more."""
    unit.main.run_each(_FORGET, ({"of": number} for number in numbers))
