"""Logins: what a browser has open. Its cookie is kept nowhere, only what is derived from it.

The row's seal needs the cookie and the keyring together. It holds her unlocked private half, so that every worker
process can use it and none keeps it; and her id and the begin, so that a row made or stretched by another opens nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, select, update

from storage.database import Unit
from storage.tables import staff_sessions as sessions
from storage.vault.errors import UnknownKey
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_key
from storage.vault.sealing import Context, open_sealed, seal, subkey

IDLE, AT_MOST = timedelta(minutes=15), timedelta(hours=8)
_NOTE_EVERY = timedelta(minutes=1)  # seen is written this seldom: not every look at a page is a commit
_CLOCK_BACK = timedelta(minutes=2)  # a clock may be put right by this much; a login from later than that is refused

_p = bindparam
_ADD = sessions.insert().values(
    id=_p("id"), staff_id=_p("staff_id"), sealed=_p("sealed"), key_id=_p("key_id"), seen=_p("seen"), until=_p("until")
)
_FIND = select(sessions.c.sealed, sessions.c.key_id, sessions.c.seen).where(sessions.c.id == _p("of"))
_OPEN = select(sessions.c.id).where(
    sessions.c.staff_id == _p("of"), sessions.c.until >= _p("now"), sessions.c.seen >= _p("idle")
)
_SEEN = update(sessions).where(sessions.c.id == _p("of")).values(seen=_p("at"))
_END = delete(sessions).where(sessions.c.id == _p("of"))
_END_ALL = delete(sessions).where(sessions.c.staff_id == _p("of"))
_EXPIRE = delete(sessions).where((sessions.c.until < _p("now")) | (sessions.c.seen < _p("idle")))


@dataclass(frozen=True, slots=True)
class Login:
    """One open login."""

    staff_id: bytes
    private: bytes = field(repr=False)  # her private half, 32 bytes
    epoch: int  # of hers when it began; another now means that it has ended
    begun: datetime
    stale: bool  # `touch` it


def begin(unit: Unit, keyring: Keyring, staff_id: bytes, epoch: int, private: bytes, now: datetime) -> bytes:
    """Open a login; return its cookie's content, 32 bytes."""
    cookie, key_id, moment = new_key(), keyring.current, int(now.timestamp())
    row_id = _row_id(cookie)
    body = json.dumps({"staff": staff_id.hex(), "epoch": epoch, "begun": moment, "private": private.hex()}).encode()
    unit.main.run(
        _ADD,
        id=row_id,
        staff_id=staff_id,
        sealed=seal(_key(keyring, cookie, key_id), body, _context(row_id, key_id)),
        key_id=key_id,
        seen=moment // 60 * 60,
        until=moment + int(AT_MOST.total_seconds()),
    )
    return cookie


def find(unit: Unit, keyring: Keyring, cookie: bytes, now: datetime) -> Login | None:
    """The login of a cookie; None when there is none, it has ended or is too old. Raises Tampered."""
    row_id = _row_id(cookie)
    row = unit.main.one(_FIND, of=row_id)
    if row is None:
        return None
    sealed, key_id, seen = row
    try:
        key = _key(keyring, cookie, key_id)
    except UnknownKey:  # let go by a rotation: like one that ended
        return None
    body = json.loads(open_sealed(key, sealed, _context(row_id, key_id)))
    begun, last = datetime.fromtimestamp(body["begun"], UTC), datetime.fromtimestamp(seen, UTC)
    # `seen` is rounded down, so that nobody is idle longer than she may.
    if now - last > IDLE or now - begun > AT_MOST or max(begun, last) - now > _CLOCK_BACK:
        return None
    private = bytes.fromhex(body["private"])
    return Login(bytes.fromhex(body["staff"]), private, body["epoch"], begun, now - last >= _NOTE_EVERY)


def touch(unit: Unit, cookie: bytes, now: datetime) -> None:
    """She is still there."""
    unit.main.run(_SEEN, of=_row_id(cookie), at=int(now.timestamp()) // 60 * 60)


def end(unit: Unit, cookie: bytes) -> None:
    """Log out. Doing it twice changes nothing."""
    unit.main.run(_END, of=_row_id(cookie))


def end_all(unit: Unit, staff_id: bytes) -> int:
    """End every login of a member; return how many."""
    return unit.main.run(_END_ALL, of=staff_id)


def count_open(unit: Unit, staff_id: bytes, now: datetime) -> int:
    """How many logins of a member are open."""
    idle = int((now - IDLE).timestamp())
    return len(list(unit.main.all(_OPEN, of=staff_id, now=int(now.timestamp()), idle=idle)))


def expire(unit: Unit, now: datetime) -> int:
    """Take away what has ended by itself; return how many."""
    return unit.main.run(_EXPIRE, now=int(now.timestamp()), idle=int((now - IDLE).timestamp()))


def _row_id(cookie: bytes) -> bytes:
    return subkey(cookie, "login id")


def _key(keyring: Keyring, cookie: bytes, key_id: str) -> bytes:
    return subkey(cookie + keyring.key(Purpose.STAFF, key_id), "login")


def _context(row_id: bytes, key_id: str) -> Context:
    return Context("staff_sessions", "sealed", row_id, key_id=key_id)
