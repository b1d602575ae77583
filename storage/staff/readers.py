"""Readers: counsellors whose keys a report's private half is granted to, beside the team's key of the beginning.

A new report is granted to all of them at filing. Earlier ones are granted by somebody who can open them:
a colleague who has logged in, or whoever holds the team's passphrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.reports import grant_to, half_granted
from storage.shredding import day_of
from storage.tables import grants, holders, reports
from storage.teams import vouched_context
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import seal

_p = bindparam
_ENROL = insert(holders).values(
    id=_p("id"),
    kind="counsellor",
    public_key=_p("public_key"),
    vouched=_p("vouched"),
    key_id=_p("key_id"),
    sealed_private=b"",  # hers lies in her own row, under her password
    created_day=_p("day"),
)
_ENROL = _ENROL.on_conflict_do_update(
    index_elements=["id"],
    set_={
        "public_key": _ENROL.excluded.public_key,
        "vouched": _ENROL.excluded.vouched,
        "key_id": _ENROL.excluded.key_id,
        "left_day": None,
    },
)
_LEAVE = update(holders).where(holders.c.id == _p("of")).values(left_day=_p("day"))
_REVOKE = delete(grants).where(grants.c.holder_id == _p("of"))
_LEFT = select(holders.c.id).where(holders.c.left_day.is_not(None))
_SWEEP = delete(grants).where(grants.c.holder_id.in_(_LEFT))

_other = grants.alias("other")
_active = holders.alias("active")
_LACKING = (
    select(grants.c.report_id)
    .where(
        grants.c.holder_id == _p("mine"),
        ~exists().where(_other.c.report_id == grants.c.report_id, _other.c.holder_id == _p("theirs")),
    )
    .order_by(grants.c.report_id)
    .limit(_p("most"))
)
_ALONE = (
    select(func.count())
    .select_from(grants)
    .where(
        grants.c.holder_id == _p("of"),
        ~exists()
        .select_from(_other.join(_active, and_(_active.c.id == _other.c.holder_id, _active.c.left_day.is_(None))))
        .where(_other.c.report_id == grants.c.report_id, _other.c.holder_id != _p("of")),
    )
)
_UNGRANTED = (
    select(func.count())
    .select_from(reports)
    .where(~exists().where(grants.c.report_id == reports.c.id, grants.c.holder_id == _p("of")))
)
_GRANTED = select(grants.c.report_id).where(grants.c.holder_id == _p("of"))
_HOLDERS_OF = select(grants.c.report_id, grants.c.holder_id).where(grants.c.report_id.in_(_p("ids", expanding=True)))
_IS_GRANTED = _GRANTED.where(grants.c.report_id == _p("report"))
BATCH = 500


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who opens reports with a key of her own (or the team with its)."""

    id: bytes
    private: bytes = field(repr=False)


def enrol(unit: Unit, keyring: Keyring, staff_id: bytes, public: bytes, now: datetime) -> None:
    """From now on reports are granted to her key. Grants to an earlier key of hers go: it opens nothing any more."""
    unit.main.run(_REVOKE, of=staff_id)
    unit.main.run(
        _ENROL,
        id=staff_id,
        public_key=public,
        vouched=seal(keyring.key(Purpose.AUDIT), public, vouched_context(staff_id, keyring.current)),
        key_id=keyring.current,
        day=day_of(now),
    )


def leave(unit: Unit, staff_id: bytes, now: datetime) -> int:
    """No report is granted to her any more, and what was granted is taken back; return how many."""
    unit.main.run(_LEAVE, of=staff_id, day=day_of(now))
    return unit.main.run(_REVOKE, of=staff_id)


def sweep(unit: Unit) -> int:
    """Take back what was granted to somebody in the moment she left; return how many."""
    return unit.main.run(_SWEEP)


def hers_alone(unit: Unit, staff_id: bytes) -> int:
    """How many reports nobody but she can open."""
    row = unit.main.one(_ALONE, of=staff_id)
    return int(row[0]) if row else 0


def ungranted(unit: Unit, staff_id: bytes) -> int:
    """How many reports she cannot open."""
    row = unit.main.one(_UNGRANTED, of=staff_id)
    return int(row[0]) if row else 0


def granted(unit: Unit, staff_id: bytes) -> frozenset[bytes]:
    """Every report she can open."""
    return frozenset(report_id for (report_id,) in unit.main.all(_GRANTED, of=staff_id))


def of(unit: Unit, ids: Sequence[bytes]) -> dict[bytes, frozenset[bytes]]:
    """Who can open each of some reports."""
    found: dict[bytes, set[bytes]] = {one: set() for one in ids}
    for at in range(0, len(ids), BATCH):
        for report_id, holder_id in unit.main.all(_HOLDERS_OF, ids=ids[at : at + BATCH]):
            found[report_id].add(holder_id)
    return {one: frozenset(holders) for one, holders in found.items()}


def is_granted(unit: Unit, staff_id: bytes, report_id: bytes) -> bool:
    """Whether she can open a report."""
    return unit.main.one(_IS_GRANTED, of=staff_id, report=report_id) is not None


def lacking(unit: Unit, mine: bytes, theirs: bytes, most: int) -> Sequence[bytes]:
    """Reports that one reader can open and another cannot."""
    return [report_id for (report_id,) in unit.main.all(_LACKING, mine=mine, theirs=theirs, most=most)]


def share(unit: Unit, report_id: bytes, giver: Reader, to_id: bytes, to_public: bytes) -> bool:
    """Grant a report that `giver` can open to another; False when it went meanwhile. Raises Tampered."""
    half = half_granted(unit, report_id, giver.id, giver.private)
    if half is None:
        return False
    grant_to(unit, report_id, half, to_id, to_public)
    return True
