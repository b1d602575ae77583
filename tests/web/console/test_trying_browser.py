"""A draft on three phones in a real browser: by keys alone, at every width and in both scripts."""

from __future__ import annotations

from playwright.sync_api import expect

from casework.staff.roles import Role
from tests.web.console.browsing import Keys, Site, wrong_with

# As a server whose databases are away, and without the browser's own complaint of it.
AWAY_ONCE = """() => {
  const before = window.fetch;
  window.fetch = async () => {
    window.fetch = before;
    return new Response("away", { status: 503 });
  };
}"""


def test_axe_finds_nothing_wrong_and_three_phones_are_tried_by_keys_alone(keys: Keys, site: Site) -> None:
    page = keys.page
    keys.accept(site.invite("Rabia", Role.ADMIN))
    page.goto(f"{site.url}/console/flows/flow?flow=report&language=en")
    page.get_by_role("link", name="Try it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Try “Telling what happened”")

    page.get_by_label("Write on WhatsApp").focus()
    page.keyboard.insert_text("half written")
    page.get_by_label("Write on SMS").focus()
    page.keyboard.insert_text("5")
    page.evaluate(AWAY_ONCE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("No answer came. Nothing is lost; press again.")
    expect(page.get_by_label("Write on SMS")).to_have_value("5")
    page.keyboard.press("Enter")
    expect(page.locator("#sms .stand")).to_contain_text("report · when")
    expect(page.get_by_label("Write on SMS")).to_be_focused()
    expect(page.get_by_label("Write on WhatsApp")).to_have_value("half written")  # the page stayed
    page.locator("#telegram").get_by_role("button", name="Keep it, decide later").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#telegram .stand")).to_contain_text("report · when")
    expect(page.locator("li.here").last).to_have_text("when SMS Telegram")
    page.locator("#telegram").get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#telegram .stand")).to_contain_text("report · path")

    wrong = wrong_with(page)
    page.goto(f"{site.url}/console/flows/try?flow=report&node=story&lang=ur&language=ur")
    expect(page.locator("#telegram .stand")).to_contain_text("report · story")
    assert wrong + wrong_with(page) == []
