"""Retention: a report leaves by itself when nothing has happened to it for as long as the team has decided; two years at first."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from casework.deployment import shelf
from casework.deployment.retention import days_now
from casework.deployment.table import RETENTION
from storage import erasing, reports
from storage.database import Database, Unit
from storage.shredding import day_of
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring


def let_old_reports_go(database: Database, keyring: Keyring, now: datetime) -> list[str]:
    """Erase reports past their time, each in a unit of its own; return what is not as we left it."""
    try:
        days = database.read(lambda unit: days_now(shelf.value(unit, keyring, RETENTION), now))
    except Tampered as fault:
        return [f"{fault}: how long reports stay is not as it was decided; none goes until it is decided anew"]
    before = day_of(now) - days
    old = database.read(lambda unit: reports.idle_since(unit, before))
    faults = (database.work(partial(_let_go, keyring=keyring, report_id=each, before=before, now=now)) for each in old)
    return [fault for fault in faults if fault]


def _let_go(unit: Unit, keyring: Keyring, report_id: bytes, before: int, now: datetime) -> str:
    try:
        report = reports.fetch(unit, keyring, report_id)
    except Tampered as fault:
        return str(fault)
    if report is None:
        return ""
    if report.meta["active"] >= before:  # the day in clear was put back, to have it erased
        return f"report {report_id.hex()[:8]}: its day was changed"
    erasing.erase(unit, keyring, report, now)
    return ""
