"""Her own copy: by her number, under a passphrase of hers, as a file in the talk in which she asks for it.

Only her number opens what she told, and only in the message that it stands in. So the passphrase comes first, in her draft,
and the number after it; then both are let go of. What is slow is done once that message is answered; who left or erased it meanwhile is
sent nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog

from casework import answers
from casework.casefile import copies
from casework.casefile.copies import Part
from casework.cases import relay
from casework.cases.case import Case
from casework.cases.room import CaseRoom
from casework.filing import Teller
from casework.printing import CannotPrint
from flows.desk import Slots, Told
from storage import outbox, reports, sessions
from storage.database import Unit
from storage.reports import Report
from storage.vault.randomness import new_item_id

WORD = "copy_word"  # the slot with her passphrase
_REMEMBERED = 3  # items of the outbox that hold a copy: whoever erases takes them back
_FILE = {"kind": "file", "type": "application/pdf", "name": "copy.pdf"}


def stands(slots: Slots, teller: Teller) -> Told:
    """What is wanted before a copy: "sms" (no file goes there), "word", "short" (it is), or "number"."""
    if teller.channel not in relay.CARRY_FILES:
        return Told("sms")
    word = _word(slots)
    if not word:
        return Told("word")
    return Told("number") if copies.is_long_enough(word) else Told("short", slots={WORD: None})


def order(
    unit: Unit, room: CaseRoom, report: Report, private: bytes, slots: Slots, teller: Teller, now: datetime
) -> Told:
    """Have it made, and sent as the next message. Raises Tampered."""
    word, case, item = _word(slots), Case(report), new_item_id(now)
    if teller.channel not in relay.CARRY_FILES:
        return Told("sms")
    parts = copies.hers(unit, room, case, private, teller.language)
    case.desk["copies"] = [*case.desk.get("copies", ()), item.hex()][-_REMEMBERED:]
    reports.save(unit, room.keyring, report, now)
    unit.after_commit(lambda: _send(room, report.id, item, parts, word, teller, now))
    return Told("ok")


def _send(
    room: CaseRoom, report_id: bytes, item: bytes, parts: Sequence[Part], word: str, teller: Teller, now: datetime
) -> None:
    try:
        pdf = copies.bound(room, parts, word, teller.language)
    except CannotPrint as missing:
        structlog.get_logger().error("no copy made", why=str(missing))
        pdf = b""
    owner = teller.sender.outbox_tag
    failed = {"text": room.phrasebook.say("followup.copy_failed.say", teller.language, {}, teller.channel)}
    payload = {"file": _FILE, "text": ""} if pdf else failed

    def work(unit: Unit) -> None:
        if reports.fetch(unit, room.keyring, report_id) is None:
            return  # erased meanwhile
        if sessions.peek(unit, room.keyring, teller.sender, now) is None:
            return  # panic or STOP came meanwhile
        put = outbox.put(
            unit, room.keyring, owner, "send", teller.channel, teller.address, payload, now,
            unasked=True, item_id=item,
        )  # fmt: skip
        if put and pdf:
            file = outbox.Enclosed(_FILE["type"], _FILE["name"], pdf)
            outbox.enclose(unit, room.keyring, owner, item, file, now + outbox.WAITS, now)

    room.database.work(work)


def _word(slots: Slots) -> str:
    return " ".join(answers.words(slots, WORD)).strip()
