"""Cases in a real browser: by keyboard alone, fresh by themselves, nothing typed ever lost; at every width, in both scripts."""

from __future__ import annotations

from itertools import count

import pytest
from playwright.sync_api import BrowserContext, expect

from casework.cases import holding, relay
from casework.cases.case import Case
from casework.staff.entering import named
from casework.staff.roles import Role
from storage import cases
from tests.bot.test_conversation import SHORT, STORY, begin
from tests.casework.cases.conftest import hired
from tests.casework.staff.conftest import PASSWORD
from tests.phones import Phone
from tests.web.console.browsing import IN_BOTH, Keys, Site, wrong_with

NUMBERS = count(1)
URDU, SINDHI = "وہ روز میرا پیچھا کرتا ہے", "هو روز منهنجي پٺيان اچي ٿو"


@pytest.fixture
def amina(keys: Keys, site: Site) -> Keys:
    """A counsellor who has just come."""
    keys.name = f"Amina {next(NUMBERS)}"
    keys.accept(site.invite(keys.name, Role.COUNSELLOR))
    room = site.hamraz.room
    if not room.read(lambda unit: room.rota(unit).on_desk(site.clock())):
        hired(room, site.clock, f"On duty {next(NUMBERS)}", duty=True, capacity=0)
    return keys


def talking(site: Site, language: str = "en", story: str = STORY) -> tuple[Phone, Case]:
    """Somebody who told the start of her report and asked for a person; and her case."""
    site.clock.forward(seconds=1)
    phone = Phone(site.hamraz, "whatsapp", f"+92300555{next(NUMBERS):04}", site.clock)
    begin(phone, language)
    phone.say("1")
    for answer in (*SHORT[:6], story):
        phone.say(answer)
    phone.say("/TALK")
    phone.say("- bus")
    phone.say("1")
    phone.say("1")
    found = site.hamraz.database.read(lambda unit: [Case(one) for one in cases.everyones(unit, site.hamraz.keyring)])
    return phone, max(found, key=lambda case: case.since)


def page_of(site: Site, case: Case) -> str:
    return f"{site.url}/console/cases/{case.id.hex()}"


def claim(site: Site, keys: Keys, case: Case) -> bytes:
    member = named(site.hamraz.office, keys.name)
    assert member is not None
    holding.claim(site.hamraz.room, member.id, case.id, site.clock())
    return member.id


def test_by_keyboard_alone_she_logs_in_claims_answers_notes_and_closes(amina: Keys, site: Site) -> None:
    page, press = amina.page, amina.page.keyboard.press
    page.goto(f"{site.url}/console/account")
    amina.press("Log out", "Log in")
    amina.write(Name=amina.name, Password=PASSWORD, Code_from_your_app=amina.code())
    amina.to_another("Enter")
    _, case = talking(site)
    amina.press("Cases", "Cases")
    amina.press(page.locator("#tabs a").nth(1).inner_text().strip(), "Cases")

    press("j")
    while page.evaluate("document.activeElement.textContent") != case.code:
        press("j")
    amina.to_another("Enter")
    amina.heading(f"Case {case.code}")
    amina.to_another("c")
    expect(page.locator(".told")).to_contain_text(STORY)
    press("r")
    page.keyboard.insert_text("I am here.")
    amina.to_another("Control+Enter")
    expect(page.locator("#thread")).to_contain_text("I am here.")
    expect(page.locator("#thread")).to_contain_text("On its way")
    press("n")
    page.keyboard.insert_text("she sounds calm")
    amina.to_another("Control+Enter")
    expect(page.locator("#notes")).to_contain_text("she sounds calm")
    expect(page.locator("#thread")).not_to_contain_text("she sounds calm")
    amina.to_another("e", "Tab", "Enter")
    expect(page.locator("#state")).to_contain_text("Closed")
    amina.to_another("g", "i")
    amina.heading("Cases")


def test_no_key_is_taken_from_her_while_she_types_and_help_comes_and_goes(amina: Keys, site: Site) -> None:
    _, case = talking(site)
    claim(site, amina, case)
    page, press = amina.page, amina.page.keyboard.press
    page.goto(page_of(site, case))

    press("r")
    page.keyboard.type("jkcxhne/?g i")

    assert page.locator("#reply").input_value() == "jkcxhne/?g i"
    assert page.url == page_of(site, case)
    press("Tab")
    press("?")
    expect(page.locator("#help")).to_be_visible()
    press("x")  # does nothing behind it
    press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    for _ in range(2):
        press("?")
        page.locator("#help button").click()
        expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#state")).to_contain_text("Yours")


def test_on_an_urdu_keyboard_the_same_keys_do_the_same(amina: Keys, site: Site) -> None:
    _, case = talking(site)
    claim(site, amina, case)
    amina.page.goto(page_of(site, case))

    amina.page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ر', code: 'KeyR', bubbles: true}))"
    )

    assert amina.page.evaluate("document.activeElement.id") == "reply"


def test_sent_twice_in_one_moment_it_is_sent_once(amina: Keys, site: Site) -> None:
    _, case = talking(site)
    claim(site, amina, case)
    page = amina.page
    page.goto(page_of(site, case))
    page.locator("#reply").fill("only once")
    page.locator("#note").fill("half a note")

    page.evaluate("""() => {
      const form = document.querySelector("form.reply"), button = form.querySelector("button");
      button.click(); button.click(); form.requestSubmit(button);
    }""")

    expect(page.locator("#thread .from-us")).to_have_count(1)
    expect(page.locator("#reply")).to_have_value("")
    expect(page.locator("#note")).to_have_value("half a note")


def test_what_she_writes_appears_by_itself_and_what_is_being_typed_stays(amina: Keys, site: Site) -> None:
    phone, case = talking(site)
    claim(site, amina, case)
    page = amina.page
    with page.expect_response("**/console/live*"):
        page.goto(page_of(site, case))
    page.locator("#reply").fill("half a sentence")

    phone.say("are you there")
    phone.say("it is me")

    expect(page.locator("#thread")).to_contain_text("it is me")
    expect(page.locator("#thread .from-her")).to_have_count(2)
    assert page.locator("#reply").input_value() == "half a sentence"
    assert page.evaluate("document.activeElement.id") == "reply"
    page.keyboard.press("Control+Enter")  # its proof is fresh, too
    expect(page.locator("#thread")).to_contain_text("half a sentence")


def test_a_new_case_comes_into_the_list_by_itself_and_the_focus_stays(amina: Keys, site: Site) -> None:
    _, first = talking(site)
    page = amina.page
    with page.expect_response("**/console/live*"):
        page.goto(f"{site.url}/console/cases?tab=unassigned")
    row = page.locator(f"#c{first.id.hex()}")
    row.locator("a").focus()

    _, second = talking(site)
    expect(page.locator(f"#c{second.id.hex()}")).to_be_visible()
    expect(row.locator("a")).to_be_focused()
    holding.set_risk(site.hamraz.room, claim(site, amina, first), first.id, "amber", site.clock())  # type: ignore[arg-type]  # a level

    expect(row).to_have_count(0)  # it is nobody's no more


def test_after_a_cut_nothing_is_missed(amina: Keys, site: Site, context: BrowserContext) -> None:
    phone, case = talking(site)
    claim(site, amina, case)
    page = amina.page
    with page.expect_response("**/console/live*"):
        page.goto(page_of(site, case))
    context.set_offline(True)

    phone.say("while you were away")
    context.set_offline(False)

    expect(page.locator("#thread")).to_contain_text("while you were away")


def test_when_her_login_ends_what_she_typed_is_still_there_and_nothing_else(
    amina: Keys, site: Site, context: BrowserContext
) -> None:
    _, case = talking(site)
    claim(site, amina, case)
    page, others = amina.page, (context.new_page(), context.new_page())
    page.goto(page_of(site, case))
    page.locator("#do-plan summary").click()
    page.locator("#plan-word").fill("lemon")
    page.locator("#do-plan button").click()
    expect(page.locator("#plan")).to_contain_text("lemon")
    for one, path in (
        (page, page_of(site, case)),
        (others[0], page_of(site, case)),
        (others[1], f"{site.url}/console/requests"),
    ):
        with one.expect_response("**/console/live*"):
            one.goto(path)
    page.locator("#reply").fill("half a sentence")

    site.clock.forward(minutes=16)

    for other in others:
        expect(other.locator("h1")).to_have_text("Log in")
    expect(page.locator("#ended")).to_be_visible()
    assert page.locator("#reply").input_value() == "half a sentence"
    assert page.locator("main").inner_text().split("\n")[-1] == "Answer her"  # and nothing of the case


def test_a_case_that_went_back_closes_before_her_eyes_and_what_she_typed_is_still_there(
    amina: Keys, site: Site
) -> None:
    _, case = talking(site)
    amina_id = claim(site, amina, case)
    page = amina.page
    with page.expect_response("**/console/live*"):
        page.goto(page_of(site, case))
    page.locator("#reply").fill("half a sentence")

    holding.release(site.hamraz.room, amina_id, case.id, site.clock())

    expect(page.locator("#state")).to_contain_text("Waits for somebody")
    expect(page.get_by_text(STORY)).to_have_count(0)
    expect(page.locator("#kept")).to_contain_text("half a sentence")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()


@pytest.mark.parametrize("language", IN_BOTH)
def test_axe_finds_nothing_wrong_with_cases_and_nothing_scrolls_sideways(
    amina: Keys, site: Site, language: str
) -> None:
    page, wrong = amina.page, []

    def look(where: str) -> None:
        wrong.extend(f"{where}, {one}" for one in wrong_with(page))

    bano = hired(site.hamraz.room, site.clock, f"Bano {language}")
    (phone, case), (_, other), (_, free) = talking(site, "ur", URDU), talking(site, "sd", SINDHI), talking(site)
    amina_id = claim(site, amina, case)
    holding.claim(site.hamraz.room, amina_id, other.id, site.clock())
    holding.hand_over(site.hamraz.room, amina_id, other.id, bano.id, site.clock())
    phone.say("http://example.com/a-very-long-address-that-does-not-break-anywhere-and-goes-on-and-on-and-on")
    phone.voice()
    relay.reply(site.hamraz.room, amina_id, case.id, "سلام۔ " * 60, site.clock())
    for path in ("?tab=mine", "?tab=unassigned", "?tab=all&risk=green&of=sd", "?tab=closed"):
        page.goto(f"{site.url}/console/cases{path}&language={language}")
        look(path)
    for one in (case, other, free):
        page.goto(page_of(site, one))
        look(one.status)
    page.goto(page_of(site, case))
    for fold in page.locator("details").all():
        fold.evaluate("one => { one.open = true }")
    look("every fold open")
    page.keyboard.press("?")
    look("help")
    page.keyboard.press("Escape")
    site.clock.forward(hours=25)
    page.goto(f"{site.url}/console/login")
    page.locator("#name").fill(amina.name)
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(amina.code())
    page.locator("#code").press("Enter")
    page.locator("header nav").wait_for()
    page.goto(page_of(site, case))
    look("only her number is left")
    page.locator("#reply").fill(" ")
    page.locator("#reply").press("Control+Enter")
    page.get_by_role("alert").wait_for()
    look("refused")

    assert wrong == []
