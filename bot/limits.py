"""What fits into one message, as data: nothing else differs between channels when rendering."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from locales.segments import cost, utf16_units


@dataclass(frozen=True, slots=True)
class Limits:
    """The room one channel gives."""

    channel: str  # "sms", "whatsapp", "telegram", "terminal"; also picks a phrase's "@channel" wording
    counts: Literal["utf16", "parts"]  # in what its texts are measured
    longest: int  # of one message, so measured
    longest_with_buttons: int
    buttons: int = 0  # most buttons under a message; 0: a numbered list says it all
    button_label: int = 20
    items: int = 0  # most items of a list to pick from, where more than `buttons` are needed
    item_label: int = 24
    columns: int = 1  # most buttons beside each other
    per_page: int = 8  # choices shown at once; 9 is "more", 0 the menu
    pins: bool = False  # has a "send location" key
    paragraph: str = "\n\n"  # between two prompts in one message

    def size(self, text: str) -> int:
        """Return the length of `text` as this channel counts it."""
        return cost(text).parts if self.counts == "parts" else utf16_units(text)

    def fits(self, text: str, *, buttons: bool = False) -> bool:
        """Whether `text` fits into one message."""
        return self.size(text) <= (self.longest_with_buttons if buttons else self.longest)


# Twilio takes 1600 characters, but networks begin to drop texts of more than ten parts.
SMS = Limits("sms", "parts", longest=8, longest_with_buttons=8, paragraph="\n")

# Twilio's own limit for a body is 1600, WhatsApp's for one with buttons 1024.
WHATSAPP = Limits("whatsapp", "utf16", longest=1600, longest_with_buttons=1024, pins=True)

# With content templates set up: three quick replies, or a list of ten.
WHATSAPP_WITH_BUTTONS = replace(WHATSAPP, buttons=3, items=10, columns=3)

TELEGRAM = Limits(
    "telegram",
    "utf16",
    longest=4096,
    longest_with_buttons=4096,
    buttons=100,
    button_label=64,
    columns=2,
    pins=True,
)

TERMINAL = replace(WHATSAPP, channel="terminal", longest=4096, longest_with_buttons=4096, pins=False)
