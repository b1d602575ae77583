"""Another role: what the old one opened is closed at once, and the new one opens nothing by itself."""

from __future__ import annotations

import pytest

from casework.cases import holding
from casework.cases.refusals import NotStaff, NotYours
from casework.cases.room import CaseRoom
from casework.hours import OpeningHours
from casework.staff import changing, joining, refusals, register, sharing
from casework.staff.office import Office, short
from casework.staff.roles import Role
from locales.phrasebook import Phrasebook
from storage import audit, counsellors, reports
from storage.counsellors import Shift
from storage.database import Unit
from storage.vault.grants import KeyPair
from tests.casework.staff.conftest import Hire, Human, accepted
from tests.casework.staff.test_sharing_and_leaving import filed, reads
from tests.phones import Clock

ROOM_HOURS = OpeningHours.read("Mon-Sun 00:00-24:00", "UTC")
BOOK = Phrasebook.load()


@pytest.fixture
def room(office: Office) -> CaseRoom:
    return CaseRoom(office.database, office.keyring, ROOM_HOURS, BOOK)


def change(office: Office, who: Human, role: Role, by: Human, clock: Clock) -> int:
    return changing.change_role(office, who.id, role, by.id, clock())


def again(human: Human) -> Human:
    """She logs in anew."""
    human.clock.forward(seconds=30)
    human.cookie = human.log_in().cookie
    return human


def holder_of(office: Office, report_id: bytes) -> bytes | None:
    found = office.read(lambda unit: reports.fetch(unit, office.keyring, report_id, hold=False))
    assert found is not None
    return found.holder


def test_a_counsellor_who_becomes_an_analyst_opens_nothing_holds_nothing_and_is_logged_out(
    office: Office, hire: Hire, room: CaseRoom, clock: Clock, team: KeyPair
) -> None:
    amina, bano, zoya = hire("Amina"), hire("Bano"), hire("Zoya", Role.ADMIN)
    report = filed(office, clock)
    holding.claim(room, amina.id, report, clock())

    def plan(unit: Unit) -> None:
        one = counsellors.held(unit, office.keyring, amina.id)
        one.week = tuple(Shift(day, 0, 1440, "desk") for day in range(7))
        counsellors.save(unit, office.keyring, one)

    office.work(plan)
    private = amina.person.private

    assert change(office, amina, Role.ANALYST, zoya, clock) == 1

    assert amina.who() is None
    assert again(amina).person.role == Role.ANALYST
    assert office.work(lambda unit: reports.half_granted(unit, report, amina.id, private)) is None
    assert holder_of(office, report) is None
    assert room.read(room.rota).on_desk(clock()) == []
    with pytest.raises(NotStaff):
        holding.claim(room, amina.id, report, clock())
    assert reads(bano, report)
    logged = office.read(lambda unit: [(one.what, one.detail) for one in audit.lines(unit, office.keyring)])
    assert ("role changed", f"{short(amina.id)} from counsellor to analyst by {short(zoya.id)}") in logged
    assert "case back: her holder left" in [what for what, _ in logged]

    change(office, amina, Role.COUNSELLOR, zoya, clock)
    assert room.read(room.rota).on_desk(clock()) == []  # nor by her old shifts


def test_whoever_becomes_a_counsellor_reads_what_comes_and_earlier_reports_only_when_a_colleague_shares(
    office: Office, hire: Hire, clock: Clock, team: KeyPair
) -> None:
    amina, tahira, zoya = hire("Amina"), hire("Tahira", Role.TRANSLATOR), hire("Zoya", Role.ADMIN)
    before = filed(office, clock)

    assert change(office, tahira, Role.COUNSELLOR, zoya, clock) == 0
    again(tahira)
    after = filed(office, clock)

    assert [reads(tahira, before), reads(tahira, after)] == [False, True]
    assert [(one.name, one.reports) for one in sharing.owed(office)] == [("Tahira", 1)]
    reader = amina.person.reader
    assert reader is not None
    sharing.share(office, reader, clock())
    assert reads(tahira, before)


def test_what_only_she_opens_is_shared_first(office: Office, hire: Hire, clock: Clock) -> None:
    amina, zoya = hire("Amina"), hire("Zoya", Role.ADMIN)
    report = filed(office, clock)

    with pytest.raises(refusals.OnlyHers):
        change(office, amina, Role.TRANSLATOR, zoya, clock)

    assert amina.person.role == Role.COUNSELLOR and reads(amina, report)


def test_a_supervisor_who_becomes_a_counsellor_keeps_her_cases_and_stands_beside_nobody(
    office: Office, hire: Hire, room: CaseRoom, clock: Clock, team: KeyPair
) -> None:
    sara, bano, zoya = hire("Sara", Role.SUPERVISOR), hire("Bano"), hire("Zoya", Role.ADMIN)
    hers, other = filed(office, clock), filed(office, clock)
    holding.claim(room, sara.id, hers, clock())
    holding.claim(room, bano.id, other, clock())
    holding.join(room, sara.id, other, clock())

    assert change(office, sara, Role.COUNSELLOR, zoya, clock) == 0

    again(sara)
    assert holder_of(office, hers) == sara.id and reads(sara, other)
    with pytest.raises(NotYours):
        holding.join(room, sara.id, other, clock())
    found = office.read(lambda unit: reports.fetch(unit, office.keyring, other, hold=False))
    assert found is not None and found.meta["desk"]["joined"] == []


def test_the_last_admin_stays_one_and_a_second_may_change(office: Office, hire: Hire, clock: Clock) -> None:
    zoya = hire("Zoya", Role.ADMIN)
    with pytest.raises(refusals.LastAdmin):
        change(office, zoya, Role.COUNSELLOR, zoya, clock)

    hire("Rabia", Role.ADMIN)
    change(office, zoya, Role.COUNSELLOR, zoya, clock)

    assert again(zoya).person.role == Role.COUNSELLOR


def test_whoever_was_only_invited_comes_in_the_new_role(
    office: Office, hire: Hire, clock: Clock, team: KeyPair
) -> None:
    zoya = hire("Zoya", Role.ADMIN)
    code = joining.invite(office, "Sana", Role.ANALYST, zoya.id, clock())
    entry = register.entry(office, "Sana")
    assert entry is not None

    changing.change_role(office, entry.id, Role.COUNSELLOR, zoya.id, clock())
    sana = accepted(office, code, clock, "Sana")

    assert reads(sana, filed(office, clock))


def test_the_same_role_again_changes_nothing_and_nobody_is_nobody(office: Office, hire: Hire, clock: Clock) -> None:
    amina, zoya = hire("Amina"), hire("Zoya", Role.ADMIN)

    assert change(office, amina, Role.COUNSELLOR, zoya, clock) == 0
    assert amina.who() is not None
    with pytest.raises(refusals.NobodyThere):
        changing.change_role(office, bytes(16), Role.ANALYST, zoya.id, clock())
