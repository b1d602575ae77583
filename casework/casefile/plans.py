"""Her safety plan: five short answers, hers in her own words, written with her. She gets it when she asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.casefile import history
from casework.cases import relay
from casework.cases.refusals import NothingSaid, NotOpen, NotYours, PlanChanged
from casework.cases.room import CaseRoom
from locales.phrasebook import Phrasebook
from storage import casebook, reports
from storage.database import Unit
from storage.staff.readers import Reader

PARTS = (
    "signs",
    "places",
    "people",
    "things",
    "word",
)  # warning signs, safe places, who to call, what to take, a code word
LONGEST = 600  # characters of one part: all of it goes into a few messages


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan as it stands."""

    parts: Mapping[str, str] = field(default_factory=dict, repr=False)
    number: int = 0  # how often it was written; 0: there is none yet
    changed: datetime | None = None
    by: str = ""  # 8 digits of a colleague's id

    def text(self, phrasebook: Phrasebook, language: str) -> str:
        """As she gets it: neutral in its first line, her own words under each question."""
        lines = [phrasebook.say("plan.first", language, {})]
        for part in PARTS:
            if self.parts.get(part):
                lines += ["", phrasebook.say(f"plan.{part}", language, {}), self.parts[part]]
        return "\n".join(lines)


def write(
    room: CaseRoom, reader: Reader, report_id: bytes, parts: Mapping[str, str], after: int, now: datetime
) -> None:
    """Keep the plan as it is now.

    after  the number of the plan that she began from: another may have been written meanwhile
    Raises PlanChanged, NothingSaid when a part is too long or all are empty, NotYours, NotOpen, CaseGone, CaseBroken.
    """
    kept = {part: text for part in PARTS if (text := parts.get(part, "").strip())}
    if not kept or any(len(text) > LONGEST for text in kept.values()):
        raise NothingSaid

    def work(unit: Unit) -> None:
        room.acting(unit, reader.id)
        case = room.held(unit, report_id, reader.id)
        if not case.is_among(reader.id):
            raise NotYours
        if not case.is_open:
            raise NotOpen(status=case.status)
        if case.report.meta.get("plan", 0) != after:
            raise PlanChanged
        history.add(unit, case, history.PLAN, {"parts": kept}, reader.id, now)
        case.report.meta["plan"] = after + 1
        room.keep(unit, case, now)
        room.record(unit, "safety plan written", case, reader.id, now)

    room.sound(lambda: room.work(work), now)


def send(
    room: CaseRoom, reader: Reader, report_id: bytes, now: datetime, *, keep: bool = False, once: str = ""
) -> relay.Sent:
    """Let her have it as a message, in her language.

    once  names the form it was asked for in: sent again, it is not sent to her again
    Raises as `relay.reply`, CaseBroken, NothingSaid when there is none.
    """

    def look(unit: Unit) -> tuple[Plan, str]:
        case = room.seen(unit, report_id, reader.id)
        half = reports.half_granted(unit, report_id, reader.id, reader.private, hold=False)
        if half is None or not case.is_among(reader.id):
            raise NotYours
        return standing(casebook.read(unit, case.report, half)), case.language

    def act() -> relay.Sent:
        plan, language = room.read(look)
        if not plan.number:
            raise NothingSaid
        text = plan.text(room.phrasebook, language)
        return relay.reply(
            room, reader.id, report_id, text, now, keep=keep, private=reader.private, once=once, plan=True
        )

    return room.sound(act, now)


def standing(written: Sequence[dict[str, Any]]) -> Plan:
    """The plan of a casebook as it stands."""
    plans = [one for one in written if one["kind"] == history.PLAN]
    if not plans:
        return Plan()
    last = plans[-1]
    return Plan(last["parts"], len(plans), history.moment(last), last.get("by", ""))
