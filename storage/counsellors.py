"""Counsellors at the desk: in which languages each answers, how many cases she carries, when she is on duty."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.database import StorageError, Unit
from storage.tables import counsellors
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal

CAPACITY = 5  # cases at one time, unless somebody says otherwise

_p = bindparam
_EDITION = select(func.substr(counsellors.c.sealed, 1, 12)).order_by(counsellors.c.staff_id)
_ALL = select(counsellors.c.staff_id, counsellors.c.sealed, counsellors.c.key_id, counsellors.c.version)
_ONE = _ALL.where(counsellors.c.staff_id == _p("of"))
_HELD = _ONE.with_for_update()
_MAKE = insert(counsellors).values(staff_id=_p("staff_id"), sealed=_p("sealed"), key_id=_p("key_id"), version=1)
_MAKE = _MAKE.on_conflict_do_nothing(index_elements=["staff_id"])
_SAVE = (
    update(counsellors)
    .where(counsellors.c.staff_id == _p("of"), counsellors.c.version == _p("before"))
    .values(sealed=_p("sealed"), key_id=_p("key_id"), version=_p("version"))
)


class Shift(NamedTuple):
    """Every week, on one day, by the team's clock."""

    day: int  # Monday is 0
    opens: int  # minutes since midnight; over 1440 on the next day
    closes: int
    kind: str  # "desk": she takes cases; "call": she is only called for what cannot wait


class Change(NamedTuple):
    """Once, whatever her week says; of two that overlap the later in her list holds."""

    start: int  # seconds since 1970
    end: int
    kind: str  # as above, or "off"


@dataclass(slots=True)
class Counsellor:
    """How one of staff works at the desk."""

    id: bytes
    languages: tuple[str, ...] = ()  # codes as in locales/; none: every one
    capacity: int = CAPACITY
    called: str = ""  # what she calls herself to reporters; never her name
    institutions: tuple[str, ...] = ()  # ids of those she belongs to: no case about one of them comes to her
    week: tuple[Shift, ...] = ()
    changes: tuple[Change, ...] = ()
    version: int = 1

    def speaks(self, language: str) -> bool:
        return not self.languages or language in self.languages


def held(unit: Unit, keyring: Keyring, staff_id: bytes) -> Counsellor:
    """How she works, and nobody else changes it or gives her a case until this unit ends. Raises Tampered."""
    row = unit.main.one(_HELD, of=staff_id)
    if row is None:
        fresh = Counsellor(staff_id)
        unit.main.run(_MAKE, staff_id=staff_id, sealed=_sealed(keyring, fresh), key_id=keyring.current)
        row = unit.main.one(_HELD, of=staff_id)
    if row is None:
        raise StorageError("counsellors: a row that was made is not there")
    return _opened(keyring, row)


def look(unit: Unit, keyring: Keyring, staff_id: bytes) -> Counsellor:
    """How she works, to read only. Raises Tampered."""
    row = unit.main.one(_ONE, of=staff_id)
    return Counsellor(staff_id) if row is None else _opened(keyring, row)


def everybody(unit: Unit, keyring: Keyring) -> list[Counsellor]:
    """Whoever has ever been at the desk. Raises Tampered."""
    return [_opened(keyring, row) for row in unit.main.all(_ALL)]


def edition(unit: Unit) -> tuple[bytes, ...]:
    """What tells whether anything here has changed: each seal begins with a nonce of its own."""
    return tuple(row[0] for row in unit.main.all(_EDITION))


def save(unit: Unit, keyring: Keyring, one: Counsellor) -> None:
    """Keep how she works, under the current key. Hold her first."""
    before, one.version = one.version, one.version + 1
    kept = unit.main.run(
        _SAVE,
        of=one.id,
        before=before,
        sealed=_sealed(keyring, one),
        key_id=keyring.current,
        version=one.version,
    )
    if kept != 1:
        raise StorageError("counsellors: somebody else saved her meanwhile; hold her first")


def reseal(unit: Unit, keyring: Keyring, staff_id: bytes) -> None:
    """Bring her row under the current key."""
    save(unit, keyring, held(unit, keyring, staff_id))


def _sealed(keyring: Keyring, one: Counsellor) -> bytes:
    body = {
        "languages": one.languages,
        "capacity": one.capacity,
        "called": one.called,
        "institutions": one.institutions,
        "week": one.week,
        "changes": one.changes,
    }
    context = _context(one.id, one.version, keyring.current)
    return seal(keyring.key(Purpose.STAFF), json.dumps(body, ensure_ascii=False).encode(), context)


def _opened(keyring: Keyring, row: tuple[bytes, bytes, str, int]) -> Counsellor:
    staff_id, sealed, key_id, version = row
    body = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, _context(staff_id, version, key_id)))
    return Counsellor(
        staff_id,
        tuple(body["languages"]),
        body["capacity"],
        body["called"],
        tuple(body["institutions"]),
        tuple(Shift(*one) for one in body["week"]),
        tuple(Change(*one) for one in body["changes"]),
        version,
    )


def _context(staff_id: bytes, version: int, key_id: str) -> Context:
    return Context("counsellors", "sealed", staff_id, seq=version, key_id=key_id)
