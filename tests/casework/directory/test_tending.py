"""The directory is tended row by row: nothing half kept, nothing overwritten unseen, nothing lost, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from casework.directory import history, tending
from casework.directory.choosing import today
from casework.directory.listing import Wanted, listed, states_of
from casework.directory.refusals import Faulty, Meanwhile, NoSuchRow, NothingToUndo
from casework.directory.room import DirectoryRoom
from casework.directory.rows import FIELDS
from casework.seeding import load, shipped
from storage import changes, directory
from storage.tables import changes as table
from storage.unanswered import Tries
from storage.vault.errors import Tampered
from tests.casework.directory.conftest import AMINA, EMERGENCY, HOSPITAL, SANA, SHELTER
from tests.phones import Clock

# For what the kind of database cannot change: the second one costs time.
ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def cells(room: DirectoryRoom, row_id: str = HOSPITAL) -> dict[str, str]:
    return tending.cells_of(room, next(row for row in room.stock().offices if row.id == row_id))


def save(room: DirectoryRoom, clock: Clock, was: dict[str, str], by: bytes = AMINA, **typed: str) -> dict[str, str]:
    tending.save(room, was["id"], was, {**was, **typed}, by, clock())
    return cells(room, was["id"])


def lines(room: DirectoryRoom, row_id: str = HOSPITAL) -> list[history.Line]:
    return room.read(lambda unit: history.of(unit, room.office.keyring, row_id))


def test_what_is_typed_is_kept_tidied_and_told_from_then_on(room: DirectoryRoom, clock: Clock) -> None:
    edition = room.stock().edition

    after = save(room, clock, cells(room), phone="+92 21 9920 1300 ; 1122", name_ur=" جناح ہسپتال ", notes="one\r\ntwo")

    assert (after["phone"], after["name_ur"], after["notes"]) == ("021-99201300; 1122", "جناح ہسپتال", "one\ntwo")
    assert room.stock().edition != edition
    assert room.stock().by_id[HOSPITAL].phones == ("021-99201300", "1122")
    [line] = lines(room)
    assert (line.what, line.by, line.at) == ("edited", AMINA, int(clock().timestamp()))
    assert line.before["phone"] == "021-99201300"
    assert line.after["phone"] == "021-99201300; 1122"


@ON_SQLITE
def test_a_fault_names_its_field_and_nothing_is_kept(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)

    with pytest.raises(Faulty) as refused:
        save(room, clock, was, phone="12 in the morning", lat="67.03", lon="24.85", name_en="")

    assert {fault.column for fault in refused.value.faults} == {"phone", "lat", "name_en"}
    assert cells(room) == was
    assert lines(room) == []


def test_the_same_form_sent_twice_is_kept_once(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)

    save(room, clock, was, phone="+92-21-99201301")
    save(room, clock, was, phone="+92-21-99201301")

    assert len(lines(room)) == 1


@ON_SQLITE
def test_a_form_sent_unchanged_changes_nothing(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)

    assert save(room, clock, was) == was
    assert lines(room) == []


def test_the_second_of_two_is_told_what_the_first_has_written_and_chooses(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)
    save(room, clock, was, AMINA, phone="021-99201301", hours="office hours")

    with pytest.raises(Meanwhile) as refused:
        save(room, clock, was, SANA, phone="021-99201302")

    assert refused.value.theirs == {"phone", "hours"}
    assert refused.value.now["phone"] == "021-99201301"
    assert cells(room)["phone"] == "021-99201301"
    kept = save(room, clock, cells(room), SANA, phone="021-99201302")
    assert (kept["phone"], kept["hours"]) == ("021-99201302", "office hours")


def test_who_is_second_and_wants_the_same_is_told_nothing(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)
    save(room, clock, was, AMINA, hours="office hours")

    assert save(room, clock, was, SANA, hours="office hours")["hours"] == "office hours"
    assert len(lines(room)) == 1


def test_of_many_who_change_a_row_at_once_one_does(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)

    def change(number: int) -> bool:
        try:
            save(room, clock, was, bytes([number]) * 16, notes=f"by {number}")
        except Meanwhile:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(change, range(6)))

    assert done.count(True) == 1
    assert cells(room)["notes"] == f"by {done.index(True)}"
    assert len(lines(room)) == 1


def test_two_rows_changed_at_once_are_both_told(room: DirectoryRoom, clock: Clock) -> None:
    ids = [row.id for row in room.stock().offices[20:32]]
    shown = {row_id: cells(room, row_id) for row_id in ids}

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda row_id: save(room, clock, shown[row_id], notes=f"note of {row_id}"), ids))

    assert [cells(room, row_id)["notes"] for row_id in ids] == [f"note of {row_id}" for row_id in ids]


@ON_SQLITE
def test_another_number_was_not_dialled_yet(room: DirectoryRoom, clock: Clock) -> None:
    row = tending.save(room, HOSPITAL, cells(room), cells(room), AMINA, clock(), dialled=True)
    assert row.verified_on == today(clock())

    assert save(room, clock, cells(room), notes="new note")["verified_on"] != ""
    assert save(room, clock, cells(room), phone="021-99201301")["verified_on"] == ""


def test_a_row_that_becomes_sensitive_loses_its_place_here_and_in_its_history(
    room: DirectoryRoom, clock: Clock
) -> None:
    was = cells(room)
    assert was["address"]

    after = save(room, clock, was, sensitive_location="yes")

    assert (after["address"], after["lat"], after["lon"], after["coord_precision"]) == ("", "", "", "")
    kept = room.read(lambda unit: directory.all_offices(unit))
    row = next(one for one in kept if one.id == HOSPITAL)
    assert (row.address, row.lat, row.lon, row.precision) == ("", None, None, "")
    [line] = lines(room)
    assert not {"address", "lat", "lon", "coord_precision"} & set(line.columns)


@ON_SQLITE
@pytest.mark.parametrize("typed", [{"address": "12 Hidden Street"}, {"lat": "25.39", "lon": "68.36"}])
def test_a_sensitive_row_takes_no_place_whatever_is_sent(
    room: DirectoryRoom, clock: Clock, typed: dict[str, str]
) -> None:
    was = cells(room, SHELTER)

    assert save(room, clock, was, **typed) == was
    assert lines(room, SHELTER) == []


@ON_SQLITE
@pytest.mark.parametrize("column", ["id", "verified", "verified_on", "nonsense"])
def test_what_nobody_types_is_not_taken_from_a_form(room: DirectoryRoom, clock: Clock, column: str) -> None:
    was = cells(room)

    assert save(room, clock, was, **{column: "no" if column == "verified" else "2026-11-01"}) == was


def test_a_row_is_hidden_and_shown_and_stays(room: DirectoryRoom, clock: Clock) -> None:
    for _ in range(2):
        tending.show(room, HOSPITAL, AMINA, clock(), shown=False)
    assert HOSPITAL not in room.stock().by_id
    assert HOSPITAL in {row.id for row in room.stock().offices}

    tending.show(room, HOSPITAL, SANA, clock(), shown=True)

    assert HOSPITAL in room.stock().by_id
    assert [line.what for line in lines(room)] == ["hidden", "shown"]


@ON_SQLITE
def test_the_numbers_for_danger_can_neither_be_hidden_nor_emptied(room: DirectoryRoom, clock: Clock) -> None:
    with pytest.raises(Faulty) as hidden:
        tending.show(room, EMERGENCY, AMINA, clock(), shown=False)
    with pytest.raises(Faulty) as emptied:
        save(room, clock, cells(room, EMERGENCY), phone="")

    assert [fault.column for fault in hidden.value.faults] == ["verified"]
    assert [fault.column for fault in emptied.value.faults] == ["phone"]
    assert EMERGENCY in room.stock().by_id


def test_a_new_row_has_an_id_of_its_own_and_is_told(room: DirectoryRoom, clock: Clock) -> None:
    typed = {
        "kind": "hospital",
        "name_en": "New Clinic",
        "district": "Larkana",
        "phone": "0749410457",
        "phone_kind": "own",
    }

    one, other = (tending.add(room, typed, AMINA, clock()) for _ in range(2))

    assert one.id != other.id
    assert room.stock().by_id[one.id].phones == ("074-9410457",)
    assert [line.what for line in lines(room, one.id)] == ["added"]


@ON_SQLITE
def test_a_new_row_that_lacks_what_it_needs_is_refused_field_by_field(room: DirectoryRoom, clock: Clock) -> None:
    with pytest.raises(Faulty) as refused:
        tending.add(room, {"kind": "hospital", "phone": "0749410457"}, AMINA, clock())

    assert {"name_en", "district", "phone_kind"} <= {fault.column for fault in refused.value.faults}


def test_the_last_change_is_undone_and_that_is_undone(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)
    new = save(room, clock, was, phone="021-99201301", name_es="Hospital Jinnah")

    tending.undo(room, HOSPITAL, 1, SANA, clock())
    assert cells(room) == was
    tending.undo(room, HOSPITAL, 2, SANA, clock())

    assert cells(room) == new
    assert [line.what for line in lines(room)] == ["edited", "undone", "undone"]


def test_undoing_twice_in_a_hurry_undoes_once(room: DirectoryRoom, clock: Clock) -> None:
    was = cells(room)
    save(room, clock, was, notes="new note")
    tending.undo(room, HOSPITAL, 1, SANA, clock())

    with pytest.raises(NothingToUndo):
        tending.undo(room, HOSPITAL, 1, SANA, clock())

    assert cells(room) == was


@ON_SQLITE
def test_undoing_an_added_row_hides_it(room: DirectoryRoom, clock: Clock) -> None:
    row = tending.add(room, {"kind": "ngo", "name_en": "Them", "district": "NATIONAL"}, AMINA, clock())

    tending.undo(room, row.id, 1, AMINA, clock())

    assert row.id not in room.stock().by_id
    assert row.id in {one.id for one in room.stock().offices}


def test_what_an_import_changed_after_the_last_line_is_not_undone(room: DirectoryRoom, clock: Clock) -> None:
    save(room, clock, cells(room), notes="new note")
    room.work(lambda unit: directory.replace_offices(unit, shipped().rows))

    with pytest.raises(NothingToUndo):
        tending.undo(room, HOSPITAL, 1, AMINA, clock())
    with pytest.raises(NothingToUndo):
        tending.undo(room, SHELTER, 0, AMINA, clock())


@ON_SQLITE
def test_a_row_that_is_not_there_is_said_so(room: DirectoryRoom, clock: Clock) -> None:
    with pytest.raises(NoSuchRow):
        tending.save(room, "res999", {}, {"notes": "x"}, AMINA, clock())
    with pytest.raises(NoSuchRow):
        tending.show(room, "", AMINA, clock(), shown=False)


def test_what_was_tended_here_is_not_taken_back_by_the_next_migration(room: DirectoryRoom, clock: Clock) -> None:
    new = save(room, clock, cells(room), notes="new note")

    room.work(load)

    assert cells(room) == new


def test_the_latest_changes_of_all_rows_come_first(room: DirectoryRoom, clock: Clock) -> None:
    for row_id in (HOSPITAL, SHELTER, EMERGENCY):
        save(room, clock, cells(room, row_id), notes="new note")
        clock.now += timedelta(days=1)

    found = room.read(lambda unit: history.latest(unit, room.office.keyring, 2))

    assert [line.row for line in found] == [EMERGENCY, SHELTER]


def test_a_history_that_somebody_moved_is_refused(room: DirectoryRoom, clock: Clock) -> None:
    save(room, clock, cells(room), notes="new note")
    move = update(table).values(thing=f"row {SHELTER}")
    room.work(lambda unit: unit.main.run(move))

    with pytest.raises(Tampered):
        room.read(lambda unit: changes.of(unit, room.office.keyring, f"row {SHELTER}"))


WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)


@ON_SQLITE
def test_whatever_is_typed_is_kept_as_an_import_would_keep_it_or_refused(room: DirectoryRoom, clock: Clock) -> None:
    columns = [column for column in FIELDS if tending.is_typed(column)]

    @settings(max_examples=60, deadline=None)
    @given(st.dictionaries(st.sampled_from(columns), WORDS, max_size=4))
    def check(typed: dict[str, str]) -> None:
        was = cells(room)
        try:
            after = save(room, clock, was, **typed)
        except Faulty as refused:
            assert cells(room) == was
            assert all(fault.column for fault in refused.faults)
            return
        row = next(one for one in room.stock().offices if one.id == HOSPITAL)
        assert tending.read(room, after, clock()).row == row
        if after != was:
            tending.undo(room, HOSPITAL, lines(room)[-1].seq, AMINA, clock())

    check()


@ON_SQLITE
def test_a_list_is_searched_in_every_script_and_by_number(room: DirectoryRoom, clock: Clock) -> None:
    rows = room.stock().offices

    def found(**wanted: str) -> list[str]:
        return [row.id for row in listed(rows, Wanted(**wanted), {}, today(clock()))]

    assert HOSPITAL in found(text="jinnah POSTGRADUATE")
    assert found(text="021 9920 1300") == found(text="+92 21 99201300") == [HOSPITAL]
    assert EMERGENCY in found(text="مددگار")
    assert found(text="no such words") == []
    assert found(text="++--") == found(text="") == found(kind="", sort="nonsense")
    assert set(found(district="larkana", kind="hospital")) == {"res113", "res132"}
    assert found(sort="district") != found(sort="name")


@ON_SQLITE
def test_each_state_finds_its_rows(room: DirectoryRoom, clock: Clock) -> None:
    tending.save(room, HOSPITAL, cells(room), cells(room), AMINA, clock(), dialled=True)
    tending.show(room, "res101", AMINA, clock(), shown=False)
    rows = {row.id: row for row in room.stock().offices}
    day, tries = today(clock()), {"1094": Tries(3, today(clock()))}

    assert states_of(rows[HOSPITAL], tries, day) == ("fresh",)
    assert states_of(rows[HOSPITAL], tries, day + 91) == ("stale",)
    assert states_of(rows["res101"], tries, day) == ("hidden", "no_number")
    assert states_of(rows[SHELTER], tries, day) == ("silent", "never", "sensitive")
    assert states_of(rows[EMERGENCY], tries, day) == ("never",)
