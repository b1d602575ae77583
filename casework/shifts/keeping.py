"""Keeping the rota: what a counsellor changes of her own, a supervisor of anybody's, and both of the team's hours.

Each is one unit of work, on record by ids only. A form carries the version it was filled in over, so that of two people
who change one week the later is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta

from casework.cases.room import CaseRoom
from casework.hours import OpeningHours
from casework.shifts import plan, rota
from casework.shifts.plan import KINDS, OFF
from casework.shifts.refusals import (
    BadCalled,
    BadCapacity,
    ChangedMeanwhile,
    NoSuchInstitution,
    NoSuchLanguage,
    NotHers,
    NoTime,
    TooLong,
    TooMany,
)
from casework.spans import A_DAY, Span
from casework.staff.office import short
from casework.staff.roles import READERS, Role
from storage import audit, counsellors, institutions, papers
from storage.counsellors import Counsellor, Shift
from storage.database import Unit
from storage.institutions import Institution
from storage.staff import people

PLANNERS = frozenset({Role.SUPERVISOR, Role.ADMIN})  # of the team's hours and holidays
MOST_CASES = 50
MOST_SHIFTS, MOST_CHANGES, MOST_HOLIDAYS, MOST_SPANS = 28, 60, 120, 6
LONGEST_NAME = 24  # of what she calls herself: it must leave an SMS its room
LONGEST_ON, LONGEST_OFF = timedelta(hours=24), timedelta(days=60)


def set_ways(
    room: CaseRoom,
    by: bytes,
    of: bytes,
    *,
    languages: Collection[str],
    capacity: int,
    called: str,
    belongs: Collection[str],
    version: int,
    now: datetime,
) -> None:
    """Her languages (none: every one), how many cases she carries, what she calls herself, her institutions.

    Raises NotHers, ChangedMeanwhile, NoSuchLanguage, BadCapacity, BadCalled, NoSuchInstitution.
    """
    known = [one.code for one in room.phrasebook.languages if one.complete]
    if not set(languages) <= set(known):
        raise NoSuchLanguage
    if not 0 <= capacity <= MOST_CASES:
        raise BadCapacity(most=MOST_CASES)
    called = " ".join(called.split())
    if len(called) > LONGEST_NAME or not called.isprintable():
        raise BadCalled(most=LONGEST_NAME)

    def change(unit: Unit, one: Counsellor) -> None:
        if any(institutions.fetch(unit, one_id) is None for one_id in belongs):
            raise NoSuchInstitution
        member = people.fetch(unit, room.keyring, of, hold=False)
        if member is not None and called and _plain(called) == _plain(member.name):
            raise BadCalled(most=LONGEST_NAME)  # a reporter, and whoever reads her phone, must not learn her name
        one.languages = tuple(code for code in known if code in languages)
        one.capacity, one.called = capacity, called
        one.institutions = tuple(sorted(belongs))

    _change(room, by, of, version, "counsellor", change, now)


def set_week(room: CaseRoom, by: bytes, of: bytes, week: Sequence[Shift], version: int, now: datetime) -> None:
    """Her shifts of every week. Raises NotHers, ChangedMeanwhile, TooMany, NoTime."""
    if len(week) > MOST_SHIFTS:
        raise TooMany(most=MOST_SHIFTS)
    if any(not (0 <= one.day < 7 and one.kind in KINDS and _is_span(one.opens, one.closes)) for one in week):
        raise NoTime

    def change(unit: Unit, one: Counsellor) -> None:
        one.week = tuple(sorted(set(week)))

    _change(room, by, of, version, "week", change, now)


def add_change(room: CaseRoom, by: bytes, of: bytes, start: datetime, end: datetime, kind: str, now: datetime) -> None:
    """What differs once from her week: at the desk, on call, or off. Raises NotHers, NoTime, TooLong, TooMany."""
    longest = LONGEST_OFF if kind == OFF else LONGEST_ON
    if kind not in (*KINDS, OFF) or end <= start or end <= now:
        raise NoTime
    if end - start > longest:
        raise TooLong(hours=int(longest.total_seconds() // 3_600))

    def change(unit: Unit, one: Counsellor) -> None:
        one.changes = (*plan.without_old(one.changes, now), plan.change_of(start, end, kind))
        if len(one.changes) > MOST_CHANGES:
            raise TooMany(most=MOST_CHANGES)

    _change(room, by, of, None, "change", change, now)


def drop_change(room: CaseRoom, by: bytes, of: bytes, start: int, end: int, kind: str, now: datetime) -> None:
    """Take a change back; nothing where it is not there any more. Raises NotHers."""

    def change(unit: Unit, one: Counsellor) -> None:
        one.changes = tuple(kept for kept in one.changes if kept != (start, end, kind))

    _change(room, by, of, None, "change", change, now)


def set_hours(room: CaseRoom, by: bytes, week: Sequence[Sequence[Span]], version: int, now: datetime) -> None:
    """The team's hours on each day of the week. Raises NotHers, ChangedMeanwhile, TooMany, NoTime."""
    if len(week) != 7 or any(not _is_span(*span) for spans in week for span in spans):
        raise NoTime
    if any(len(spans) > MOST_SPANS for spans in week):
        raise TooMany(most=MOST_SPANS)
    days = tuple(tuple(sorted(set(spans))) for spans in week)
    _change_hours(room, by, version, lambda old: OpeningHours(days, old.zone, old.holidays), "hours", now)


def add_holiday(room: CaseRoom, by: bytes, day: date, name: str, now: datetime) -> None:
    """A day on which the team does not read and no weekly shift holds. Raises NotHers, TooMany, NoTime."""
    name = " ".join(name.split())[:60]
    if not name or not name.isprintable() or day < (now - timedelta(days=1)).date():
        raise NoTime

    def changed(old: OpeningHours) -> OpeningHours:
        kept = {one: title for one, title in old.holidays.items() if one >= (now - timedelta(days=31)).date()}
        if len(kept) >= MOST_HOLIDAYS:
            raise TooMany(most=MOST_HOLIDAYS)
        return OpeningHours(old.week, old.zone, {**kept, day: name})

    _change_hours(room, by, None, changed, "holiday", now)


def drop_holiday(room: CaseRoom, by: bytes, day: date, now: datetime) -> None:
    """Take a holiday back. Raises NotHers."""

    def changed(old: OpeningHours) -> OpeningHours:
        return OpeningHours(old.week, old.zone, {one: name for one, name in old.holidays.items() if one != day})

    _change_hours(room, by, None, changed, "holiday", now)


def hours_kept(room: CaseRoom) -> tuple[OpeningHours, int]:
    """The team's hours, and the version of its own; 0 while it keeps none and the settings hold."""

    def read(unit: Unit) -> tuple[OpeningHours, int]:
        kept = papers.every(unit, room.keyring, rota.HOURS)
        return rota.hours(unit, room.keyring, room.hours), kept[0].version if kept else 0

    return room.read(read)


def institutions_known(room: CaseRoom) -> list[Institution]:
    """Those that are open, by name."""
    return sorted((one for one in room.read(institutions.every) if one.active), key=lambda one: one.name)


def _change(
    room: CaseRoom,
    by: bytes,
    of: bytes,
    version: int | None,
    what: str,
    change: Callable[[Unit, Counsellor], None],
    now: datetime,
) -> None:
    def work(unit: Unit) -> None:
        me = room.acting(unit, by)
        if by != of and me.role != Role.SUPERVISOR:
            raise NotHers
        her = me if by == of else people.fetch(unit, room.keyring, of, hold=False)
        if her is None or her.status != people.ACTIVE or her.role not in READERS:
            raise NotHers
        one = counsellors.held(unit, room.keyring, of)
        if version is not None and one.version != version:
            raise ChangedMeanwhile
        change(unit, one)
        counsellors.save(unit, room.keyring, one)
        audit.append(unit, room.keyring, f"shifts: {what}", now, f"{short(of)} by {short(by)}")

    room.work(work)


def _change_hours(
    room: CaseRoom,
    by: bytes,
    version: int | None,
    changed: Callable[[OpeningHours], OpeningHours],
    what: str,
    now: datetime,
) -> None:
    def work(unit: Unit) -> None:
        me = people.fetch(unit, room.keyring, by, hold=False)
        if me is None or me.status != people.ACTIVE or me.role not in PLANNERS:
            raise NotHers
        papers.hold(unit, rota.HOURS)
        kept = papers.every(unit, room.keyring, rota.HOURS)
        if version is not None and version != (kept[0].version if kept else 0):
            raise ChangedMeanwhile
        body = rota.body_of(changed(rota.hours(unit, room.keyring, room.hours)))
        if kept:
            kept[0].body = body
            papers.save(unit, room.keyring, kept[0])
        else:
            papers.add(unit, room.keyring, rota.HOURS, body, now)
        audit.append(unit, room.keyring, f"shifts: {what}", now, f"by {short(by)}")

    room.work(work)


def _is_span(opens: int, closes: int) -> bool:
    return 0 <= opens < A_DAY and opens < closes <= opens + A_DAY


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
