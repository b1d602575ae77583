"""The rota: everybody's time together. Who is on, until when, and when somebody is on next; never better than it is.

It is read anew only when somebody changed something; a unit of work reads twelve bytes a row to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.hours import AHEAD, OpeningHours
from casework.shifts import plan
from casework.shifts.plan import DESK
from casework.spans import Interval, Span, merged
from casework.staff.roles import READERS, Role
from storage import counsellors, papers
from storage.counsellors import Change, Counsellor
from storage.database import Unit
from storage.papers import Paper
from storage.staff import people
from storage.vault.keyring import Keyring

HOURS = "hours"  # the kind of paper: one at most
_SOON = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Person:
    """One of those who answer, active now."""

    one: Counsellor
    name: str = field(repr=False)
    role: Role

    @property
    def id(self) -> bytes:
        return self.one.id


@dataclass(frozen=True, slots=True)
class Rota:
    """Everybody's time, as it was planned."""

    edition: object = field(repr=False)  # what it was read from
    hours: OpeningHours
    people: tuple[Person, ...] = field(repr=False)  # by name

    def person(self, staff_id: bytes) -> Person | None:
        """One of them; None for whoever answers nobody, or not any more."""
        return next((each for each in self.people if each.id == staff_id), None)

    def changes(self, person: Person) -> list[tuple[Change, datetime, datetime]]:
        """What differs once from her week, in order, with its moments by the clock on the wall."""
        intervals = ((change, plan.interval_of(change)) for change in sorted(person.one.changes))
        return [(change, self.local(start), self.local(end)) for change, (start, end) in intervals]

    def on_desk(self, now: datetime) -> list[Counsellor]:
        """Whoever takes cases now."""
        return [each.one for each in self.people if plan.until(each.one, DESK, self.hours, now)]

    def on_call(self, now: datetime) -> list[Counsellor]:
        """Whoever is called for what cannot wait: at the desk, or on call."""
        return [each.one for each in self.people if plan.on_now(each.one, self.hours, now)]

    def staffed(self, start: datetime, end: datetime, language: str = "", kind: str = DESK) -> list[Interval]:
        """When somebody is on around and between two moments: anybody, or who speaks a language."""
        on = (each.one for each in self.people if not language or each.one.speaks(language))
        return merged(stretch for one in on for stretch in plan.stretches(one, kind, self.hours, start, end))

    def until(self, now: datetime) -> datetime | None:
        """Until when somebody reads without a break, in the team's zone; None when nobody does now."""
        found = self.staffed(now, now + _SOON)
        end = next((end for start, end in found if start <= now < end), None)
        return None if end is None else self.local(end)

    def next(self, now: datetime) -> datetime | None:
        """When somebody reads next after now, in the team's zone: by plan, and where nobody plans by the team's hours.

        None if that is not within 60 days.
        """
        if not any(plan.plans_anything(each.one, now) for each in self.people):
            return self.hours.next_opening(now)
        for horizon in (now + _SOON, now + AHEAD):
            # What is once and lies beyond the horizon is among the found, without the week that it may lengthen.
            found = next((start for start, _ in self.staffed(now, horizon) if now < start < horizon), None)
            if found is not None:
                return self.local(found)
        return None

    def local(self, moment: datetime) -> datetime:
        """The moment by the clock on the team's wall."""
        return moment.astimezone(ZoneInfo(self.hours.zone))


class RotaShelf:
    """Keeps the latest rota for one process."""

    def __init__(self) -> None:
        self._rota: Rota | None = None

    def rota(self, unit: Unit, keyring: Keyring, default: OpeningHours) -> Rota:
        """The rota as it is in this unit of work. Raises Tampered."""
        edition = (counsellors.edition(unit), people.edition(unit), papers.edition(unit, HOURS))
        rota = self._rota
        if rota is None or rota.edition != edition:
            rota = Rota(edition, hours(unit, keyring, default), _people(unit, keyring))
            self._rota = rota
        return rota


def hours(unit: Unit, keyring: Keyring, default: OpeningHours) -> OpeningHours:
    """The team's hours as it keeps them; where it keeps none, those of the settings. The zone is always the settings'."""
    kept = papers.every(unit, keyring, HOURS)
    return _opened(kept[0], default.zone) if kept else default


def body_of(hours: OpeningHours) -> dict[str, object]:
    """Hours as their paper keeps them."""
    return {
        "week": [[list(span) for span in spans] for spans in hours.week],
        "holidays": {day.isoformat(): name for day, name in sorted(hours.holidays.items())},
    }


def _opened(paper: Paper, zone: str) -> OpeningHours:
    week = tuple(tuple(Span(*span) for span in spans) for spans in paper.body["week"])
    holidays = {date.fromisoformat(day): name for day, name in paper.body["holidays"].items()}
    return OpeningHours(week, zone, holidays)


def _people(unit: Unit, keyring: Keyring) -> tuple[Person, ...]:
    known = {one.id: one for one in counsellors.everybody(unit, keyring)}
    return tuple(
        Person(known.get(member.id) or Counsellor(member.id), member.name, Role(member.role))
        for member in people.everybody(unit, keyring)
        if member.status == people.ACTIVE and member.role in READERS
    )
