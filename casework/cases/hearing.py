"""Hearing: the reporter's side. Handed over to a person, her words into the thread, her last word on it.

All of it inside the unit of work of her message.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework import answers, filing
from casework.cases import delivery, holding, queue, relay, ways
from casework.cases.case import HERS, REPLY, Case
from casework.cases.news import ENDED, ERASED, LEFT, WAITS, WROTE, News
from casework.cases.room import CaseRoom
from casework.filing import Teller
from casework.institutions import told as institutions
from casework.staff.office import short
from casework.taxonomy import kind_of
from casework.triage import Level, level_of
from flows.desk import Slots, Told
from flows.prompt import Lines, Phrase, ReceiptLine, Value, Verbatim
from storage import audit, cases, erasing, reports, threads, ways_back
from storage.database import Unit
from storage.reports import Report
from storage.vault.errors import Tampered
from storage.vault.receipts import ReceiptCode, ReceiptKeys

SHOWN = 120  # letters of her own words in the summary; all of them are handed over
_TOLD = (
    "path",
    "happened",
    "finer",
    "under18",
    "when",
    "where",
    "area",
    "relation",
    "story",
    "photo",
    "wants",
    "name",
)


def hand_over(
    unit: Unit, room: CaseRoom, slots: Slots, teller: Teller, receipt: tuple[ReceiptCode, ReceiptKeys], now: datetime
) -> Told:
    """A new case of what she told and agreed to hand over. She gets its number, and is told how many come before her."""
    danger = str(slots.get("danger", "none"))
    institution = institutions.told(unit, slots)
    told = {name: slots[name] for name in (*_TOLD, "about") if name in slots} | institution.answer
    meta = {
        "status": "waiting",
        "kind": kind_of(told),
        "language": teller.language,
        "channel": teller.channel,
        "district": answers.chosen(told, "area"),
        "institution": institution.id,
        "priority": str(level_of(told, danger, now)),
        "answers": 0,
        "filed": now.isoformat(),
    }
    body = {
        "answers": told,
        "consents": filing.consents(slots),
        "danger": danger,
        "channel": teller.channel,
        "language": teller.language,
        "filed": now.isoformat(),
    }
    report, pair = reports.begin(unit, room.keyring, receipt[1], body, meta, now)
    files = filing.keep_files(unit, report, told, teller, 0)
    case = _wait(unit, room, Case(report), slots, teller, now)
    reports.file(unit, room.keyring, report, pair, now)
    room.tell(unit, News(WAITS, case, now, said=told, files=files))
    values: dict[str, Value] = {
        "receipt": ReceiptLine(receipt[0].grouped.replace(" ", "")),
        "n": _ahead(unit, room, case) + 1,
    }
    return Told("new", values, {"talk": report.id.hex()})


def hand_over_known(unit: Unit, room: CaseRoom, report: Report, slots: Slots, teller: Teller, now: datetime) -> Told:
    """The case that her number opened: it waits for a person from now on, also one she kept for herself till now."""
    case = Case(report)
    institution = institutions.told(unit, slots)
    told = {name: slots[name] for name in (*_TOLD, "about") if name in slots} | institution.answer
    if institution.id:
        report.meta["institution"] = institution.id
    if slots.get("danger") == Level.RED:
        report.meta["priority"] = str(Level.RED)
    files: dict[str, bytes] = {}
    if told:  # what she was about to report, too: it is handed over with the rest
        threads.add(unit, report, HERS, {"said": told, "at": now.isoformat()}, now)
        files = filing.keep_files(unit, report, told, teller, 100 * report.meta["entries"])
    case.come_back(now)
    let_go = holding.part_with_insiders(unit, room, case, now)
    _wait(unit, room, case, slots, teller, now)
    reports.save(unit, room.keyring, report, now)
    if let_go:
        room.tell(unit, News("case released", case, now))
    room.tell(unit, News(WAITS, case, now, said=told, files=files))
    if let_go:
        room.record(unit, "case released", case, None, now)
    return Told("known", {"n": _ahead(unit, room, case) + 1}, {"talk": report.id.hex()})


def summary(room: CaseRoom, slots: Slots) -> Told:
    """What would be handed over, for her to look at: "ok", or "nothing" where she has told nothing yet."""
    lines = []
    for name in ("happened", "when", "where"):
        key = f"report.{name}.{answers.chosen(slots, name)}"
        if room.phrasebook.has(key):
            lines.append(Phrase(key))
    for name in ("story", "about"):
        said = " ".join(answers.words(slots, name))
        if said:
            short = said if len(said) <= SHOWN else said[: SHOWN - 1] + "…"
            lines.append(Phrase("human.summary.words", {"words": Verbatim(short)}))
    name = " ".join(answers.words(slots, "name"))
    if name:
        lines.append(Phrase("human.summary.name", {"name": Verbatim(name[:SHOWN])}))
    return Told("ok", {"summary": Lines(tuple(lines))}) if lines else Told("nothing")


def stands(unit: Unit, room: CaseRoom, talk: str) -> str:
    """How her talk stands: "open", "asked" (it was closed and she is asked whether it helped), "closed" or "gone"."""
    report = reports.fetch(unit, room.keyring, bytes.fromhex(talk))
    if report is None or report.meta["status"] in ("withdrawn", "private"):
        return "gone"
    case = Case(report)
    if case.is_open:
        return "open"
    return "asked" if case.desk.get("helped") == "asked" else "closed"


def hear(unit: Unit, room: CaseRoom, slots: Slots, teller: Teller, now: datetime) -> Told:
    """Her words into the thread, her files with them. A closed case is open again by it.

    slots  talk: hexadecimal id; said: {"words": […], "media": […]}; danger
    """
    report = reports.fetch(unit, room.keyring, bytes.fromhex(str(slots["talk"])))
    if report is None or report.meta["status"] in ("withdrawn", "private"):
        return Told("gone")
    case = Case(report)
    said = slots["said"]
    threads.add(unit, report, HERS, {"said": said, "at": now.isoformat()}, now)
    files = filing.keep_files(unit, report, {"said": said}, teller, 100 * report.meta["entries"])
    case.come_back(now)
    if slots.get("danger") == Level.RED:
        report.meta["priority"] = str(Level.RED)
    if case.asked is None:
        case.desk["asked"] = int(now.timestamp())
    if case.desk.get("back") == "here":
        ways_back.lease(unit, room.keyring, report, _route(teller), now)
        if case.desk.get("awaits"):  # answered after the lease was over, while the talk stood open
            relay.take_up(unit, room, case, ways.of(_route(teller)), now)
    reports.save(unit, room.keyring, report, now)
    room.tell(unit, News(WROTE, case, now, said={"said": said}, files=files))
    return Told("ok")


def here_again(unit: Unit, room: CaseRoom, slots: Slots, teller: Teller, now: datetime) -> Told:
    """She writes after somebody has answered her: what waits for that goes, and the talk is open where she is now."""
    report = reports.fetch(unit, room.keyring, bytes.fromhex(str(slots["talk"])))
    if report is None:
        return Told("gone")
    case, route = Case(report), _route(teller)
    case.desk["back"] = "here"
    case.report.meta["language"], case.report.meta["channel"] = teller.language, teller.channel
    ways_back.lease(unit, room.keyring, report, route, now)
    relay.take_up(unit, room, case, ways.of(route), now)
    reports.save(unit, room.keyring, report, now)
    return Told("ok")


def helped(unit: Unit, room: CaseRoom, slots: Slots, now: datetime) -> Told:
    """Her answer to whether it helped; it is asked once."""
    report = reports.fetch(unit, room.keyring, bytes.fromhex(str(slots["talk"])))
    if report is None:
        return Told("gone")
    Case(report).desk["helped"] = "yes" if slots.get("helped") == "yes" else "no"
    reports.save(unit, room.keyring, report, now)
    return Told("ok")


def end(unit: Unit, room: CaseRoom, slots: Slots, now: datetime) -> Told:
    """She ends the talk: nothing is sent to her any more; what she has not got waits for her number."""
    _let_her_go(unit, room, bytes.fromhex(str(slots["talk"])), now, status="")
    return Told("ok")


def leave(unit: Unit, room: CaseRoom, report_id: bytes, now: datetime) -> None:
    """Panic and STOP: the same, and the case says that she left. One that does not open keeps nobody here."""
    try:
        _let_her_go(unit, room, report_id, now, status="left")
    except Tampered as fault:
        audit.note_fault(unit, room.keyring, str(fault), now)


def replies(unit: Unit, room: CaseRoom, report: Report, private: bytes, teller: Teller, now: datetime) -> Told:
    """What waits for whoever has the number, once, in order. Files follow by themselves, where she writes now if they
    can go there; else they stay, and she hears of them.

    "some", "some_kept": words, and files that stay. "files": only files. "kept": only files that stay. "none".
    """
    case = Case(report)
    carries = teller.channel in relay.CARRY_FILES
    given = delivery.take_unseen(unit, case, now, files=carries)
    kept = any(case.sent[str(seq)].get("file") for seq in delivery.unseen(case)) and not carries
    if not given and not kept:
        return Told("none")
    ways.call_off(unit, case, now)
    thread = threads.read(unit, report, private)
    texts = []
    for entry in (thread[seq - 1] for seq in given):
        if "file" in entry:
            words = relay.written(unit, case, private, entry)
            relay.put(unit, room, case, thread.index(entry) + 1, words, ways.of(_route(teller)), now)
        elif entry["kind"] == REPLY:
            texts.append(str(entry["text"]))
    reports.save(unit, room.keyring, report, now)
    if not texts:
        return Told("kept" if kept else "files")
    return Told("some_kept" if kept else "some", {"replies": Verbatim("\n\n".join(texts))})


def erase(unit: Unit, room: CaseRoom, report: Report, now: datetime) -> None:
    """Shred it with all that hangs on it; whoever held it sees that it was erased, and no more."""
    if _shred(unit, room, Case(report), frozenset(), now):
        cases.log(unit, room.keyring, "case erased by its reporter", Case(report).code, now)


def shred(unit: Unit, room: CaseRoom, case: Case, by: tuple[bytes, bytes], now: datetime) -> None:
    """The same by staff, of whom two agreed. Those two know; others who held it see that it is gone."""
    _shred(unit, room, case, frozenset(by), now)
    cases.log(unit, room.keyring, "case shredded", f"{case.code} by {' and '.join(map(short, by))}", now)


def _shred(unit: Unit, room: CaseRoom, case: Case, knowing: frozenset[bytes], now: datetime) -> bool:
    """Whether anybody had it."""
    delivery.take_back_all(unit, case, now)
    room.tell(unit, News(ERASED, case, now))
    erasing.erase(unit, room.keyring, case.report, now)
    told = {one for one in (case.holder, *case.joined) if one is not None}
    for staff_id in told - knowing:
        cases.note_erased(unit, room.keyring, staff_id, case.code, now)
    return bool(told)


def _wait(unit: Unit, room: CaseRoom, case: Case, slots: Slots, teller: Teller, now: datetime) -> Case:
    moment = int(now.timestamp())
    ways.call_off(unit, case, now)
    case.desk.update(since=moment, asked=moment, back="number" if slots.get("back") == "number" else "here")
    case.report.meta["language"], case.report.meta["channel"] = teller.language, teller.channel
    if case.desk["back"] == "here":
        ways_back.lease(unit, room.keyring, case.report, _route(teller), now)
    else:
        ways_back.drop(unit, "lease", case.report.refs.pop("lease", None))
    return case


def _ahead(unit: Unit, room: CaseRoom, case: Case) -> int:
    return 0 if case.holder is not None else queue.ahead_of(case, room.standings.nobodys(unit, room.keyring))


def _route(teller: Teller) -> dict[str, Any]:
    return {
        "channel": teller.channel,
        "address": teller.address,
        "owner": teller.sender.outbox_tag.hex(),
        "language": teller.language,
    }


def _let_her_go(unit: Unit, room: CaseRoom, report_id: bytes, now: datetime, *, status: str) -> None:
    report = reports.fetch(unit, room.keyring, report_id)
    if report is None:
        return
    case = Case(report)
    delivery.take_back_all(unit, case, now)
    case.desk["asked"], case.desk["back"] = None, "number"
    if status:
        case.status = status
        ways_back.let_go(unit, report)
    else:
        ways_back.drop(unit, "lease", report.refs.pop("lease", None))
    reports.save(unit, room.keyring, report, now)
    room.tell(unit, News(LEFT if status else ENDED, case, now))
