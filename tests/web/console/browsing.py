"""A console that runs, and somebody's hands at its keyboard."""

from __future__ import annotations

from dataclasses import dataclass

import pyotp
import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import WSGIRequestHandler

from casework.staff import joining
from casework.staff.roles import Role
from operating.parts import Hamraz
from tests.casework.staff.conftest import PASSWORD
from tests.phones import Clock
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


class Keys:
    """Somebody's hands: the keyboard, and nothing else."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.secret = ""
        self.name = ""

    def go_to(self, name: str, among: str = "*") -> None:
        """Tab until what has this label or text is in focus, among what a selector of CSS names."""
        for _ in range(MOST_TABS):
            if self.page.evaluate(FOCUS, among) == name:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {name!r}")

    def write(self, **fields: str) -> None:
        for label, text in fields.items():
            self.go_to(label.replace("_", " "), "input, textarea, select")
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(text)

    def press(self, name: str, then: str = "") -> None:
        """Press a button or a link; `then` is the heading of the page that comes."""
        self.go_to(name)
        if not then:
            self.page.keyboard.press("Enter")
            return
        self.to_another("Enter")
        self.heading(then)

    def to_another(self, *keys: str) -> None:
        """Press keys that lead to another page, and wait for it and its program: the one before, which keeps itself fresh,
        may say the same and takes keys until the last moment."""
        with self.page.expect_navigation():
            for key in keys:
                self.page.keyboard.press(key)

    def code(self) -> str:
        """What her app shows now; the next one will be another."""
        self.site.clock.forward(seconds=30)
        return pyotp.TOTP(self.secret).at(self.site.clock())

    def heading(self, text: str) -> None:
        expect(self.page.locator("h1")).to_have_text(text)
        self.page.wait_for_load_state()  # the page's program is there, too

    def accept(self, link: str) -> str:
        """Accept an invitation; return the code for paper."""
        self.page.goto(link)
        assert "#" not in self.page.url  # the code has left the address bar
        self.press("Go on", "Welcome")
        self.secret = self.page.locator(".key").inner_text()
        self.write(Password=PASSWORD, Code_from_your_app=self.code())
        self.to_another("Enter")
        self.heading("Your recovery code")
        return self.page.locator(".paper code").inner_text()


# Both interfaces; without --long the one from right to left, in which more can go wrong.
IN_BOTH = [pytest.param("en", marks=pytest.mark.long), "ur"]

# What the focus is on, as its label says it.
FOCUS = """(among) => {
  const at = document.activeElement;
  if (!at.matches(among)) return null;
  const label = at.labels && at.labels.length ? at.labels[0].innerText : at.getAttribute("aria-label") || at.innerText || "";
  return label.trim();
}"""


def wrong_with(page: Page) -> list[str]:
    """What axe finds, whether it scrolls sideways, what a thumb would miss: wide and light, narrow and dark."""
    found = []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, scheme in ((1320, "light"), (360, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two
        wrong = violations(page)
        wrong += ["it scrolls sideways"] if page.evaluate(SCROLLS) else []
        wrong += page.evaluate(TOO_SMALL, SMALLEST)
        found += [f"{width} px, {scheme}: {one}" for one in wrong]
    return found
