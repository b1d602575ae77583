"""Passages: how often each question was asked, answered or left, week by week; whose they are is nowhere.

One row a week and edition, one seal. Processes count in memory and add what they have counted now and then, so a count
stands for no moment finer than a week.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from storage import audit, marks, shredding
from storage.database import Row, Unit
from storage.tables import passages
from storage.vault.errors import Tampered, UnknownKey
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal

LIVES = 53  # weeks
REACHED, ANSWERED, SKIPPED, MISREAD, LEFT = "reached", "answered", "skipped", "misread", "left"
TOOK = {15: "took 15", 60: "took 60", 300: "took 300", 3600: "took 3600"}  # an answer came within so many seconds
TOOK_LONGER = "took longer"

_p = bindparam
_COLUMNS = (
    passages.c.id, passages.c.week, passages.c.edition, passages.c.sealed, passages.c.key_id, passages.c.version,
)  # fmt: skip
_SINCE = select(*_COLUMNS).where(passages.c.week >= _p("first"), passages.c.week <= _p("last"))
_ONE = select(*_COLUMNS).where(passages.c.week == _p("of_week"), passages.c.edition == _p("of_edition"))
_HELD = select(*_COLUMNS).where(passages.c.id == _p("of")).with_for_update()
_ADD = passages.insert().values({column.name: _p(column.name) for column in passages.c})
_SAVE = (
    update(passages)
    .where(passages.c.id == _p("of"))
    .values(sealed=_p("sealed"), key_id=_p("key_id"), version=_p("version"))
)
_OLD = delete(passages).where(passages.c.week < _p("before"))


class Passage(NamedTuple):
    """What is counted."""

    node: str
    channel: str
    language: str  # by code
    what: str  # REACHED…, how long an answer took, or where it led


@dataclass(slots=True)
class Week:
    """What was counted of one edition in one week."""

    week: int
    edition: str
    counted: Counter[Passage] = field(default_factory=Counter, repr=False)
    id: bytes = b""  # empty: not kept yet
    version: int = 0


def to(target: str) -> str:
    """What is counted of a way: the node that it led to."""
    return f"to {target}"


def target_of(what: str) -> str:
    """The node that a way led to; "" for what is no way."""
    return what.removeprefix("to ") if what.startswith("to ") else ""


def of_wording(what: str, run: int, *, other: bool) -> str:
    """What is counted of a question that is asked in two wordings. run: the number of its flow's publication."""
    return f"{what} {'other' if other else 'first'} {run}"


def week_of(moment: datetime) -> int:
    """The week of a moment, by UTC: the first one began on Monday, 29 December 1969."""
    return (shredding.day_of(moment) + 3) // 7


def first_day(week: int) -> date:
    """The Monday it begins with."""
    return date(1970, 1, 1) + timedelta(days=7 * week - 3)


def add(unit: Unit, keyring: Keyring, week: int, edition: str, counted: Counter[Passage], now: datetime) -> None:
    """Add to what was counted of an edition in a week. What does not open any more is put on record, and begun anew."""
    marks.hold(unit, "passages")
    row = unit.main.one(_ONE, of_week=week, of_edition=edition)
    one = Week(week, edition)
    if row is not None:
        try:
            one = _opened(keyring, row)
        except Tampered as fault:
            audit.note_fault(unit, keyring, str(fault), now)
            one.id, one.version = row[0], row[5]
    one.counted.update(counted)
    _save(unit, keyring, one)


def between(unit: Unit, keyring: Keyring, first: int, last: int) -> list[Week]:
    """All of these weeks, both included; one that does not open is left out: the next count of its week puts it on record."""
    return list(_sound(keyring, unit.main.all(_SINCE, first=first, last=last)))


def expire(unit: Unit, week: int) -> int:
    """Let go of what is older than a year; return how many rows went."""
    return unit.main.run(_OLD, before=week - LIVES)


def reseal(unit: Unit, keyring: Keyring, row_id: bytes) -> None:
    """Bring one under the current key. Raises Tampered."""
    row = unit.main.one(_HELD, of=row_id)
    if row is not None:
        _save(unit, keyring, _opened(keyring, row))


def _sound(keyring: Keyring, rows: Iterable[Row]) -> Iterable[Week]:
    for row in rows:
        try:
            yield _opened(keyring, row)
        except Tampered:
            continue


def _opened(keyring: Keyring, row: Row) -> Week:
    row_id, week, edition, sealed, key_id, version = row
    try:
        key = keyring.key(Purpose.METADATA, key_id)
    except UnknownKey:
        raise Tampered("passages.sealed") from None
    rows = json.loads(open_sealed(key, sealed, _context(row_id, week, edition, version, key_id)))
    return Week(week, edition, Counter({Passage(*names): count for *names, count in rows}), row_id, version)


def _save(unit: Unit, keyring: Keyring, one: Week) -> None:
    is_new, one.version = not one.id, one.version + 1
    one.id = one.id or new_id()
    body = json.dumps([[*passage, count] for passage, count in sorted(one.counted.items())]).encode()
    context = _context(one.id, one.week, one.edition, one.version, keyring.current)
    sealed = seal(keyring.key(Purpose.METADATA), body, context)
    kept = {"sealed": sealed, "key_id": keyring.current, "version": one.version}
    if is_new:
        unit.main.run(_ADD, id=one.id, week=one.week, edition=one.edition, **kept)
    else:
        unit.main.run(_SAVE, of=one.id, **kept)


def _context(row_id: bytes, week: int, edition: str, version: int, key_id: str) -> Context:
    beside = f"{week} {edition}".encode()
    return Context("passages", "sealed", row_id, report=beside, seq=version, key_id=key_id)
