"""A desk with counsellors and cases, on both databases; keys are real, logins are not needed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from casework.cases import holding
from casework.cases.case import Case
from casework.cases.room import CaseRoom
from casework.hours import OpeningHours
from casework.staff.roles import Role
from locales.phrasebook import Phrasebook
from storage import audit, reports, threads
from storage.database import Unit
from storage.staff import people, readers
from storage.vault.grants import KeyPair
from storage.vault.keyring import Keyring, Purpose
from storage.vault.receipts import ReceiptCode, derive
from tests.databases import Place
from tests.phones import Clock

ALWAYS = OpeningHours.read("Mon-Sun 00:00-23:59", "UTC")
_WORDS = Phrasebook.load()


@dataclass(frozen=True)
class Colleague:
    id: bytes
    pair: KeyPair


@dataclass
class Desk:
    """What a test does at the desk."""

    room: CaseRoom
    clock: Clock

    def hire(
        self, name: str = "Amina", role: Role = Role.COUNSELLOR, *, duty: bool = False, **how: object
    ) -> Colleague:
        return hired(self.room, self.clock, name, role, duty=duty, **how)

    def file(self, **meta: object) -> bytes:
        """A report; `meta` is what differs from a light one in English that wants a person."""
        receipt = derive(ReceiptCode.mint(), self.room.keyring.key(Purpose.PEPPER), 8, 1)
        known = {"status": "waiting", "language": "en", "channel": "sms", "priority": "green"} | meta
        known.setdefault("filed", self.clock().isoformat())

        def work(unit: Unit) -> bytes:
            report, pair = reports.begin(unit, self.room.keyring, receipt, {"said": "words"}, known, self.clock())
            reports.file(unit, self.room.keyring, report, pair, self.clock())
            return report.id

        return self.room.work(work)

    def case(self, report_id: bytes) -> Case:
        report = self.room.read(lambda unit: reports.fetch(unit, self.room.keyring, report_id, hold=False))
        assert report is not None
        return Case(report)

    def claim(self, who: Colleague, report_id: bytes) -> Case:
        return holding.claim(self.room, who.id, report_id, self.clock())

    def log(self) -> list[tuple[str, str]]:
        return self.room.read(lambda unit: [(one.what, one.detail) for one in audit.lines(unit, self.room.keyring)])

    def thread(self, who: Colleague, report_id: bytes) -> list[dict[str, object]]:
        def work(unit: Unit) -> list[dict[str, object]]:
            half = reports.half_granted(unit, report_id, who.id, who.pair.private)
            report = reports.fetch(unit, self.room.keyring, report_id)
            assert half is not None and report is not None
            return threads.read(unit, report, half)

        return self.room.work(work)


def hired(
    room: CaseRoom, clock: Clock, name: str, role: Role = Role.COUNSELLOR, *, duty: bool = False, **how: object
) -> Colleague:
    pair = KeyPair.new()

    def work(unit: Unit) -> bytes:
        member = people.add(unit, room.keyring, name, role, clock())
        member.status, member.public = people.ACTIVE, pair.public
        people.save(unit, room.keyring, member)
        readers.enrol(unit, room.keyring, member.id, pair.public, clock())
        return member.id

    one = Colleague(room.work(work), pair)
    if duty or how:
        until = clock() + timedelta(hours=12 if duty else 0)
        holding.be_on_duty(room, one.id, until, clock(), **how)  # type: ignore[arg-type]  # a test names fields freely
    return one


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring.new()


@pytest.fixture
def desk(place: Place, keyring: Keyring, clock: Clock) -> Desk:
    return Desk(CaseRoom(place.open(), keyring, ALWAYS, _WORDS), clock)
