"""The house's own log: what was done with keys and records, and what was found to be not as we left it.

Each line is sealed and chained under the keyring, so that nobody without it can write, change or leave out
one. Its last line is copied to the keys database with the heads (heads.py): a cut tail shows. It never holds
a reporter's words or anything that leads to her.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update

from storage.database import Database, Duplicate, Unit
from storage.shredding import day_of
from storage.tables import audit
from storage.vault.chains import BEGINNING, mac_chain
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal

T = TypeVar("T")

_TRIES = 8  # of a unit that meets others at the end of the log

_p = bindparam
_LAST = select(audit.c.seq, audit.c.mac).order_by(audit.c.seq.desc()).limit(1)
_LAST_HELD = _LAST.with_for_update()
_APPEND = audit.insert().values(
    seq=_p("seq"), previous=_p("previous"), mac=_p("mac"), sealed=_p("sealed"), key_id=_p("key_id"), day=_p("day")
)
_LINES = select(audit.c.seq, audit.c.mac, audit.c.sealed, audit.c.key_id, audit.c.day).order_by(audit.c.seq)
_OTHERS = select(audit.c.seq).where(audit.c.key_id != _p("key_id")).limit(1)
_ANEW = (
    update(audit)
    .where(audit.c.seq == _p("of"))
    .values(previous=_p("before"), mac=_p("mac_now"), sealed=_p("sealed_now"), key_id=_p("key_now"))
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    seq: int  # 1, 2, 3…
    day: int
    what: str  # "heads copied", "fault", "accepted"…
    detail: str
    hash: bytes  # 32 bytes


def append(unit: Unit, keyring: Keyring, what: str, now: datetime, detail: str = "") -> int:
    """Add a line; return its number. Two at once on PostgreSQL: the later one is a Duplicate, to be tried again."""
    before, previous = unit.main.one(_LAST_HELD) or (0, BEGINNING)
    seq, key_id, day = int(before) + 1, keyring.current, day_of(now)
    body = json.dumps({"what": what, "detail": detail}, ensure_ascii=False).encode()
    sealed = seal(keyring.key(Purpose.AUDIT), body, _context(seq, key_id, day))
    chained = mac_chain(keyring.key(Purpose.AUDIT), previous, seq, sealed)
    unit.main.run(_APPEND, seq=seq, previous=previous, mac=chained, sealed=sealed, key_id=key_id, day=day)
    return seq


def logged_work(database: Database, function: Callable[[Unit], T]) -> T:
    """One unit of work that adds to the log. Done again when another added at once: on PostgreSQL the later is a Duplicate."""
    for _ in range(_TRIES - 1):
        try:
            return database.work(function)
        except Duplicate:
            continue
    return database.work(function)


def note_fault(unit: Unit, keyring: Keyring, place: str, now: datetime) -> None:
    """Put on record that something was not as we left it. `place`: a table and column, never a value."""
    append(unit, keyring, "fault", now, place)


def lines(unit: Unit, keyring: Keyring) -> Iterator[Line]:
    """Every line from the first. Raises Tampered at the first that is changed, missing or not ours."""
    previous, expected = BEGINNING, 1
    for seq, chained, sealed, key_id, day in unit.main.all(_LINES):
        context = _context(seq, key_id, day)
        key = keyring.key(Purpose.AUDIT, key_id)
        if seq != expected or mac_chain(key, previous, seq, sealed) != chained:
            raise Tampered(context.place)
        body: dict[str, Any] = json.loads(open_sealed(key, sealed, context))
        yield Line(seq, day, body["what"], body["detail"], chained)
        previous, expected = chained, seq + 1


def last(unit: Unit) -> tuple[int, bytes]:
    """Number and hash of the last line; (0, 32 zero bytes) when there is none."""
    return unit.main.one(_LAST) or (0, BEGINNING)


def under_others(unit: Unit, key_id: str) -> bool:
    """Whether a line lies under another key than this."""
    return unit.main.one(_OTHERS, key_id=key_id) is not None


def reseal(unit: Unit, keyring: Keyring) -> None:
    """Bring the whole log under the current key. Raises Tampered, and then nothing of it was changed."""
    key, key_id, previous = keyring.key(Purpose.AUDIT), keyring.current, BEGINNING
    for line in list(lines(unit, keyring)):
        body = json.dumps({"what": line.what, "detail": line.detail}, ensure_ascii=False).encode()
        sealed = seal(key, body, _context(line.seq, key_id, line.day))
        chained = mac_chain(key, previous, line.seq, sealed)
        unit.main.run(_ANEW, of=line.seq, before=previous, mac_now=chained, sealed_now=sealed, key_now=key_id)
        previous = chained


def _context(seq: int, key_id: str, day: int) -> Context:
    return Context("audit", "sealed", day.to_bytes(4, "big"), seq=seq, key_id=key_id)
