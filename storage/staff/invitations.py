"""Invitations: a code that is handed out once, works once, and only for a while. The database holds what it leads to,
sealed, and not the code: nobody who reads or writes the tables can come in by it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from storage.database import Unit
from storage.tables import staff_invitations as invitations
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_key
from storage.vault.sealing import Context, open_sealed, seal, subkey

LIVES = timedelta(hours=72)

_p = bindparam
_ADD = invitations.insert().values(
    id=_p("id"), staff_id=_p("staff_id"), sealed=_p("sealed"), key_id=_p("key_id"), until=_p("until")
)
_FIND = select(invitations.c.sealed, invitations.c.key_id).where(invitations.c.id == _p("of"))
_SPEND = delete(invitations).where(invitations.c.id == _p("of"))
_WITHDRAW = delete(invitations).where(invitations.c.staff_id == _p("of"))
_EXPIRE = delete(invitations).where(invitations.c.until < _p("now"))


def issue(unit: Unit, keyring: Keyring, staff_id: bytes, now: datetime) -> bytes:
    """A new invitation for a member; return its code, 32 bytes. Earlier ones of hers work no more."""
    withdraw(unit, staff_id)
    code, key_id, until = new_key(), keyring.current, int((now + LIVES).timestamp())
    row_id = _row_id(code)
    body = json.dumps({"staff": staff_id.hex(), "from": int(now.timestamp()), "until": until}).encode()
    sealed = seal(keyring.key(Purpose.STAFF), body, _context(row_id, key_id))
    unit.main.run(_ADD, id=row_id, staff_id=staff_id, sealed=sealed, key_id=key_id, until=until)
    return code


def find(unit: Unit, keyring: Keyring, code: bytes, now: datetime) -> bytes | None:
    """The id of whom a code invites; None when it was never given, is spent, withdrawn or too old. Raises Tampered."""
    row_id = _row_id(code)
    row = unit.main.one(_FIND, of=row_id)
    if row is None:
        return None
    sealed, key_id = row
    body = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, _context(row_id, key_id)))
    return bytes.fromhex(body["staff"]) if now.timestamp() <= body["until"] else None


def spend(unit: Unit, code: bytes) -> bool:
    """Use a code up; False when somebody else did. The unit must take back all it did then."""
    return unit.main.run(_SPEND, of=_row_id(code)) == 1


def withdraw(unit: Unit, staff_id: bytes) -> None:
    """What was handed out to a member opens nothing any more."""
    unit.main.run(_WITHDRAW, of=staff_id)


def expire(unit: Unit, now: datetime) -> int:
    """Take away what is too old; return how many."""
    return unit.main.run(_EXPIRE, now=int(now.timestamp()))


def _row_id(code: bytes) -> bytes:
    return subkey(code, "invitation id")


def _context(row_id: bytes, key_id: str) -> Context:
    return Context("staff_invitations", "sealed", row_id, key_id=key_id)
