"""What changes is told to whoever can open it, by number, also after a cut and from other processes; on both databases."""

from __future__ import annotations

from threading import Thread

import pytest

from casework.cases import hearing, holding, live, notes
from casework.cases.live import Live, Seat
from casework.cases.room import CaseRoom
from storage import reports
from storage.database import Unit
from tests.casework.cases.conftest import ALWAYS, Colleague, Desk
from tests.databases import Place

NOT_AT_ALL = 0.0  # seconds to wait


@pytest.fixture
def amina(desk: Desk) -> Colleague:
    return desk.hire("Amina")


@pytest.fixture
def told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Live:
    """Looks only when the test says so."""
    monkeypatch.setattr(Live, "_watch", lambda self: None)
    made = Live(desk.room)
    made.look()
    return made


def seated(told: Live, who: Colleague) -> Seat:
    seat = told.sit(who.id)
    assert seat is not None
    return seat


def cases(told: Live, seat: Seat, after: int) -> list[bytes]:
    heard = told.hear(seat, after, NOT_AT_ALL)
    assert not heard.everything
    return [case for _, case in heard.changed]


def test_each_change_of_a_case_is_told_once_to_whoever_can_open_it(desk: Desk, told: Live, amina: Colleague) -> None:
    first, second = desk.file(), desk.file()
    bano = desk.hire("Bano")  # who came later
    seat, later = seated(told, amina), seated(told, bano)
    told.look()
    at = told.hear(seat, 1, NOT_AT_ALL).upto

    desk.claim(amina, first)
    notes.add(desk.room, amina.id, first, "hm", desk.clock())
    told.look()

    assert cases(told, seat, at) == [first]
    assert cases(told, later, at) == []
    desk.claim(amina, second)
    holding.release(desk.room, amina.id, first, desk.clock())
    told.look()
    assert set(cases(told, seat, at)) == {first, second}


def test_nothing_is_told_where_nothing_changed(desk: Desk, told: Live, amina: Colleague) -> None:
    desk.file()
    told.look()
    seat = seated(told, amina)
    at = told.hear(seat, 1, NOT_AT_ALL).upto

    told.look()
    desk.hire("Bano")  # a commit, but of no case
    told.look()

    assert told.hear(seat, at, NOT_AT_ALL).upto == at


def test_an_erased_case_is_told_to_whoever_had_it(desk: Desk, told: Live, amina: Colleague) -> None:
    report_id, bano = desk.file(), desk.hire("Bano")
    desk.claim(amina, report_id)
    told.look()
    seat, other = seated(told, amina), seated(told, bano)
    at = told.hear(seat, 1, NOT_AT_ALL).upto

    def erase(unit: Unit) -> None:
        report = reports.fetch(unit, desk.room.keyring, report_id)
        assert report is not None
        hearing.erase(unit, desk.room, report, desk.clock())

    desk.room.work(erase)
    told.look()

    assert cases(told, seat, at) == [report_id]
    assert cases(told, other, at) == []


def test_what_another_process_does_is_told_too(desk: Desk, told: Live, amina: Colleague, place: Place) -> None:
    report_id = desk.file()
    told.look()
    seat = seated(told, amina)
    at = told.hear(seat, 1, NOT_AT_ALL).upto

    elsewhere = CaseRoom(place.open(), desk.room.keyring, ALWAYS, desk.room.phrasebook)
    holding.claim(elsewhere, amina.id, report_id, desk.clock())
    told.look()

    assert cases(told, seat, at) == [report_id]


def test_whoever_was_cut_off_is_told_what_came_since(desk: Desk, told: Live, amina: Colleague) -> None:
    report_id = desk.file()
    told.look()
    seat = seated(told, amina)
    name = told.name_of(told.hear(seat, 1, NOT_AT_ALL).upto)
    told.leave(seat)
    told.leave(seat)

    desk.claim(amina, report_id)
    told.look()

    again = seated(told, amina)
    number = told.number_of(name)
    assert number is not None
    assert cases(told, again, number) == [report_id]


def test_a_page_that_was_read_before_a_change_hears_of_it_also_where_nobody_has_listened_yet(
    desk: Desk, amina: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Live, "_watch", lambda self: None)
    told = Live(desk.room)
    at = told.number_of(told.position())  # here the page is read
    desk.file()

    seat = seated(told, amina)
    told.look()

    assert told.hear(seat, at, NOT_AT_ALL).everything


@pytest.mark.parametrize(
    "name", ["", "x", "00000000-3", "-", "{run}-", "{run}-x", "{run}--1", "{run}-٣", "{run}-99999"]
)
def test_a_number_that_is_not_known_means_that_anything_may_have_changed(
    told: Live, amina: Colleague, name: str
) -> None:
    seat = seated(told, amina)
    run = told.position().partition("-")[0]

    assert told.hear(seat, told.number_of(name.format(run=run)), NOT_AT_ALL).everything


def test_more_changes_than_are_remembered_mean_that_anything_may_have_changed(
    desk: Desk, amina: Colleague, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "REMEMBERED", 2)
    monkeypatch.setattr(Live, "_watch", lambda self: None)
    told = Live(desk.room)
    told.look()
    seat = seated(told, amina)
    for _ in range(3):
        desk.file()
    told.look()

    assert told.hear(seat, 1, NOT_AT_ALL).everything
    assert len(cases(told, seat, 2)) == 2
    assert len(cases(told, seat, 3)) == 1


def test_seats_are_bounded_and_of_one_person_the_newest_sits(
    told: Live, amina: Colleague, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SEATS", 5)
    hers = [seated(told, amina) for _ in range(live.SEATS_EACH + 1)]
    bano = desk.hire("Bano")

    assert [seat.taken for seat in hers] == [True, False, False, False, False]
    seat = seated(told, bano)
    assert told.sit(desk.hire("Zara").id) is None
    told.leave(seat)
    assert told.sit(bano.id) is not None


def test_a_listener_who_waits_is_woken_by_a_change(desk: Desk, amina: Colleague) -> None:
    told = Live(desk.room)  # with its own thread
    seat = seated(told, amina)
    at = told.hear(seat, None, 60).upto  # when the thread has had its first look
    heard: list[bytes] = []
    listener = Thread(target=lambda: heard.extend(case for _, case in told.hear(seat, at, 60).changed))
    listener.start()

    report_id = desk.file()
    listener.join(60)

    assert heard == [report_id]
    told.leave(seat)
