"""Shifts, hours, ready answers, doors and roles in a real browser: by keyboard, at every width, in both scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from casework.paging import door
from casework.paging.pager import Pager
from casework.seeding import load
from casework.shifts import keeping
from casework.staff import register
from casework.staff.roles import Role
from tests.web.console.browsing import IN_BOTH, Keys, Site, wrong_with


def enter(keys: Keys, site: Site, name: str, role: Role, language: str = "en") -> bytes:
    """Somebody new, logged in, her pages in a language; her id."""
    site.hamraz.database.work(load)
    keys.accept(site.invite(name, role))
    keys.page.goto(f"{site.url}/console/?language={language}")
    entry = register.entry(site.hamraz.office, name)
    assert entry is not None
    return entry.id


def test_by_keyboard_alone_she_plans_her_week_and_is_on(keys: Keys, site: Site) -> None:
    enter(keys, site, "Amina", Role.COUNSELLOR)
    page = keys.page

    keys.press("Shifts", "Shifts")
    keys.press("My week", "My week")
    keys.go_to("From")
    page.keyboard.type("0900AM")
    keys.go_to("To")
    page.keyboard.type("0100PM")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Kept.")
    keys.heading("My week")
    expect(page.locator("input[name=to00]")).to_have_value("13:00")
    keys.press("The whole week", "Shifts")
    expect(page.locator("ol.week > li").first).to_contain_text("Amina 09:00–13:00")

    keys.press("I am on", "Shifts")
    expect(page.get_by_role("status")).to_contain_text("You are on")
    keys.press("I am off now", "Shifts")
    expect(page.get_by_role("status")).to_contain_text("You are off")


def test_a_translator_looks_and_keeps_by_keyboard_alone(keys: Keys, site: Site) -> None:
    enter(keys, site, "Tahira", Role.TRANSLATOR)
    page = keys.page
    keys.press("Ready answers", "Ready answers")
    keys.press("time", "Ready answer time")

    with page.expect_request(lambda asked: asked.method == "HEAD"):  # so that her login goes on
        keys.write(Words="Slowly, {counsellor} waits. {oops}")
    keys.press("Only look", "Ready answer time")
    expect(page.get_by_role("alert")).to_contain_text("“oops” is no variable")
    keys.write(Words="Slowly, {counsellor} waits.")
    keys.press("Only look", "Ready answer time")
    expect(page.locator(".previews .words").first).to_have_text("Slowly, a counsellor waits.")
    keys.press("Keep these words", "Ready answer time")

    expect(page.get_by_role("status")).to_contain_text("Somebody else looks it over now")


@pytest.mark.parametrize("language", IN_BOTH)
def test_axe_finds_nothing_wrong_and_nothing_scrolls_sideways(keys: Keys, site: Site, language: str) -> None:
    page, wrong, room = keys.page, [], site.hamraz.room
    sara = enter(
        keys, site, f"A supervisor with a name as long as names may be {language}"[:60], Role.SUPERVISOR, language
    )
    now = site.clock()
    keeping.add_change(room, sara, sara, now, now + timedelta(hours=5), "call", now)
    keeping.add_holiday(room, sara, (now + timedelta(days=1)).date(), "A day with a long name, longer than most", now)
    pager = Pager.of(room, ["sms", "whatsapp", "telegram-staff"], timedelta(minutes=5))
    door.choose(pager, sara, "sms", "03001234567", "ur", now)

    def look(path: str, where: str = "") -> None:
        page.goto(f"{site.url}/console/{path}")
        wrong.extend(f"{where or path}: {one}" for one in wrong_with(page))

    for path in (
        "",
        "shifts",
        f"shifts/{sara.hex()}",
        "hours",
        "door",
        "canned",
        "canned/hello?lang=ur",
        "canned/hello",
    ):
        look(path)
    page.goto(f"{site.url}/console/shifts/{sara.hex()}")
    for summary in page.locator("summary").all():
        summary.click()
    wrong.extend(f"all open: {one}" for one in wrong_with(page))
    page.locator("#called").fill("A name that is much too long for an SMS")
    page.locator("#called").press("Enter")
    page.get_by_role("alert").wait_for()
    wrong.extend(f"refused: {one}" for one in wrong_with(page))
    keys.page.context.clear_cookies()
    enter(keys, site, f"Zoya {language}", Role.ADMIN, language)
    page.goto(f"{site.url}/console/staff")
    page.locator("summary").first.click()
    wrong.extend(f"roles: {one}" for one in wrong_with(page))
    for role in (Role.ANALYST, Role.TRANSLATOR):
        keys.page.context.clear_cookies()
        enter(keys, site, f"{role} {language}", role, language)
        look("", role)

    assert wrong == []
