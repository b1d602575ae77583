"""Revealing who she is, after two have agreed: the name she gave, and where she can be reached while she allows it.

No number is kept for this: there is one for 24 hours after she wrote in a talk, and until the day she chose where she agreed
to be contacted. Otherwise there is none, and that is what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from casework.casefile import asking
from casework.cases import opening
from casework.cases.room import CaseRoom
from storage import reports, threads, ways_back
from storage.database import Unit
from storage.staff.readers import Reader


@dataclass(frozen=True, slots=True)
class Identity:
    """Who she is, as far as it is known here."""

    names: tuple[str, ...] = field(repr=False)  # as she gave them
    channel: str
    address: str = field(repr=False)  # "" when none is kept
    until: datetime | None  # open until then


def look(room: CaseRoom, reader: Reader, report_id: bytes, request: str, now: datetime) -> Identity:
    """For whoever asked, within the hour after another agreed; each look is on record. Raises as `asking.agreed`; CaseBroken."""

    def work(unit: Unit) -> Identity:
        case, half, one = asking.agreed(unit, room, reader, report_id, request, asking.REVEAL, now)
        route = ways_back.leased(unit, room.keyring, case.report, now)
        route = route or ways_back.contact(unit, room.keyring, case.report, now)
        names = opening.names_given(reports.read_body(case.report, half), threads.read(unit, case.report, half))
        room.log(unit, "reveal looked at", case, reader.id, now)
        channel = str(route["channel"]) if route else case.channel
        return Identity(tuple(names), channel, str(route["address"]) if route else "", one.until)

    return room.sound(lambda: room.work(work), now)
