"""Letting drafts hold at the hour for which they were planned: proved when they are planned, and once more then.

A chore looks every minute. The line that lets a draft hold and the end of its plan are one unit of work, while nobody else
changes flows: it holds once, however many processes look and whichever of them dies. What is refused at its hour is told on
the page of the flow, and nothing holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from casework.staff.office import BY_COMMAND
from casework.staff.refusals import Refusal
from casework.studio import drafts, dues, publishing
from casework.studio.dues import Due
from casework.studio.refusals import NoDraft, NotProved, WantsTwo
from casework.studio.room import StudioRoom
from storage.database import Unit


def planned(room: StudioRoom) -> dict[str, Due]:
    """What is planned, and what was refused at its hour, by flow."""
    return {due.name: due for due in room.read(lambda unit: dues.every(unit, room))}


def fits(room: StudioRoom, due: Due) -> bool:
    """Whether the draft is still the one that was planned."""

    def read(unit: Unit) -> bool:
        try:
            return drafts.held(unit, room, due.name).token == due.token
        except NoDraft:
            return False

    return room.read(read)


def call_off(room: StudioRoom, by: bytes, name: str, now: datetime) -> bool:
    """It is not to hold then; the draft stays. Whether anything was planned. Raises NotHers."""

    def work(unit: Unit) -> bool:
        there = dues.drop(unit, room, name)
        if there:
            room.log(unit, "called off", name, by, now)
        return there

    return room.work(by, work)


def hold_due(room: StudioRoom, now: datetime) -> Sequence[str]:
    """Let whatever is due hold, or tell why not. Says nothing for the log: what was done is on record."""
    for due in planned(room).values():
        if not due.refused and due.at <= now.timestamp():
            try:
                _hold(room, due, now)
            except Refusal as refusal:
                _refuse(room, due, refusal, now)
    return ()


def _hold(room: StudioRoom, due: Due, now: datetime) -> None:
    walk = publishing.prove(room, due.name, due.policy, due.seen, now)

    def work(unit: Unit) -> None:
        there = dues.of(unit, room, due.name)
        if there != due:
            return  # another process was faster, or it was called off or planned anew meanwhile
        if publishing.two(unit, room) and not due.second:
            raise WantsTwo
        draft = publishing.same(unit, room, due.name, due.token)
        publishing.let_hold(unit, room, draft, walk, due.policy, due.by, due.second, now)

    room.work(due.by, work)


def _refuse(room: StudioRoom, due: Due, refusal: Refusal, now: datetime) -> None:
    findings = refusal.findings if isinstance(refusal, NotProved) else ()
    values = {name: str(value) for name, value in refusal.values.items()}
    why = replace(due, refused=refusal.reason, values=values, findings=tuple(findings))

    def work(unit: Unit) -> None:
        if dues.of(unit, room, due.name) == due:
            dues.refuse(unit, room, due, why)
            room.log(unit, "refused at its hour", due.name, due.by, now)

    room.work(BY_COMMAND, work)
