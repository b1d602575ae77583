"""The queue: grave before light, raised before not, long waiting before lately come; and whose language it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from casework.cases.case import QUEUED
from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from casework.triage import Level
from storage.counsellors import Counsellor
from storage.database import Unit

_GRAVE = {Level.RED: 0, Level.AMBER: 1, Level.GREEN: 2}


class InLine(Protocol):
    """What gives a case its place."""

    @property
    def id(self) -> bytes: ...
    @property
    def risk(self) -> Level: ...
    @property
    def raised(self) -> int: ...
    @property
    def since(self) -> int: ...


class AboutSomewhere(Protocol):
    """What may be about an institution."""

    @property
    def institution(self) -> str: ...


def place_in(case: InLine) -> tuple[int, int, int, bytes]:
    """What the queue is sorted by."""
    return _GRAVE[case.risk], -case.raised, case.since, case.id


def waiting(unit: Unit, room: CaseRoom) -> list[Standing]:
    """What nobody holds and somebody should, next first."""
    found = room.standings.nobodys(unit, room.keyring)
    return sorted((one for one in found if one.status in QUEUED), key=place_in)


def load(unit: Unit, room: CaseRoom, staff_id: bytes) -> int:
    """How many open cases she carries."""
    return sum(one.is_open for one in room.standings.held_by(unit, room.keyring, staff_id))


def on_duty(unit: Unit, room: CaseRoom, now: datetime) -> list[Counsellor]:
    """Whoever takes cases now."""
    return room.rota(unit).on_desk(now)


def next_for(one: Counsellor, line: Iterable[Standing], others: Iterable[Counsellor]) -> Standing | None:
    """Which of the waiting who want a person now is hers next: one in her languages, else one in a language that nobody
    on duty speaks; never one about an institution of hers. What was only filed is nobody's until she claims it: it must
    not use up the places of those who wait.
    """
    spoken = [other for other in others if other.id != one.id]
    rest = []
    for case in line:
        if case.status != "waiting" or not is_free_to_take(one, case):
            continue
        if one.speaks(case.language):
            return case
        if not any(other.speaks(case.language) and is_free_to_take(other, case) for other in spoken):
            rest.append(case)
    return rest[0] if rest else None


def is_free_to_take(one: Counsellor, case: AboutSomewhere) -> bool:
    """Whether it is not about an institution that she belongs to."""
    return not case.institution or case.institution not in one.institutions


def ahead_of(case: InLine, line: Iterable[Standing]) -> int:
    """How many who want a person now come before this one."""
    return sum(other.status == "waiting" and place_in(other) < place_in(case) for other in line if other.id != case.id)
