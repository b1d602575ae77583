"""Relay: a counsellor's words to the reporter, by the outbox. Only what stands in the thread as a reply goes out.

She is answered where she last wrote, for 24 hours. After that, or where she wants no call-back, an answer waits in the
thread for her number. What she has not got yet goes before what is new, so that she reads in the order of writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.cases import delivery, holding
from casework.cases.case import REPLY, Case
from casework.cases.refusals import NothingSaid, NotOpen, NotYours, OptedOut, WindowClosed
from casework.cases.room import CaseRoom
from casework.staff.office import short
from storage import outbox, reports, threads, ways_back
from storage.database import Unit
from storage.vault.randomness import new_id

LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it at once."""

    seq: int  # in the thread
    state: str  # "queued" or "waiting"


def reply(
    room: CaseRoom,
    by: bytes,
    report_id: bytes,
    text: str,
    now: datetime,
    *,
    keep: bool = False,
    private: bytes | None = None,
    chat: int = 0,
) -> Sent:
    """Answer her.

    keep     do not send: leave it in the thread for her number
    private  the counsellor's own unlocked half: with it, what waits unsent goes first
    chat     the message in the counsellor's own chat that said it, so that what becomes of it can be shown there
    Raises NotYours, NotOpen, CaseGone, NotStaff; OptedOut and WindowClosed, where `keep` is what can be done.
    """
    if not text.strip() or len(text) > LONGEST:
        raise NothingSaid

    def work(unit: Unit) -> Sent:
        room.acting(unit, by)
        case = room.held(unit, report_id, by)
        if not case.is_among(by):
            raise NotYours
        if not case.is_open or (case.status == "left" and not keep):
            raise NotOpen(status=case.status)
        route = None if keep else _route(unit, room, case, now)
        half = None if private is None else reports.half_granted(unit, report_id, by, private)
        waits = bool(delivery.unseen(case)) and route is not None and not _catch_up(unit, room, case, half, route, now)
        seq = _write(unit, case, text, by, now)
        _put(unit, room, case, seq, text, None if waits else route, now)
        if chat:
            case.sent[str(seq)].update(chat=chat, by=by.hex())
        case.desk["asked"] = None
        room.keep(unit, case, now)
        room.log(unit, "case answered", case, by, now, said={"text": text}, seq=seq)
        return Sent(seq, str(case.sent[str(seq)]["state"]))

    return room.work(work)


def close(room: CaseRoom, by: bytes, report_id: bytes, reason: str, now: datetime) -> Case:
    """Close a case. Where she can be reached she is told, and asked once whether it helped."""

    def work(unit: Unit) -> Case:
        case = holding.close(unit, room, by, report_id, reason, now)
        route = ways_back.leased(unit, room.keyring, case.report, now)
        if route is not None and "helped" not in case.desk:
            words = room.phrasebook.say("talk.closed.say", route["language"], {})
            if _send(unit, room, route, {"text": words}, now):
                case.desk["helped"] = "asked"
        room.keep(unit, case, now)
        room.log(unit, "case closed", case, by, now, reason)
        return case

    return room.work(work)


def _route(unit: Unit, room: CaseRoom, case: Case, now: datetime) -> dict[str, Any] | None:
    route = ways_back.leased(unit, room.keyring, case.report, now)
    if route is None:
        if case.channel == "whatsapp" and case.desk.get("back") == "here":
            raise WindowClosed
        return None
    if outbox.stopped(unit, bytes.fromhex(route["owner"])):
        raise OptedOut
    return route


def _catch_up(unit: Unit, room: CaseRoom, case: Case, half: bytes | None, route: dict[str, Any], now: datetime) -> bool:
    """Send what waits unsent; whether nothing waits any more. What is on its way already stays where it is."""
    waiting = [seq for seq in delivery.unseen(case) if delivery.stands(case, seq, now) == "waiting"]
    if not waiting:
        return True
    if half is None:
        return False
    thread = threads.read(unit, case.report, half)
    for seq in waiting:
        _put(unit, room, case, seq, thread[seq - 1]["text"], route, now)
    return True


def _write(unit: Unit, case: Case, text: str, by: bytes, now: datetime) -> int:
    entry = {"text": text, "by": short(by), "at": int(now.timestamp())}
    threads.add(unit, case.report, REPLY, entry, now)
    case.report.meta["answers"] = int(case.report.meta.get("answers", 0)) + 1
    return int(case.report.meta["entries"])


def _put(
    unit: Unit, room: CaseRoom, case: Case, seq: int, text: str, route: dict[str, Any] | None, now: datetime
) -> None:
    kept: dict[str, Any] = {"state": "waiting", "at": int(now.timestamp())}
    item = new_id()
    if route is not None and _send(unit, room, route, {"text": text, "about": delivery.about(case, seq)}, now, item):
        kept = {**kept, "state": "queued", "item": item.hex()}
    case.sent[str(seq)] = kept


def _send(
    unit: Unit, room: CaseRoom, route: dict[str, Any], payload: dict[str, Any], now: datetime, item: bytes | None = None
) -> bool:
    owner = bytes.fromhex(route["owner"])
    return outbox.put(
        unit, room.keyring, owner, "send", route["channel"], route["address"], payload, now, unasked=True, item_id=item
    )
