"""Shred keys: one a report, a draft or a waiting fact; deleting it makes that unreadable, in every backup too.

They lie in the keys database, wrapped by the keyring. Whoever has both databases but not the keyring
opens nothing; whoever has the keyring and an old copy of the main database opens nothing that was shredded.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from storage.database import Unit
from storage.tables import draft_media, inbox, pending_facts, reports, sessions, shred_keys
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_key
from storage.vault.sealing import Context, open_sealed, seal

SECONDS_A_DAY = 86_400

_KEEP = insert(shred_keys).values(
    id=bindparam("id"), wrapped=bindparam("wrapped"), key_id=bindparam("key_id"), day=bindparam("day")
)
_FETCH = select(shred_keys.c.wrapped, shred_keys.c.key_id).where(shred_keys.c.id == bindparam("id"))
_SHRED = delete(shred_keys).where(shred_keys.c.id == bindparam("id"))
_NEEDED = tuple(
    select(column).where(column == bindparam("of")).limit(1)
    for column in (reports.c.id, sessions.c.draft_id, inbox.c.draft_id, draft_media.c.draft_id, pending_facts.c.id)
)
_OLDER = select(shred_keys.c.id).where(shred_keys.c.day < bindparam("day"))


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
    wrapped, key_id = row
    return open_sealed(keyring.key(Purpose.SHRED, key_id), wrapped, _context(owner, key_id))


def shred(unit: Unit, owner: bytes) -> bool:
    """Delete the key of `owner`; False when it was gone already. The database drops its pages after the commit."""
    unit.shredded = True
    return unit.keys.run(_SHRED, id=owner) > 0


def owners_before(unit: Unit, day: int) -> Iterator[bytes]:
    """Give the owners of keys made before `day`, for the sweep of those whose rows never came or are gone."""
    for (owner,) in unit.keys.all(_OLDER, day=day):
        yield bytes(owner)


def sweep_orphans(unit: Unit, now: datetime) -> int:
    """Shred keys older than a day that no row needs (a kill between two commits); return how many."""
    swept = 0
    for owner in list(owners_before(unit, day_of(now) - 1)):
        if not any(unit.main.one(statement, of=owner) for statement in _NEEDED):
            swept += shred(unit, owner)
    return swept


def _context(owner: bytes, key_id: str) -> Context:
    return Context("shred_keys", "wrapped", owner, key_id=key_id)
