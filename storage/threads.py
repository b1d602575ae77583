"""Threads: what is added to a report, each entry chained to the one before."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from storage.database import Unit
from storage.reports import Report
from storage.shredding import day_of
from storage.tables import entries
from storage.vault.chains import BEGINNING, link
from storage.vault.errors import Tampered
from storage.vault.sealing import Context, half, open_from, seal_to

_p = bindparam
_LAST = (
    select(entries.c.seq, entries.c.hash).where(entries.c.report_id == _p("of")).order_by(entries.c.seq.desc()).limit(1)
)
_ENTRY = entries.insert().values(
    report_id=_p("report_id"),
    seq=_p("seq"),
    kind=_p("kind"),
    previous_hash=_p("previous_hash"),
    hash=_p("hash"),
    sealed=_p("sealed"),
    day=_p("day"),
)
_ENTRIES = (
    select(entries.c.seq, entries.c.kind, entries.c.previous_hash, entries.c.hash, entries.c.sealed)
    .where(entries.c.report_id == _p("of"))
    .order_by(entries.c.seq)
)


def add(unit: Unit, report: Report, kind: int, content: dict[str, Any], now: datetime) -> None:
    """Add to a report's thread. The caller saves the report: it says how many entries there are."""
    seq, previous = unit.main.one(_LAST, of=report.id) or (0, BEGINNING)
    seq += 1
    body = json.dumps({**content, "kind": kind}, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = seal_to(report.public_key, report.shred_key, body, _context(report.id, seq))
    unit.main.run(
        _ENTRY,
        report_id=report.id,
        seq=seq,
        kind=kind,
        previous_hash=previous,
        hash=link(previous, seq, sealed),
        sealed=sealed,
        day=day_of(now),
    )
    report.meta["entries"] = seq


def read(unit: Unit, report: Report, private: bytes) -> list[dict[str, Any]]:
    """Every entry, opened. Raises Tampered when one was changed, moved, left out or cut off."""
    thread, expected, previous = [], 1, BEGINNING
    opens = half(private)
    for seq, kind, before, digest, sealed in unit.main.all(_ENTRIES, of=report.id):
        context = _context(report.id, seq)
        if seq != expected or before != previous or link(previous, seq, sealed) != digest:
            raise Tampered(context.place)
        entry: dict[str, Any] = json.loads(open_from(opens, report.shred_key, sealed, context))
        if entry["kind"] != kind:
            raise Tampered(context.place)
        thread.append(entry)
        expected, previous = seq + 1, digest
    if len(thread) != report.meta["entries"]:
        raise Tampered("entries.sealed")
    return thread


def _context(report_id: bytes, seq: int) -> Context:
    return Context("entries", "sealed", report_id, report=report_id, seq=seq)
