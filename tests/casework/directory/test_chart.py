"""The map: every row that may be seen is on it once, within reach of a thumb, and no other ever."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.directory.chart import _APART, WIDTH, draw, may_be_drawn
from casework.places.gazetteer import read_country
from casework.seeding import shipped
from storage.directory import Resource

COUNTRY = read_country()
ROWS = shipped().rows
ONE = next(row for row in ROWS if row.id == "res099")


def on_it(rows: list[Resource], district: str = "") -> list[str]:
    return sorted(row.id for mark in draw(COUNTRY, rows, district).marks for row in mark.rows)


def test_every_shipped_row_whose_place_may_be_known_is_on_it_once() -> None:
    assert on_it(list(ROWS)) == sorted(row.id for row in ROWS if may_be_drawn(row))
    assert len(on_it(list(ROWS))) > 100


def test_a_sensitive_row_is_never_on_it_even_when_somebody_gave_it_a_point() -> None:
    exposed = [replace(row, lat=25.39, lon=68.37) for row in ROWS if row.sensitive]

    assert len(exposed) == 11
    assert on_it(exposed) == []


def test_neither_is_a_hidden_one_nor_one_without_a_point() -> None:
    assert on_it([replace(ONE, verified="no"), replace(ONE, lat=None), replace(ONE, lon=None)]) == []


def test_every_district_is_drawn_and_lies_within_the_drawing() -> None:
    drawn = draw(COUNTRY, ROWS)

    assert {shape.district for shape in drawn.shapes} == {one.id for one in COUNTRY.districts}
    for shape in drawn.shapes:
        assert shape.path.startswith("M")
        assert 0 < shape.x < WIDTH
        assert 0 < shape.y < drawn.height
    for mark in drawn.marks:
        assert 0 < mark.x < WIDTH
        assert 0 < mark.y < drawn.height


def test_the_whole_drawing_is_small_enough_for_a_slow_line() -> None:
    assert sum(len(shape.path) for shape in draw(COUNTRY, ROWS).shapes) < 40_000


def test_one_district_fills_the_drawing_and_shows_its_rows_only() -> None:
    assert set(on_it(list(ROWS), "larkana")) == {
        row.id for row in ROWS if row.district == "larkana" and may_be_drawn(row)
    }
    assert on_it(list(ROWS), "nowhere") == []


def test_north_is_up_and_east_is_to_the_right() -> None:
    apart = draw(COUNTRY, [replace(ONE, id="north", lat=28.2, lon=68.4), replace(ONE, id="east", lat=25.0, lon=70.5)])
    at = {mark.rows[0].id: (mark.x, mark.y) for mark in apart.marks}

    assert at["north"][1] < at["east"][1]
    assert at["north"][0] < at["east"][0]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(23.7, 28.4), st.floats(66.7, 71.0)), max_size=60))
def test_wherever_rows_lie_marks_do_not_hide_each_other_and_lose_none(points: list[tuple[float, float]]) -> None:
    rows = [replace(ONE, id=f"r{number}", lat=lat, lon=lon) for number, (lat, lon) in enumerate(points)]

    marks = draw(COUNTRY, rows).marks

    assert sorted(row.id for mark in marks for row in mark.rows) == sorted(row.id for row in rows)
    for number, mark in enumerate(marks):
        for other in marks[number + 1 :]:
            assert math.dist((mark.x, mark.y), (other.x, other.y)) >= _APART
            assert math.dist((mark.x, mark.y), (other.x, other.y)) >= mark.radius + other.radius


def test_ten_thousand_rows_are_few_marks() -> None:
    rows = [replace(ONE, id=f"r{n}", lat=23.8 + n % 97 * 0.047, lon=66.8 + n % 89 * 0.046) for n in range(10_000)]

    drawn = draw(COUNTRY, rows)

    assert sum(len(mark.rows) for mark in drawn.marks) == 10_000
    assert len(drawn.marks) < 300
