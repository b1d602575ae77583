"""Hours and shifts by the clock on the wall, in zones that put their clocks forward and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.hours import OpeningHours
from casework.shifts import plan, writing
from casework.shifts.plan import CALL, DESK, OFF
from casework.shifts.refusals import BadTime
from casework.shifts.rota import Person, Rota
from casework.spans import A_DAY, Interval, Span, merged, without
from casework.staff.roles import Role
from storage.counsellors import Change, Counsellor, Shift

ZONES = ("Asia/Karachi", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Pacific/Apia")
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

zones = st.sampled_from(ZONES)
moments = st.integers(0, 2 * 366 * A_DAY).map(lambda minute: EPOCH + timedelta(minutes=minute))
spans = st.builds(lambda opens, length: Span(opens, opens + length), st.integers(0, A_DAY - 1), st.integers(1, A_DAY))
weeks = st.tuples(*[st.lists(spans, max_size=2).map(tuple)] * 7)
holidays = st.dictionaries(
    st.integers(0, 730).map(lambda ahead: date(2026, 1, 1) + timedelta(days=ahead)), st.just("Eid"), max_size=5
)
hours = st.builds(OpeningHours, weeks, zones, holidays)
intervals = st.lists(st.tuples(moments, moments), max_size=6)
shifts = st.builds(
    lambda day, span, kind: Shift(day, span.opens, span.closes, kind),
    st.integers(0, 6),
    spans,
    st.sampled_from([DESK, CALL]),
)
changes = st.builds(
    lambda start, length, kind: Change(int(start.timestamp()), int(start.timestamp()) + 60 * length, kind),
    moments,
    st.integers(1, 3 * A_DAY),
    st.sampled_from([DESK, CALL, OFF]),
)
counsellors = st.builds(
    lambda week, changes: Counsellor(b"a" * 16, week=tuple(week), changes=tuple(changes)),
    st.lists(shifts, max_size=5),
    st.lists(changes, max_size=4),
)


@given(intervals, intervals)
def test_what_is_left_and_what_is_taken_are_the_whole_and_share_nothing(
    one: list[Interval], two: list[Interval]
) -> None:
    rest = without(one, two)

    assert merged(rest) == rest
    assert without(rest, two) == rest
    assert merged([*rest, *two]) == merged([*one, *two])


@given(hours, moments)
def test_the_door_opens_when_it_was_closed_and_at_no_earlier_moment(given_: OpeningHours, now: datetime) -> None:
    opens = given_.next_opening(now)
    found = given_.between(now, now + timedelta(days=60))

    assert (opens is None) == (not any(start > now for start, _ in found))
    if opens is not None:
        assert opens > now and opens.tzinfo == ZoneInfo(given_.zone)
        assert opens in [start for start, _ in found]
        before = opens - timedelta(seconds=1)
        assert not any(start <= before < end for start, end in found)
        assert given_.open_between(now, opens) == sum(
            (end - max(start, now) for start, end in found if now < end <= opens), timedelta()
        )


@given(hours, moments, st.integers(0, 5 * A_DAY), st.integers(0, 5 * A_DAY))
def test_time_that_the_door_is_open_adds_up(given_: OpeningHours, start: datetime, one: int, two: int) -> None:
    middle = start + timedelta(minutes=one)
    end = middle + timedelta(minutes=two)

    whole = given_.open_between(start, end)

    assert whole == given_.open_between(start, middle) + given_.open_between(middle, end)
    assert timedelta() <= whole <= end - start


@given(counsellors, hours, moments)
def test_a_change_holds_over_her_week_and_the_later_change_over_the_earlier(
    one: Counsellor, given_: OpeningHours, now: datetime
) -> None:
    said = [change.kind for change in one.changes if change.start <= now.timestamp() < change.end]
    week_alone = Counsellor(one.id, week=one.week)

    kind = plan.on_now(one, given_, now)

    assert kind == (plan.on_now(week_alone, given_, now) if not said else said[-1] if said[-1] != OFF else "")


@given(counsellors, hours, moments, st.integers(1, A_DAY))
def test_whoever_says_that_she_is_at_the_desk_is_until_then_and_whoever_goes_is_gone_for_her_shift(
    one: Counsellor, given_: OpeningHours, now: datetime, length: int
) -> None:
    end = now + timedelta(minutes=length)
    now = now.replace(second=0)

    one.changes = plan.said_now(one, given_, now, end)
    came = plan.until(one, DESK, given_, now)
    assert came is not None and came >= end

    one.changes = plan.said_now(one, given_, now, now)
    assert plan.on_now(one, given_, now) == ""


@given(counsellors, hours, moments)
def test_stretches_are_in_order_apart_and_on_no_holiday(one: Counsellor, given_: OpeningHours, now: datetime) -> None:
    week_alone = Counsellor(one.id, week=one.week)
    found = plan.stretches(week_alone, DESK, given_, now, now + timedelta(days=9))

    assert merged(found) == found
    assert not [start for start, _ in found if start.astimezone(ZoneInfo(given_.zone)).date() in given_.holidays]


BEYOND_A_WEEK = Counsellor(
    b"a" * 16,
    week=(Shift(5, 0, 1, DESK),),
    changes=(Change(1767225600, 1767358800, DESK), Change(1767963660, 1767967260, DESK)),  # from 00:01 of that Saturday
)


@given(st.lists(counsellors, max_size=3), hours, moments)
@example([BEYOND_A_WEEK], OpeningHours(zone="Australia/Lord_Howe"), EPOCH)
def test_nobody_reads_between_now_and_when_somebody_reads_next(
    ones: list[Counsellor], given_: OpeningHours, now: datetime
) -> None:
    rota = Rota(None, given_, tuple(Person(one, "", Role.COUNSELLOR) for one in ones))
    until, again = rota.until(now), rota.next(now)

    assert (until is not None) == bool(rota.on_desk(now))
    if until is not None and until < now + timedelta(days=7):
        assert until > now
        assert not rota.on_desk(until) and rota.on_desk(until - timedelta(seconds=1))
    if again is not None and any(plan.plans_anything(one, now) for one in ones):
        assert again > now
        assert rota.on_desk(again) and not rota.on_desk(again - timedelta(seconds=1))
        between = [start for start, _ in rota.staffed(now, again) if now < start < again]
        assert between == []


@pytest.mark.parametrize("zone", ZONES)
def test_a_shift_of_every_day_is_there_every_day_of_the_year_whatever_the_clocks_do(zone: str) -> None:
    one = Counsellor(b"a" * 16, week=tuple(Shift(day, 9 * 60, 17 * 60, DESK) for day in range(7)))
    given_ = OpeningHours(zone=zone)
    start = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo(zone))

    for ahead in range(365):
        noon = (start + timedelta(days=ahead)).astimezone(UTC)
        assert plan.on_now(one, given_, noon) == DESK
        evening = (start + timedelta(days=ahead, hours=5)).astimezone(UTC)
        assert plan.on_now(one, given_, evening) == ""


def test_a_night_lasts_as_long_as_the_night_does_when_clocks_change() -> None:
    night = Span.read("22:00", "06:00")
    berlin = ZoneInfo("Europe/Berlin")

    lengths = {
        day: end - start
        for day in (date(2026, 3, 27), date(2026, 3, 28), date(2026, 10, 24), date(2026, 10, 25))
        for start, end in [night.on(day, berlin)]
    }

    assert list(lengths.values()) == [8 * HOUR, 7 * HOUR, 9 * HOUR, 8 * HOUR]


def test_a_span_that_the_clocks_leave_out_is_no_time_and_one_that_comes_twice_counts_whole() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    given_ = OpeningHours(((),) * 6 + ((Span.read("02:00", "03:00"),),), "Europe/Berlin")

    spring, autumn = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)

    assert given_.open_between(spring, spring + timedelta(days=1)) == timedelta()
    assert given_.open_between(autumn - timedelta(hours=3), autumn + timedelta(days=1)) == 2 * HOUR
    assert Span.read("02:00", "03:00").on(date(2026, 3, 29), berlin)[0] == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("opens", "closes", "minutes_"),
    [("9:00", "17:00", 480), ("22:00", "06:00", 480), ("00:00", "24:00", 1440), ("8:00", "8:00", 1440)],
)
def test_a_span_is_read_as_written(opens: str, closes: str, minutes_: int) -> None:
    span = Span.read(opens, closes)

    assert span.closes - span.opens == minutes_


@pytest.mark.parametrize("said", ["", "9", "9.00", "25:00", "24:01", "09:60", "-1:00", "٩:٠٠", "9:0x", "1e1:00"])
def test_a_time_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"time|hour"):
        Span.read("08:00", said)


def test_a_holiday_closes_the_door_and_the_next_opening_is_after_it() -> None:
    office = OpeningHours.read("Mon-Fri 09:00-17:00; Sat 10:00-12:00", "Asia/Karachi")
    eid = OpeningHours(office.week, office.zone, {date(2026, 11, day): "Eid" for day in (26, 27)})
    evening = datetime(2026, 11, 25, 13, tzinfo=UTC)  # Wednesday, 18:00

    assert office.next_opening(evening) == datetime(2026, 11, 26, 9, tzinfo=ZoneInfo("Asia/Karachi"))
    assert eid.next_opening(evening) == datetime(2026, 11, 28, 10, tzinfo=ZoneInfo("Asia/Karachi"))
    morning = datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert (office.open_between(evening, morning), eid.open_between(evening, morning)) == (
        timedelta(hours=2),
        timedelta(),
    )


@pytest.mark.parametrize(
    ("first", "last", "opens", "closes"),
    [
        ("9999-12-31", "", "", ""),  # no day comes after it
        ("9999-12-31", "", "22:00", "06:00"),
        ("0001-01-01", "0001-01-02", "", ""),  # in Karachi before all days
        ("2026-13-01", "", "", ""),
        ("2026-11-30", "tomorrow", "", ""),
        ("2026-11-30", "", "25:00", "26:00"),
    ],
)
def test_a_time_that_no_clock_shows_is_refused(first: str, last: str, opens: str, closes: str) -> None:
    with pytest.raises(BadTime):
        writing.stretch(first, last, opens, closes, "Asia/Karachi")
