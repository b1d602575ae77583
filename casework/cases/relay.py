"""Relay: a counsellor's words to the reporter, by the outbox. Only what stands in the thread as a reply goes out.

A file goes with words or alone. What was in it of the counsellor (where, when, by which phone) is taken off before
(casework/enclosing). Where an answer goes, and when, `ways` says; whatever that is, it stands in the thread and waits for her number
as well. What she has not got yet goes before what is new, so that she reads in the order of writing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.cases import delivery, holding, ways
from casework.cases.case import REPLY, Case
from casework.cases.refusals import FileCannotWait, NoFiles, NothingSaid, NotOpen, NotYours, OptedOut, WindowClosed
from casework.cases.room import CaseRoom
from casework.cases.ways import NOWHERE, Way
from casework.enclosing.preparing import Enclosure
from casework.staff.office import short
from storage import outbox, reports, threads, ways_back
from storage.database import Unit
from storage.vault.errors import Tampered
from storage.vault.randomness import new_id, new_item_id

LONGEST = 4_000
_LONGEST_CAPTION = 1_000  # Telegram takes 1,024 under a file, WhatsApp as many; more follows as a message of its own
CARRY_FILES = frozenset({"telegram", "whatsapp"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of it at once."""

    seq: int  # in the thread
    state: str  # as `delivery.fate` says
    at: datetime | None = None  # of "later": when it goes; of "held": when she is sent the neutral line
    why: str = ""  # of "waiting" and "held": what stands in the way


@dataclass(frozen=True, slots=True)
class Words:
    """What goes out: words, a file, or both."""

    text: str = field(repr=False)
    file: Enclosure | None = None

    def payload(self) -> dict[str, Any]:
        """As the outbox has it; a file's own bytes lie beside it."""
        if self.file is None:
            return {"text": self.text}
        described = {"kind": self.file.kind, "type": self.file.type, "name": self.file.name}
        # WhatsApp shows no words under a voice note, and neither shows many.
        apart = self.text and (self.file.kind == "voice" or len(self.text) > _LONGEST_CAPTION)
        return {"file": described, **({"text": "", "rest": [self.text]} if apart else {"text": self.text})}


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
    file: Enclosure | None = None,
    once: str = "",
    plan: bool = False,
) -> Sent:
    """Answer her.

    text     may be empty where a file goes
    file     as `casework.enclosing.preparing.prepared` made it
    keep     do not send: leave it in the thread for her number
    private  the counsellor's own unlocked half: with it, what waits unsent goes first
    chat     the message in the counsellor's own chat that said it, so that what becomes of it can be shown there
    once     names the form it was written in: sent again, it is not written again
    plan     it is her safety plan: whom she lets read her messages does not read it with them
    Raises NotYours, NotOpen, CaseGone, NotStaff; OptedOut, WindowClosed, NoFiles and FileCannotWait, where `keep` is what can be done.
    """
    if not (text.strip() or file) or len(text) > LONGEST:
        raise NothingSaid

    def work(unit: Unit) -> Sent:
        room.acting(unit, by)
        case = room.held(unit, report_id, by)
        if not case.is_among(by):
            raise NotYours
        before = case.done_before(once)
        if before is not None:
            return _sent(case, before, NOWHERE, now)
        if not case.is_open or (case.status == "left" and not keep):
            raise NotOpen(status=case.status)
        way = NOWHERE if keep else _way(unit, room, case, file, now)
        half = None if private is None else reports.half_granted(unit, report_id, by, private)
        waits = (
            bool(delivery.unseen(case)) and way.route is not None and not _catch_up(unit, room, case, half, way, now)
        )
        seq = _write(unit, case, text, by, now, file, plan=plan)
        put(unit, room, case, seq, Words(text, file), NOWHERE if waits else way, now)
        if way.kind in (ways.HOURS, ways.WRITES) and not waits:
            ways.announce(unit, room, case, way, now)
        if chat:
            case.sent[str(seq)].update(chat=chat, by=by.hex())
        case.desk["asked"] = None
        case.done(once, seq)
        room.keep(unit, case, now)
        room.log(
            unit, "case answered", case, by, now, said={"text": text} | ({"file": file.kind} if file else {}), seq=seq
        )
        return _sent(case, seq, way, now)

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


def new_name() -> str:
    """A name for one form."""
    return new_id().hex()


def take_up(unit: Unit, room: CaseRoom, case: Case, way: Way, now: datetime) -> None:
    """She is here: what waits for her to write goes now, in order, and so does what waits for its hour. The caller saves the case."""
    if way.route is not None:
        outbox.hasten(unit, bytes.fromhex(way.route["owner"]), way.route["channel"], now)
    _catch_up(unit, room, case, None, way, now)
    for kept in case.sent.values():
        kept.pop("due", None)
    ways.call_off(unit, case, now)


def _sent(case: Case, seq: int, way: Way, now: datetime) -> Sent:
    fate, line = delivery.fate(case, seq, now), ways.line(case, now)
    at = fate.at if fate.state == "later" else line.at if fate.state == "held" and line is not None else None
    return Sent(seq, fate.state, at, way.why)


def _way(unit: Unit, room: CaseRoom, case: Case, file: Enclosure | None, now: datetime) -> Way:
    way = ways.find(unit, room, case, now)
    if way.route is None:
        if case.channel == "whatsapp" and case.desk.get("back") == "here":
            raise WindowClosed
        return way
    if outbox.stopped(unit, bytes.fromhex(way.route["owner"])):
        raise OptedOut
    if file is not None and way.route["channel"] not in CARRY_FILES:
        raise NoFiles
    if file is not None and not way.goes:
        raise FileCannotWait
    return way


def _catch_up(unit: Unit, room: CaseRoom, case: Case, half: bytes | None, way: Way, now: datetime) -> bool:
    """Send what waits unsent; whether nothing is left behind which what is new must wait. What is on its way already stays
    where it is, and so does what waits for her to write, while she has not.
    """
    thread: list[dict[str, Any]] | None = None
    for seq in delivery.unseen(case):
        held = case.sent[str(seq)].get("words")
        if delivery.stands(case, seq, now) != "waiting" or (held is not None and not way.goes):
            continue
        if held is None and half is None:
            return False
        if held is not None:
            words = Words(str(held))
        else:
            assert half is not None
            thread = thread or threads.read(unit, case.report, half)
            words = written(unit, case, half, thread[seq - 1])
        if words.file is not None and (not way.goes or way.route is None or way.route["channel"] not in CARRY_FILES):
            return False  # what is new waits behind it
        put(unit, room, case, seq, words, way, now)
    return True


def written(unit: Unit, case: Case, half: bytes, entry: dict[str, Any]) -> Words:
    """What a counsellor wrote, out of the thread, with its file out of the case. Raises Tampered."""
    known = entry.get("file")
    if known is None:
        return Words(str(entry["text"]))
    content = reports.read_file(unit, case.report, half, bytes.fromhex(known["id"]))
    if content is None:
        raise Tampered("report_media.sealed")
    return Words(str(entry["text"]), Enclosure(known["kind"], known["type"], known["name"], content))


def _write(unit: Unit, case: Case, text: str, by: bytes, now: datetime, file: Enclosure | None, *, plan: bool) -> int:
    entry: dict[str, Any] = {"text": text, "by": short(by), "at": int(now.timestamp())} | (
        {"plan": True} if plan else {}
    )
    if file is not None:
        media_id = new_id()
        entry["file"] = file.described(media_id)
        reports.add_media(unit, case.report, media_id, file.content, 100 * (int(case.report.meta["entries"]) + 1))
    threads.add(unit, case.report, REPLY, entry, now)
    case.report.meta["answers"] = int(case.report.meta.get("answers", 0)) + 1
    return int(case.report.meta["entries"])


def put(unit: Unit, room: CaseRoom, case: Case, seq: int, words: Words, way: Way, now: datetime) -> None:
    """Let it go out on its way, or wait where there is none. The caller saves the case."""
    kept: dict[str, Any] = {"state": "waiting", "at": int(now.timestamp())} | ({"file": True} if words.file else {})
    item, payload = new_item_id(now), {**words.payload(), "about": delivery.about(case, seq)}
    if way.kind == ways.WRITES and words.file is None:
        kept["words"] = words.text
    elif way.goes and way.route and _send(unit, room, way.route, payload, now, item, way):
        kept = {**kept, "state": "queued", "item": item.hex()} | _hours(way, now)
        if words.file is not None:
            file = outbox.Enclosed(words.file.type, words.file.name, words.file.content)
            outbox.enclose(unit, room.keyring, bytes.fromhex(way.route["owner"]), item, file, now + outbox.WAITS, now)
    known = case.sent.get(str(seq), {})
    case.sent[str(seq)] = {name: known[name] for name in ("chat", "by") if name in known} | kept


def _hours(way: Way, now: datetime) -> dict[str, int]:
    until = {"until": int(way.until.timestamp())} if way.until is not None else {}
    return until | ({"due": int(way.due.timestamp())} if way.due is not None and way.due > now else {})


def _send(
    unit: Unit,
    room: CaseRoom,
    route: dict[str, Any],
    payload: dict[str, Any],
    now: datetime,
    item: bytes | None = None,
    way: Way = NOWHERE,
) -> bool:
    owner = bytes.fromhex(route["owner"])
    return outbox.put(
        unit, room.keyring, owner, "send", route["channel"], route["address"], payload, now,
        unasked=True, item_id=item, due=way.due, until=way.until,
    )  # fmt: skip
