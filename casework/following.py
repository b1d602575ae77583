"""What she can do with her number: add, take back, send a private record, erase.

Fifteen minutes after it was sent the number is closed again: a phone left lying opens nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from casework import filing
from casework.cases import delivery, hearing
from casework.cases.case import Case
from casework.cases.news import FILED, LEFT, WITHDRAWN, WROTE, News
from casework.cases.room import CaseRoom
from flows.desk import Slots, Told
from flows.prompt import Value
from storage import audit, counting, erasing, reports, threads, ways_back
from storage.database import Unit
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

OPEN_FOR = timedelta(minutes=15)
_ADDED = 1  # kind of an entry: her own words


def tell(unit: Unit, keyring: Keyring, slots: Slots, now: datetime) -> Told:
    """How the report stands: ok, private, withdrawn, gone or closed."""
    report, trouble = opened(unit, keyring, slots, now)
    if report is None:
        return Told(trouble)
    status = report.meta["status"]
    values: dict[str, Value] = {
        "n": int(report.meta.get("answers", 0)),
        "filed": date(1970, 1, 1) + timedelta(days=report.day),
    }
    return Told(status if status in ("private", "withdrawn") else "ok", values)


def add(unit: Unit, room: CaseRoom, slots: Slots, teller: filing.Teller, now: datetime) -> Told:
    report, trouble = opened(unit, room.keyring, slots, now)
    if report is None:
        return Told(trouble)
    case, said = Case(report), {"said": slots.get("more")}
    if case.status == "left":  # she is here again, and asks for nobody yet
        case.status = "new" if case.holder is None else "held"
    threads.add(unit, report, _ADDED, {**said, "at": now.isoformat()}, now)
    files = filing.keep_files(unit, report, said, teller, 100 * report.meta["entries"])
    reports.save(unit, room.keyring, report, now)
    if case.status != "private":
        room.tell(unit, News(WROTE, case, now, said=said, files=files))
    return Told("ok")


def send(unit: Unit, room: CaseRoom, slots: Slots, teller: filing.Teller, now: datetime) -> Told:
    """Turn a private record into a report that the team reads."""
    report, trouble = opened(unit, room.keyring, slots, now)
    if report is None:
        return Told(trouble)
    if report.meta["status"] == "private":
        report.meta["status"] = "new"
        filing.allow(unit, room.keyring, report, slots, teller, now)
        reports.save(unit, room.keyring, report, now)
        room.tell(unit, News(FILED, Case(report), now))
    return Told("ok")


def withdraw(unit: Unit, room: CaseRoom, slots: Slots, now: datetime) -> Told:
    """Take it back: it is not worked on and not counted; she can still open and erase it."""
    report, trouble = opened(unit, room.keyring, slots, now)
    if report is None:
        return Told(trouble)
    report.meta["status"] = "withdrawn"
    delivery.take_back_all(unit, Case(report), now)
    counting.uncount(unit, report)
    ways_back.let_go(unit, report)
    reports.save(unit, room.keyring, report, now)
    room.tell(unit, News(WITHDRAWN, Case(report), now))
    return Told("ok")


def erase(unit: Unit, room: CaseRoom, slots: Slots, now: datetime) -> Told:
    report, trouble = opened(unit, room.keyring, slots, now)
    if report is None:
        of = slots.get("report")
        erased = trouble == "gone" and isinstance(of, str) and erasing.under_way(unit, bytes.fromhex(of))
        return Told("ok" if erased else trouble)
    hearing.erase(unit, room, report, now)
    return Told("ok")


def leave(unit: Unit, room: CaseRoom, teller: filing.Teller, now: datetime) -> None:
    """Panic: what was sent stays, marked "left", and nothing leads back to her any more."""
    for report_id in ways_back.linked(unit, room.keyring, teller.sender, now):
        try:
            report = reports.fetch(unit, room.keyring, report_id)
        except Tampered as fault:  # what does not open keeps nobody here
            audit.note_fault(unit, room.keyring, str(fault), now)
            continue
        if report is not None:
            delivery.take_back_all(unit, Case(report), now)
            report.meta["status"] = "left"
            ways_back.let_go(unit, report)
            reports.save(unit, room.keyring, report, now)
            room.tell(unit, News(LEFT, Case(report), now))


def opened(unit: Unit, keyring: Keyring, slots: Slots, now: datetime) -> tuple[reports.Report | None, str]:
    """The report that her number opened in this talk; None with "gone" or "closed"."""
    since, report_id = slots.get("opened"), slots.get("report")
    if not isinstance(since, str) or not isinstance(report_id, str):
        return None, "gone"
    if now - datetime.fromisoformat(since) > OPEN_FOR:
        return None, "closed"
    return reports.fetch(unit, keyring, bytes.fromhex(report_id)), "gone"
