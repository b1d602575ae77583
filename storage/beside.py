"""What lies beside a report's thread: numbered, sealed to the report's pair inside its shred key, added and never changed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select

from storage.database import Unit
from storage.reports import Report
from storage.shredding import day_of
from storage.vault.errors import Tampered
from storage.vault.sealing import Context, half, open_from, seal_to

_p = bindparam


class Beside:
    """One table of it. The report's meta says, under the table's name, how many there are."""

    def __init__(self, table: Table) -> None:
        self._name = table.name
        self._add = table.insert().values(report_id=_p("report_id"), seq=_p("seq"), sealed=_p("sealed"), day=_p("day"))
        self._of = select(table.c.seq, table.c.sealed).where(table.c.report_id == _p("of")).order_by(table.c.seq)

    def add(self, unit: Unit, report: Report, content: dict[str, Any], now: datetime) -> None:
        """Keep one more. The caller saves the report: it says how many there are."""
        seq = int(report.meta.get(self._name, 0)) + 1
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        sealed = seal_to(report.public_key, report.shred_key, body, self._context(report.id, seq))
        unit.main.run(self._add, report_id=report.id, seq=seq, sealed=sealed, day=day_of(now))
        report.meta[self._name] = seq

    def read(self, unit: Unit, report: Report, private: bytes) -> list[dict[str, Any]]:
        """Every one, opened, in order. Raises Tampered when one was changed, moved or taken away."""
        found, opens = [], half(private)
        for expected, (seq, sealed) in enumerate(unit.main.all(self._of, of=report.id), 1):
            context = self._context(report.id, expected)
            if seq != expected:
                raise Tampered(context.place)
            found.append(json.loads(open_from(opens, report.shred_key, sealed, context)))
        if len(found) != report.meta.get(self._name, 0):
            raise Tampered(f"{self._name}.sealed")
        return found

    def _context(self, report_id: bytes, seq: int) -> Context:
        return Context(self._name, "sealed", report_id, report=report_id, seq=seq)
