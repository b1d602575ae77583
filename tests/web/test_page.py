"""What the demo's page shows, and how it behaves for whoever looks at it in another way than we do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from locales.segments import cost
from tests.web.conftest import OpenPage, Watch
from tests.web.hands import Hands

AXE = Path(__file__).with_name("axe") / "axe.min.js"
LANGUAGES = ("en", "ur", "sd", "ur_Latn", "es")
SMALLEST = 44  # CSS pixels a finger needs

TARGETS_TOO_SMALL = """smallest => [...document.querySelectorAll("button, a, textarea")]
  .map(target => [target.innerText || target.id, target.getBoundingClientRect()])
  .filter(([, box]) => box.width && (Math.round(box.width) < smallest || Math.round(box.height) < smallest))
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""


# All that is wrong; of what is right no list, which takes longer to bring over than to find.
AXE_RUN = """() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations)"""


def violations(page: Page) -> list[str]:
    """What axe finds wrong, a line each."""
    found: list[dict[str, Any]] = page.evaluate(AXE_RUN)
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}" for one in found]


def test_what_a_page_asks_of_another_host_is_seen(browser: Browser) -> None:
    image, call = "http://elsewhere.example/x.png", "http://192.0.2.7/y"
    watch, context = Watch("localhost:1"), browser.new_context()
    watch.over(context)
    page = context.new_page()
    with page.expect_request(image), page.expect_request(call):
        page.set_content(f"<img src='{image}'><script>fetch('{call}').catch(() => 0)</script>")
    context.close()

    assert sorted(watch.elsewhere) == [call, image]


def converse(page: Page) -> None:
    """Something of every kind on every screen."""
    for channel, greeting, yes in (("sms", "ڀليڪار", ""), ("whatsapp", "سلام", "جی ہاں"), ("telegram", "hello", "Yes")):
        hands = Hands(page, channel)
        hands.new_phone()
        hands.write(greeting)
        if yes:
            hands.press(yes)
            hands.attach("Photo")
            hands.attach("Voice note")
            hands.attach("Location")


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "ur"])  # right to left is harder
def test_axe_finds_nothing_wrong(open_page: OpenPage, language: str) -> None:
    page = open_page()
    converse(page)

    page.goto(f"{page.url.partition('?')[0]}?language={language}")
    page.locator(".bubble").first.wait_for()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong = []
    for width, scheme in ((1320, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two
        wrong += [f"{width} px, {scheme}: {one}" for one in violations(page)]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_small_phone_shows_it_whole_with_room_for_a_finger(open_page: OpenPage, language: str) -> None:
    page = open_page(f"/?language={language}", width=360, height=740)

    sideways = page.evaluate("document.documentElement.scrollWidth")

    assert sideways == 360
    assert page.evaluate(TARGETS_TOO_SMALL, SMALLEST) == []


def test_a_long_talk_scrolls_inside_its_phone_and_leaves_no_empty_page_below(open_page: OpenPage) -> None:
    page = open_page()
    Hands(page, "sms").write("hi", "1", "1", "1")

    below = page.evaluate("document.documentElement.scrollHeight - document.body.getBoundingClientRect().height")

    assert below < 20


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("hi", "2 of 160 · parts: 1 · GSM-7"),
        ("€" * 80, "160 of 160 · parts: 1 · GSM-7"),
        ("a" * 161, "161 of 306 · parts: 2 · GSM-7"),
        ("سلام", "4 of 70 · parts: 1 · UCS-2"),
        ("ڀ" * 71, "71 of 134 · parts: 2 · UCS-2"),
        ("😀", "2 of 70 · parts: 1 · UCS-2"),
    ],
)
def test_the_counter_knows_the_alphabet_and_the_parts(open_page: OpenPage, text: str, counted: str) -> None:
    page = open_page()

    page.locator("#text-sms").fill(text)

    expect(page.locator("#sms .counter")).to_have_text(counted)


@pytest.mark.parametrize(("greeting", "alphabet"), [("hello", "GSM-7"), ("ڀليڪار", "UCS-2")])
def test_a_text_of_ours_tells_its_parts_its_alphabet_and_its_price(
    open_page: OpenPage, greeting: str, alphabet: str
) -> None:
    hands = Hands(open_page(), "sms")
    hands.new_phone()

    hands.write(greeting)

    told = hands.ours.last.locator(".meta").inner_text()
    parts = cost(hands.ours.last.locator(".text").inner_text().strip()).parts
    assert re.search(rf"Parts: {parts} · {alphabet} · about \${parts / 10:.2f}", told)


def test_each_message_runs_in_the_direction_and_font_of_its_own_language(open_page: OpenPage) -> None:
    page = open_page()
    hands = Hands(page, "whatsapp")
    hands.new_phone()

    hands.write("سلام")
    hands.press("جی ہاں", "English")

    direction = "box => getComputedStyle(box).direction"
    assert hands.ours.first.locator(".text").evaluate(direction) == "rtl"
    assert hands.ours.last.locator(".text").evaluate(direction) == "ltr"
    assert page.evaluate("document.fonts.check('16px \"Hamraz Nastaliq\"', 'سلام')")


def test_panic_takes_the_whole_chat_away_on_telegram(open_page: OpenPage) -> None:
    hands = Hands(open_page(), "telegram")
    hands.new_phone()
    hands.write("hello")
    hands.press("Yes", "English", "Tell what happened", "It happened to me")

    hands.go_to("textarea")
    hands.page.keyboard.insert_text("XX")
    hands.page.keyboard.press("Enter")

    expect(hands.phone.locator(".bubble")).to_have_count(1)
    assert "OK, thank you." in hands.phone.locator(".bubble").inner_text()


def test_panic_deletes_the_copies_at_twilio_and_says_that_her_phone_keeps_its_own(open_page: OpenPage) -> None:
    hands = Hands(open_page(), "sms")
    hands.new_phone()
    hands.write("hello", "1", "1")

    hands.write("XX")

    expect(hands.phone.locator(".gone")).to_have_count(8)
    assert hands.phone.locator(".gone").first.inner_text() == "Deleted at Twilio; still on this phone"


def test_the_thiefs_pane_shows_rows_of_both_databases_as_they_come(open_page: OpenPage) -> None:
    page = open_page()
    rows, search = page.locator(".thief .rows"), page.locator(".thief .search")
    expect(rows).to_contain_text("main · holders")
    hands = Hands(page, "sms")
    hands.new_phone()
    before = rows.inner_text()
    story = "A man on the seventh bus would not let me through"

    hands.write("hello", "1", "1", "1", "1", "1", "1", "1", "1", story)

    expect(rows).not_to_have_text(before, use_inner_text=True)
    expect(rows).to_contain_text("keys · ")
    expect(search).to_contain_text("Found: 0.")
    assert re.search(r"[0-9a-f]{48}… \(\d+ bytes\)", rows.inner_text())
    assert not [word for word in story.split() if len(word) > 3 and word in rows.inner_text()]


def test_a_reload_and_a_second_tab_show_the_same_conversation(open_page: OpenPage) -> None:
    page = open_page()
    hands = Hands(page, "whatsapp")
    hands.new_phone()
    hands.write("hola")
    other = open_page()
    shown = hands.text

    page.reload()
    page.locator("#whatsapp .ours").first.wait_for()
    Hands(other, "whatsapp").press("Sí")

    assert shown in hands.text
    expect(hands.hers).to_have_count(2)
    expect(hands.ours).to_have_count(2)


def test_nothing_moves_for_those_who_ask_for_less_motion(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    hands = Hands(page, "sms")
    hands.new_phone()

    hands.write("hello")

    assert hands.ours.first.evaluate("box => getComputedStyle(box).animationName") == "none"


def test_a_greeting_can_be_pressed_where_nothing_is_written_yet(open_page: OpenPage) -> None:
    hands = Hands(open_page(), "sms")
    hands.new_phone()

    hands.go_to("button", "salam")
    hands.page.keyboard.press("Enter")

    expect(hands.ours.first).to_contain_text("Salam")


def test_an_unknown_language_gets_the_page_in_english(open_page: OpenPage) -> None:
    page = open_page("/?language=xx")

    assert page.evaluate("document.documentElement.lang") == "en"


def test_one_click_opens_the_console_as_whoever_is_on_duty_and_again_as_somebody_else(open_page: OpenPage) -> None:
    page = open_page()
    consoles: list[Page] = []

    for name in ("Sana Baloch", "Rabia Shah", "Sana Baloch"):
        with page.context.expect_page() as opened:
            page.get_by_role("button", name=name).click()
        console = opened.value
        expect(console).to_have_url(re.compile(r"/console/"))
        expect(console.get_by_role("banner")).to_contain_text(name)
        consoles.append(console)
        if name == "Rabia Shah":  # who reads no case: what is still open of Sana's clears itself
            # A locator begins again where the page goes on by itself in that very moment.
            consoles[0].locator("body").dispatch_event("visibilitychange")
            expect(consoles[0].get_by_role("banner")).to_contain_text(name)
