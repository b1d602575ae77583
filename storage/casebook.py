"""The casebook: what belongs to a case beside the talk. Referrals, the safety plan, what was done and who agreed to it.

Each is added and none is changed: the latest of a kind stands, the earlier ones are its history. Written with the report's
public half, so that any worker may add one; read with the private half only.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from storage.database import Unit
from storage.reports import Report
from storage.shredding import day_of
from storage.tables import casebook
from storage.vault.errors import Tampered
from storage.vault.sealing import Context, open_from, seal_to

_p = bindparam
_ADD = casebook.insert().values(report_id=_p("report_id"), seq=_p("seq"), sealed=_p("sealed"), day=_p("day"))
_OF = select(casebook.c.seq, casebook.c.sealed).where(casebook.c.report_id == _p("of")).order_by(casebook.c.seq)


def add(unit: Unit, report: Report, content: dict[str, Any], now: datetime) -> None:
    """Write into it. The caller saves the report: it says how many there are."""
    seq = int(report.meta.get("casebook", 0)) + 1
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = seal_to(report.public_key, report.shred_key, body, _context(report.id, seq))
    unit.main.run(_ADD, report_id=report.id, seq=seq, sealed=sealed, day=day_of(now))
    report.meta["casebook"] = seq


def read(unit: Unit, report: Report, private: bytes) -> list[dict[str, Any]]:
    """Everything in it, opened, in order. Raises Tampered when one was changed, moved or taken away."""
    found = []
    for expected, (seq, sealed) in enumerate(unit.main.all(_OF, of=report.id), 1):
        context = _context(report.id, expected)
        if seq != expected:
            raise Tampered(context.place)
        found.append(json.loads(open_from(private, report.shred_key, sealed, context)))
    if len(found) != report.meta.get("casebook", 0):
        raise Tampered("casebook.sealed")
    return found


def _context(report_id: bytes, seq: int) -> Context:
    return Context("casebook", "sealed", report_id, report=report_id, seq=seq)
