"""Numbers to verify by phone: what is due, what a second press and a colleague do, and what a slip costs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.directory import dialling, history, tending
from casework.directory.choosing import STALE_AFTER, today
from casework.directory.dialling import Work
from casework.directory.listing import SILENT_AFTER
from casework.directory.refusals import CallTaken, NothingToUndo
from casework.directory.room import DirectoryRoom
from storage import directory
from storage.unanswered import Tries
from tests.casework.directory.conftest import AMINA, EMERGENCY, HOSPITAL, SANA
from tests.phones import Clock

HELPLINE, NUMBER = "1094", "021-99201300"
ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def work(room: DirectoryRoom, clock: Clock, wrong: dict[str, int] | None = None) -> Work:
    return dialling.work(room.stock().offices, tending.tries(room), wrong or {}, today(clock()))


def state(room: DirectoryRoom, clock: Clock, number: str) -> str:
    call = work(room, clock).at(number)
    assert call is not None
    assert call.number == number
    return call.state


def answered(room: DirectoryRoom, clock: Clock, number: str, by: bytes = AMINA) -> list[str]:
    call = work(room, clock).at(number)
    assert call is not None
    ids = [row.id for row in call.rows]
    return dialling.answered(room, number, ids, state(room, clock, number), by, clock())


@ON_SQLITE
def test_a_number_is_dialled_once_however_many_rows_tell_it(room: DirectoryRoom, clock: Clock) -> None:
    due = work(room, clock).due
    shown = [row for row in room.stock().by_id.values() if row.phones]

    assert len({call.number for call in due}) == len(due) == 34
    assert sum(len(call.rows) for call in due) == len(shown)
    assert due[0].number == "1094"  # told first of all to whoever is in danger, and by most rows
    assert {call.number for call in due[:3]} == {"1094", "15", "1122"}
    assert due[0].first.phone_kind == "own"


@ON_SQLITE
def test_what_was_said_to_be_wrong_comes_first_even_when_it_was_dialled_lately(
    room: DirectoryRoom, clock: Clock
) -> None:
    answered(room, clock, NUMBER)

    found = work(room, clock, {HOSPITAL: 2, "res102": 5})

    assert [call.number for call in found.due[:2]] == ["021-34930051", NUMBER]
    assert found.due[0].wrong == 5


def test_a_number_that_answered_is_verified_today_in_every_row_and_by_whom(room: DirectoryRoom, clock: Clock) -> None:
    before = work(room, clock)

    ids = answered(room, clock, HELPLINE)

    day = today(clock())
    rows = {row.id: row for row in room.stock().offices}
    assert len(ids) > 10
    assert {rows[one].verified_on for one in ids} == {day}
    lines = room.read(lambda unit: history.of(unit, room.office.keyring, ids[3]))
    assert [(line.what, line.by) for line in lines] == [("answered", AMINA)]
    after = work(room, clock)
    assert (after.done, after.total) == (1, before.total)
    assert HELPLINE not in {call.number for call in after.due}
    clock.now += timedelta(days=STALE_AFTER + 1)
    assert HELPLINE in {call.number for call in work(room, clock).due}


def test_only_what_is_ticked_is_verified_and_the_rest_stays_due(room: DirectoryRoom, clock: Clock) -> None:
    call = work(room, clock).at(HELPLINE)
    assert call is not None

    done = dialling.answered(room, HELPLINE, [call.rows[1].id, HOSPITAL, "nonsense"], call.state, AMINA, clock())

    assert done == [call.rows[1].id]
    left = work(room, clock).at(HELPLINE)
    assert left is not None
    assert left.number == HELPLINE
    rows = {row.id: row for row in room.stock().offices}
    assert rows[HOSPITAL].verified_on is None


def test_a_second_press_verifies_nothing_twice(room: DirectoryRoom, clock: Clock) -> None:
    call = work(room, clock).at(NUMBER)
    assert call is not None
    dialling.answered(room, NUMBER, [HOSPITAL], call.state, AMINA, clock())

    with pytest.raises(CallTaken) as taken:
        dialling.answered(room, NUMBER, [HOSPITAL], call.state, AMINA, clock())

    assert (taken.value.by, taken.value.what) == (AMINA, "answered")
    assert len(room.read(lambda unit: history.of(unit, room.office.keyring, HOSPITAL))) == 1


def test_of_two_who_press_at_once_one_is_told_of_the_other(room: DirectoryRoom, clock: Clock) -> None:
    call = work(room, clock).at(HELPLINE)
    assert call is not None
    ids = [row.id for row in call.rows]

    def press(by: bytes) -> bytes:
        try:
            if by[0] % 2:
                dialling.answered(room, HELPLINE, ids, call.state, by, clock())
            else:
                dialling.silent(room, HELPLINE, call.state, by, clock())
        except CallTaken as taken:
            return taken.by
        return by

    people = [bytes([number]) * 16 for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(press, people))

    assert len(set(told)) == 1  # everybody else was told of the one who was first
    lines = room.read(lambda unit: history.of(unit, room.office.keyring, call.first.id))
    assert len(lines) == 1


def test_a_silent_number_comes_again_tomorrow_and_after_three_days_waits_for_a_decision(
    room: DirectoryRoom, clock: Clock
) -> None:
    for number in range(1, SILENT_AFTER + 1):
        noted = dialling.silent(room, NUMBER, state(room, clock, NUMBER), AMINA, clock())
        assert noted.times == number
        assert NUMBER not in {call.number for call in work(room, clock).due}
        clock.now += timedelta(days=1)

    found = work(room, clock)
    assert NUMBER not in {call.number for call in found.due}
    assert found.silent == 1


def test_an_answer_forgets_the_silent_days(room: DirectoryRoom, clock: Clock) -> None:
    dialling.silent(room, NUMBER, state(room, clock, NUMBER), AMINA, clock())
    clock.now += timedelta(days=1)

    answered(room, clock, NUMBER)

    assert tending.tries(room) == {}


def test_another_number_in_the_row_forgets_them_too(room: DirectoryRoom, clock: Clock) -> None:
    dialling.silent(room, NUMBER, state(room, clock, NUMBER), AMINA, clock())
    cells = tending.cells_of(room, tending.row_of(room, HOSPITAL))

    tending.save(room, HOSPITAL, cells, {**cells, "phone": "021-99201301"}, AMINA, clock())

    assert tending.tries(room) == {}
    assert "021-99201301" in {call.number for call in work(room, clock).due}


def test_a_slip_is_taken_back_for_every_row_of_the_number(room: DirectoryRoom, clock: Clock) -> None:
    before = {row.id: row for row in room.stock().offices}
    answered(room, clock, HELPLINE)

    dialling.take_back(room, HELPLINE, AMINA, clock())

    assert {row.id: row for row in room.stock().offices} == before
    assert HELPLINE in {call.number for call in work(room, clock).due}


def test_a_slip_of_no_answer_is_taken_back_too(room: DirectoryRoom, clock: Clock) -> None:
    dialling.silent(room, NUMBER, state(room, clock, NUMBER), AMINA, clock())
    clock.now += timedelta(days=1)
    dialling.silent(room, NUMBER, state(room, clock, NUMBER), AMINA, clock())

    dialling.take_back(room, NUMBER, AMINA, clock())

    assert tending.tries(room) == {NUMBER: Tries(1, today(clock()) - 1)}
    assert NUMBER in {call.number for call in work(room, clock).due}


@pytest.mark.parametrize("later", [timedelta(hours=2), timedelta(0)])
def test_what_somebody_else_said_or_what_is_long_ago_is_no_slip(
    room: DirectoryRoom, clock: Clock, later: timedelta
) -> None:
    answered(room, clock, NUMBER)
    clock.now += later

    with pytest.raises(NothingToUndo):
        dialling.take_back(room, NUMBER, AMINA if later else SANA, clock())

    assert tending.row_of(room, HOSPITAL).verified_on is not None


@pytest.mark.parametrize("number", ["", "1%", "%", "not a number", "99", '1094", "'])
def test_a_number_that_nobody_tells_is_refused(room: DirectoryRoom, clock: Clock, number: str) -> None:
    with pytest.raises(CallTaken):
        dialling.answered(room, number, [HOSPITAL], "", AMINA, clock())
    with pytest.raises(CallTaken):
        dialling.silent(room, number, "", AMINA, clock())
    with pytest.raises(NothingToUndo):
        dialling.take_back(room, number, AMINA, clock())

    assert tending.tries(room) == {}


@ON_SQLITE
def test_hidden_rows_are_not_dialled_and_a_day_without_work_is_over(room: DirectoryRoom, clock: Clock) -> None:
    rows = room.stock().offices
    assert "1991" not in {call.number for call in work(room, clock).due}  # superseded, and hidden

    found = dialling.work([], {}, {}, today(clock()))

    assert (found.due, found.done, found.total, found.at("1094")) == ((), 0, 0, None)
    assert EMERGENCY in {row.id for row in rows}


@ON_SQLITE
def test_walking_through_the_calls_meets_each_once(room: DirectoryRoom, clock: Clock) -> None:
    found = work(room, clock)
    call, seen = found.at(""), []
    for _ in range(found.total):
        assert call is not None
        seen.append(call.number)
        before, after = found.beside(call)
        assert found.beside(found.at(before) or call)[1] == call.number
        call = found.at(after)

    assert sorted(seen) == sorted(one.number for one in found.due)


@ON_SQLITE
def test_whatever_is_pressed_in_whatever_order_each_number_is_due_done_or_given_up(
    room: DirectoryRoom, clock: Clock
) -> None:
    numbers = [call.number for call in work(room, clock).due][:4]

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(numbers), st.sampled_from("ynub")), max_size=12))
    def check(presses: list[tuple[str, str]]) -> None:
        for number, key in presses:
            call = next((one for one in work(room, clock).due if one.number == number), None)
            if key == "b":
                clock.now += timedelta(days=1)
            elif key == "u":
                try:
                    dialling.take_back(room, number, AMINA, clock())
                except NothingToUndo:
                    assert tending.tries(room).get(number) is None or call is None or call.tries
            elif call and key == "y":
                answered(room, clock, number)
                assert number not in {one.number for one in work(room, clock).due}
            elif call and key == "n":
                dialling.silent(room, number, call.state, AMINA, clock())
                assert number not in {one.number for one in work(room, clock).due}
        found = work(room, clock)
        assert found.total <= 34
        assert all(tries.times >= 1 for tries in tending.tries(room).values())
        assert room.read(lambda unit: len(directory.all_offices(unit))) == 142

    check()
