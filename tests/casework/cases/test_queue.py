"""Which case comes next, and what time does to those that nobody answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from casework.cases import holding, queue, tending
from casework.hours import OpeningHours
from casework.paging.pager import Pager
from casework.triage import Level
from storage import cases, reports
from storage.database import Unit
from storage.reports import Report
from storage.vault.keyring import Keyring
from tests.casework.cases.conftest import Desk

HOUR = timedelta(hours=1)


def line(desk: Desk) -> list[bytes]:
    return [case.id for case in desk.room.read(lambda unit: queue.waiting(unit, desk.room))]


def asked(desk: Desk, report_id: bytes) -> None:
    """As if she had just written."""

    def work(unit: Unit) -> None:
        report = reports.fetch(unit, desk.room.keyring, report_id)
        assert report is not None
        report.meta.setdefault("desk", {})["asked"] = int(desk.clock().timestamp())
        reports.save(unit, desk.room.keyring, report, desk.clock())

    desk.room.work(work)


def test_the_grave_come_before_the_light_and_then_who_waits_longest(desk: Desk) -> None:
    first = desk.file(priority="green")
    desk.clock.forward(minutes=1)
    amber = desk.file(priority="amber")
    second = desk.file(priority="green", filed=(desk.clock() + HOUR).isoformat())
    red = desk.file(priority="red", status="new")
    desk.file(status="private")
    desk.file(status="withdrawn")

    assert line(desk) == [red, amber, first, second]


def test_a_freed_place_takes_the_oldest_that_waits_and_that_she_can_open(desk: Desk) -> None:
    before_she_came = desk.file()
    amina = desk.hire(duty=True, capacity=1)
    older = desk.file()
    desk.clock.forward(minutes=1)
    newer = desk.file()

    tending.tend(desk.room, desk.clock())
    assert desk.case(older).holder == amina.id
    assert desk.case(newer).holder is None
    assert desk.case(before_she_came).holder is None  # her key does not open it

    holding.release(desk.room, amina.id, older, desk.clock())
    assert tending.fill(desk.room, amina.id, desk.clock(), but=older) == newer


def test_a_look_at_cases_that_nobody_touched_opens_none_of_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each minute, in each process: with a million of them it would do nothing else."""
    untouched, other = desk.file(), desk.file()
    pager = Pager.of(desk.room, (), HOUR)
    tending.tend(desk.room, desk.clock())
    opened: list[bytes] = []
    open_some = cases.opened

    def watched(unit: Unit, keyring: Keyring, ids: Sequence[bytes]) -> Iterator[Report]:
        opened.extend(ids)
        return open_some(unit, keyring, ids)

    monkeypatch.setattr(cases, "opened", watched)
    monkeypatch.setattr(cases, "everyones", lambda *_: pytest.fail("all of them were opened"))
    asked(desk, other)

    tending.tend(desk.room, desk.clock())
    pager.again(desk.clock())

    assert opened
    assert untouched not in opened


def test_what_was_only_filed_is_given_to_nobody_by_itself(desk: Desk) -> None:
    report_id = desk.file(status="new", priority="red")
    desk.hire(duty=True)

    tending.tend(desk.room, desk.clock())

    assert desk.case(report_id).holder is None


def test_nobody_off_duty_is_given_a_case(desk: Desk) -> None:
    report_id = desk.file()
    desk.hire(capacity=5)

    tending.tend(desk.room, desk.clock())

    assert desk.case(report_id).holder is None


def test_her_language_comes_first_and_a_language_that_nobody_speaks_waits_for_anybody(desk: Desk) -> None:
    amina = desk.hire("Amina", duty=True, languages=("en",))
    bano = desk.hire("Bano", duty=True, languages=("ur",), capacity=1)
    urdu, sindhi = desk.file(language="ur"), desk.file(language="sd")

    tending.tend(desk.room, desk.clock())

    assert desk.case(urdu).holder == bano.id
    assert desk.case(sindhi).holder == amina.id


def test_cases_are_shared_out_one_by_one(desk: Desk) -> None:
    pair = [desk.hire("Amina", duty=True), desk.hire("Bano", duty=True)]
    for _ in range(4):
        desk.file()

    tending.tend(desk.room, desk.clock())

    assert [desk.room.read(lambda unit, one=one: queue.load(unit, desk.room, one.id)) for one in pair] == [2, 2]


@pytest.mark.parametrize(("level", "within"), tending.ANSWER_WITHIN.items())
def test_a_case_that_is_not_answered_in_time_goes_back_to_the_queue_and_up(
    desk: Desk, level: Level, within: timedelta
) -> None:
    amina, report_id, older = desk.hire(), desk.file(priority=level), desk.file(priority=level)
    desk.claim(amina, report_id)
    desk.claim(amina, older)
    asked(desk, report_id)
    desk.clock.now += within - timedelta(minutes=2)
    tending.tend(desk.room, desk.clock())
    assert desk.case(report_id).holder == amina.id

    desk.clock.now += timedelta(minutes=5)
    tending.tend(desk.room, desk.clock())

    case = desk.case(report_id)
    assert (case.holder, case.status, case.raised) == (None, "waiting", 1)
    assert desk.case(older).holder == amina.id  # nobody waits for an answer there
    assert ("case back: no answer", case.code) in [(what, detail.split()[0]) for what, detail in desk.log()]


def test_who_waits_unclaimed_goes_up_once_each_time_the_limit_passes(desk: Desk) -> None:
    report_id = desk.file(priority="red")
    for minutes, raised in ((14, 0), (2, 1), (1, 1), (14, 2)):
        desk.clock.forward(minutes=minutes)
        tending.tend(desk.room, desk.clock())
        tending.tend(desk.room, desk.clock())
        assert desk.case(report_id).raised == raised


def test_a_night_makes_nobody_late(desk: Desk) -> None:
    hours = OpeningHours.read("Mon-Fri 09:00-17:00", "Asia/Karachi")
    evening = datetime(2026, 11, 27, 11, 50, tzinfo=UTC)  # Friday, ten minutes before they close

    assert hours.open_between(evening, evening + timedelta(days=2)) == timedelta(minutes=10)
    assert hours.open_between(evening, datetime(2026, 11, 30, 5, 0, tzinfo=UTC)) == timedelta(hours=1, minutes=10)
    assert OpeningHours.read("never", "UTC").open_between(evening, evening + timedelta(days=9)) == timedelta()
    assert hours.open_between(evening, evening - HOUR) == timedelta()


def test_how_many_are_ahead_counts_only_those_who_wait_for_a_person(desk: Desk) -> None:
    desk.file(priority="red", status="new")
    desk.file(priority="red")
    mine = desk.file(priority="amber")
    desk.file(priority="green")

    waiting = desk.room.read(lambda unit: queue.waiting(unit, desk.room))

    assert queue.ahead_of(desk.case(mine), waiting) == 1
