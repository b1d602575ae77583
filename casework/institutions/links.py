"""What the codes on a poster open: WhatsApp, Telegram or an SMS, with the institution said by its greeting and number."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import phonenumbers

from casework.institutions import keywords

GREETING = "poster.greeting"  # the phrase that goes before the number


@dataclass(frozen=True, slots=True)
class Ways:
    """How people reach us; "" where a channel is not set up."""

    sms: str = ""  # our number, +92…
    whatsapp: str = ""  # our number, +92…
    telegram: str = ""  # our bot's name, without @

    @property
    def there(self) -> tuple[str, ...]:
        """The channels that are set up, as a poster shows them."""
        named = (("whatsapp", self.whatsapp), ("telegram", self.telegram), ("sms", self.sms))
        return tuple(channel for channel, way in named if way)


@dataclass(frozen=True, slots=True)
class Link:
    """One way in, with what it brings."""

    channel: str
    code: str  # what stands in the QR code
    address: str  # the same as a link of a page
    shown: str  # as it is read and typed: a number, or @name


def word(greeting: str, number: int) -> str:
    """What she sends: "Hi 417"."""
    return f"{greeting} {number}"


def links(ways: Ways, greeting: str, number: int) -> list[Link]:
    """One for each channel that is set up."""
    said = word(greeting, number)
    return [_LINKS[channel](ways, said, number) for channel in ways.there]


def _whatsapp(ways: Ways, said: str, number: int) -> Link:
    address = f"https://wa.me/{_digits(ways.whatsapp)}?text={quote(said)}"
    return Link("whatsapp", address, address, ways.whatsapp)


def _telegram(ways: Ways, said: str, number: int) -> Link:
    address = f"https://t.me/{ways.telegram}?start={keywords.payload(number)}"
    return Link("telegram", address, address, f"@{ways.telegram}")


def _sms(ways: Ways, said: str, number: int) -> Link:
    # Cameras of both kinds of phone know SMSTO; pages and apps know sms: with a body (RFC 5724).
    return Link("sms", f"SMSTO:{ways.sms}:{said}", f"sms:{ways.sms}?body={quote(said)}", ways.sms)


def _digits(number: str) -> str:
    return "".join(letter for letter in number if letter.isdigit())


_LINKS = {"whatsapp": _whatsapp, "telegram": _telegram, "sms": _sms}


def shown(way: str) -> str:
    """A number as it is read: "+92 300 1234567"; a bot's name as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(way, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return way
