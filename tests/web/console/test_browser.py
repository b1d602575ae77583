"""The console in a real browser: by keyboard alone, with an app's code and with a passkey, at every width, in both scripts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pyotp
import pytest
from phones import Clock
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import WSGIRequestHandler, make_server

from casework.staff import joining
from casework.staff.roles import Role
from operating import serving
from operating.parts import Hamraz, build
from storage.vault.keyring import Keyring
from tests.casework.staff.conftest import PASSWORD
from tests.web.conftest import PATIENCE, Watch
from tests.web.console.conftest import settings_in
from tests.web.test_page import AXE, SMALLEST, violations

MOST_TABS = 60
SCROLLS = "() => document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
TOO_SMALL = """smallest => [...document.querySelectorAll("button, .button, summary, select, input:not([type=hidden])")]
  .map(target => [target, (target.closest("label") || target).getBoundingClientRect()])
  .filter(([target, box]) => box.width && !target.classList.contains("unseen") && box.height < smallest)
  .map(([target, box]) => `${target.outerHTML.slice(0, 80)}: ${box.height}`)"""


class Quiet(WSGIRequestHandler):
    """Logs no request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


@dataclass
class Site:
    """A console that runs, and its clock."""

    url: str
    hamraz: Hamraz
    clock: Clock

    def invite(self, name: str, role: Role) -> str:
        return f"{self.url}/console/invitation#{joining.invite(self.hamraz.office, name, role, b'', self.clock())}"


@pytest.fixture(scope="module")
def site(model: tuple[Path, Keyring], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site") / "var"
    shutil.copytree(model[0], folder)
    clock = Clock()
    clock.now = datetime.now(UTC)  # the browser keeps cookies by its own
    server = make_server("localhost", 0, lambda environ, start: [], threaded=True, request_handler=Quiet)
    url = f"http://localhost:{server.server_port}"  # passkeys need a name, and no TLS on this machine itself
    hamraz = build(settings_in(folder).model_copy(update={"public_url": url}), model[1])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(serving, "now", clock)
        server.app = serving.make_app(hamraz, lambda channel: None)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield Site(url, hamraz, clock)
    server.shutdown()
    thread.join()
    server.server_close()
    hamraz.counter.close()
    hamraz.database.close()


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """Afterwards no page may have asked another host for anything, or complained."""
    watch = Watch(site.url.partition("//")[2])
    context = browser.new_context(viewport={"width": 1320, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    watch.over(context)
    yield context
    context.close()
    assert watch.elsewhere == []
    # A refused form is a 4xx, which the browser notes by itself.
    assert [said for said in watch.complaints if "the server responded with a status of 4" not in said] == []


class Keys:
    """Somebody's hands: the keyboard, and nothing else."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.secret = ""

    def go_to(self, name: str) -> None:
        """Tab until what has this label or text is in focus."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(FOCUS) == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {name!r}")

    def write(self, **fields: str) -> None:
        for label, text in fields.items():
            self.go_to(label.replace("_", " "))
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)

    def press(self, name: str, then: str = "") -> None:
        """Press a button or a link; `then` is the heading of the page that comes."""
        self.go_to(name)
        self.page.keyboard.press("Enter")
        if then:
            self.heading(then)

    def code(self) -> str:
        """What her app shows now; the next one will be another."""
        self.site.clock.forward(seconds=30)
        return pyotp.TOTP(self.secret).at(self.site.clock())

    def heading(self, text: str) -> None:
        expect(self.page.locator("h1")).to_have_text(text)

    def accept(self, link: str) -> str:
        """Accept an invitation; return the code for paper."""
        self.page.goto(link)
        assert "#" not in self.page.url  # the code has left the address bar
        self.press("Go on", "Welcome")
        self.secret = self.page.locator(".key").inner_text()
        self.write(Password=PASSWORD, Code_from_your_app=self.code())
        self.page.keyboard.press("Enter")
        self.heading("Your recovery code")
        return self.page.locator(".paper code").inner_text()


# What the focus is on, as its label says it.
FOCUS = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].innerText : at.getAttribute("aria-label") || at.innerText || "";
  return label.trim();
}"""


@pytest.fixture
def keys(context: BrowserContext, site: Site) -> Keys:
    return Keys(context.new_page(), site)


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
    keys.press("I have it on paper", "Home")
    for _ in range(2):  # again and again
        keys.press("Log out", "Log in")
        keys.write(Name="Sana", Password=PASSWORD)
        keys.press("Log in with a passkey", "Home")

    keys.press("Your account", "Your account")
    keys.page.locator("#old-f").fill(PASSWORD)
    keys.press("Set up a passkey", "Log in")  # every login has ended, here too


def test_a_password_is_shown_while_its_owner_wants_to_see_it(keys: Keys, site: Site) -> None:
    keys.page.goto(f"{site.url}/console/login")

    keys.write(Password="seen")
    keys.go_to("Show what I type")
    keys.page.keyboard.press("Space")

    expect(keys.page.locator("#password")).to_have_attribute("type", "text")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_axe_finds_nothing_wrong_and_nothing_scrolls_sideways(keys: Keys, site: Site, language: str) -> None:
    page, wrong = keys.page, []

    def look(where: str) -> None:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for width, scheme in ((1320, "light"), (360, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two
            found = violations(page)
            found += ["it scrolls sideways"] if page.evaluate(SCROLLS) else []
            found += page.evaluate(TOO_SMALL, SMALLEST)
            wrong.extend(f"{where}, {width} px, {scheme}: {one}" for one in found)

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
    for path in ("", "account", "staff"):
        page.goto(f"{site.url}/console/{path}")
        look(path or "home")
    page.locator("summary").last.click()
    look("removing")

    assert wrong == []
