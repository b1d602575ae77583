"""Pairing a Telegram account with somebody of staff: a code that is shown in the console, works once and for ten minutes.

It is short, for it may be typed; so a row is named by a keyed tag, and nobody who has the tables can try codes against it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select

from storage.database import Unit
from storage.spoken import spoken
from storage.tables import staff_pairings as pairings
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, mac, open_sealed, seal

LIVES = timedelta(minutes=10)
LETTERS = 8

_p = bindparam
_ADD = pairings.insert().values(
    id=_p("id"), staff_id=_p("staff_id"), sealed=_p("sealed"), key_id=_p("key_id"), until=_p("until")
)
_FIND = select(pairings.c.id, pairings.c.sealed, pairings.c.key_id).where(pairings.c.id.in_(_p("ids", expanding=True)))
_SPEND = delete(pairings).where(pairings.c.id.in_(_p("ids", expanding=True)))
_WITHDRAW = delete(pairings).where(pairings.c.staff_id == _p("of"))
_EXPIRE = delete(pairings).where(pairings.c.until < _p("now"))


def issue(unit: Unit, keyring: Keyring, staff_id: bytes, now: datetime) -> str:
    """A new code for a member: eight letters and digits. Earlier ones of hers work no more."""
    withdraw(unit, staff_id)
    code, key_id, until = (
        spoken(int.from_bytes(new_id(), "big"), LETTERS),
        keyring.current,
        int((now + LIVES).timestamp()),
    )
    row_id = _row_id(keyring, code, key_id)
    body = json.dumps({"staff": staff_id.hex(), "until": until}).encode()
    sealed = seal(keyring.key(Purpose.STAFF), body, _context(row_id, key_id))
    unit.main.run(_ADD, id=row_id, staff_id=staff_id, sealed=sealed, key_id=key_id, until=until)
    return code


def find(unit: Unit, keyring: Keyring, code: str, now: datetime) -> bytes | None:
    """Whose account a code pairs; None when it was never given, is spent or too old. Raises Tampered."""
    row = unit.main.one(_FIND, ids=_row_ids(keyring, code))
    if row is None:
        return None
    row_id, sealed, key_id = row
    body = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, _context(row_id, key_id)))
    return bytes.fromhex(body["staff"]) if now.timestamp() <= body["until"] else None


def spend(unit: Unit, keyring: Keyring, code: str) -> bool:
    """Use a code up; False when somebody else did. The unit must take back all it did then."""
    return unit.main.run(_SPEND, ids=_row_ids(keyring, code)) == 1


def withdraw(unit: Unit, staff_id: bytes) -> None:
    """What was shown to a member pairs nothing any more."""
    unit.main.run(_WITHDRAW, of=staff_id)


def expire(unit: Unit, now: datetime) -> int:
    """Take away what is too old; return how many."""
    return unit.main.run(_EXPIRE, now=int(now.timestamp()))


def _row_ids(keyring: Keyring, code: str) -> list[bytes]:
    return [_row_id(keyring, code, key_id) for key_id in keyring.ids]


def _row_id(keyring: Keyring, code: str, key_id: str) -> bytes:
    # As typed: in any letter case, with a dash or without.
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return mac(keyring.key(Purpose.STAFF, key_id), b"pairing", plain.encode())


def _context(row_id: bytes, key_id: str) -> Context:
    return Context("staff_pairings", "sealed", row_id, key_id=key_id)
