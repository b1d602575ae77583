"""Numbers to verify by phone today: one call a number, however many rows give it, what matters most first.

A number that nobody answers comes again another day; after three such days it waits for a decision instead.
Every button says which state of the call it was pressed in, so that a second press, or a colleague, does nothing twice.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from casework.directory import history
from casework.directory.choosing import is_stale, today
from casework.directory.exchange import EMERGENCY
from casework.directory.listing import SILENT_AFTER
from casework.directory.refusals import CallTaken, NothingToUndo
from casework.directory.room import DirectoryRoom
from casework.directory.rows import day_of_text
from casework.directory.tending import cells_of
from storage import directory, unanswered
from storage.database import Unit
from storage.directory import Resource
from storage.unanswered import Tries

_TAKEN_BACK_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Call:
    """One number to dial, and every row that tells it."""

    number: str
    rows: tuple[Resource, ...] = field(repr=False)  # the office's own first
    tries: Tries | None
    wrong: int  # how often it was said to be wrong since it was dialled

    @property
    def first(self) -> Resource:
        return self.rows[0]

    @property
    def state(self) -> str:
        """What tells this state of the call from every other."""
        said = (
            [[row.id, row.verified_on] for row in self.rows],
            [self.tries.times, self.tries.tried_on] if self.tries else 0,
        )
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Work:
    """The calls of a day."""

    due: tuple[Call, ...]
    done: int  # numbers dialled today, whoever answered
    silent: int  # numbers that nobody answered on three days: to be decided on

    @property
    def total(self) -> int:
        return self.done + len(self.due)

    def at(self, number: str) -> Call | None:
        """The call of this number, or the first; None when nothing is left."""
        return next((call for call in self.due if call.number == number), self.due[0] if self.due else None)

    def beside(self, call: Call) -> tuple[str, str]:
        """The numbers before and after a call; the list is a ring."""
        numbers = [one.number for one in self.due]
        at = numbers.index(call.number)
        return numbers[at - 1], numbers[(at + 1) % len(numbers)]


def work(rows: Iterable[Resource], tries: Mapping[str, Tries], wrong: Mapping[str, int], day: int) -> Work:
    """The calls of `day`. wrong: how often a row was said to be wrong since it was dialled, by id."""
    calls = [_call(number, given, tries, wrong) for number, given in _by_number(rows).items()]
    due = [call for call in calls if _is_due(call, day)]
    done = sum(_was_dialled(call, day) for call in calls if not _is_due(call, day))
    silent = sum(call.tries is not None and call.tries.times >= SILENT_AFTER for call in calls)
    return Work(tuple(sorted(due, key=_order)), done, silent)


def answered(
    room: DirectoryRoom, number: str, confirmed: Collection[str], state: str, by: bytes, now: datetime
) -> list[str]:
    """It answered and is right for these rows; return their ids. Raises CallTaken."""

    def do(unit: Unit) -> list[str]:
        call = _held(unit, room, number, state)
        rows = [row for row in call.rows if row.id in confirmed]
        for row in rows:
            _put(unit, room, row, today(now), "answered", by, now)
        if rows:
            unanswered.forget(unit, [number])
        return [row.id for row in rows]

    return room.work(do)


def silent(room: DirectoryRoom, number: str, state: str, by: bytes, now: datetime) -> Tries:
    """Nobody answered today; return how often that was. Raises CallTaken."""

    def do(unit: Unit) -> Tries:
        call = _held(unit, room, number, state)
        unanswered.note(unit, number, today(now))
        cells = cells_of(room, call.first)
        history.note(unit, room.office.keyring, "unanswered", call.first.id, cells, cells, by, now)
        return unanswered.every(unit)[number]

    return room.work(do)


def take_back(room: DirectoryRoom, number: str, by: bytes, now: datetime) -> None:
    """What she just said of a number was a slip. Raises NothingToUndo when it was longer ago, or not the last thing."""

    def do(unit: Unit) -> None:
        done = 0
        for row in _held_rows(unit, number):
            last = history.last(unit, room.office.keyring, row.id)
            if last is None or last.by != by or now.timestamp() - last.at > _TAKEN_BACK_WITHIN.total_seconds():
                continue
            if last.what == "unanswered":
                done += unanswered.take_back(unit, number, today(now))
            elif last.what == "answered" and last.end == history.digest(cells_of(room, row)):
                _put(unit, room, row, day_of_text(last.before.get("verified_on", "")), "undone", by, now)
                done += 1
        if not done:
            raise NothingToUndo

    room.work(do)


def _held(unit: Unit, room: DirectoryRoom, number: str, state: str) -> Call:
    """The call, which nobody else changes until this unit ends. Raises CallTaken when it is not as it was shown."""
    rows = _held_rows(unit, number)
    call = _call(number, rows, unanswered.every(unit), {}) if rows else None
    if call is None or call.state != state:
        raise CallTaken(number, *_who(unit, room, rows))
    return call


def _held_rows(unit: Unit, number: str) -> list[Resource]:
    return [row for row in directory.told_by(unit, number) if row.verified == "yes"]


def _who(unit: Unit, room: DirectoryRoom, rows: Iterable[Resource]) -> tuple[bytes, str]:
    """Who did something with these rows last, and what."""
    lines = (history.last(unit, room.office.keyring, row.id) for row in rows)
    last = max((line for line in lines if line), key=lambda line: line.at, default=None)
    return (last.by, last.what) if last else (b"", "")


def _put(unit: Unit, room: DirectoryRoom, row: Resource, day: int | None, what: str, by: bytes, now: datetime) -> None:
    dialled = replace(row, verified_on=day)
    directory.put_office(unit, dialled)
    history.note(unit, room.office.keyring, what, row.id, cells_of(room, row), cells_of(room, dialled), by, now)


def _by_number(rows: Iterable[Resource]) -> dict[str, list[Resource]]:
    """Rows that are told, by the number that is told."""
    found: dict[str, list[Resource]] = defaultdict(list)
    for row in rows:
        if row.phones and row.verified == "yes":
            found[row.phones[0]].append(row)
    return found


def _call(number: str, rows: Iterable[Resource], tries: Mapping[str, Tries], wrong: Mapping[str, int]) -> Call:
    ordered = tuple(sorted(rows, key=lambda row: (row.phone_kind != "own", row.id not in EMERGENCY.values(), row.id)))
    return Call(number, ordered, tries.get(number), sum(wrong.get(row.id, 0) for row in ordered))


def _is_due(call: Call, day: int) -> bool:
    if call.tries is not None and (call.tries.times >= SILENT_AFTER or call.tries.tried_on >= day):
        return False
    return bool(call.wrong) or any(is_stale(row, day) for row in call.rows)


def _was_dialled(call: Call, day: int) -> bool:
    tried = call.tries is not None and call.tries.tried_on == day
    return tried or any(row.verified_on == day for row in call.rows)


def _order(call: Call) -> tuple[object, ...]:
    """Said to be wrong; then never dialled, then longest ago; of these what most rows tell."""
    oldest = min(-1 if row.verified_on is None else row.verified_on for row in call.rows)
    return (-call.wrong, oldest, call.first.id not in EMERGENCY.values(), -len(call.rows), call.number)
