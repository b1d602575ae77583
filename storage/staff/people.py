"""Staff, one sealed row each: whoever writes into the tables can make nobody an admin, and give nobody another key.

What a password, a second factor and a recovery code look like is casework's: here it is a part of the seal.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from storage.database import Duplicate, StorageError, Unit
from storage.shredding import day_of
from storage.tables import staff
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, mac, open_sealed, seal

INVITED, ACTIVE, LEFT = "invited", "active", "left"

_p = bindparam
_COLUMNS = (staff.c.id, staff.c.sealed, staff.c.key_id, staff.c.pepper_id, staff.c.version, staff.c.day)
_EDITION = select(func.substr(staff.c.sealed, 1, 12)).order_by(staff.c.id)
_ALL = select(*_COLUMNS)
_BY_ID = _ALL.where(staff.c.id == _p("of"))
_BY_ID_HELD = _BY_ID.with_for_update()
_BY_TAG = select(staff.c.id).where(staff.c.tag.in_(_p("tags", expanding=True)))
_ADD = staff.insert().values(
    id=_p("id"), tag=_p("tag"), sealed=_p("sealed"), key_id=_p("key_id"), version=_p("version"), day=_p("day")
)
_SAVE = (
    update(staff)
    .where(staff.c.id == _p("of"), staff.c.version == _p("before"))
    .values(tag=_p("tag"), sealed=_p("sealed"), key_id=_p("key_id"), pepper_id=_p("pepper_id"), version=_p("version"))
)
_REMOVE = delete(staff).where(staff.c.id == _p("of"))


@dataclass(slots=True)
class Member:
    """One of staff."""

    id: bytes
    name: str = field(repr=False)  # she logs in with it, and colleagues see it
    role: str
    status: str = INVITED
    public: bytes = field(default=b"", repr=False)  # 32 bytes of X25519; empty while invited
    proofs: dict[str, Any] = field(default_factory=dict, repr=False)  # password, totp, passkeys, recovery
    epoch: int = 0  # one more at every change that ends all sessions
    owed: bool = False  # earlier reports are still to be shared with her
    day: int = 0
    version: int = 1
    key_id: str = ""
    pepper_id: str = ""


def add(unit: Unit, keyring: Keyring, name: str, role: str, now: datetime) -> Member:
    """A new member, invited. Raises Duplicate when the name is taken."""
    if find(unit, keyring, name) is not None:
        raise Duplicate
    member = Member(new_id(), name, role, day=day_of(now), key_id=keyring.current)
    unit.main.run(
        _ADD,
        id=member.id,
        tag=_tag(keyring, name, keyring.current),
        sealed=_sealed(keyring, member),
        key_id=member.key_id,
        version=member.version,
        day=member.day,
    )
    return member


def find(unit: Unit, keyring: Keyring, name: str) -> bytes | None:
    """The id of whoever has this name; letter case and spaces do not matter."""
    row = unit.main.one(_BY_TAG, tags=[_tag(keyring, name, key_id) for key_id in keyring.ids])
    return None if row is None else row[0]


def fetch(unit: Unit, keyring: Keyring, member_id: bytes, *, hold: bool = True) -> Member | None:
    """A member; None when there is none. Raises Tampered.

    hold  nobody else changes her until this unit ends; false in a unit that only reads
    """
    row = unit.main.one(_BY_ID_HELD if hold else _BY_ID, of=member_id)
    return None if row is None else _opened(keyring, row)


def everybody(unit: Unit, keyring: Keyring) -> list[Member]:
    """All staff, by name. Raises Tampered."""
    return sorted((_opened(keyring, row) for row in unit.main.all(_ALL)), key=lambda one: _plain(one.name))


def edition(unit: Unit) -> tuple[bytes, ...]:
    """What tells whether anything here has changed: each seal begins with a nonce of its own."""
    return tuple(row[0] for row in unit.main.all(_EDITION))


def save(unit: Unit, keyring: Keyring, member: Member) -> None:
    """Keep a member as she is now, under the current key. Raises StorageError when somebody else did meanwhile."""
    before, member.version, member.key_id = member.version, member.version + 1, keyring.current
    kept = unit.main.run(
        _SAVE,
        of=member.id,
        before=before,
        tag=_tag(keyring, member.name, keyring.current),
        sealed=_sealed(keyring, member),
        key_id=member.key_id,
        pepper_id=member.pepper_id,
        version=member.version,
    )
    if kept != 1:
        raise StorageError("staff: somebody else saved her meanwhile; fetch her with `hold` first")


def reseal(unit: Unit, keyring: Keyring, member_id: bytes) -> None:
    """Bring a member under the current key. Her password's pepper follows when she next logs in."""
    member = fetch(unit, keyring, member_id)
    if member is not None:
        save(unit, keyring, member)


def remove(unit: Unit, member_id: bytes) -> None:
    """Take a row away: somebody who never came."""
    unit.main.run(_REMOVE, of=member_id)


def _opened(keyring: Keyring, row: tuple[Any, ...]) -> Member:
    member_id, sealed, key_id, pepper_id, version, day = row
    context = _context(member_id, version, key_id, pepper_id)
    found = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, context))
    return Member(
        id=member_id,
        name=found["name"],
        role=found["role"],
        status=found["status"],
        public=bytes.fromhex(found["public"]),
        proofs=found["proofs"],
        epoch=found["epoch"],
        owed=found["owed"],
        day=day,
        version=version,
        key_id=key_id,
        pepper_id=pepper_id,
    )


def _sealed(keyring: Keyring, member: Member) -> bytes:
    body = {
        "name": member.name,
        "role": member.role,
        "status": member.status,
        "public": member.public.hex(),
        "proofs": member.proofs,
        "epoch": member.epoch,
        "owed": member.owed,
    }
    context = _context(member.id, member.version, member.key_id, member.pepper_id)
    return seal(keyring.key(Purpose.STAFF, member.key_id), json.dumps(body, ensure_ascii=False).encode(), context)


def _context(member_id: bytes, version: int, key_id: str, pepper_id: str) -> Context:
    # The pepper's key stands in clear so that a rotation can count it; it is bound like the rest.
    return Context("staff", "sealed", member_id, report=pepper_id.encode(), seq=version, key_id=key_id)


def _tag(keyring: Keyring, name: str, key_id: str) -> bytes:
    return mac(keyring.key(Purpose.STAFF, key_id), b"name", _plain(name).encode())


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
