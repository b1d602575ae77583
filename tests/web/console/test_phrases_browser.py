"""What reporters are told, written in a real browser: chips that cannot be broken, the server's count, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from casework.seeding import load
from casework.staff.roles import Role
from storage import wordings
from tests.web.console.browsing import IN_BOTH, Keys, Site, wrong_with


def enter(keys: Keys, site: Site, name: str, language: str = "en") -> None:
    site.hamraz.database.work(load)
    keys.accept(site.invite(name, Role.TRANSLATOR))
    keys.page.goto(f"{site.url}/console/?language={language}")


def test_she_writes_with_chips_sees_the_count_and_goes_on_by_keyboard(keys: Keys, site: Site) -> None:
    enter(keys, site, "Tahira")
    page = keys.page
    page.goto(f"{site.url}/console/words/phrase?lang=en&phrase=say.media_kept")
    field = page.locator(".written[role=textbox]")  # the plain field has given way to it
    expect(field.locator(".hole")).to_have_text("done")

    field.press("Control+End")
    for _ in range(4):  # " on." and half of a chip, as if it were letters
        field.press("Backspace")
    field.press("Control+a")
    field.press("Delete")
    page.keyboard.insert_text("Here it is {oops")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("Send ")
    with page.expect_response(lambda answer: answer.url.endswith("/words/phrase/count")):
        page.get_by_role("button", name="done").click()
    expect(page.locator("#told")).to_contain_text("{oops")
    expect(page.locator("#form0")).to_have_value("Here it is {oops\nSend {done}")

    page.reload()  # the connection was lost, say
    expect(page.get_by_text("What you had typed here before is back")).to_be_visible()
    expect(field).to_contain_text("Here it is {oops")
    page.get_by_label("A remark, for colleagues only").fill("Is it clear?")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Is it clear?")).to_be_visible()
    expect(field).to_contain_text("Here it is {oops")  # a remark is no other wording
    page.evaluate("getSelection().removeAllRanges()")
    field.focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").first).to_contain_text("cannot be said like this yet")
    expect(field).to_contain_text("Here it is {oops")

    field.press("Control+a")
    page.keyboard.insert_text("Here it is. To go on: ")
    page.get_by_role("button", name="done").click()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved")
    expect(page).not_to_have_url(f"{site.url}/console/words/phrase?lang=en&phrase=say.media_kept&said=said")
    kept = site.hamraz.database.read(lambda unit: wordings.fetch(unit, site.hamraz.keyring, "en", "say.media_kept"))
    assert kept.said == ("Here it is. To go on: {done}",)
    expect(page.get_by_label("J and K go on and back")).to_be_visible()  # so the program of the page listens
    page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text("say.media_kept")


@pytest.mark.parametrize("language", IN_BOTH)
def test_the_pages_of_words_are_accessible_at_every_width(keys: Keys, site: Site, language: str) -> None:
    enter(keys, site, f"Zara {language}", language)
    page, wrong = keys.page, []
    for path in (
        "words?lang=sd&q=voice",
        "words/phrase?lang=sd&phrase=report.story.ask@sms",
        "words/phrase?lang=en&phrase=talk.place.say",
        "words/files?lang=ur",
    ):
        page.goto(f"{site.url}/console/{path}")
        wrong += [f"{path}: {one}" for one in wrong_with(page)]
    for new, shown in (("تم", ".changes"), ("{nobody}", ".found")):
        page.goto(f"{site.url}/console/words/files?lang=ur")
        page.fill("#old", "آپ")
        page.fill("#new", new)
        page.locator("form[action$='/words/replace'] button").click()
        expect(page.locator(shown)).to_be_visible()
        wrong += [f"{shown}: {one}" for one in wrong_with(page)]

    assert wrong == []
