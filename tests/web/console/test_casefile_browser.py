"""What belongs to a case, in a real browser: a covered picture, a file sent, a plan, a second yes; at every width, in both scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.message import MediaReference
from casework.casefile import asking, plans, referrals
from casework.cases import holding
from casework.staff import joining
from casework.staff.entering import Person, who
from casework.staff.factors import Shown
from casework.staff.roles import Role
from tests.bot.test_conversation import SHORT, begin
from tests.casework.cases.conftest import hired
from tests.casework.staff.conftest import PASSWORD
from tests.casework.test_enclosing import photo, sound
from tests.phones import Phone
from tests.web.console.browsing import IN_BOTH, SCROLLS, TOO_SMALL, Site
from tests.web.console.test_cases import all_cases
from tests.web.test_page import AXE, SMALLEST, violations

pytestmark = pytest.mark.browser


@dataclass
class Someone:
    """Somebody of staff, logged in without the pages."""

    cookie: str
    person: Person

    @property
    def reader(self) -> object:
        return self.person.reader


def enter(site: Site, name: str, role: Role = Role.COUNSELLOR) -> Someone:
    office, clock = site.hamraz.office, site.clock
    code = joining.invite(office, name, role, b"", clock())
    offer = joining.offer(office, joining.look(office, code, clock()), clock())
    shown = Shown(code=pyotp.TOTP(offer.secret).at(clock()), ticket=offer.ticket)
    joined = joining.accept(office, code, PASSWORD, shown, clock())
    clock.forward(seconds=30)
    person = who(office, joined.cookie, clock())
    assert person is not None
    return Someone(joined.cookie, person)


@pytest.fixture(scope="module")
def staff(site: Site) -> tuple[Someone, Someone]:
    hired(site.hamraz.room, site.clock, "On duty", duty=True, capacity=0)
    return enter(site, "Amina"), enter(site, "Sana")


@pytest.fixture(scope="module")
def case(site: Site, staff: tuple[Someone, Someone]) -> str:
    """A full case of Amina's: a picture, a voice note, a referral with her yes, a plan, a question that waits for Sana."""
    room, clock, (amina, _) = site.hamraz.room, site.clock, staff
    phone = Phone(site.hamraz, "telegram", "77001", clock)
    begin(phone, "ur")
    phone.say("1")
    for answer in SHORT[:7]:
        phone.say(answer)
    for text in ("/TALK", "SKIP", "1", "1"):
        phone.say(text)
    phone.files |= {"p": photo((900, 700)), "v": sound("tagged.ogg")}
    phone.say(
        "یہ دیکھیں", media=(MediaReference("photo", "p", "image/jpeg"), MediaReference("voice", "v", "audio/ogg"))
    )
    found = all_cases(site.hamraz)[0]
    holding.claim(room, amina.person.id, found.id, clock())
    reader = amina.person.reader
    assert reader is not None
    one = referrals.offer(room, reader, found.id, "Panah Shelter, Karachi", "", "کمرے کا پوچھا", clock())
    yes = referrals.Consent("call", date(2026, 1, 1))
    referrals.agree(room, reader, found.id, one, ("name", "report", "plan"), yes, "", clock())
    parts = {"signs": "دروازہ زور سے بند کرنا", "places": "خالہ کا گھر، لطیف آباد", "word": "لیموں"}
    plans.write(room, reader, found.id, parts, 0, clock())
    asking.ask(room, reader, found.id, asking.REVEAL, "عدالت میں آج پیشی ہے، نام چاہیے۔", clock())
    return found.id.hex()


def page_of(context: BrowserContext, site: Site, who_: Someone, path: str, language: str = "en") -> Page:
    context.clear_cookies()
    context.add_cookies([{"name": "hamraz-login", "value": who_.cookie, "url": site.url}])
    page = context.new_page()
    page.goto(f"{site.url}/console{path}?language={language}")
    return page


@pytest.mark.parametrize("language", IN_BOTH)
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("which", ["case", "requests"])
def test_pages_are_sound_at_every_width_and_in_both_scripts(
    context: BrowserContext,
    site: Site,
    staff: tuple[Someone, Someone],
    case: str,
    language: str,
    width: int,
    which: str,
) -> None:
    who_ = staff[0] if which == "case" else staff[1]
    page = page_of(context, site, who_, f"/cases/{case}" if which == "case" else "/requests", language)
    page.set_viewport_size({"width": width, "height": 900})
    for fold in page.locator("main details").all():
        fold.evaluate("one => { one.open = true; }")

    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert not page.evaluate(SCROLLS)
    assert page.evaluate(TOO_SMALL, SMALLEST) == []
    assert violations(page) == []


def test_a_picture_is_covered_until_she_uncovers_it_by_keyboard(
    context: BrowserContext, site: Site, staff: tuple[Someone, Someone], case: str
) -> None:
    page = page_of(context, site, staff[0], f"/cases/{case}")
    box, shown = page.locator(".covered input").first, page.locator(".covered img").first
    expect(shown).to_have_css("filter", "blur(28px)")

    box.focus()
    page.keyboard.press("Space")

    expect(shown).to_have_css("filter", "none")
    expect(page.locator(".covered .cover").first).to_be_hidden()
    assert shown.evaluate("one => one.complete && one.naturalWidth") == 900
    page.clock.install()
    for _ in range(2):  # a file that goes to her device leaves the page as it is, and its button with it
        with page.expect_download():
            page.get_by_role("button", name="Save on this device").first.click()
        page.clock.fast_forward(3_000)


def test_a_file_is_chosen_and_sent_and_stands_in_the_thread(
    context: BrowserContext, site: Site, staff: tuple[Someone, Someone], case: str
) -> None:
    page = page_of(context, site, staff[0], f"/cases/{case}")
    before = page.locator("#thread audio").count()

    page.get_by_label("Send a file with it").set_input_files(
        {"name": "IMG.m4a", "mimeType": "audio/mp4", "buffer": sound("tagged.m4a")}
    )
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("#thread audio")).to_have_count(before + 1)


def test_two_people_two_browsers_and_then_she_is_known_to_one(
    browser: Browser, site: Site, staff: tuple[Someone, Someone], case: str, context: BrowserContext
) -> None:
    hers = page_of(context, site, staff[0], f"/cases/{case}")
    other = browser.new_context()
    theirs = page_of(other, site, staff[1], "/requests")

    theirs.get_by_role("button", name="Yes, I agree").click()
    expect(theirs.get_by_text("Nothing waits for you.")).to_be_visible()
    hers.reload()
    hers.get_by_role("button", name="Show who she is").click()

    expect(hers.get_by_role("heading", name="Who she is")).to_be_visible()
    expect(hers.get_by_text("77001")).to_be_visible()
    other.close()
