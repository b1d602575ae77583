"""What is wanted and not in the list: counted by people, put together by spelling, with consent only, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from casework.institutions import demand, tending
from casework.institutions.demand import Demand
from casework.institutions.shelf import Shelf
from operating.parts import Hamraz
from storage import audit, counting, institutions, resealing, wishes
from storage.database import Unit
from storage.tables import facts
from storage.tables import wishes as table
from storage.vault.randomness import new_id, new_key
from storage.wishes import Wish
from tests.bot.test_conversation import receipt_in
from tests.casework.institutions.test_in_a_talk import TO_THE_END, ask
from tests.phones import Clock, Phone

ADMIN = bytes(16)


def wish(hamraz: Hamraz, clock: Clock, number: str, name: str, city: str = "SKIP", *, count: str = "1") -> Phone:
    """A reporter names one that is not in the list, and files."""
    one = ask(Phone(hamraz, "sms", number, clock))
    for answer in ("2", name, city):
        one.say(answer)
    said = ""
    for answer in (*TO_THE_END[:4], count, *TO_THE_END[5:]):
        said = one.say(answer)
    one.number_given = receipt_in(said)  # type: ignore[attr-defined]  # for the test that withdraws
    return one


def counted(hamraz: Hamraz, clock: Clock) -> list[Demand]:
    """After the day's batch."""
    hamraz.database.work(lambda unit: counting.count_pending(unit, hamraz.keyring, clock()))
    found, faults = hamraz.database.read(lambda unit: demand.ranked(unit, hamraz.keyring, clock()))
    assert faults == []
    return found


def test_distinct_people_are_counted_and_spellings_fall_together(hamraz: Hamraz, clock: Clock) -> None:
    spelt = [
        "Roshni Girls College",
        "roshni girls colege",
        "Govt Roshni Girls College",
        "روشنی گرلز کالج",
        "Roshny girls clg",
    ]
    for number, name in enumerate(spelt):
        wish(hamraz, clock, f"+92300000000{number}", name, "Ratodero")
    wish(hamraz, clock, "+923000000000", "Roshni College", "Ratodero")  # the same woman again
    wish(hamraz, clock, "+923000000009", "Sachal School")

    first, second = counted(hamraz, clock)

    assert (first.people, first.lately, first.city) == (5, 5, "Ratodero")
    assert first.name in spelt
    assert (second.name, second.people, second.city) == ("Sachal School", 1, "")


def test_nothing_is_counted_before_the_batch_or_without_her_yes_to_be_counted(hamraz: Hamraz, clock: Clock) -> None:
    wish(hamraz, clock, "+923000000001", "Roshni Girls College")
    before, _ = hamraz.database.read(lambda unit: demand.ranked(unit, hamraz.keyring, clock()))
    wish(hamraz, clock, "+923000000002", "Roshni Girls College", count="2")

    assert before == []
    assert [one.people for one in counted(hamraz, clock)] == [1]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("way", [["2", "1"], ["ERASE", "1"]])
def test_taken_back_or_erased_her_wish_goes_counted_already_or_not(
    hamraz: Hamraz, clock: Clock, way: list[str], late: bool
) -> None:
    one = wish(hamraz, clock, "+923000000001", "Roshni Girls College")
    wish(hamraz, clock, "+923000000002", "Sachal School")
    if late:
        assert len(counted(hamraz, clock)) == 2

    for answer in (one.number_given, *way):  # type: ignore[attr-defined]  # set by `wish`
        one.say(answer)

    assert [one.name for one in counted(hamraz, clock)] == ["Sachal School"]


def test_in_another_quarter_she_is_a_stranger(hamraz: Hamraz, clock: Clock) -> None:
    wish(hamraz, clock, "+923000000001", "Roshni Girls College")
    clock.forward(days=60)
    wish(hamraz, clock, "+923000000001", "Roshni Girls College")

    (one,) = counted(hamraz, clock)

    assert (one.people, one.lately) == (2, 1)


def test_a_wish_joins_to_no_fact_and_shows_no_word(hamraz: Hamraz, clock: Clock) -> None:
    wish(hamraz, clock, "+923000000001", "Roshni Girls College", "Ratodero")
    counted(hamraz, clock)

    def rows(unit: Unit) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
        return unit.main.all(select(*table.c)), unit.main.all(select(*facts.c))

    wished, others = hamraz.database.read(rows)
    assert len(wished) == len(others) == 1
    assert not set(wished[0]) & {value for value in others[0] if isinstance(value, bytes)}
    assert b"Roshni" not in b"".join(value for value in wished[0] if isinstance(value, bytes))


def test_after_two_years_it_is_let_go(hamraz: Hamraz, clock: Clock) -> None:
    wish(hamraz, clock, "+923000000001", "Roshni Girls College")
    counted(hamraz, clock)

    hamraz.database.work(lambda unit: wishes.expire(unit, (clock() + timedelta(days=366 + 365)).date()))
    assert len(counted(hamraz, clock)) == 1
    hamraz.database.work(lambda unit: wishes.expire(unit, (clock() + timedelta(days=900)).date()))

    assert counted(hamraz, clock) == []


# --- what an admin does with it -----------------------------------------------------------------


def kept(hamraz: Hamraz, name: str, city: str = "", people: int = 1, clock: Clock | None = None) -> None:
    """Wishes of so many people."""
    quarter = wishes.quarter_of((clock or Clock())().date())

    def work(unit: Unit) -> None:
        for _ in range(people):
            body = {"name": name, "city": city, "quarter": quarter, "mark": new_id().hex()}
            wishes.put(unit, hamraz.keyring, new_key(), body)

    hamraz.database.work(work)


def log(hamraz: Hamraz) -> list[str]:
    return hamraz.database.read(lambda unit: [f"{one.what}: {one.detail}" for one in audit.lines(unit, hamraz.keyring)])


def test_one_click_adds_what_is_wanted_and_it_is_found_from_then_on(hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "Roshni Girls College", "Ratodero", 3)
    shelf = Shelf()
    (one,) = tending.wanted(hamraz.office, shelf, clock())
    assert (one.demand.people, one.district) == (3, "Larkana")
    cells = {"kind": "girls_college", "name_en": one.demand.name, "city": one.demand.city, "district": one.district}

    row = tending.add(hamraz.office, ADMIN, cells, clock(), wanted=one.demand.key)

    assert (row.id, row.number, row.active) == ("inst126", 328, True)
    assert tending.wanted(hamraz.office, shelf, clock()) == []
    assert tending.register(hamraz.office, shelf).finder.find("roshni college").one == row
    with pytest.raises(tending.NotThere):  # a second click
        tending.add(hamraz.office, ADMIN, cells, clock(), wanted=one.demand.key)
    assert log(hamraz)[-1] == "institution added: inst126 by 00000000"
    assert not [line for line in log(hamraz) if "Roshni" in line]


def test_two_that_spelling_does_not_join_an_admin_does_for_good(hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "Roshni Girls College", "Ratodero", 3)
    kept(hamraz, "The Light Academy", "Ratodero", 2)
    big, small = tending.wanted(hamraz.office, Shelf(), clock())

    tending.put_together(hamraz.office, ADMIN, small.demand.key, big.demand.key, clock())
    tending.put_together(hamraz.office, ADMIN, small.demand.key, big.demand.key, clock())  # a second click

    (one,) = tending.wanted(hamraz.office, Shelf(), clock())
    assert (one.demand.name, one.demand.people, one.demand.others) == (
        "Roshni Girls College",
        5,
        ("The Light Academy",),
    )


def test_what_is_in_the_list_already_is_found_by_that_name_too(hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "Kundi | Jail Road College", "Larkana")
    (one,) = tending.wanted(hamraz.office, Shelf(), clock())

    tending.is_listed(hamraz.office, ADMIN, one.demand.key, "inst044", clock())

    found = tending.register(hamraz.office, Shelf()).finder.find("kundi jail road college").one
    assert found is not None
    assert found.id == "inst044"
    assert found.others[-1] == "Kundi Jail Road College"
    for gone in (lambda: tending.is_listed(hamraz.office, ADMIN, one.demand.key, "inst044", clock()),):
        with pytest.raises(tending.NotThere):
            gone()


def test_what_is_no_institution_is_dismissed_once(hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "my uncle's house", people=2)
    (one,) = tending.wanted(hamraz.office, Shelf(), clock())

    tending.dismiss(hamraz.office, ADMIN, one.demand.key, clock())

    assert tending.wanted(hamraz.office, Shelf(), clock()) == []
    with pytest.raises(tending.NotThere):
        tending.dismiss(hamraz.office, ADMIN, one.demand.key, clock())
    assert log(hamraz)[-1] == "wishes dismissed: 2 people by 00000000"


def test_one_that_somebody_changed_stops_no_other_and_is_put_on_record_once(hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "Roshni Girls College")
    kept(hamraz, "Sachal School")
    first = hamraz.database.read(lambda unit: unit.main.all(select(table.c.tag)))[0][0]
    hamraz.database.work(lambda unit: unit.main.run(update(table).where(table.c.tag == first).values(quarter=1)))

    assert len(tending.wanted(hamraz.office, Shelf(), clock())) == 1
    assert len(tending.wanted(hamraz.office, Shelf(), clock())) == 1

    assert sum("wishes" in line for line in log(hamraz)) == 1


def test_a_field_that_cannot_be_taken_is_named_and_nothing_is_added(hamraz: Hamraz, clock: Clock) -> None:
    with pytest.raises(tending.Unfit) as refused:
        tending.add(hamraz.office, ADMIN, {"kind": "castle", "name_en": "X"}, clock())

    assert refused.value.values["field"] == "kind"
    assert len(hamraz.database.read(institutions.every)) == 125


def test_a_row_is_changed_and_closed_as_it_was_shown_and_never_over_a_colleagues_change(
    hamraz: Hamraz, clock: Clock
) -> None:
    row = tending.register(hamraz.office, Shelf()).by_id["inst044"]
    seen = tending.mark_of(row)
    cells = {"kind": "public_college", "name_en": "Chandka", "city": "Larkana", "district": "Larkana"}

    changed = tending.change(hamraz.office, ADMIN, row.id, seen, cells, clock())
    with pytest.raises(tending.ChangedMeanwhile):
        tending.close(hamraz.office, ADMIN, row.id, seen, clock())
    closed = tending.close(hamraz.office, ADMIN, row.id, tending.mark_of(changed), clock())
    opened = tending.close(hamraz.office, ADMIN, row.id, tending.mark_of(closed), clock(), again=True)

    assert (changed.number, changed.source) == (row.number, row.source)
    assert (closed.active, opened.active, opened.number) == (False, True, row.number)
    with pytest.raises(tending.NotThere):
        tending.change(hamraz.office, ADMIN, "nobody", seen, cells, clock())


# --- which spellings are one --------------------------------------------------------------------

SAME = [
    ("Government Girls Degree College Hala", "govt girls college hala"),
    ("Girls College Hala", "گرلز کالج ہالا"),
    ("Zanbil Academy", "zanbeel acadmy"),
    ("Shah Latif Girls School", "shah lateef girls school"),
    ("Benazir College", "benazeer colege"),
]
OTHER = [
    ("Girls College Hala", "Girls College Badin"),
    ("Girls College", "Boys College"),
    ("Roshni School", "Sachal School"),
    ("Govt College Kotri", "Govt College Kandhkot"),
]


def grouped(*names: str) -> list[Demand]:
    some = [Wish(bytes([n]) * 32, bytes([n]) * 16, 8107, name) for n, name in enumerate(names)]
    return [demand._demand(group, 8107) for group in demand._grouped(some)]


@pytest.mark.parametrize("names", SAME)
def test_spellings_of_one_fall_together(names: tuple[str, str]) -> None:
    assert len(grouped(*names)) == 1


@pytest.mark.parametrize("names", OTHER)
def test_two_stay_two(names: tuple[str, str]) -> None:
    assert len(grouped(*names)) == 2


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=12))
def test_whatever_was_typed_no_wish_is_lost_or_counted_twice(names: list[str]) -> None:
    found = grouped(*names)

    assert sorted(tag for one in found for tag in one.tags) == [bytes([n]) * 32 for n in range(len(names))]
    assert sum(one.people for one in found) == len(names)


def test_after_a_rotation_wishes_lie_under_the_new_key(hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "Roshni Girls College")
    rotated = hamraz.keyring.rotated()

    assert list(resealing.reseal(hamraz.database, rotated, clock())) == []

    under = hamraz.database.read(lambda unit: unit.main.all(select(table.c.key_id)))
    assert under == [(rotated.current,)]
    (one,) = hamraz.database.read(lambda unit: demand.ranked(unit, rotated, clock()))[0]
    assert one.name == "Roshni Girls College"
