"""Shifts and hours as a browser without any program sees them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from casework.seeding import load
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import counsellors
from storage.counsellors import Counsellor, Shift
from storage.staff import people
from tests.phones import Clock
from tests.web.console.conftest import Browser, Enter
from tests.web.console.forms import fill

MONDAY = datetime(2026, 11, 30, 5, tzinfo=UTC)  # 10 o'clock in Karachi


@pytest.fixture(autouse=True)
def in_the_morning(clock: Clock) -> None:
    clock.now = MONDAY


def of(hamraz: Hamraz, browser: Browser) -> tuple[str, Counsellor]:
    """Her id in addresses, and how she works."""

    def read(unit: object) -> Counsellor:
        found = people.find(unit, hamraz.keyring, browser.name)  # type: ignore[arg-type]  # a unit
        assert found is not None
        return counsellors.look(unit, hamraz.keyring, found)  # type: ignore[arg-type]  # a unit

    one = hamraz.room.read(read)
    return one.id.hex(), one


def test_she_says_that_she_is_on_and_off_and_everybody_sees_it(enter: Enter, hamraz: Hamraz) -> None:
    amina, zoya = enter(name="Amina"), enter(Role.ADMIN, "Zoya")
    assert "Nobody is on right now" in zoya.open("/shifts").text

    assert amina.send("/shifts/now", "/shifts", minutes="120").headers["Location"].endswith("/shifts?done=on")
    assert re.search("Amina</bdi> · At the desk · until 12:0", zoya.open("/shifts").text)
    amina.send("/shifts/now", "/shifts", minutes="100000")  # not among what the page offers: off

    assert "Nobody is on right now" in zoya.open("/shifts").text


def test_her_week_and_what_differs_once_are_kept_and_shown(enter: Enter, hamraz: Hamraz) -> None:
    amina = enter(name="Amina")
    who, _ = of(hamraz, amina)
    here = f"/shifts/{who}"

    sent = amina.send(
        f"{here}/week", here, from00="09:00", to00="13:00", kind00="desk", from01="22:00", to01="06:00", kind01="call"
    )
    assert sent.status_code == 303
    assert of(hamraz, amina)[1].week == (Shift(0, 540, 780, "desk"), Shift(0, 1320, 1800, "call"))
    amina.send(f"{here}/change", here, kind="off", day="2026-11-30", last="", **{"from": "", "to": ""})

    shown = amina.open(here).text
    assert 'name="from00" value="09:00"' in shown and 'name="to01" value="06:00"' in shown
    assert "30 November 2026 00:00 – 1 December 2026 00:00" in shown
    week = amina.open("/shifts").text
    assert "22:00–24:00" not in week  # off on that day
    change = re.findall(r'name="change" value="([^"]+)"', shown)
    amina.send(f"{here}/change/drop", here, change="9" * 5_000 + change[0])  # none of hers
    amina.send(f"{here}/change/drop", here, change=change[0])
    assert "22:00–24:00" in amina.open("/shifts").text


def test_what_cannot_be_read_is_refused_and_what_was_typed_is_still_there(enter: Enter, hamraz: Hamraz) -> None:
    amina = enter(name="Amina")
    here = f"/shifts/{of(hamraz, amina)[0]}"

    refused = amina.send(f"{here}/week", here, from00="9 in the morning", to00="13:00")
    assert refused.status_code == 400
    assert "cannot be read" in refused.text and 'value="9 in the morning"' in refused.text
    refused = amina.send(f"{here}/change", here, kind="desk", day="tomorrow")
    assert refused.status_code == 400 and 'value="tomorrow"' in refused.text
    refused = amina.send(f"{here}/ways", here, capacity="many", called="Noor")
    assert refused.status_code == 400 and 'value="Noor"' in refused.text


def test_how_she_works_is_kept(enter: Enter, hamraz: Hamraz) -> None:
    hamraz.database.work(load)
    amina = enter(name="Amina")
    here = f"/shifts/{of(hamraz, amina)[0]}"

    amina.send(f"{here}/ways", here, capacity="7", called="Noor", language="ur", institution="inst001")

    _, one = of(hamraz, amina)
    assert (one.capacity, one.called, one.languages, one.institutions) == (7, "Noor", ("ur",), ("inst001",))
    assert "Nobody of the team answers in" in amina.open("/shifts").text


def test_anothers_week_is_a_supervisors_only(enter: Enter, hamraz: Hamraz) -> None:
    amina, bano, sara = enter(name="Amina"), enter(name="Bano"), enter(Role.SUPERVISOR, "Sara")
    here = f"/shifts/{of(hamraz, amina)[0]}"

    assert bano.open(here).status_code == 403
    assert bano.send(f"{here}/week", "/shifts", from00="09:00", to00="13:00").status_code == 403
    assert sara.send(f"{here}/week", here, from00="09:00", to00="13:00").status_code == 303

    assert of(hamraz, amina)[1].week == (Shift(0, 540, 780, "desk"),)
    assert sara.open("/shifts/x").status_code == 404
    assert amina.open("/shifts/mine").headers["Location"].endswith(here)


def test_of_two_who_change_one_week_the_later_is_told(enter: Enter, hamraz: Hamraz) -> None:
    amina, sara = enter(name="Amina"), enter(Role.SUPERVISOR, "Sara")
    here = f"/shifts/{of(hamraz, amina)[0]}"
    opened = sara.open(here)
    amina.send(f"{here}/week", here, from00="09:00", to00="13:00")

    refused = sara.send(f"{here}/week", of=opened, from00="10:00", to00="11:00")

    assert refused.status_code == 400 and "Somebody else changed this" in refused.text
    assert 'name="from00" value="09:00"' in refused.text  # hers, which she has not seen yet
    assert sara.send(f"{here}/week", of=refused, from00="10:00", to00="11:00").status_code == 303


def test_after_a_refusal_the_next_press_is_taken(enter: Enter, hamraz: Hamraz) -> None:
    amina = enter(name="Amina")
    here = f"/shifts/{of(hamraz, amina)[0]}"
    amina.send(f"{here}/week", here, from00="09:00", to00="13:00")

    refused = amina.send(f"{here}/change", here, kind="desk", day="tomorrow")

    assert amina.send(f"{here}/week", of=refused, from00="10:00", to00="11:00").status_code == 303
    refused = amina.send(f"{here}/week", here, from00="soon", to00="11:00")
    assert amina.send(f"{here}/week", of=refused, from00="11:00", to00="12:00").status_code == 303
    assert of(hamraz, amina)[1].week == (Shift(0, 660, 720, "desk"),)


def test_a_refused_form_shows_what_was_typed_over_what_she_saw(enter: Enter, hamraz: Hamraz) -> None:
    amina, sara = enter(name="Amina"), enter(Role.SUPERVISOR, "Sara")
    here = f"/shifts/{of(hamraz, amina)[0]}"
    opened = sara.open(here)
    amina.send(f"{here}/week", here, from00="09:00", to00="13:00")

    refused = sara.send(f"{here}/week", of=opened, from00="soon", to00="11:00")

    late = sara.send(f"{here}/week", of=refused, from00="10:00", to00="11:00")
    assert late.status_code == 400 and "Somebody else changed this" in late.text


def test_a_refused_week_or_change_leaves_how_she_works_as_it_is(enter: Enter, hamraz: Hamraz) -> None:
    hamraz.database.work(load)
    amina = enter(name="Amina")
    here = f"/shifts/{of(hamraz, amina)[0]}"
    amina.send(f"{here}/ways", here, capacity="7", called="Noor", language="ur", institution="inst001")

    for form, wrong in (("week", {"from00": "soon", "to00": "13:00"}), ("change", {"kind": "desk", "day": "tomorrow"})):
        refused = amina.send(f"{here}/{form}", here, **wrong)
        assert refused.status_code == 400
        assert fill(amina, refused, f"{here}/ways").status_code == 303

        _, one = of(hamraz, amina)
        assert (one.capacity, one.called, one.languages, one.institutions) == (7, "Noor", ("ur",), ("inst001",))


def test_of_two_who_change_the_hours_the_later_sees_them_and_can_go_on(enter: Enter) -> None:
    zoya, sara = enter(Role.ADMIN, "Zoya"), enter(Role.SUPERVISOR, "Sara")
    opened = sara.open("/hours")
    zoya.send("/hours", "/hours", from00="08:00", to00="12:00")

    refused = sara.send("/hours", of=opened, from00="10:00", to00="11:00")

    assert refused.status_code == 400 and 'name="from00" value="08:00"' in refused.text
    assert sara.send("/hours", of=refused, from00="soon", to00="11:00").status_code == 400
    assert sara.send("/hours", of=refused, from00="10:00", to00="11:00").status_code == 303
    refused = sara.send("/hours/holiday", "/hours", day="soon", name="x")
    assert sara.send("/hours", of=refused, from00="10:00", to00="12:00").status_code == 303


def test_hours_and_holidays_are_kept_by_the_team_itself(enter: Enter) -> None:
    zoya = enter(Role.ADMIN, "Zoya")
    assert "hours of the settings" in zoya.open("/hours").text
    saturday = {"from50": "10:00", "to50": "14:00"}

    zoya.send("/hours", "/hours", from00="08:00", to00="12:00", from01="13:00", to01="00:00", **saturday)
    zoya.send("/hours/holiday", "/hours", day="2026-12-05", name="<i>Fair</i>")

    shown = zoya.open("/hours").text
    assert "Monday 8 am to 12 pm, 1 pm to 12 am, Saturday 10 am to 2 pm" in shown
    assert "5 December 2026 · <bdi>&lt;i&gt;Fair&lt;/i&gt;</bdi>" in shown
    week = zoya.open("/shifts").text
    assert week.count("Nobody:") == 2
    zoya.send("/hours/holiday/drop", "/hours", day="2026-12-05")
    assert zoya.open("/shifts").text.count("Nobody:") == 3
    for wrong in ({"day": "soon", "name": "x"}, {"day": "2020-01-01", "name": "x"}, {"day": "2026-12-24", "name": " "}):
        assert zoya.send("/hours/holiday", "/hours", **wrong).status_code == 400


@pytest.mark.parametrize("asked", ["2026-12-09", "x", "9999-12-31", "0001-01-01", "2026-W50"])
def test_any_week_can_be_looked_at(enter: Enter, asked: str) -> None:
    shown = enter().open(f"/shifts?from={asked}").text

    assert "The week from 7 December 2026" in shown or "The week from 30 November 2026" in shown


def test_an_hour_that_has_passed_is_no_time_to_be_on(enter: Enter, hamraz: Hamraz) -> None:
    amina = enter(name="Amina")
    here = f"/shifts/{of(hamraz, amina)[0]}"

    refused = amina.send(f"{here}/change", here, kind="desk", day="2026-11-30", **{"from": "09:00", "to": "10:00"})

    assert refused.status_code == 400 and "is over already" in refused.text
