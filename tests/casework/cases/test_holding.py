"""Who has a case: one at a time, no more than she can carry, and every change on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from casework.cases import holding, notes, opening, tending
from casework.cases.refusals import CaseGone, CaseRefusal, HeldByOther, NoRoom, NotOpen, NotShared, NotStaff, NotYours
from casework.staff.office import short
from casework.staff.roles import Role
from casework.triage import Level
from storage import reports
from storage.staff import people
from storage.staff.readers import Reader
from storage.vault.errors import Tampered
from storage.vault.randomness import new_id
from tests.casework.cases.conftest import Desk


def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_who_has_which_case(desk: Desk) -> None:
    pair = [desk.hire("Amina"), desk.hire("Bano")]

    for _ in range(5):
        report_id = desk.file()

        def claim(one: int, report_id: bytes = report_id) -> object:
            try:
                return desk.claim(pair[one], report_id).holder
            except HeldByOther as told:
                return told.values

        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(claim, range(2)))

        case = desk.case(report_id)
        assert case.holder in (pair[0].id, pair[1].id)
        assert sorted(map(str, said)) == sorted(map(str, [case.holder, {"code": case.code, "holder": case.holder}]))
        holding.release(desk.room, case.holder, report_id, desk.clock())
        desk.room.work(lambda unit, report_id=report_id: _set_aside(unit, desk, report_id))


def _set_aside(unit: object, desk: Desk, report_id: bytes) -> None:
    report = reports.fetch(unit, desk.room.keyring, report_id)  # type: ignore[arg-type]  # a unit
    assert report is not None
    report.meta["status"] = "withdrawn"
    reports.save(unit, desk.room.keyring, report, desk.clock())  # type: ignore[arg-type]  # a unit


def test_claiming_again_what_she_has_changes_nothing(desk: Desk) -> None:
    amina, report_id = desk.hire(), desk.file()
    desk.claim(amina, report_id)

    desk.claim(amina, report_id)

    assert [what for what, _ in desk.log()] == ["case claimed"]


def test_she_takes_no_more_cases_than_she_can_carry_however_many_come_at_once(desk: Desk) -> None:
    amina = desk.hire(capacity=2)
    filed = [desk.file() for _ in range(5)]

    def claim(report_id: bytes) -> bool:
        try:
            desk.claim(amina, report_id)
        except NoRoom as told:
            assert told.values == {"capacity": 2}
            return False
        return True

    with ThreadPoolExecutor(5) as pool:
        got = list(pool.map(claim, filed))

    assert sum(got) == 2
    assert sum(desk.case(one).holder == amina.id for one in filed) == 2


def test_a_released_case_is_back_where_it_was_and_nobodys(desk: Desk) -> None:
    amina, bano, report_id = desk.hire("Amina"), desk.hire("Bano"), desk.file()
    before = desk.claim(amina, report_id).since
    desk.clock.forward(hours=2)

    holding.release(desk.room, amina.id, report_id, desk.clock())

    case = desk.case(report_id)
    assert (case.holder, case.status, case.since) == (None, "waiting", before)
    assert desk.claim(bano, report_id).holder == bano.id


def test_a_case_is_handed_over_by_its_holder_or_a_supervisor_and_nobody_else(desk: Desk) -> None:
    amina, bano, zara = desk.hire("Amina"), desk.hire("Bano"), desk.hire("Zara", Role.SUPERVISOR)
    report_id = desk.file()
    desk.claim(amina, report_id)

    with pytest.raises(NotYours):
        holding.hand_over(desk.room, bano.id, report_id, bano.id, desk.clock())
    holding.hand_over(desk.room, amina.id, report_id, bano.id, desk.clock())
    assert desk.case(report_id).holder == bano.id
    holding.hand_over(desk.room, zara.id, report_id, amina.id, desk.clock())

    assert desk.case(report_id).holder == amina.id


def test_nobody_is_handed_more_than_she_can_carry(desk: Desk) -> None:
    amina, bano = desk.hire("Amina"), desk.hire("Bano", capacity=0)
    report_id = desk.file()
    desk.claim(amina, report_id)

    with pytest.raises(NoRoom):
        holding.hand_over(desk.room, amina.id, report_id, bano.id, desk.clock())


def test_a_case_that_her_key_does_not_open_is_not_there_for_her_and_is_not_handed_to_her(desk: Desk) -> None:
    amina, report_id = desk.hire("Amina"), desk.file()
    bano = desk.hire("Bano", Role.SUPERVISOR)  # who came later
    desk.claim(amina, report_id)

    for act in (holding.claim, holding.release, holding.join, holding.reopen):
        with pytest.raises(CaseGone):
            act(desk.room, bano.id, report_id, desk.clock())
    with pytest.raises(NotShared):
        holding.hand_over(desk.room, amina.id, report_id, bano.id, desk.clock())
    assert desk.case(report_id).holder == amina.id


def test_a_supervisor_joins_and_a_counsellor_does_not(desk: Desk) -> None:
    amina, bano, zara = desk.hire("Amina"), desk.hire("Bano"), desk.hire("Zara", Role.SUPERVISOR)
    report_id = desk.file()
    desk.claim(amina, report_id)

    with pytest.raises(NotYours):
        holding.join(desk.room, bano.id, report_id, desk.clock())
    holding.join(desk.room, zara.id, report_id, desk.clock())

    assert desk.case(report_id).is_among(zara.id)
    assert desk.case(report_id).holder == amina.id


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ANALYST, Role.TRANSLATOR])
def test_only_counsellors_do_anything_with_cases(desk: Desk, role: Role) -> None:
    other, report_id = desk.hire("Nadia", role), desk.file()

    for act in (
        lambda: desk.claim(other, report_id),
        lambda: holding.set_risk(desk.room, other.id, report_id, Level.RED, desk.clock()),
        lambda: notes.add(desk.room, other.id, report_id, "hm", desk.clock()),
        lambda: opening.look(desk.room, Reader(other.id, other.pair.private), report_id, desk.clock()),
    ):
        with pytest.raises(NotStaff):
            act()


def test_who_left_does_nothing_any_more_and_her_cases_go_back_to_the_queue(desk: Desk) -> None:
    amina, report_id = desk.hire(), desk.file()
    desk.claim(amina, report_id)

    def leave(unit: object) -> None:
        member = people.fetch(unit, desk.room.keyring, amina.id)  # type: ignore[arg-type]  # a unit
        assert member is not None
        member.status = people.LEFT
        people.save(unit, desk.room.keyring, member)  # type: ignore[arg-type]  # a unit

    desk.room.work(leave)

    with pytest.raises(NotStaff):
        holding.release(desk.room, amina.id, report_id, desk.clock())
    tending.tend(desk.room, desk.clock())
    assert (desk.case(report_id).holder, desk.case(report_id).status) == (None, "waiting")


@pytest.mark.parametrize("status", ["withdrawn", "closed"])
def test_what_is_not_open_is_not_claimed(desk: Desk, status: str) -> None:
    amina, report_id = desk.hire(), desk.file(status=status)

    with pytest.raises(NotOpen) as told:
        desk.claim(amina, report_id)

    assert told.value.values == {"status": status}


@pytest.mark.parametrize("status", ["private", None])
def test_a_record_she_keeps_for_herself_is_for_staff_as_if_it_were_not_there(desk: Desk, status: str | None) -> None:
    amina = desk.hire()

    with pytest.raises(CaseGone):
        desk.claim(amina, desk.file(status=status) if status else new_id())


def test_every_change_is_on_record_with_the_case_and_who_did_it(desk: Desk) -> None:
    amina, bano = desk.hire("Amina"), desk.hire("Bano")
    report_id = desk.file()
    now = desk.clock()
    code = desk.claim(amina, report_id).code
    notes.add(desk.room, amina.id, report_id, "call her mornings", now)
    holding.set_risk(desk.room, amina.id, report_id, Level.RED, now)
    holding.hand_over(desk.room, amina.id, report_id, bano.id, now)
    holding.release(desk.room, bano.id, report_id, now)

    a, b = short(amina.id), short(bano.id)
    assert desk.log() == [
        ("case claimed", f"{code} by {a}"),
        ("case note", f"{code} by {a}"),
        ("case risk", f"{code} by {a} green to red"),
        ("case handed over", f"{code} by {a} to {b}"),
        ("case released", f"{code} by {b}"),
    ]


def test_a_case_that_was_given_to_somebody_else_in_the_table_does_not_open(desk: Desk, place: object) -> None:
    from sqlalchemy import update

    from storage.tables import reports as table

    amina, report_id = desk.hire(), desk.file()
    desk.claim(amina, report_id)
    desk.room.work(lambda unit: unit.main.run(update(table).values(holder_id=new_id())))

    with pytest.raises(Tampered):
        desk.case(report_id)


def test_a_refusal_says_what_can_be_done_instead() -> None:
    kinds = [one for one in CaseRefusal.__subclasses__() if one.can]

    assert {HeldByOther, NoRoom, NotYours, NotOpen} <= set(kinds)
    assert len({one.reason for one in CaseRefusal.__subclasses__()}) == len(CaseRefusal.__subclasses__())
