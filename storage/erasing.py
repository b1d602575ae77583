"""Erasing a report and all that hangs on it: its key first, then its rows; a kill in between is finished later."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from storage import audit, counting, heads, shredding, ways_back
from storage.database import Unit
from storage.reports import Report
from storage.tables import (
    casebook,
    entries,
    erasures,
    grants,
    notes,
    report_media,
    reports,
    staff_topics,
    unshown,
)
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal

_p = bindparam
_ERASING = (
    insert(erasures)
    .values(report_id=_p("report_id"), sealed=_p("sealed"), key_id=_p("key_id"), day=_p("day"))
    .on_conflict_do_nothing(index_elements=["report_id"])
)
_ERASURES = select(erasures.c.report_id, erasures.c.sealed, erasures.c.key_id)
_UNDER_WAY = select(erasures.c.report_id).where(erasures.c.report_id == _p("of"))
_ERASED = delete(erasures).where(erasures.c.report_id == _p("of"))
_OWN_ROWS = tuple(
    delete(column.table).where(column == _p("of"))
    for column in (
        entries.c.report_id,
        notes.c.report_id,
        casebook.c.report_id,
        report_media.c.report_id,
        grants.c.report_id,
        staff_topics.c.report_id,
        unshown.c.report_id,
        reports.c.id,
    )
)


def erase(unit: Unit, keyring: Keyring, report: Report, now: datetime) -> None:
    """Shred a report and take all that hangs on it along. The keys commit first; see `finish`."""
    body = json.dumps(report.refs).encode()
    sealed = seal(keyring.key(Purpose.METADATA), body, context_of(report.id, keyring.current))
    unit.keys.run(_ERASING, report_id=report.id, sealed=sealed, key_id=keyring.current, day=shredding.day_of(now))
    shredding.shred(unit, report.id)
    heads.forget(unit, report.id)
    _take_along(unit, report.id, report.refs)


def under_way(unit: Unit, report_id: bytes) -> bool:
    """Whether it was erased already and only its rows may still be there: a kill came between the two commits."""
    return unit.keys.one(_UNDER_WAY, of=report_id) is not None


def finish(unit: Unit, keyring: Keyring, now: datetime) -> int:
    """Erasures whose rows may not have gone yet (a kill between two commits); return how many."""
    found = unit.keys.all(_ERASURES)
    for report_id, sealed, key_id in found:
        context = context_of(report_id, key_id)
        try:
            refs = json.loads(open_sealed(keyring.key(Purpose.METADATA, key_id), sealed, context))
        except Tampered as fault:  # its key is gone all the same, and its own rows can go
            refs = {}
            audit.note_fault(unit, keyring, str(fault), now)
        _take_along(unit, report_id, refs)
        unit.keys.run(_ERASED, of=report_id)
    return len(found)


def take_rows(unit: Unit, report_id: bytes) -> None:
    """Take away the rows of a report that no key opens any more: what an old backup brought back."""
    _take_along(unit, report_id, {})


def context_of(report_id: bytes, key_id: str) -> Context:
    return Context("erasures", "sealed", report_id, key_id=key_id)


def _take_along(unit: Unit, report_id: bytes, refs: dict[str, str]) -> None:
    for name, reference in refs.items():
        ways_back.drop(unit, name, reference)
        counting.drop(unit, name, reference)
    for statement in _OWN_ROWS:
        unit.main.run(statement, of=report_id)
