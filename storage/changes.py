"""What staff changed in what is public: append-only, sealed, each thing's changes counted from 1.

Nobody reads out of a stolen table who of staff tends the directory, and nobody without the keyring writes, changes or
moves a line, or takes one out of the middle. Where the last ones were cut off, what the last line left behind is not
what is there now: whoever shows the history says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.database import Unit
from storage.shredding import day_of
from storage.tables import changes
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal

_p = bindparam
_ADD = changes.insert().values(
    id=_p("id"), thing=_p("thing"), seq=_p("seq"), sealed=_p("sealed"), key_id=_p("key_id"), day=_p("day")
)
_COLUMNS = (changes.c.id, changes.c.thing, changes.c.seq, changes.c.sealed, changes.c.key_id, changes.c.day)
_LAST = select(func.max(changes.c.seq)).where(changes.c.thing == _p("of"))
_OF = select(*_COLUMNS).where(changes.c.thing == _p("of")).order_by(changes.c.seq)
_LAST_OF = select(*_COLUMNS).where(changes.c.thing == _p("of")).order_by(changes.c.seq.desc()).limit(1)
_SINCE = select(*_COLUMNS).where(changes.c.day >= _p("since"))
_LATEST_DAYS = select(changes.c.day).order_by(changes.c.day.desc()).limit(_p("most"))


@dataclass(frozen=True, slots=True)
class Change:
    """One line."""

    thing: str
    seq: int
    at: int  # seconds since 1970
    content: Mapping[str, Any] = field(repr=False)


def last_of(unit: Unit, thing: str) -> int:
    """The number of a thing's last change; 0 before there is one."""
    found = unit.main.one(_LAST, of=thing)
    return int(found[0]) if found and found[0] is not None else 0


def add(unit: Unit, keyring: Keyring, thing: str, content: Mapping[str, Any], now: datetime) -> int:
    """Keep a change; return its number. Two at once on PostgreSQL: the later one is a Duplicate, to be tried again."""
    row_id, seq, day = new_id(), last_of(unit, thing) + 1, day_of(now)
    body = {"thing": thing, "seq": seq, "day": day, "at": int(now.timestamp()), "content": dict(content)}
    sealed = seal(
        keyring.key(Purpose.STAFF), json.dumps(body, ensure_ascii=False).encode(), context_of(row_id, keyring.current)
    )
    unit.main.run(_ADD, id=row_id, thing=thing, seq=seq, sealed=sealed, key_id=keyring.current, day=day)
    return seq


def of(unit: Unit, keyring: Keyring, thing: str) -> list[Change]:
    """Every change of a thing, the first first. Raises Tampered when one is not as we left it, or is missing."""
    found = [_opened(keyring, row) for row in unit.main.all(_OF, of=thing)]
    if [change.seq for change in found] != list(range(1, len(found) + 1)):
        raise Tampered("changes.sealed")
    return found


def last(unit: Unit, keyring: Keyring, thing: str) -> Change | None:
    """The last change of a thing; None before there is one. Raises Tampered."""
    row = unit.main.one(_LAST_OF, of=thing)
    return None if row is None else _opened(keyring, row)


def latest(unit: Unit, keyring: Keyring, most: int) -> list[Change]:
    """About the `most` latest changes of anything, the latest first. Raises Tampered."""
    days = [int(row[0]) for row in unit.main.all(_LATEST_DAYS, most=most)]
    rows = unit.main.all(_SINCE, since=days[-1]) if days else []
    found = sorted((_opened(keyring, row) for row in rows), key=lambda one: (-one.at, one.thing, -one.seq))
    return found[:most]


def context_of(row_id: bytes, key_id: str) -> Context:
    """Where the seal of a change belongs; what stands beside it in clear is said again inside."""
    return Context("changes", "sealed", row_id, key_id=key_id)


def _opened(keyring: Keyring, row: tuple[Any, ...]) -> Change:
    row_id, thing, seq, sealed, key_id, day = row
    context = context_of(row_id, key_id)
    body = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, context))
    if (body["thing"], body["seq"], body["day"]) != (thing, seq, day):
        raise Tampered(context.place)
    return Change(thing, seq, body["at"], body["content"])
