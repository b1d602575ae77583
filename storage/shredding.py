"""Shred keys: one a report, a draft, a waiting fact or a subscription; deleting it makes that unreadable, in every backup too.

They lie in the keys database, wrapped by the keyring. Whoever has both databases but not the keyring
opens nothing; whoever has the keyring and an old copy of the main database opens nothing that was shredded.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from storage.database import Unit
from storage.tables import shred_keys
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_key
from storage.vault.sealing import Context, open_sealed, seal

SECONDS_A_DAY = 86_400

_KEEP = insert(shred_keys).values(
    id=bindparam("id"), wrapped=bindparam("wrapped"), key_id=bindparam("key_id"), day=bindparam("day")
)
_FETCH = select(shred_keys.c.wrapped, shred_keys.c.key_id).where(shred_keys.c.id == bindparam("id"))
_WRAP = (
    update(shred_keys)
    .where(shred_keys.c.id == bindparam("of"))
    .values(wrapped=bindparam("wrapped"), key_id=bindparam("key_id"))
)
_SHRED = delete(shred_keys).where(shred_keys.c.id == bindparam("id"))


def day_of(now: datetime) -> int:
    """Return the day as a number: days since 1970, UTC."""
    return int(now.timestamp()) // SECONDS_A_DAY


def make(unit: Unit, keyring: Keyring, owner: bytes, now: datetime) -> bytes:
    """Return a fresh 32-byte key for `owner` (16 bytes), kept from now on."""
    key = new_key()
    wrapped = seal(keyring.key(Purpose.SHRED), key, _context(owner, keyring.current))
    unit.keys.run(_KEEP, id=owner, wrapped=wrapped, key_id=keyring.current, day=day_of(now))
    return key


def fetch(unit: Unit, keyring: Keyring, owner: bytes) -> bytes | None:
    """Return the key of `owner`; None when it was shredded. Raises Tampered or UnknownKey."""
    row = unit.keys.one(_FETCH, id=owner)
    if row is None:
        return None
    return unwrapped(keyring, owner, *row)


def unwrapped(keyring: Keyring, owner: bytes, wrapped: bytes, key_id: str) -> bytes:
    """The key of `owner` out of its row. Raises Tampered or UnknownKey."""
    return open_sealed(keyring.key(Purpose.SHRED, key_id), wrapped, _context(owner, key_id))


def shred(unit: Unit, owner: bytes) -> bool:
    """Delete the key of `owner`; False when it was gone already. The database drops its pages after the commit."""
    unit.shredded = True
    return unit.keys.run(_SHRED, id=owner) > 0


def reseal(unit: Unit, keyring: Keyring, owner: bytes) -> None:
    """Wrap a key under the keyring's current key. Raises Tampered."""
    key = fetch(unit, keyring, owner)
    if key is not None:
        wrapped = seal(keyring.key(Purpose.SHRED), key, _context(owner, keyring.current))
        unit.keys.run(_WRAP, of=owner, wrapped=wrapped, key_id=keyring.current)


def _context(owner: bytes, key_id: str) -> Context:
    return Context("shred_keys", "wrapped", owner, key_id=key_id)
