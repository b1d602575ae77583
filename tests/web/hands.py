"""A person's hands on the demo's page: the keyboard, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 120

# What the focus is on: the channel of its phone, what kind of thing, and its label.
FOCUSED = """() => {
  const at = document.activeElement;
  const phone = at.closest(".phone");
  return [phone ? phone.id : "", at.tagName.toLowerCase(), at.innerText || ""];
}"""


class Hands:
    """One person at one phone of a page."""

    def __init__(self, page: Page, channel: str) -> None:
        self.page, self.channel = page, channel
        self.phone = page.locator(f"#{channel}")
        self.ours, self.hers = self.phone.locator(".ours"), self.phone.locator(".hers")

    @property
    def text(self) -> str:
        """All that Hamraz says on this screen."""
        return "\n".join(self.phone.locator(".ours .text").all_inner_texts())

    def new_phone(self) -> None:
        """Take another person's phone: an empty one."""
        self.go_to("button", "New phone")
        self.page.keyboard.press("Enter")
        expect(self.phone.locator(".bubble")).to_have_count(0)

    def write(self, *texts: str) -> None:
        """Write texts, each once the one before is answered."""
        for text in texts:
            answers = self.ours.count()
            self.go_to("textarea")
            self.page.keyboard.insert_text(text)
            self.page.keyboard.press("Enter")
            self.ours.nth(answers).wait_for()

    def add(self, text: str) -> None:
        """Write a text that needs no answer of its own."""
        arrived = self.phone.locator(".hers .arrived")
        before = arrived.count()
        self.go_to("textarea")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")
        arrived.nth(before).wait_for()

    def press(self, *labels: str) -> None:
        """Press keys under messages, each once the one before is answered."""
        for label in labels:
            answers = self.ours.count()
            self.key(label).wait_for()
            self.go_to("textarea")
            self.go_to("button", label, backwards=True)
            self.page.keyboard.press("Enter")
            self.ours.nth(answers).wait_for()

    def attach(self, label: str) -> None:
        """Send a location, a voice note or a photo."""
        answers = self.ours.count()
        self.go_to("textarea")
        self.go_to("button", label, backwards=True)
        self.page.keyboard.press("Space")
        self.ours.nth(answers).wait_for()

    def key(self, label: str) -> Locator:
        """The last key with this label."""
        return self.phone.locator(".keys button, .below button").filter(has_text=label).last

    def go_to(self, kind: str, label: str = "", *, backwards: bool = False) -> None:
        """Move the focus by Tab, or backwards, to a thing on this phone."""
        for _ in range(MOST_TABS):
            if self._is_at(self.page.evaluate(FOCUSED), kind, label):
                return
            self.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        raise AssertionError(f"no way by keyboard to {kind} {label!r} on {self.channel}")

    def _is_at(self, focused: Sequence[str], kind: str, label: str) -> bool:
        phone, found, shown = focused
        return phone == self.channel and found == kind and label in shown
