"""What an admin does with the list and with what is wanted. Each change is put on record; posters keep their numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from casework.institutions import demand, numbers
from casework.institutions.demand import Demand
from casework.institutions.rows import LONGEST_NAME, MOST_OTHERS, Reader
from casework.institutions.shelf import Register, Shelf
from casework.places.finding import shipped_finder
from casework.places.gazetteer import COUNTRY, read_country
from casework.staff.office import Office, short
from casework.staff.refusals import Refusal
from storage import audit, institutions, wishes
from storage.database import Unit
from storage.institutions import Institution

Row = Institution  # for the doors, which open no storage
PREFIX = "inst"  # of the ids that are given here
_NEAR = 3  # of the list, shown beside what is wanted


class Unfit(Refusal):
    """A field cannot be taken as it is: `field` and the trouble with it."""

    reason = "institution_unfit"


class ChangedMeanwhile(Refusal):
    """Somebody changed it since the page was shown."""

    reason = "institution_changed"


class NotThere(Refusal):
    """No institution, or nothing wanted, of this name any more."""

    reason = "institution_gone"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted, and what may be it in the list already."""

    demand: Demand
    near: tuple[Institution, ...]
    district: str  # in which its town lies, as far as that is certain


def register(office: Office, shelf: Shelf) -> Register:
    """The list as it is now."""
    return office.read(shelf.register)


def add(office: Office, by: bytes, cells: Mapping[str, str], now: datetime, *, wanted: str = "") -> Institution:
    """Add one, and let go of the wishes for it. Raises Unfit, NotThere.

    cells   as a row of a file has them, without id and number
    wanted  key of the demand that it answers
    """

    def work(unit: Unit) -> Institution:
        institutions.hold(unit)
        present = institutions.every(unit)
        row = replace(_read(cells, _free_id(present)), number=numbers.free({one.number for one in present}))
        institutions.put(unit, row)
        if wanted:
            _let_go(unit, office, wanted, now)
        audit.append(unit, office.keyring, "institution added", now, f"{row.id} by {short(by)}")
        return row

    return office.work(work)


def change(office: Office, by: bytes, row_id: str, seen: str, cells: Mapping[str, str], now: datetime) -> Institution:
    """Change one as the page showed it. Raises Unfit, NotThere, ChangedMeanwhile.

    seen  `mark_of` the row that the page showed
    """

    def work(unit: Unit) -> Institution:
        institutions.hold(unit)
        before = _held(unit, row_id, seen)
        row = replace(_read(cells, before.id), number=before.number, source=before.source)
        institutions.put(unit, row)
        audit.append(unit, office.keyring, "institution changed", now, f"{row.id} by {short(by)}")
        return row

    return office.work(work)


def close(office: Office, by: bytes, row_id: str, seen: str, now: datetime, *, again: bool = False) -> Institution:
    """Offer one no more, or again. Its number stays its own: a poster may still hang. Raises NotThere, ChangedMeanwhile."""

    def work(unit: Unit) -> Institution:
        institutions.hold(unit)
        row = replace(_held(unit, row_id, seen), active=again)
        institutions.put(unit, row)
        what = "institution opened" if again else "institution closed"
        audit.append(unit, office.keyring, what, now, f"{row.id} by {short(by)}")
        return row

    return office.work(work)


def wanted(office: Office, shelf: Shelf, now: datetime) -> list[Wanted]:
    """What reporters named and the list lacks, ranked. Wishes that somebody changed are put on record."""

    def read(unit: Unit) -> tuple[list[Demand], list[bytes], Register]:
        return *demand.ranked(unit, office.keyring, now), shelf.register(unit)

    found, faults, there = office.read(read)
    if faults:
        office.work(lambda unit: _put_on_record(unit, office, faults, now))
    return [Wanted(one, _near(there, one), district_of(one.city)) for one in found]


def put_together(office: Office, by: bytes, key: str, other: str, now: datetime) -> None:
    """Let what is wanted under one name be the same as what is under another. Raises NotThere."""

    def work(unit: Unit) -> None:
        one, into = _demanded(unit, office, key, now), _demanded(unit, office, other, now)
        if one.tags == into.tags:
            return
        wishes.put_together(unit, office.keyring, (*one.tags, *into.tags), into.name, now)
        audit.append(unit, office.keyring, "wishes put together", now, f"{one.people} people by {short(by)}")

    office.work(work)


def is_listed(office: Office, by: bytes, key: str, row_id: str, now: datetime) -> None:
    """What is wanted is in the list already, and is found by that name too from now on. Raises NotThere."""

    def work(unit: Unit) -> None:
        institutions.hold(unit)
        row, one = institutions.fetch(unit, row_id), _demanded(unit, office, key, now)
        if row is None:
            raise NotThere
        said = " ".join(one.name.replace("|", " ").split())[:LONGEST_NAME]
        if said not in (*row.names.values(), *row.others) and len(row.others) < MOST_OTHERS:
            institutions.put(unit, replace(row, others=(*row.others, said)))
        _let_go(unit, office, key, now)
        audit.append(unit, office.keyring, "wishes were listed", now, f"{row.id}, {one.people} people by {short(by)}")

    office.work(work)


def dismiss(office: Office, by: bytes, key: str, now: datetime) -> None:
    """It is no institution. Raises NotThere."""

    def work(unit: Unit) -> None:
        one = _demanded(unit, office, key, now)
        _let_go(unit, office, key, now)
        audit.append(unit, office.keyring, "wishes dismissed", now, f"{one.people} people by {short(by)}")

    office.work(work)


def district_of(city: str) -> str:
    """English name of the district in which a town lies, when that is certain; else ""."""
    place = shipped_finder().find(city).one if city else None
    return place.district if place is not None else ""


def mark_of(row: Institution) -> str:
    """What a page keeps of a row, to see whether it is still as it was shown."""
    kept = (row.id, sorted(row.names.items()), row.others, row.kind, row.city, row.district, row.active)
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:16]


def _put_on_record(unit: Unit, office: Office, changed: Sequence[bytes], now: datetime) -> None:
    """Nobody can read them any more: noted, and taken away, so that they are noted once."""
    for tag in changed:
        audit.note_fault(unit, office.keyring, f"wishes.sealed {tag.hex()[:8]}", now)
        wishes.drop(unit, tag)


def _held(unit: Unit, row_id: str, seen: str) -> Institution:
    row = institutions.fetch(unit, row_id)
    if row is None:
        raise NotThere
    if mark_of(row) != seen:
        raise ChangedMeanwhile
    return row


def _read(cells: Mapping[str, str], row_id: str) -> Institution:
    row, faults = Reader(read_country(COUNTRY)).read({**cells, "id": row_id}, 0)
    if row is None:
        fault = next(fault for fault in faults if fault.blocks)
        raise Unfit(field=fault.column, trouble=fault.trouble, mend=fault.mend)
    return row


def _free_id(present: Sequence[Institution]) -> str:
    taken = {row.id for row in present}
    return next(one for number in count(1) if (one := f"{PREFIX}{number:03}") not in taken)


def _near(there: Register, one: Demand) -> tuple[Institution, ...]:
    found = there.finder.find(f"{one.name} {one.city}").candidates or there.finder.find(one.name).candidates
    return tuple(candidate.institution for candidate in found[:_NEAR])


def _demanded(unit: Unit, office: Office, key: str, now: datetime) -> Demand:
    found = demand.of(demand.ranked(unit, office.keyring, now)[0], key)
    if found is None:
        raise NotThere
    return found


def _let_go(unit: Unit, office: Office, key: str, now: datetime) -> None:
    for tag in _demanded(unit, office, key, now).tags:
        wishes.drop(unit, tag)
