"""Staff rows that somebody put back: an older one, sealed by ourselves, would bring back an old password or somebody who left.

So once a day each member's version and a hash of her row go to the keys database, like those of reports (heads.py). Who is
older than that logs in no more, and the doctor names her row; what was changed since the last copy is not found.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.heads import Head, Look
from storage.shredding import day_of
from storage.staff import people
from storage.tables import heads, staff
from storage.vault.chains import BEGINNING, link
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

KIND = "staff"

_p = bindparam
_ROWS = select(staff.c.id, staff.c.version, staff.c.sealed).order_by(staff.c.id)
_KNOWN = select(heads.c.id, heads.c.seq, heads.c.hash).where(heads.c.kind == KIND)
_ONE = select(heads.c.seq).where(heads.c.kind == KIND, heads.c.id == _p("of"))
_THERE = select(staff.c.id).where(staff.c.id == _p("of")).with_for_update()
_KEEP = insert(heads).values(kind=KIND, id=_p("id"), seq=_p("seq"), hash=_p("hash"), day=_p("day"))
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=["kind", "id"],
    set_={"seq": _KEEP.excluded.seq, "hash": _KEEP.excluded.hash, "day": _KEEP.excluded.day},
    where=heads.c.seq <= _KEEP.excluded.seq,
)
_FORGET = delete(heads).where(heads.c.kind == KIND, heads.c.id == _p("of"))


def look(unit: Unit, keyring: Keyring) -> Look:
    """Look at every member's row. For a unit that reads."""
    known = {head_id: (seq, digest) for head_id, seq, digest in unit.keys.all(_KNOWN)}
    faults, sound = [], []
    for member_id, version, sealed in unit.main.all(_ROWS):
        head = Head(KIND, member_id, version, link(BEGINNING, version, sealed))
        fault = _fault(unit, keyring, head, known.pop(member_id, None))
        if fault:
            faults.append(f"staff {member_id.hex()[:8]}: {fault}")
        else:
            sound.append(head)
    faults += [f"staff {gone.hex()[:8]}: her row is gone, and nobody removed it" for gone in known]
    return Look(faults, sound)


def keep(unit: Unit, sound: list[Head], now: datetime) -> None:
    """Keep what was sound. What is not keeps the head it had."""
    for head in sound:
        if unit.main.one(_THERE, of=head.id) is not None:  # removed meanwhile: then nobody must miss her
            unit.keys.run(_KEEP, id=head.id, seq=head.seq, hash=head.hash, day=day_of(now))


def behind(unit: Unit, member: people.Member) -> bool:
    """Whether a member's row is older than she was seen before."""
    known = unit.keys.one(_ONE, of=member.id)
    return known is not None and known[0] > member.version


def forget(unit: Unit, member_id: bytes) -> None:
    """A member whose row goes is not missed."""
    unit.keys.run(_FORGET, of=member_id)


def _fault(unit: Unit, keyring: Keyring, head: Head, known: tuple[int, bytes] | None) -> str:
    if known is not None and known[0] > head.seq:
        return "put back to an earlier state"
    if known is not None and known[0] == head.seq:
        return "" if known[1] == head.hash else "changed by somebody else"
    try:
        people.fetch(unit, keyring, head.id, hold=False)
    except Tampered as fault:
        return str(fault)
    return ""
