"""The console in a real browser: by keyboard alone, with an app's code and with a passkey, at every width, in both scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from casework.staff.roles import Role
from tests.casework.institutions.test_demand import kept
from tests.casework.staff.conftest import PASSWORD
from tests.web.console.browsing import IN_BOTH, Keys, Site, wrong_with


def test_by_keyboard_alone_she_joins_logs_out_logs_in_and_mends_a_lost_password(keys: Keys, site: Site) -> None:
    paper = keys.accept(site.invite("Amina", Role.ADMIN))
    keys.press("I have it on paper", "Home")

    keys.press("Log out", "Log in")
    keys.write(Name="amina", Password=PASSWORD, Code_from_your_app="000000")
    keys.page.keyboard.press("Enter")
    expect(keys.page.get_by_role("alert")).to_contain_text("That does not fit")
    keys.write(Password=PASSWORD, Code_from_your_app=keys.code())
    keys.page.keyboard.press("Enter")
    keys.heading("Home")

    keys.press("Staff", "Staff")
    keys.write(Name="Zoya")
    keys.press("Invite")
    expect(keys.page.locator("#link")).to_contain_text("/console/invitation#")
    keys.press("Log out", "Log in")
    keys.press("I lost my password or my second factor", "What did you lose?")
    keys.press("My password", "My password")
    keys.write(Name="Amina", Recovery_code=paper, New_password="ten new words", Code_from_your_app=keys.code())
    keys.page.keyboard.press("Enter")
    keys.heading("Your recovery code")
    assert keys.page.locator(".paper code").inner_text() != paper


def test_a_passkey_is_made_and_opens_by_keyboard_alone(keys: Keys, site: Site, context: BrowserContext) -> None:
    phone = context.new_cdp_session(keys.page)
    phone.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    phone.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    keys.page.goto(site.invite("Sana", Role.COUNSELLOR))
    keys.press("Go on", "Welcome")
    keys.write(Password=PASSWORD)
    keys.press("Use a passkey instead of an app", "Your recovery code")
    keys.press("I have it on paper", "Cases")
    for _ in range(2):  # again and again
        keys.press("Log out", "Log in")
        keys.write(Name="Sana", Password=PASSWORD)
        keys.press("Log in with a passkey", "Cases")

    keys.press("Your account", "Your account")
    keys.page.locator("#old-f").fill(PASSWORD)
    keys.press("Set up a passkey", "Log in")  # every login has ended, here too


def test_a_password_is_shown_while_its_owner_wants_to_see_it(keys: Keys, site: Site) -> None:
    keys.page.goto(f"{site.url}/console/login")

    keys.write(Password="seen")
    keys.go_to("Show what I type")
    keys.page.keyboard.press("Space")

    expect(keys.page.locator("#password")).to_have_attribute("type", "text")


@pytest.mark.parametrize("language", IN_BOTH)
def test_axe_finds_nothing_wrong_and_nothing_scrolls_sideways(keys: Keys, site: Site, language: str) -> None:
    page, wrong = keys.page, []

    def look(where: str) -> None:
        wrong.extend(f"{where}, {one}" for one in wrong_with(page))

    for path in ("login", "lost", "lost/password", "lost/factor", "nowhere"):
        page.goto(f"{site.url}/console/{path}?language={language}")
        look(path)
    page.goto(site.invite(f"Admin {language}", Role.ADMIN))
    look("invitation")
    page.locator("#invitation").press("Enter")
    page.locator("#code").wait_for()
    look("set up")
    keys.secret = page.locator(".key").inner_text()
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill("000000")
    page.locator("#code").press("Enter")
    page.get_by_role("alert").wait_for()
    look("refused")
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(keys.code())
    page.locator("#code").press("Enter")
    page.locator(".paper code").wait_for()
    look("recovery")
    site.invite(f"A name as long as names may be, and then it ends {language}"[:60], Role.SUPERVISOR)
    for name in ("Roshni Girls College", "ايگريڪلچر يونيورسٽي جو هڪ ڊگهو نالو"):
        kept(site.hamraz, name, "Ratodero", 3, site.clock)
    for path in ("", "account", "institutions", "institutions/one?row=inst044", "institutions/wanted", "staff"):
        page.goto(f"{site.url}/console/{path}")
        look(path or "home")
    page.locator("summary").last.click()
    look("removing")

    assert wrong == []
