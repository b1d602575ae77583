"""Teams: whose keys a new report is granted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage import audit
from storage.database import Unit
from storage.shredding import day_of
from storage.tables import holders
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal

_p = bindparam
_READING = select(
    holders.c.id, holders.c.public_key, holders.c.vouched, holders.c.key_id, holders.c.sealed_private
).where(holders.c.left_day.is_(None))
_TEAM = _READING.where(holders.c.kind == "team")
_ADOPT = (
    insert(holders)
    .values(
        id=_p("id"),
        kind="team",
        public_key=_p("public_key"),
        vouched=_p("vouched"),
        key_id=_p("key_id"),
        sealed_private=_p("sealed_private"),
        created_day=_p("day"),
    )
    .on_conflict_do_nothing(index_elements=["id"])
)


@dataclass(frozen=True, slots=True)
class TeamKey:
    id: bytes
    public: bytes
    sealed_private: bytes = field(repr=False)


def adopt(unit: Unit, keyring: Keyring, key_id: bytes, public: bytes, sealed_private: bytes, now: datetime) -> None:
    """Let the team of this key read what is filed from now on. Doing it twice changes nothing."""
    unit.main.run(
        _ADOPT,
        id=key_id,
        public_key=public,
        vouched=seal(keyring.key(Purpose.AUDIT), public, vouched_context(key_id, keyring.current)),
        key_id=keyring.current,
        sealed_private=sealed_private,
        day=day_of(now),
    )


def keys(unit: Unit, keyring: Keyring) -> list[TeamKey]:
    """Whoever reads reports. Raises Tampered when somebody put in a key of his own."""
    return [_vouched(keyring, row) for row in unit.main.all(_TEAM)]


def sound_keys(unit: Unit, keyring: Keyring, now: datetime) -> Sequence[TeamKey]:
    """Whoever is granted a new report, team or counsellor (staff/readers.py): a key that nobody vouched for gets none, and that is put on record.

    Raises Tampered when no other is left: what is told now would be read by nobody.
    """
    found, faults = [], []
    for row in unit.main.all(_READING):
        try:
            found.append(_vouched(keyring, row))
        except Tampered as fault:
            faults.append(fault)
    if faults and not found:
        raise faults[0]
    for each in faults:
        audit.note_fault(unit, keyring, str(each), now)
    return found


def vouched_context(key_id: bytes, ring_key: str) -> Context:
    return Context("holders", "vouched", key_id, key_id=ring_key)


def _vouched(keyring: Keyring, row: tuple[bytes, bytes, bytes, str, bytes]) -> TeamKey:
    key_id, public, vouched, ring_key, sealed_private = row
    context = vouched_context(key_id, ring_key)
    if open_sealed(keyring.key(Purpose.AUDIT, ring_key), vouched, context) != public:
        raise Tampered(context.place)
    return TeamKey(key_id, public, sealed_private)
