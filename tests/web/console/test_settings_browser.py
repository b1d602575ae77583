"""Settings in a real browser: by keyboard, in both directions, at every width."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from casework.seeding import load
from casework.staff.roles import Role
from tests.web.console.browsing import IN_BOTH, Keys, Site, wrong_with
from web.console.words import languages

PAGES = (
    "settings",
    "first",
    "settings/face",
    "settings/switches",
    "settings/menu",
    "settings/leaving?lang=sd",
    "settings/retention",
)


@pytest.mark.parametrize("language", IN_BOTH)
def test_the_pages_of_settings_are_accessible_at_every_width(keys: Keys, site: Site, language: str) -> None:
    site.hamraz.database.work(load)
    keys.accept(site.invite(f"Adila {language}", Role.ADMIN))
    page, wrong = keys.page, []
    page.goto(f"{site.url}/console/?language={language}")
    for path in PAGES:
        page.goto(f"{site.url}/console/{path}")
        wrong += [f"{path}: {one}" for one in wrong_with(page)]
    page.goto(f"{site.url}/console/settings/leaving?lang=ur")
    page.fill("#text-line", "hamraz")
    page.click("section:has(#line) form.one button")
    wrong += [f"a refused line: {one}" for one in wrong_with(page)]

    # By keyboard alone: another time, and taken back.
    t = languages()[language]
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/console/settings/retention")
    keys.go_to(t("settings.days"), "input")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("900")
    keys.to_another("Enter")
    expect(page.get_by_role("status")).to_have_text(t("setting_said.kept"))
    keys.go_to(t("settings.undo_last"), "button")
    keys.to_another("Enter")
    expect(page.get_by_role("status")).to_have_text(t("setting_said.undone"))

    assert wrong == []
