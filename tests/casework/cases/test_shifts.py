"""Who is on, until when, who next; who may change it; and that reporters are told nothing better than it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from casework.cases import holding, queue
from casework.cases.refusals import NotStaff
from casework.hours import OpeningHours
from casework.seeding import load
from casework.shifts import cover, keeping, refusals
from casework.shifts.plan import CALL, DESK, OFF
from casework.shifts.rota import Rota
from casework.spans import Span
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import counsellors
from storage.counsellors import Shift
from storage.database import Unit
from storage.staff import people
from tests.bot.test_conversation import begin
from tests.casework.cases.conftest import Colleague, Desk
from tests.casework.cases.phones_and_desk import Team, ask_for_a_person
from tests.phones import Clock, Phone

KARACHI = ZoneInfo("Asia/Karachi")
HOUR = timedelta(hours=1)
OFFICE = [Shift(day, 9 * 60, 17 * 60, DESK) for day in range(5)]
Phones = Callable[..., Phone]


def rota(desk: Desk) -> Rota:
    return desk.room.read(desk.room.rota)


def week(desk: Desk, who: Colleague, shifts: Sequence[Shift], by: Colleague | None = None) -> None:
    version = desk.room.read(lambda unit: counsellors.look(unit, desk.room.keyring, who.id).version)
    keeping.set_week(desk.room, (by or who).id, who.id, shifts, version, desk.clock())


def at(desk: Desk, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the week of Monday 23 November 2026, by the clock of the desk's zone, where the test's clock goes."""
    zone = ZoneInfo(desk.room.hours.zone)
    desk.clock.now = datetime(2026, 11, 23 + day, hour, minute, tzinfo=zone).astimezone(UTC)
    return desk.clock.now


def names(found: Sequence[counsellors.Counsellor]) -> set[bytes]:
    return {one.id for one in found}


def test_whoever_has_a_shift_is_on_for_it_and_takes_cases_by_herself(desk: Desk) -> None:
    at(desk, 0, 8)
    amina, bano = desk.hire("Amina"), desk.hire("Bano")
    week(desk, amina, OFFICE)
    week(desk, bano, [Shift(0, 16 * 60, 20 * 60, CALL)])

    assert rota(desk).on_desk(at(desk, 0, 8, 59)) == []
    assert names(rota(desk).on_desk(at(desk, 0, 16, 30))) == {amina.id}
    assert names(rota(desk).on_call(at(desk, 0, 16, 30))) == {amina.id, bano.id}
    assert names(desk.room.read(lambda unit: queue.on_duty(unit, desk.room, desk.clock()))) == {amina.id}
    assert rota(desk).until(desk.clock()) == at(desk, 0, 17)
    assert names(rota(desk).on_call(at(desk, 0, 18))) == {bano.id}


def test_until_when_and_when_next_run_over_everybody(desk: Desk) -> None:
    at(desk, 0, 8)
    week(desk, desk.hire("Amina"), OFFICE)
    week(desk, desk.hire("Bano"), [Shift(0, 17 * 60, 19 * 60, DESK), Shift(6, 22 * 60, 25 * 60, DESK)])

    assert rota(desk).until(at(desk, 0, 10)) == at(desk, 0, 19)
    assert rota(desk).until(at(desk, 0, 19)) is None
    assert rota(desk).next(at(desk, 0, 19)) == at(desk, 1, 9)
    assert rota(desk).next(at(desk, 4, 17)) == at(desk, 6, 22)
    assert rota(desk).until(at(desk, 6, 23)) == datetime(2026, 11, 30, 1, tzinfo=ZoneInfo(desk.room.hours.zone))


def test_while_nobody_plans_anything_the_teams_hours_say_when_somebody_reads_next(desk: Desk) -> None:
    amina = desk.hire("Amina")
    keeping.set_hours(
        desk.room, desk.hire("Sara", Role.SUPERVISOR).id, [[Span.read("10:00", "12:00")]] * 7, 0, at(desk, 0, 8)
    )

    assert rota(desk).next(desk.clock()) == at(desk, 0, 10)
    week(desk, amina, [Shift(2, 9 * 60, 10 * 60, DESK)])
    assert rota(desk).next(at(desk, 0, 8)) == at(desk, 2, 9)


def test_on_now_and_off_now_hold_over_her_week_and_end_by_themselves(desk: Desk) -> None:
    at(desk, 0, 8)
    amina = desk.hire("Amina")
    week(desk, amina, OFFICE)

    at(desk, 0, 10)
    holding.be_on_duty(desk.room, amina.id, desk.clock(), desk.clock())
    assert rota(desk).on_desk(at(desk, 0, 16)) == []
    assert names(rota(desk).on_desk(at(desk, 1, 10))) == {amina.id}

    at(desk, 1, 20)
    holding.be_on_duty(desk.room, amina.id, desk.clock() + 2 * HOUR, desk.clock())
    assert rota(desk).until(desk.clock()) == desk.clock() + 2 * HOUR
    holding.be_on_duty(desk.room, amina.id, desk.clock() + HOUR, desk.clock())  # sooner, after all
    assert rota(desk).until(desk.clock()) == desk.clock() + HOUR
    holding.be_on_duty(desk.room, amina.id, desk.clock(), desk.clock())
    assert rota(desk).on_desk(desk.clock()) == []


def test_a_holiday_frees_from_weekly_shifts_but_not_from_what_was_planned_for_that_day(desk: Desk) -> None:
    at(desk, 0, 8)
    amina, bano, sara = desk.hire("Amina"), desk.hire("Bano"), desk.hire("Sara", Role.SUPERVISOR)
    week(desk, amina, OFFICE)
    keeping.add_holiday(desk.room, sara.id, date(2026, 11, 25), "  Iqbal   Day ", desk.clock())
    start = at(desk, 2, 10)
    at(desk, 0, 8)
    keeping.add_change(desk.room, sara.id, bano.id, start, start + HOUR, DESK, desk.clock())

    assert rota(desk).hours.holidays == {date(2026, 11, 25): "Iqbal Day"}
    assert names(rota(desk).on_desk(at(desk, 2, 10, 30))) == {bano.id}
    keeping.drop_holiday(desk.room, sara.id, date(2026, 11, 25), desk.clock())
    assert names(rota(desk).on_desk(desk.clock())) == {amina.id, bano.id}


def test_a_change_can_be_taken_back_and_what_is_over_is_forgotten(desk: Desk) -> None:
    start = at(desk, 0, 10)
    amina = desk.hire("Amina")
    keeping.add_change(desk.room, amina.id, amina.id, start, start + HOUR, CALL, start)
    later = start + timedelta(days=3)
    keeping.add_change(desk.room, amina.id, amina.id, later, later + HOUR, OFF, later)
    kept = desk.room.read(lambda unit: counsellors.look(unit, desk.room.keyring, amina.id).changes)
    assert [change.kind for change in kept] == [OFF]

    keeping.drop_change(desk.room, amina.id, amina.id, *kept[0], later)  # type: ignore[arg-type]  # a change's three

    assert desk.room.read(lambda unit: counsellors.look(unit, desk.room.keyring, amina.id).changes) == ()


# --- who may ------------------------------------------------------------------------------------


def test_she_changes_her_own_and_a_supervisor_anybodys_and_nobody_else_any(desk: Desk) -> None:
    amina, bano, sara = desk.hire("Amina"), desk.hire("Bano"), desk.hire("Sara", Role.SUPERVISOR)
    admin = desk.hire("Zoya", Role.ADMIN)

    week(desk, amina, OFFICE)
    week(desk, amina, OFFICE[:2], by=sara)
    for who in (bano, admin):
        with pytest.raises((refusals.NotHers, NotStaff)):
            week(desk, amina, OFFICE, by=who)
    with pytest.raises(refusals.NotHers):
        week(desk, admin, OFFICE, by=sara)  # who answers nobody has no shift

    assert desk.room.read(lambda unit: counsellors.look(unit, desk.room.keyring, amina.id).week) == tuple(OFFICE[:2])
    assert [what for what, _ in desk.log()].count("shifts: week") == 2


def test_the_teams_hours_are_a_supervisors_or_an_admins(desk: Desk) -> None:
    spans = [[Span.read("09:00", "17:00")]] * 7
    with pytest.raises(refusals.NotHers):
        keeping.set_hours(desk.room, desk.hire("Amina").id, spans, 0, desk.clock())

    keeping.set_hours(desk.room, desk.hire("Zoya", Role.ADMIN).id, spans, 0, desk.clock())
    keeping.set_hours(desk.room, desk.hire("Sara", Role.SUPERVISOR).id, spans[:5] + [[]] * 2, 1, desk.clock())

    assert [len(day) for day in rota(desk).hours.week] == [1, 1, 1, 1, 1, 0, 0]


def test_of_two_who_change_one_thing_the_later_is_told(desk: Desk) -> None:
    amina, sara = desk.hire("Amina"), desk.hire("Sara", Role.SUPERVISOR)
    week(desk, amina, OFFICE)

    with pytest.raises(refusals.ChangedMeanwhile):
        keeping.set_week(desk.room, sara.id, amina.id, [], 1, desk.clock())
    keeping.set_hours(desk.room, sara.id, [[]] * 7, 0, desk.clock())
    with pytest.raises(refusals.ChangedMeanwhile):
        keeping.set_hours(desk.room, sara.id, [[]] * 7, 0, desk.clock())


def ways(desk: Desk, who: Colleague, **other: object) -> None:
    version = desk.room.read(lambda unit: counsellors.look(unit, desk.room.keyring, who.id).version)
    given = {"languages": ["ur", "en"], "capacity": 3, "called": "Noor", "belongs": []} | other
    keeping.set_ways(desk.room, who.id, who.id, version=version, now=desk.clock(), **given)  # type: ignore[arg-type]  # a test names fields freely


def test_how_she_works_is_kept_and_what_makes_no_sense_is_refused(desk: Desk) -> None:
    amina = desk.hire("Amina")
    desk.room.work(load)

    ways(desk, amina, belongs=["inst001"])
    for other, refusal in (
        ({"languages": ["xx"]}, refusals.NoSuchLanguage),
        ({"capacity": -1}, refusals.BadCapacity),
        ({"capacity": 51}, refusals.BadCapacity),
        ({"called": "x" * 25}, refusals.BadCalled),
        ({"called": " AMINA"}, refusals.BadCalled),
        ({"belongs": ["inst999"]}, refusals.NoSuchInstitution),
    ):
        with pytest.raises(refusal):
            ways(desk, amina, **other)

    one = desk.room.read(lambda unit: counsellors.look(unit, desk.room.keyring, amina.id))
    assert (one.languages, one.capacity, one.called, one.institutions) == (("en", "ur"), 3, "Noor", ("inst001",))


def test_a_change_that_is_over_endless_or_backwards_is_refused(desk: Desk) -> None:
    amina, now = desk.hire("Amina"), desk.clock()
    for start, end, kind, refusal in (
        (now, now, DESK, refusals.NoTime),
        (now + HOUR, now, DESK, refusals.NoTime),
        (now - 2 * HOUR, now - HOUR, DESK, refusals.NoTime),
        (now, now + 25 * HOUR, DESK, refusals.TooLong),
        (now, now + timedelta(days=61), OFF, refusals.TooLong),
        (now, now + HOUR, "party", refusals.NoTime),
    ):
        with pytest.raises(refusal):
            keeping.add_change(desk.room, amina.id, amina.id, start, end, kind, now)


def test_whoever_left_or_answers_no_more_is_on_no_rota(desk: Desk) -> None:
    at(desk, 0, 10)
    amina, bano = desk.hire("Amina"), desk.hire("Bano")
    for who in (amina, bano):
        week(desk, who, OFFICE)

    def change(unit: Unit) -> None:
        for who, field, value in ((amina, "status", people.LEFT), (bano, "role", Role.ANALYST)):
            member = people.fetch(unit, desk.room.keyring, who.id)
            assert member is not None
            setattr(member, field, value)
            people.save(unit, desk.room.keyring, member)

    desk.room.work(change)

    assert rota(desk).on_call(desk.clock()) == []


# --- the week at a glance -----------------------------------------------------------------------


def test_the_week_shows_who_is_on_and_each_gap_for_each_language(desk: Desk) -> None:
    monday = at(desk, 0, 8)
    amina, bano, sara = desk.hire("Amina"), desk.hire("Bano"), desk.hire("Sara", Role.SUPERVISOR)
    keeping.set_hours(desk.room, sara.id, [[Span.read("09:00", "17:00")]] * 5 + [[]] * 2, 0, monday)
    keeping.add_holiday(desk.room, sara.id, date(2026, 11, 27), "Fair", monday)
    week(desk, amina, OFFICE)
    ways(desk, amina, languages=["en"])
    week(desk, bano, [Shift(0, 9 * 60, 12 * 60, DESK)])
    ways(desk, bano, languages=["ur"])

    days = cover.week(rota(desk), cover.monday(rota(desk), monday), ("en", "ur"))

    assert [day.holiday for day in days] == ["", "", "", "", "Fair", "", ""]
    assert [len(day.bars) for day in days] == [2, 1, 1, 1, 0, 0, 0]
    gaps = [[(gap.language, gap.opens.hour, gap.closes.hour) for gap in day.gaps] for day in days]
    assert gaps[0] == [("ur", 12, 17)]
    assert gaps[1] == [("ur", 9, 17)]
    assert gaps[4] == gaps[5] == []


def test_where_nobody_is_at_all_no_language_is_named(desk: Desk) -> None:
    monday = at(desk, 0, 8)
    sara = desk.hire("Sara", Role.SUPERVISOR)
    keeping.set_hours(desk.room, sara.id, [[Span.read("22:00", "02:00")]] * 7, 0, monday)

    days = cover.week(rota(desk), cover.monday(rota(desk), monday), ("en",))

    assert [[(gap.language, gap.opens.hour, gap.closes.hour) for gap in day.gaps] for day in days][1] == [
        ("", 0, 2),
        ("", 22, 0),
    ]


# --- what a reporter is told --------------------------------------------------------------------


@pytest.fixture
def team(hamraz: Hamraz, clock: Clock) -> Team:
    return Team(hamraz, clock)


def plan_week(team: Team, who: Colleague, shifts: Sequence[Shift]) -> None:
    version = team.hamraz.room.read(lambda unit: counsellors.look(unit, team.hamraz.keyring, who.id).version)
    keeping.set_week(team.hamraz.room, who.id, who.id, shifts, version, team.clock())


def test_she_is_told_when_somebody_is_really_there_and_not_when_the_office_opens(
    phone: Phones, team: Team, clock: Clock
) -> None:
    clock.now = datetime(2026, 11, 25, 9, tzinfo=KARACHI).astimezone(UTC)  # Wednesday, within the team's hours
    plan_week(team, team.hire(duty=False), [Shift(4, 14 * 60 + 30, 17 * 60, DESK)])
    one = phone()
    begin(one)

    said = one.say("TALK")

    assert "Nobody is reading right now. We read again Friday 2:30 pm." in said


def test_where_nobody_knows_when_somebody_reads_again_no_hour_is_made_up(
    phone: Phones, team: Team, clock: Clock
) -> None:
    supervisor = team.hire("Sara", Role.SUPERVISOR, duty=False)
    keeping.set_hours(team.hamraz.room, supervisor.id, [[]] * 7, 0, clock())
    one = phone()
    begin(one)

    said = one.say("TALK")

    assert "we cannot say yet when somebody will" in said
    assert "1 Go on writing" in said


def test_shortly_before_the_end_she_is_told_until_when_somebody_reads(phone: Phones, team: Team, clock: Clock) -> None:
    clock.now = datetime(2026, 11, 25, 15, tzinfo=KARACHI).astimezone(UTC)
    plan_week(team, team.hire(duty=False), OFFICE)
    early, late = phone("sms", "+923000000001"), phone("sms", "+923000000002")
    begin(early)
    assert "We read until" not in ask_for_a_person(early)

    clock.now = datetime(2026, 11, 25, 16, 40, tzinfo=KARACHI).astimezone(UTC)
    begin(late)
    said = ask_for_a_person(late)

    assert "We read until Wednesday 5 pm." in said
    assert said.index("We read until") < said.index("You are next.")


def test_the_settings_hold_while_the_team_keeps_no_hours_of_its_own(desk: Desk) -> None:
    assert rota(desk).hours is desk.room.hours

    keeping.set_hours(desk.room, desk.hire("Sara", Role.SUPERVISOR).id, [[]] * 7, 0, desk.clock())

    assert rota(desk).hours == OpeningHours(((),) * 7, desk.room.hours.zone)
