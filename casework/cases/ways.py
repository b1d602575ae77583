"""Ways: how an answer reaches her now, and what goes before it.

    here     she wrote within the day and a talk is open: at once
    hours    she agreed to be written to with her report: in the hours she named, the next of which are never a day away
    writes   she agreed, and no words may go now: they lie with the case and follow when she writes. WhatsApp, which takes free
             words for 24 hours only, is given one neutral line that it has approved, in her hours
    number   she did not agree, or wants it so: they wait in the thread for her number

Who agreed and writes by herself is with whoever answered her, as if she had never been away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from casework.cases.case import Case
from casework.cases.room import CaseRoom
from casework.community.allowance import has_room
from casework.deployment.shelf import is_off
from casework.deployment.table import LINE
from casework.named_hours import stretch
from storage import audit, outbox, reports, sessions, ways_back
from storage.database import Unit
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_item_id
from storage.vault.senders import Sender

HERE, HOURS, WRITES, NUMBER = "here", "hours", "writes", "number"
ABOUT = "again:"  # how an outbox item says that it is the neutral line; then of which case, and itself
WORDS = "talk.waits.say"  # what it says
_WHATSAPP = "whatsapp"
_MARGIN = timedelta(minutes=30)  # of WhatsApp's 24 hours: an item waits a moment before it goes
_REMEMBERED = 2  # lines that went out, for her allowance


@dataclass(frozen=True, slots=True)
class Way:
    """How an answer reaches her."""

    kind: str = NUMBER
    route: dict[str, Any] | None = field(default=None, repr=False)
    due: datetime | None = None  # of HOURS: when it goes; of WRITES: when she is sent the neutral line; None: it is not
    until: datetime | None = None  # not after
    # Of NUMBER: "wish", "no_consent" or, where the day that she chose is over, "over". Of WRITES, why no line goes: "own_hours", "line_off", "no_template" or "enough".
    why: str = ""

    @property
    def goes(self) -> bool:
        """Whether words go into the outbox."""
        return self.kind in (HERE, HOURS)


@dataclass(frozen=True, slots=True)
class Line:
    """The neutral line that she was, or will be, sent."""

    at: datetime
    state: str  # "due", "sent" or "failed"


NOWHERE = Way()


def find(unit: Unit, room: CaseRoom, case: Case, now: datetime) -> Way:
    """How an answer to this case would reach her now. Raises Tampered."""
    route = ways_back.leased(unit, room.keyring, case.report, now)
    if route is not None:
        return Way(HERE, route)
    if case.desk.get("back") == "number":
        return Way(why="wish")
    route = ways_back.contact(unit, room.keyring, case.report, now)
    if route is None or "owner" not in route:
        return Way(why="over" if route is None and "contact" in case.report.refs else "no_consent")
    hers = stretch(route.get("hours"), now, room.hours.zone)
    due, until = (max(hers[0], now), hers[1]) if hers is not None else (None, None)
    if due is not None and ways_back.contact(unit, room.keyring, case.report, due) is None:
        return Way(why="over")  # by then
    if due is not None and _takes_words(unit, room.keyring, route, due):
        return Way(HOURS, route, due, until)
    why = "own_hours" if due is None else _no_line(unit, room, case, route, now)
    return Way(WRITES, route, None if why else due, until, why)


def of(route: dict[str, Any]) -> Way:
    """The way back to where she writes in this moment."""
    return Way(HERE, route)


def line(case: Case, now: datetime) -> Line | None:
    """The neutral line that stands: until she writes again there is no second one."""
    kept = case.desk.get("line")
    if kept is None or (kept["state"] == "due" and now.timestamp() > kept["until"]):
        return None  # nobody could send it in her hours
    return Line(datetime.fromtimestamp(kept["at"], UTC), kept["state"])


def announce(unit: Unit, room: CaseRoom, case: Case, way: Way, now: datetime) -> None:
    """An answer waits for her to write: let the neutral line tell her, unless one stands already. The caller saves the case."""
    case.desk["awaits"] = int(now.timestamp())
    if way.kind != WRITES or way.due is None or way.until is None or way.route is None:
        return
    stands = line(case, now)
    if stands is not None and stands.state != "failed":
        return
    item, route = new_item_id(now), way.route
    payload = {
        "text": room.phrasebook.say(WORDS, route["language"], {}),
        "template": _template(route),
        "about": f"{ABOUT}{case.id.hex()}:{item.hex()}",
    }
    put = outbox.put(
        unit, room.keyring, bytes.fromhex(route["owner"]), "ask", route["channel"], route["address"], payload, now,
        unasked=True, item_id=item, due=way.due, until=way.until,
    )  # fmt: skip
    if put:
        moments = {"at": int(way.due.timestamp()), "until": int(way.until.timestamp())}
        case.desk["line"] = {"state": "due", "item": item.hex(), **moments}


def still_wanted(unit: Unit, room: CaseRoom, about: str) -> bool:
    """Whether the line in an item of the outbox is still to go out."""
    return _named(unit, room, about) is not None


def told(unit: Unit, room: CaseRoom, about: str, state: str, now: datetime) -> None:
    """What became of the line. Nothing where it is not wanted any more: one before this one may be told of late."""
    case = _named(unit, room, about)
    if case is None:
        return
    kept = case.desk["line"]
    became = "failed" if state == "failed" else "sent"
    if kept["state"] in (became, "failed"):
        return
    if became == "sent":
        kept["at"] = int(now.timestamp())
        case.desk["lines"] = [*case.desk.get("lines", ()), kept["at"]][-_REMEMBERED:]
    kept["state"] = became
    reports.save(unit, room.keyring, case.report, now)


def _named(unit: Unit, room: CaseRoom, about: str) -> Case | None:
    """The case whose line that stands is this one; None where there is none any more."""
    case_id, _, item = about.removeprefix(ABOUT).partition(":")
    report = reports.fetch(unit, room.keyring, bytes.fromhex(case_id))
    case = Case(report) if report is not None else None
    return case if case is not None and case.desk.get("line", {}).get("item") == item else None


def call_off(unit: Unit, case: Case, now: datetime) -> None:
    """She is here, or gone for good: no line is sent, and her next words are nobody's answer. The caller saves the case."""
    kept = case.desk.pop("line", None)
    case.desk.pop("awaits", None)
    if kept is not None and kept["state"] == "due":
        outbox.take_back(unit, bytes.fromhex(kept["item"]), now)


def awaiting(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> Case | None:
    """The case in which she was answered last, and has not written since; None where there is none."""
    found = []
    for report_id in ways_back.linked(unit, keyring, sender, now):
        try:
            report = reports.fetch(unit, keyring, report_id)
        except Tampered as fault:  # she is heard all the same
            audit.note_fault(unit, keyring, str(fault), now)
            continue
        case = Case(report) if report is not None else None
        if case is not None and case.desk.get("awaits") and (case.is_open or case.status == "closed"):
            found.append(case)
    return max(found, key=lambda case: int(case.desk["awaits"]), default=None)


def _takes_words(unit: Unit, keyring: Keyring, route: dict[str, Any], when: datetime) -> bool:
    """Whether her channel lets us write to her in our own words then."""
    session = bytes.fromhex(route["session"])
    return route["channel"] != _WHATSAPP or sessions.is_fresh(unit, keyring, session, when + _MARGIN)


def _no_line(unit: Unit, room: CaseRoom, case: Case, route: dict[str, Any], now: datetime) -> str:
    if is_off(unit, room.keyring, LINE):
        return "line_off"
    if _template(route) not in room.templates:
        return "no_template"
    return "" if has_room(case.desk.get("lines", ()), now) else "enough"


def _template(route: dict[str, Any]) -> str:
    return f"again_{route['language']}"
