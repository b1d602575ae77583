"""Many rows at once and whole files: all or nothing, on what was seen and on nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.directory import bulk, history, tending
from casework.directory.bulk import DEEDS
from casework.directory.choosing import today
from casework.directory.exchange import exported, read_batch
from casework.directory.formats import FORMATS
from casework.directory.refusals import Faulty, Moved
from casework.directory.room import DirectoryRoom
from storage import directory
from tests.casework.directory.conftest import AMINA, EMERGENCY, HOSPITAL, SANA, SHELTER
from tests.phones import Clock

THREE = ["res099", "res100", "res101"]
ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def rows(room: DirectoryRoom) -> dict[str, directory.Resource]:
    return {row.id: row for row in room.stock().offices}


@pytest.mark.parametrize(
    ("deed", "value", "shown"),
    [
        ("kind", "legal_aid", lambda row, day: row.kind == "legal_aid"),
        ("district", "Larkana", lambda row, day: row.district == "larkana"),
        ("serves", "Children; men", lambda row, day: row.serves == ("children", "men")),
        ("hide", "", lambda row, day: row.verified == "no"),
        ("dialled", "", lambda row, day: row.verified_on == day),
    ],
)
def test_what_was_planned_is_done_to_all_and_kept_in_each_history(
    room: DirectoryRoom, clock: Clock, deed: str, value: str, shown: object
) -> None:
    planned = bulk.plan(room, THREE, deed, value, clock())
    assert planned.sound
    assert [one.row.id for one in planned.differences] == THREE

    done = bulk.carry_out(room, THREE, deed, value, planned.edition, AMINA, clock())

    assert done == 3
    assert all(shown(rows(room)[one], today(clock())) for one in THREE)  # type: ignore[operator]  # a function
    for one in planned.differences:
        assert tending.cells_of(room, rows(room)[one.row.id]) == one.after
        lines = room.read(lambda unit, of=one.row.id: history.of(unit, room.office.keyring, of))
        assert [(line.what, line.by) for line in lines] == [(DEEDS[deed], AMINA)]


def test_when_the_directory_moved_meanwhile_nothing_is_done(room: DirectoryRoom, clock: Clock) -> None:
    planned = bulk.plan(room, THREE, "hide", "", clock())
    tending.show(room, SHELTER, SANA, clock(), shown=False)
    before = rows(room)

    with pytest.raises(Moved):
        bulk.carry_out(room, THREE, "hide", "", planned.edition, AMINA, clock())

    assert rows(room) == before


def test_pressed_twice_it_is_done_once(room: DirectoryRoom, clock: Clock) -> None:
    planned = bulk.plan(room, THREE, "hide", "", clock())
    bulk.carry_out(room, THREE, "hide", "", planned.edition, AMINA, clock())

    with pytest.raises(Moved):
        bulk.carry_out(room, THREE, "hide", "", planned.edition, AMINA, clock())

    assert len(room.read(lambda unit: history.of(unit, room.office.keyring, HOSPITAL))) == 1


def test_one_row_in_the_way_keeps_all_of_them(room: DirectoryRoom, clock: Clock) -> None:
    ids = [*THREE, EMERGENCY]
    planned = bulk.plan(room, ids, "hide", "", clock())
    assert not planned.sound
    assert [one.row.id for one in planned.differences if one.faults] == [EMERGENCY]
    before = rows(room)

    with pytest.raises(Faulty):
        bulk.carry_out(room, ids, "hide", "", planned.edition, AMINA, clock())

    assert rows(room) == before


@ON_SQLITE
@pytest.mark.parametrize(
    ("deed", "value"), [("kind", "nonsense"), ("district", "Atlantis"), ("serves", "=HYPERLINK(1)")]
)
def test_a_value_that_cannot_be_is_named_row_by_row(room: DirectoryRoom, clock: Clock, deed: str, value: str) -> None:
    planned = bulk.plan(room, THREE, deed, value, clock())

    assert not planned.sound
    assert [{fault.column for fault in one.faults} for one in planned.differences] == [{deed}] * 3


@ON_SQLITE
def test_what_is_so_already_is_counted_and_left(room: DirectoryRoom, clock: Clock) -> None:
    planned = bulk.plan(room, [*THREE, "nonsense"], "kind", "hospital", clock())

    assert (planned.differences, planned.same, planned.sound) == ((), 3, False)


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_taken_whole_and_noted_in_each_history(room: DirectoryRoom, clock: Clock, form: str) -> None:
    changed = replace(rows(room)[HOSPITAL], phones=("021-99201301",))
    added = replace(rows(room)[HOSPITAL], id="x1", names={"en": "New Clinic"}, phones=("074-9410457",))
    batch = read_batch(exported([changed, added], room.country, form).encode(), room.country, clock().date())
    edition = room.stock().edition

    assert bulk.take(room, batch, edition, AMINA, clock()) == 2

    assert rows(room)[HOSPITAL] == changed
    assert rows(room)["x1"] == added
    assert len(rows(room)) == 143
    lines = room.read(lambda unit: history.of(unit, room.office.keyring, HOSPITAL))
    assert [(line.what, line.before["phone"]) for line in lines] == [("imported", "021-99201300")]
    with pytest.raises(Moved):
        bulk.take(room, batch, edition, AMINA, clock())
    tending.undo(room, HOSPITAL, 1, SANA, clock())
    assert rows(room)[HOSPITAL].phones == ("021-99201300",)


def test_a_file_that_takes_a_number_for_danger_away_is_not_taken(room: DirectoryRoom, clock: Clock) -> None:
    without = replace(rows(room)[EMERGENCY], verified="no")
    batch = read_batch(exported([without], room.country, "csv").encode(), room.country, clock().date())

    with pytest.raises(Faulty):
        bulk.take(room, batch, room.stock().edition, AMINA, clock())

    assert rows(room)[EMERGENCY].verified == "yes"


def test_after_all_that_out_and_in_again_loses_nothing(room: DirectoryRoom, clock: Clock) -> None:
    bulk.carry_out(room, THREE, "serves", "children; men", room.stock().edition, AMINA, clock())
    tending.save(
        room, SHELTER, tending.cells_of(room, rows(room)[SHELTER]), {"name_es": "Casa"}, AMINA, clock(), dialled=True
    )
    tending.add(room, {"kind": "ngo", "name_en": "Them", "district": "NATIONAL"}, AMINA, clock())
    before = list(rows(room).values())

    for form in FORMATS:
        batch = read_batch(exported(before, room.country, form).encode(), room.country, clock().date())
        assert list(batch.rows) == before
