"""Doors: how each of staff can be reached outside the console, everything of it in one seal.

Her Telegram account is found by a keyed tag, so that an update of the staff bot leads to her and a stolen table to nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from storage.database import StorageError, Unit
from storage.tables import staff_doors
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, mac, open_sealed, seal

WAYS = ("telegram", "sms", "whatsapp")  # by which she may be paged

_p = bindparam
_ALL = select(staff_doors.c.staff_id, staff_doors.c.sealed, staff_doors.c.key_id, staff_doors.c.version)
_ONE = _ALL.where(staff_doors.c.staff_id == _p("of"))
_HELD = _ONE.with_for_update()
_BY_TAG = _ALL.where(staff_doors.c.tag.in_(_p("tags", expanding=True)))
_ADD = staff_doors.insert().values(
    staff_id=_p("staff_id"), tag=_p("tag"), sealed=_p("sealed"), key_id=_p("key_id"), version=1
)
_SAVE = (
    update(staff_doors)
    .where(staff_doors.c.staff_id == _p("of"), staff_doors.c.version == _p("before"))
    .values(tag=_p("tag"), sealed=_p("sealed"), key_id=_p("key_id"), version=_p("version"))
)
_REMOVE = delete(staff_doors).where(staff_doors.c.staff_id == _p("of"))


@dataclass(slots=True)
class Doors:
    """How one of staff can be reached."""

    id: bytes  # hers, as in `people`
    telegram: int | None = field(default=None, repr=False)  # her private chat with the staff bot
    phone: str | None = field(default=None, repr=False)  # "+92…"
    page_by: str | None = None  # one of WAYS; None: she is not paged
    content: bool = False  # a reporter's words may stand in what is pushed to her
    language: str = ""  # in which she is written to; "": English
    flat: bool = False  # she was told that her chat has no topics
    version: int = 0  # 0: nothing is kept of her yet


def fetch(unit: Unit, keyring: Keyring, staff_id: bytes, *, hold: bool = True) -> Doors:
    """How she can be reached; by no door, where nothing is kept of her. Raises Tampered.

    hold  nobody else changes it until this unit ends; false in a unit that only reads
    """
    row = unit.main.one(_HELD if hold else _ONE, of=staff_id)
    return Doors(staff_id) if row is None else _opened(keyring, row)


def everybody(unit: Unit, keyring: Keyring) -> list[Doors]:
    """Everybody of whom a door is kept. Raises Tampered."""
    return [_opened(keyring, row) for row in unit.main.all(_ALL)]


def by_telegram(unit: Unit, keyring: Keyring, chat: int) -> Doors | None:
    """Whose account this is; None for a stranger's. Raises Tampered."""
    row = unit.main.one(_BY_TAG, tags=[_tag(keyring, chat, key_id) for key_id in keyring.ids])
    found = None if row is None else _opened(keyring, row)
    return found if found is not None and found.telegram == chat else None


def save(unit: Unit, keyring: Keyring, doors: Doors) -> None:
    """Keep how she can be reached, under the current key.

    Raises Duplicate when the Telegram account is somebody else's, StorageError when somebody else saved hers meanwhile.
    """
    before, doors.version = doors.version, doors.version + 1
    tag = None if doors.telegram is None else _tag(keyring, doors.telegram, keyring.current)
    row: dict[str, Any] = {"tag": tag, "sealed": _sealed(keyring, doors), "key_id": keyring.current}
    if before == 0:
        unit.main.run(_ADD, staff_id=doors.id, **row)
    elif unit.main.run(_SAVE, of=doors.id, before=before, version=doors.version, **row) != 1:
        raise StorageError("staff doors: somebody else saved hers meanwhile; fetch them with `hold` first")


def remove(unit: Unit, staff_id: bytes) -> None:
    """By no door any more: she left."""
    unit.main.run(_REMOVE, of=staff_id)


def reseal(unit: Unit, keyring: Keyring, staff_id: bytes) -> None:
    """Bring her row under the current key."""
    doors = fetch(unit, keyring, staff_id)
    if doors.version:
        save(unit, keyring, doors)


def _sealed(keyring: Keyring, doors: Doors) -> bytes:
    body = {
        "telegram": doors.telegram,
        "phone": doors.phone,
        "page_by": doors.page_by,
        "content": doors.content,
        "language": doors.language,
        "flat": doors.flat,
    }
    context = _context(doors.id, doors.version, keyring.current)
    return seal(keyring.key(Purpose.STAFF), json.dumps(body).encode(), context)


def _opened(keyring: Keyring, row: tuple[Any, ...]) -> Doors:
    staff_id, sealed, key_id, version = row
    body = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, _context(staff_id, version, key_id)))
    return Doors(staff_id, version=version, **body)


def _context(staff_id: bytes, version: int, key_id: str) -> Context:
    return Context("staff_doors", "sealed", staff_id, seq=version, key_id=key_id)


def _tag(keyring: Keyring, chat: int, key_id: str) -> bytes:
    return mac(keyring.key(Purpose.STAFF, key_id), b"telegram", str(chat).encode())
