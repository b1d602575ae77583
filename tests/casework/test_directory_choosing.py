"""Whom she is shown, in which order, and how each is said."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.filling import Filler
from bot.limits import SMS, TELEGRAM, WHATSAPP, Limits
from bot.rendering import render
from casework import resources
from casework.directory import choosing, telling
from casework.directory.choosing import Target, chosen
from casework.directory.kinds import Kind, in_order, kind_of, read_kinds
from casework.directory.opening import Moment, is_open, moment
from casework.directory.stock import Stock
from casework.places.gazetteer import read_country
from casework.places.nearest import distance
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


_TOWNS = {"larkana": (27.56, 68.21), "qambar_shahdadkot": (27.59, 68.0), "karachi_south": (24.86, 67.01)}
_OFFICES = st.builds(
    lambda district, off, **more: office(
        **more,
        district=district,
        lat=_TOWNS[district][0] + off if district in _TOWNS else None,
        lon=_TOWNS[district][1] if district in _TOWNS else None,
    ),
    district=st.sampled_from([*_TOWNS, "sindh", ""]),
    off=st.sampled_from([0.0, 0.01, 0.2, 1.2]),
    kind=st.sampled_from(["legal_aid", "human_rights"]),
    serves=st.sampled_from([(), ("all",), ("children",), ("men",)]),
    hours=st.sampled_from(["24/7", "Mon-Fri 09:00-17:00", "Mon-Fri 18:00-23:00"]),
    verified_on=st.sampled_from([None, TODAY, TODAY - 91]),
    phones=st.sampled_from([(), ("1",)]),
    languages=st.sampled_from([(), ("ur",), ("sd",)]),
)


@given(
    st.lists(_OFFICES, max_size=12),
    st.sampled_from(["", "children"]),
    st.sampled_from(["legal_aid", "helpline"]),
    st.integers(1, 4),
)
def test_the_first_few_are_those_that_come_first_among_all(
    rows: list[Resource], person: str, kind: str, most: int
) -> None:
    target = replace(LARKANA, person=person, language="sd", when=Moment(0, 600, False))
    kept = stock(*(replace(row, id=f"r{number}") for number, row in enumerate(rows)))
    asked = named(kind)

    def weight(row: Resource) -> tuple[object, ...]:
        """Each thing that counts, the weightiest first: the order as one would write it down."""
        apart = min((distance(27.559, 68.212, y, x) for _, y, x in kept.points[row.id]), default=math.inf)
        everywhere = row.district not in kept.district
        return (
            2 if everywhere else 0 if row.district == "larkana" else 1 if apart <= 60 else 3,
            0 if person in row.serves else 1 if choosing.is_for(row, person) else 2,
            row.hours == "Mon-Fri 18:00-23:00",
            choosing.is_stale(row, TODAY),
            asked.rows.index(row.kind),
            round(apart / 5) if apart < math.inf else apart,
            0 if row.phones else 1,
            "ur" in row.languages,
            row.id,
        )

    wanted = [row.id for row in sorted((row for row in kept.offices if row.kind in asked.rows), key=weight)]

    assert ids(chosen(kept, asked, target, NOW)) == wanted
    assert ids(chosen(kept, asked, target, NOW, most)) == wanted[:most]


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
def test_every_kind_in_every_district_is_one_message_on_every_channel(language: str, limits: Limits) -> None:
    shelf = shipped_stock()
    for district in shelf.districts:
        for kind in read_kinds():
            slots = {"kind": kind.id, "place": district.id}
            told = resources.nearby(shelf, slots, NOW, language=language, holidays={NOW.date()})  # a holiday says most
            assert told.outcome == "ok", (kind.id, district.id)
            replies = render([Prompt("find_help.found.say", told.values)], language, limits, PHRASEBOOK, {}, 1)
            assert len(replies) == 1, (kind.id, district.id)
            assert limits.fits(replies[0].text, buttons=False), (kind.id, district.id)


# --- for whom, in which language, when ------------------------------------------------------------

MITHI = Target("tharparkar", 24.74, 69.80, Named({"en": "Mithi"}))
TUESDAY_NOON = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 12:00 in Karachi
COUNTRY = read_country()


def at(now: datetime, *holidays: date) -> Moment:
    return moment(now, COUNTRY, holidays)


@pytest.mark.parametrize(
    ("hours", "now", "state"),
    [
        ("24/7", "2026-11-24 03:00", ""),  # day and night: nothing to add
        ("24/7 expected", "2026-11-24 12:00", ""),
        ("", "2026-11-24 12:00", ""),
        ("Mon-Fri 09:00-17:00", "2026-11-24 12:00", "open"),
        ("Mon-Fri 09:00-17:00", "2026-11-24 08:59", "closed"),
        ("Mon-Fri 09:00-17:00", "2026-11-24 17:00", "closed"),
        ("Mon-Fri 09:00-17:00", "2026-11-22 12:00", "closed"),  # a Sunday
        ("09:00-17:00 Mon-Sun", "2026-11-22 12:00", "open"),
        ("Mon-Fri 09:00-17:00", "2026-12-25 12:00", "holiday"),
        ("09:00-17:00 Mon-Sun", "2026-12-25 12:00", ""),  # every day: perhaps on this one too
        ("09:00-17:00 Mon-Sun", "2026-12-25 20:00", "closed"),
        ("09:00-17:00, six days a week", "2026-11-24 12:00", ""),  # which days?
        ("09:00-17:00, six days a week", "2026-11-24 20:00", "closed"),
        ("08:00-15:00 (2020)", "2026-11-24 12:00", ""),  # so it was then
        ("08:00-15:00 (2020)", "2026-11-24 16:00", "likely_closed"),
        ("office hours", "2026-11-24 12:00", ""),
        ("office hours", "2026-11-24 21:00", "likely_closed"),
        ("office hours", "2026-11-22 12:00", "likely_closed"),
        ("office hours", "2026-08-14 12:00", "holiday"),
        ("22:00-06:00 Mon-Sun", "2026-11-24 23:30", "open"),
        ("99:99-00:00 soon", "2026-11-24 12:00", ""),
    ],
)
def test_open_now_is_said_only_where_days_and_times_are_known(hours: str, now: str, state: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Karachi"))

    assert is_open(hours, "", at(local)) == state


def test_a_day_that_the_team_calls_a_holiday_is_one_for_offices() -> None:
    assert is_open("Mon-Fri 09:00-17:00", "", at(TUESDAY_NOON, date(2026, 11, 24))) == "holiday"


def test_what_is_closed_now_comes_after_what_may_be_open() -> None:
    shut = office(id="a_shut", hours="Mon-Fri 14:00-17:00")
    holiday = replace(LARKANA, when=at(TUESDAY_NOON, date(2026, 11, 24)))

    assert ids(
        chosen(
            stock(shut, office(id="b_open")), named("legal_aid"), replace(LARKANA, when=at(TUESDAY_NOON)), TUESDAY_NOON
        )
    ) == ["b_open", "a_shut"]
    assert "today is a holiday" in said(shut, holiday)
    assert "closed now" in said(shut, replace(LARKANA, when=at(TUESDAY_NOON)))


def mobile(**more: object) -> Resource:
    return office(
        id="van",
        district="hyderabad",
        lat=25.4,
        lon=68.37,
        schedule="Tue,Thu 10:00-14:00 Mithi; Sat 09:00-12:00 Badin",
        **more,
    )


def test_a_centre_that_moves_is_in_her_district_on_its_days_and_says_where_and_when() -> None:
    rows = chosen(stock(mobile(), office(id="far")), named("legal_aid"), MITHI, NOW)

    assert ids(rows) == ["van", "far"]
    assert "Office: 021-99201300 (Tuesday, Thursday 10:00-14:00, Mithi)" in said(mobile(), MITHI)
    assert "(Hyderabad)" not in said(mobile(), MITHI)
    assert "منگل، جمعرات" in said(mobile(), MITHI, "ur")
    assert "مٺي" in said(mobile(), MITHI, "sd")


def test_it_says_the_visit_that_is_nearest_to_her() -> None:
    badin = Target("badin", 24.656, 68.837, Named({"en": "Badin"}))

    assert "(Saturday 09:00-12:00, Badin)" in said(mobile(), badin)


@pytest.mark.parametrize(("day", "state"), [(24, "open now"), (25, "closed now"), (28, "open now")])
def test_whether_it_is_there_now_is_known(day: int, state: str) -> None:
    now = datetime(2026, 11, day, 6, 0, tzinfo=UTC)  # 11:00

    assert state in said(mobile(), replace(MITHI, when=at(now)))


def test_a_visit_to_a_place_nobody_knows_is_said_as_it_is_written() -> None:
    row = office(schedule="Mon 10:00-12:00 Behind the old mill")

    assert "Monday 10:00-12:00, Behind the old mill" in said(row, LARKANA)
    assert ids(chosen(stock(row), named("legal_aid"), LARKANA, NOW)) == ["x1"]


def test_whom_it_is_for_comes_before_whom_it_is_not_and_that_is_said() -> None:
    women, children = office(id="a", serves=("women",)), office(id="b", serves=("children",))
    everybody = office(id="c", serves=("all",))
    shelf = stock(women, children, everybody)

    assert ids(chosen(shelf, named("legal_aid"), LARKANA, NOW)) == ["a", "c", "b"]
    assert ids(chosen(shelf, named("legal_aid"), replace(LARKANA, person="children"), NOW)) == ["b", "c", "a"]
    assert ids(chosen(shelf, named("legal_aid"), replace(LARKANA, person="men"), NOW)) == ["c", "a", "b"]
    assert "Office (for children)" in said(children, LARKANA)
    assert "(for women)" in said(women, replace(LARKANA, person="men"))
    assert "(for" not in said(women, LARKANA)
    assert "(for" not in said(office(serves=()), replace(LARKANA, person="men"))


def test_a_free_call_is_said_and_one_that_nobody_knows_of_is_not() -> None:
    assert "(free call, office hours)" in said(office(call_cost="free"), LARKANA)
    assert "مفت کال" in said(office(call_cost="free"), LARKANA, "ur")
    assert "(office hours)" in said(office(call_cost="normal"), LARKANA)
    assert "(office hours)" in said(office(), LARKANA)


def test_an_office_that_speaks_her_language_comes_first_and_one_that_does_not_says_what_it_speaks() -> None:
    sindhi, urdu = office(id="b", languages=("sd",)), office(id="a", languages=("ur", "en"))
    hers = replace(LARKANA, language="sd")

    assert ids(chosen(stock(urdu, sindhi), named("legal_aid"), hers, NOW)) == ["b", "a"]
    assert "speaks Urdu, English" in said(urdu, hers)
    assert "speaks" not in said(urdu, replace(LARKANA, language="ur_Latn"))
    assert "speaks" not in said(office(), hers)


@pytest.mark.parametrize(
    ("typed", "kind", "person"),
    [
        ("hospital for my son in larkana", "hospital", "children"),
        ("bachon ke liye aspatal", "hospital", "children"),
        ("ٻارن لاءِ اسپتال", "hospital", "children"),
        ("shelter for transgender", "shelter", "transgender"),
        ("خواجہ سرا کے لیے پناہ", "shelter", "transgender"),
        ("helpline for men", "helpline", "men"),
        ("a man follows me police", "police", ""),
        ("i am scared of a man, police", "police", ""),
        ("mujhe mard ne mara hospital", "hospital", ""),
    ],
)
def test_whom_she_asks_for_is_read_from_words_that_stand_together(typed: str, kind: str, person: str) -> None:
    asked = resources.shipped_asker().read(typed)

    assert (asked.kind.id if asked.kind else "", asked.person) == (kind, person)


def test_looking_no_further_than_needed_finds_the_same_first_ones() -> None:
    shelf = replace(shipped_stock(), offices=(*shipped_stock().offices, mobile()))
    for kind in read_kinds():
        for district in shelf.districts:
            target = resources.target_of(shelf, {"place": district.id})
            for most in (3, 6):
                assert chosen(shelf, kind, target, NOW, most)[:most] == chosen(shelf, kind, target, NOW)[:most]
