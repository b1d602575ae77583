"""Unshown: a reporter's words that a counsellor may still ask to see in chat, under the key of the day, for 24 hours at most.

What she wrote lies in the thread, sealed to those who read her report; this is a second copy, for as long as an answer in chat
is quick. It goes when she leaves, erases or the case closes, and then the console alone shows her words.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from storage.database import Unit
from storage.outbox import WAITS, day_key, day_key_of
from storage.shredding import day_of
from storage.tables import unshown
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal

_p = bindparam
_KEEP = unshown.insert().values(
    id=_p("id"), report_id=_p("report_id"), sealed=_p("sealed"), day_key=_p("day_key"), leaves=_p("leaves")
)
_FETCH = select(unshown.c.report_id, unshown.c.sealed, unshown.c.day_key).where(
    unshown.c.id == _p("of"), unshown.c.leaves > _p("now")
)
_OF = (
    select(unshown.c.id)
    .where(unshown.c.report_id == _p("of"), unshown.c.leaves > _p("now"))
    .order_by(unshown.c.leaves, unshown.c.id)
)
_DROP = delete(unshown).where(unshown.c.report_id == _p("of"))
_EXPIRE = delete(unshown).where(unshown.c.leaves <= _p("now"))


def keep(unit: Unit, keyring: Keyring, report_id: bytes, content: bytes, now: datetime) -> bytes:
    """Keep words, or a file, for a day; return its id."""
    row_id, day = new_id(), day_of(now)
    sealed = seal(day_key(unit, keyring, day), content, _context(row_id, report_id, day))
    leaves = int((now + WAITS).timestamp())
    unit.main.run(_KEEP, id=row_id, report_id=report_id, sealed=sealed, day_key=day, leaves=leaves)
    return row_id


def fetch(unit: Unit, keyring: Keyring, row_id: bytes, now: datetime) -> tuple[bytes, bytes] | None:
    """The report and the content; None when it is no longer there. Raises Tampered."""
    row = unit.main.one(_FETCH, of=row_id, now=int(now.timestamp()))
    key = None if row is None else day_key_of(unit, keyring, row[2])
    if row is None or key is None:
        return None
    report_id, sealed, day = row
    return report_id, open_sealed(key, sealed, _context(row_id, report_id, day))


def of_report(unit: Unit, report_id: bytes, now: datetime) -> list[bytes]:
    """What is kept of one report, by its ids, earliest first."""
    return [row_id for (row_id,) in unit.main.all(_OF, of=report_id, now=int(now.timestamp()))]


def drop(unit: Unit, report_id: bytes) -> int:
    """Nothing of this report is shown in chat any more."""
    return unit.main.run(_DROP, of=report_id)


def expire(unit: Unit, now: datetime) -> int:
    """What had its day goes."""
    return unit.main.run(_EXPIRE, now=int(now.timestamp()))


def _context(row_id: bytes, report_id: bytes, day: int) -> Context:
    return Context("unshown", "sealed", row_id, report=report_id, seq=day)
