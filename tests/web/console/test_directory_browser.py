"""The directory in a real browser: what is told while she types, every page in both scripts and at every width."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from casework.staff.roles import Role
from tests.web.console.browsing import IN_BOTH, SCROLLS, Keys, Site, wrong_with
from tests.web.test_page import AXE, SMALLEST, violations

HOSPITAL, SHELTER = "res099", "res080"


@pytest.fixture
def page(keys: Keys, site: Site) -> Iterator[Page]:
    """An admin's."""
    keys.accept(site.invite(f"Rabia {len(site.url)} {site.clock().timestamp()}", Role.ADMIN))
    yield keys.page


def test_what_is_told_changes_while_she_types(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/console/directory/row?row={HOSPITAL}")

    page.get_by_label("Numbers").fill("021-99201309")

    expect(page.locator("#told .bubble").first).to_contain_text("021-99201309")
    page.get_by_label("Name in English").fill("")
    expect(page.locator("#told")).to_contain_text("Mend what is marked")
    page.get_by_label("Name in English").fill("<img src=x onerror=alert(1)>")
    expect(page.locator("#told .bubble").first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#told img")).to_have_count(0)
    page.context.clear_cookies()
    with page.expect_event("requestfailed"):  # it follows nowhere: that her login has ended, saving will say
        page.get_by_label("Name in English").fill("A clinic")
    expect(page.locator("#told .bubble").first).to_be_visible()


def test_by_keyboard_alone_she_finds_a_row_corrects_it_and_undoes_it(page: Page, keys: Keys, site: Site) -> None:
    page.goto(f"{site.url}/console/directory")
    keys.go_to("Name, number or word")
    page.keyboard.insert_text("model anti rape")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Rows found: 1")
    page.locator(".office a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("model Anti-Rape Crisis Cell")

    keys.write(Numbers="not a number")
    page.keyboard.press("Enter")
    expect(page.locator("#phone-fault")).to_be_visible()
    page.locator("#faults a").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("021 9920 1305")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved.")

    keys.go_to("Undo this")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Undone.")
    expect(page.get_by_label("Numbers")).to_have_value("021-99201300")


def look(page: Page, where: str) -> list[str]:
    return [f"{where}, {one}" for one in wrong_with(page)]


PATHS = {
    "rows": ("", "?text=xyzzy", f"/row?row={HOSPITAL}", f"/row?row={SHELTER}", "/new"),
    "others": ("/calls", "/calls?call=021-99201300", "/map", "/map?district=karachi_south&kind=hospital", "/files"),
    "past": ("/changes", "/credits", f"/row?row={HOSPITAL}&back=calls"),
}


@pytest.mark.parametrize("language", IN_BOTH)
@pytest.mark.parametrize("some", PATHS)
def test_axe_finds_nothing_wrong_and_nothing_scrolls_sideways(page: Page, site: Site, some: str, language: str) -> None:
    wrong: list[str] = []
    for path in PATHS[some]:
        page.goto(f"{site.url}/console/directory{path}{'&' if '?' in path else '?'}language={language}")
        wrong += look(page, path or "list")

    assert wrong == []


_ROWS = "id,kind,name_en,district,verified,phone,phone_kind\nx1,{kind},A clinic,Larkana,yes,074-9410457,own\nres099,hospital,JPMC,Larkana,yes,021-99201301,own\n"
FILES = {"a file that is looked at": _ROWS.format(kind="hospital"), "a faulty file": _ROWS.format(kind="hospitl")}


@pytest.mark.parametrize("language", IN_BOTH)
def test_nothing_is_wrong_with_the_tips_pages(page: Page, site: Site, language: str) -> None:
    wrong: list[str] = []
    for path in ("", "/tip?tip=people"):
        page.goto(f"{site.url}/console/tips{path}{'&' if '?' in path else '?'}language={language}")
        wrong += look(page, f"tips{path}")
    page.locator("#source").fill("")
    page.locator(".sticky button").click()
    page.locator("#source-fault").wait_for()
    wrong += look(page, "a tip that is refused")

    assert wrong == []


@pytest.mark.parametrize("language", IN_BOTH)
def test_neither_do_pages_that_answer_a_form(page: Page, site: Site, language: str) -> None:
    wrong: list[str] = []
    page.goto(f"{site.url}/console/directory/row?row={HOSPITAL}&language={language}")
    page.locator("#phone").fill("x")
    page.locator(".sticky button").click()
    page.locator("#phone-fault").wait_for()
    wrong += look(page, "refused")
    page.goto(f"{site.url}/console/directory?kind=police")
    page.locator("[data-tick-all] input").check()
    page.locator(".deeds button").first.click()
    page.locator("input[name=deed]").first.wait_for()
    page.locator("input[value=hide]").check()
    page.locator("main form button").click()
    page.locator("#plan").wait_for()
    wrong += look(page, "many rows")
    for name, content in FILES.items():
        page.goto(f"{site.url}/console/directory/files")
        page.locator("#file").set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": content.encode()})
        page.locator("main form button").click()
        page.locator("table, textarea").first.wait_for(state="attached")
        wrong += look(page, name)

    assert wrong == []


def test_a_morning_of_calls_by_keyboard_alone(page: Page, keys: Keys, site: Site) -> None:
    page.goto(f"{site.url}/console/directory/calls?call=0800-39393")
    number = page.locator(".dial")
    progress = page.locator("#so-far")

    def press(key: str) -> None:
        expect(page.locator("[data-keys-switch]")).to_be_visible()  # the page's program has begun
        page.keyboard.press(key)

    begun = int(progress.inner_text().split()[0])
    first = number.inner_text()

    press("j")
    expect(number).not_to_have_text(first)
    press("ArrowLeft")
    expect(number).to_have_text(first)
    press("y")
    expect(page.get_by_role("status")).to_contain_text("Verified today.")
    expect(progress).to_contain_text(f"{begun + 1} of")
    press("u")
    expect(number).to_have_text(first)
    expect(progress).to_contain_text(f"{begun} of")
    press("n")
    expect(page.get_by_role("status")).to_contain_text("It comes again tomorrow.")
    second = number.inner_text()
    press("s")
    expect(number).not_to_have_text(second)

    press("e")
    expect(page.get_by_role("link", name="Back to the calls")).to_be_visible()
    keys.go_to("Notes")
    page.keyboard.insert_text("asked for the night")
    keys.go_to("Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")


def test_a_key_held_down_or_pressed_twice_verifies_one_number(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/console/directory/calls")
    progress = page.locator("#so-far")
    begun = int(progress.inner_text().split()[0])

    # Twice before the browser has left the page.
    page.evaluate("""() => { for (let n = 0; n < 2; n++)
      document.dispatchEvent(new KeyboardEvent("keydown", { key: "y", bubbles: true })); }""")

    expect(progress).to_contain_text(f"{begun + 1} of")


def test_keys_that_are_switched_off_do_nothing(page: Page, keys: Keys, site: Site) -> None:
    page.goto(f"{site.url}/console/directory/calls")
    number = page.locator(".dial").inner_text()
    keys.go_to("Keys on: y n e s, j and k or the arrows")
    page.keyboard.press("Space")

    page.keyboard.press("j")
    page.keyboard.press("y")
    page.reload()
    page.keyboard.press("j")

    expect(page.locator(".dial")).to_have_text(number)


def test_with_a_thumb_on_a_small_phone_every_button_is_in_reach(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{site.url}/console/directory/calls?call=0800-70806#card")

    dial = page.locator(".dial").bounding_box()
    assert dial is not None
    assert 0 <= dial["y"] <= 300
    for name in ("It answers and is right", "Does not answer", "Later"):
        box = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST
        assert 320 < box["y"] + box["height"] <= 640  # the lower half, without scrolling


def test_the_choice_between_two_admins_is_readable_on_a_phone(
    page: Page, keys: Keys, site: Site, context: BrowserContext
) -> None:
    row = f"{site.url}/console/directory/row?row=res102"
    other = context.new_page()
    other.goto(row)
    page.goto(row)
    page.get_by_label("Numbers").fill("021-34930052")
    page.locator(".sticky button").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")

    other.set_viewport_size({"width": 360, "height": 800})
    other.get_by_label("Numbers").fill("021-34930053")
    other.locator(".sticky button").click()

    expect(other.locator("h1")).to_contain_text("Somebody changed this row")
    other.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(other) == []
    assert not other.evaluate(SCROLLS)
    other.get_by_label(re.compile("As it is now")).check()
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_label("Numbers")).to_have_value("021-34930052")


def test_a_mark_on_the_map_leads_by_keyboard_to_its_rows_in_the_list(page: Page, keys: Keys, site: Site) -> None:
    page.goto(f"{site.url}/console/directory/map?kind=hospital")

    keys.go_to("Show")
    page.keyboard.press("Tab")  # “Everything”
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.classList.contains('mark')")
    page.keyboard.press("Enter")

    expect(page.locator(".at:target")).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('.at:target') !== null")
