"""Wishes: institutions that reporters named and the list lacks, kept with their consent to be counted.

A wish waits within the sealed fact of its report and goes over in the same shuffled batch; then it joins to no report and to
no fact. Its name is a reporter's words, so it is sealed. By its mark one person counts once in a quarter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from storage import audit
from storage.database import Unit
from storage.tables import wishes
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal

LIVES = 8  # quarters

_p = bindparam
_PUT = wishes.insert().values({column.name: _p(column.name) for column in wishes.c})
_ALL = select(*wishes.c).order_by(wishes.c.tag)
_HELD = select(*wishes.c).where(wishes.c.tag == _p("of")).with_for_update()
_REWRITE = update(wishes).where(wishes.c.tag == _p("of")).values(sealed=_p("sealed_now"), key_id=_p("key_now"))
_DROP = delete(wishes).where(wishes.c.tag == _p("of"))
_OLD = delete(wishes).where(wishes.c.quarter < _p("before"))


@dataclass(frozen=True, slots=True)
class Wish:
    """One person's, in one quarter."""

    tag: bytes = field(repr=False)
    mark: bytes = field(repr=False)  # of the person, within the quarter
    quarter: int  # year * 4 + quarter, from 0
    name: str = field(repr=False)
    city: str = field(default="", repr=False)
    same_as: str = field(default="", repr=False)  # the name under which an admin put it together with others


def quarter_of(day: date) -> int:
    """The quarter of a day, counted through the years."""
    return day.year * 4 + (day.month - 1) // 3


def label_of(quarter: int) -> str:
    """A quarter as marks name it: "2026Q4"."""
    return f"{quarter // 4}Q{quarter % 4 + 1}"


def put(unit: Unit, keyring: Keyring, tag: bytes, wish: Mapping[str, Any]) -> None:
    """Keep a wish that has waited: {"mark", "quarter", "name", "city"}."""
    quarter, mark = int(wish["quarter"]), bytes.fromhex(wish["mark"])
    body = {"name": wish["name"], "city": wish["city"], "same_as": "", "mark": wish["mark"]}
    sealed = _sealed(keyring, tag, quarter, body)
    unit.main.run(_PUT, tag=tag, mark=mark, quarter=quarter, sealed=sealed, key_id=keyring.current)


def every(unit: Unit, keyring: Keyring) -> tuple[list[Wish], list[bytes]]:
    """All of them, and the tags of those that somebody changed: the others are counted all the same."""
    found: list[Wish] = []
    faults: list[bytes] = []
    for row in unit.main.all(_ALL):
        try:
            found.append(_opened(keyring, row))
        except Tampered:
            faults.append(row[0])
    return found, faults


def put_together(unit: Unit, keyring: Keyring, tags: Iterable[bytes], name: str, now: datetime) -> int:
    """Let these be one institution, called `name`; return how many were there."""
    changed = 0
    for tag in tags:
        row = unit.main.one(_HELD, of=tag)
        if row is None:
            continue
        try:
            wish = _opened(keyring, row)
        except Tampered as fault:
            audit.note_fault(unit, keyring, str(fault), now)
            continue
        body = {"name": wish.name, "city": wish.city, "same_as": name, "mark": wish.mark.hex()}
        unit.main.run(_REWRITE, of=tag, sealed_now=_sealed(keyring, tag, wish.quarter, body), key_now=keyring.current)
        changed += 1
    return changed


def drop(unit: Unit, tag: bytes) -> int:
    """Take one away; 0 when it is not there."""
    return unit.main.run(_DROP, of=tag)


def expire(unit: Unit, today: date) -> int:
    """Take away those of two years ago; return how many."""
    return unit.main.run(_OLD, before=quarter_of(today) - LIVES)


def context_of(tag: bytes, key_id: str, quarter: int) -> Context:
    return Context("wishes", "sealed", tag, seq=quarter, key_id=key_id)


def _sealed(keyring: Keyring, tag: bytes, quarter: int, body: Mapping[str, str]) -> bytes:
    plain = json.dumps(body, ensure_ascii=False).encode()
    return seal(keyring.key(Purpose.METADATA), plain, context_of(tag, keyring.current, quarter))


def _opened(keyring: Keyring, row: tuple[Any, ...]) -> Wish:
    tag, mark, quarter, sealed, key_id = row
    body = json.loads(open_sealed(keyring.key(Purpose.METADATA, key_id), sealed, context_of(tag, key_id, quarter)))
    if body["mark"] != mark.hex():
        raise Tampered("wishes.mark")
    return Wish(tag, mark, quarter, body["name"], body["city"], body["same_as"])
