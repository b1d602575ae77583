"""Notes: what colleagues write for each other beside a case. Never for her.

They lie in a table of their own, and only casework/cases/notes.py may import this file (a test holds it): whatever answers
her, sends to her or exports for her cannot reach a note.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from storage.database import Unit
from storage.reports import Report
from storage.shredding import day_of
from storage.tables import notes
from storage.vault.errors import Tampered
from storage.vault.sealing import Context, open_from, seal_to

_p = bindparam
_ADD = notes.insert().values(report_id=_p("report_id"), seq=_p("seq"), sealed=_p("sealed"), day=_p("day"))
_OF = select(notes.c.seq, notes.c.sealed).where(notes.c.report_id == _p("of")).order_by(notes.c.seq)


def add(unit: Unit, report: Report, content: dict[str, Any], now: datetime) -> None:
    """Keep a note. The caller saves the report: it says how many there are."""
    seq = int(report.meta.get("notes", 0)) + 1
    sealed = seal_to(
        report.public_key, report.shred_key, json.dumps(content, ensure_ascii=False).encode(), _context(report.id, seq)
    )
    unit.main.run(_ADD, report_id=report.id, seq=seq, sealed=sealed, day=day_of(now))
    report.meta["notes"] = seq


def read(unit: Unit, report: Report, private: bytes) -> list[dict[str, Any]]:
    """Every note, opened. Raises Tampered when one was changed, moved or taken away."""
    found = []
    for expected, (seq, sealed) in enumerate(unit.main.all(_OF, of=report.id), 1):
        context = _context(report.id, expected)
        if seq != expected:
            raise Tampered(context.place)
        found.append(json.loads(open_from(private, report.shred_key, sealed, context)))
    if len(found) != report.meta.get("notes", 0):
        raise Tampered("notes.sealed")
    return found


def _context(report_id: bytes, seq: int) -> Context:
    return Context("notes", "sealed", report_id, report=report_id, seq=seq)
