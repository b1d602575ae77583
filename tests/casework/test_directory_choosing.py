"""Whom she is shown, in which order, and how each is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.filling import Filler
from bot.limits import SMS, TELEGRAM, WHATSAPP
from bot.rendering import render
from casework import resources
from casework.directory import choosing, telling
from casework.directory.choosing import Target, chosen
from casework.directory.kinds import Kind, in_order, kind_of, read_kinds
from casework.directory.stock import Stock
from casework.seeding import shipped_stock
from flows.prompt import Named, Prompt
from locales.phrasebook import Phrasebook
from storage.directory import Resource

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
TODAY = choosing.today(NOW)
PHRASEBOOK = Phrasebook.load()


def office(**more: object) -> Resource:
    plain = Resource(
        id="x1", kind="legal_aid", names={"en": "Office"}, phones=("021-99201300",), messaging="", address="",
        district="larkana", lat=27.56, lon=68.21, precision="city centroid", sensitive=False, hours="office hours",
        audience="all", source="told", source_date="2024", verified="yes", verified_on=TODAY, verify_scope="phone",
        phone_kind="own", notes="",
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]  # a test names fields freely


def stock(*offices: Resource) -> Stock:
    return replace(shipped_stock(), offices=offices)


def named(kind_id: str) -> Kind:
    found = kind_of(kind_id)
    assert found is not None
    return found


def said(row: Resource, target: Target, language: str = "en") -> str:
    line = telling.line(row, target, stock(row), "1094")
    return Filler(PHRASEBOOK, language, "sms", {}).say(line.key, line.values)


LARKANA = Target("larkana", 27.559, 68.212, Named({"en": "Larkana"}))


def ids(rows: list[Resource]) -> list[str]:
    return [row.id for row in rows]


def test_a_row_that_is_not_verified_is_never_shown() -> None:
    rows = chosen(stock(office(verified="no"), office(id="x2")), named("legal_aid"), LARKANA, NOW)

    assert ids(rows) == ["x2"]


def test_her_own_district_comes_before_the_nearest_elsewhere_and_that_before_the_far() -> None:
    far = office(id="far", district="karachi_south", lat=24.86, lon=67.01)
    near = office(id="near", district="qambar_shahdadkot", lat=27.59, lon=68.0)
    province = office(id="province", district="sindh", lat=None, lon=None)

    rows = chosen(stock(far, province, near, office(id="own")), named("legal_aid"), LARKANA, NOW)

    assert ids(rows) == ["own", "near", "province", "far"]


def test_what_nobody_has_dialled_in_ninety_days_comes_last_of_its_place() -> None:
    stale = office(id="a_stale", verified_on=TODAY - 91)
    never = office(id="b_never", verified_on=None)
    fresh = office(id="c_fresh", verified_on=TODAY - 90)

    rows = chosen(stock(stale, never, fresh), named("legal_aid"), LARKANA, NOW)

    assert ids(rows) == ["c_fresh", "a_stale", "b_never"]
    assert choosing.is_stale(stale, TODAY)
    assert not choosing.is_stale(fresh, TODAY)
    assert choosing.is_stale(fresh, TODAY + 1)


def test_the_emergency_line_comes_before_everything() -> None:
    rows = chosen(shipped_stock(), named("police"), LARKANA, NOW)

    assert rows[0].phones == ("15",)


def test_an_office_with_its_own_number_comes_before_one_that_is_reached_through_another() -> None:
    rows = chosen(stock(office(id="a", phone_kind="referral"), office(id="b")), named("legal_aid"), LARKANA, NOW)

    assert ids(rows) == ["b", "a"]


def test_hospital_near_qasimabad_gives_the_three_that_are_near() -> None:
    place = resources.shipped_asker().read("hospital near Qasimabad").places.one
    assert place is not None

    rows = chosen(shipped_stock(), named("hospital"), resources.target_at(place, shipped_stock()), NOW)[:3]

    assert [row.district for row in rows] == ["hyderabad", "hyderabad", "jamshoro"]


def test_a_shelter_never_has_an_address_a_point_or_a_district_in_its_line() -> None:
    for row in shipped_stock().by_kind["shelter"]:
        assert (row.address, row.lat, row.lon) == ("", None, None)
        line = telling.line(row, Target(), shipped_stock(), "1094")
        assert line.key in ("resource.line.hidden", "resource.line.nophone_hidden")
        assert "place" not in line.values


def test_a_number_that_is_not_the_offices_is_said_as_call_and_ask() -> None:
    assert "call 1094 and ask for it" in said(office(phones=("1094",), phone_kind="referral"), LARKANA)


def test_no_line_says_a_distance_and_one_elsewhere_says_where() -> None:
    line = said(office(district="sukkur"), LARKANA)

    assert "(Sukkur)" in line
    assert "km" not in line


def test_hours_that_are_only_assumed_are_said_so() -> None:
    assert "said to be open" in said(office(hours="24/7 expected"), LARKANA)
    assert "day and night" in said(office(hours="24/7"), LARKANA)


def test_the_day_it_was_dialled_is_said_else_the_year_of_the_source() -> None:
    assert "Checked November 25, 2026" in said(office(), LARKANA) or "Checked 25 November 2026" in said(
        office(), LARKANA
    )
    assert "Checked 2024" in said(office(verified_on=None), LARKANA)
    assert "unknown date" in said(office(verified_on=None, source_date="undated"), LARKANA)


def test_once_danger_was_heard_what_a_life_may_hang_on_comes_first() -> None:
    urgent = [kind.urgency for kind in in_order(danger=True)]

    assert urgent == sorted(urgent, key=lambda urgency: urgency != "now")
    assert urgent[0] == "now"


@pytest.mark.parametrize("language", [language.code for language in PHRASEBOOK.languages])
@pytest.mark.parametrize("limits", [SMS, WHATSAPP, TELEGRAM], ids=lambda limits: limits.channel)
def test_every_kind_in_every_district_is_one_message_on_every_channel(language: str, limits: object) -> None:
    shelf = shipped_stock()
    for district in shelf.districts:
        for kind in read_kinds():
            told = resources.nearby(shelf, {"kind": kind.id, "place": district.id}, NOW)
            assert told.outcome == "ok", (kind.id, district.id)
            replies = render([Prompt("find_help.found.say", told.values)], language, limits, PHRASEBOOK, {}, 1)  # type: ignore[arg-type]
            assert len(replies) == 1, (kind.id, district.id)
