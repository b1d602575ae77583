"""An admin on a Sunday: a question more in the report, in five languages, tried on three phones, let hold by two, and
taken back. By what the pages say, and by keys alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from casework.staff.roles import Role
from casework.studio import shelf
from tests.bot.test_conversation import SHORT, begin
from tests.phones import Phone
from tests.web.conftest import PATIENCE
from tests.web.console.browsing import Keys, Site, wrong_with

ASKS = {
    "en": "Was the place lit?",
    "es": "¿Había luz en el lugar?",
    "sd": "ڇا اتي روشني هئي؟",
    "ur": "کیا وہاں روشنی تھی؟",
    "ur_Latn": "Kya wahan roshni thi?",
}
TOO_LONG = "کیا اس جگہ پر جہاں یہ سب ہوا، روشنی کا کوئی انتظام تھا یا وہاں اندھیرا تھا؟ " * 12


@pytest.fixture
def other(browser: Browser, site: Site) -> Iterator[Keys]:
    """A second admin, in a browser of her own."""
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE)
    yield Keys(context.new_page(), site)
    context.close()


def test_an_admin_adds_a_question_has_it_agreed_to_and_takes_it_back(keys: Keys, other: Keys, site: Site) -> None:
    page, studio = keys.page, site.hamraz.studio
    keys.accept(site.invite("Rabia", Role.ADMIN))
    other.accept(site.invite("Zoya", Role.ADMIN))
    at(page, site, "/flows")
    press(page, "Let two be needed")

    at(page, site, "/flows/flow?flow=report")
    choose(page.get_by_label("What it does"), "one of a few")
    write(page.get_by_label("Its name"), "lit")
    choose(page.get_by_label("Below"), "where")
    press(page, "Add a step")
    expect(page.get_by_role("heading", level=1)).to_have_text("lit in “Telling what happened”")
    write(page.get_by_label("Where the words of its answers are"), "report.under18")
    press(page, "Save the draft")

    at(page, site, "/flows/step?flow=report&node=where")
    for number in range(page.get_by_label("Go to").count()):
        if page.get_by_label("Go to").nth(number).input_value() == "story":
            choose(page.get_by_label("Go to").nth(number), "lit")
    press(page, "Save the draft")

    for language, words in ASKS.items():
        at(page, site, "/flows/flow?flow=report")
        press(page, "To its words", of="link")
        box = page.locator(f".written-beside [role=textbox][lang^={language[:2]}]")
        expect(page.get_by_role("heading", level=1)).to_contain_text("report.lit.ask")
        if language == "ur":  # said too long, she sees it before it is said, and mends it
            write(box, TOO_LONG)
            press(page, "Say it so from now on")
            expect(page.locator(".found-here")).to_contain_text("E301")
            expect(box).to_have_text(TOO_LONG.strip())
        write(box, words)
        press(page, "Say it so from now on")
        expect(page.get_by_role("status").first).to_contain_text("Reporters are told this")
    at(page, site, "/flows/flow?flow=report")
    expect(page.locator("main")).to_contain_text("Nothing is wrong with it")
    assert wrong_with(page) == []

    at(page, site, "/flows/try?flow=report&node=lit&lang=ur")
    for phone in ("SMS", "WhatsApp", "Telegram"):
        expect(page.locator("section, article", has_text=phone).filter(has_text=ASKS["ur"]).first).to_be_visible()

    at(page, site, "/flows/publish?flow=report")
    tick(page.get_by_label("I have looked at what is worth a look").first)
    press(page, "Ask for the second yes")
    at(other.page, site, "/flows/publish?flow=report")
    press(other.page, "I agree")
    expect(other.page.get_by_role("status").first).to_contain_text("holds")
    assert asked_for_light(site, "+923005550001")

    at(page, site, "/flows/editions?flow=report")
    press(page, "Let it hold again")
    assert not shelf.one(studio, "report").own and not asked_for_light(site, "+923005550002")


def asked_for_light(site: Site, number: str) -> bool:
    """Whether somebody who begins to report now, in Urdu, is asked."""
    phone = Phone(site.hamraz, "sms", number, site.clock)
    begin(phone, "ur")
    phone.say("1")
    *_, said = [phone.say(answer) for answer in SHORT[:6]]
    return ASKS["ur"] in said


def at(page: Page, site: Site, address: str) -> None:
    page.goto(f"{site.url}/console{address}{'&' if '?' in address else '?'}language=en")


def press(page: Page, name: str, of: str = "button") -> None:
    """Press the first that is called so, by the keyboard; another page comes."""
    found = page.get_by_role(of, name=re.compile(f"^{re.escape(name)}"))  # type: ignore[arg-type]  # "button" or "link"
    found.first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state()  # its program is there, too


def write(field: Locator, text: str) -> None:
    field.focus()
    field.press("Control+a")
    field.page.keyboard.insert_text(text)


def choose(field: Locator, text: str) -> None:
    field.focus()
    field.select_option(label=text)


def tick(field: Locator) -> None:
    field.focus()
    field.press("Space")
