"""The numbers she was shown, sent as an SMS: to her own number, or to one that she writes. Few a day, and none to whoever said STOP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from casework import resources
from casework.answers import words
from casework.directory import kinds
from casework.directory.stock import Stock
from casework.filing import Teller
from casework.places.gazetteer import read_country
from casework.pocket.saving import shown
from casework.receipts import WINDOW
from flows.desk import Slots, Told
from flows.reading.fold import digits
from storage import guesses, outbox
from storage.database import Unit
from storage.vault.senders import Sender

FROM_HER, TO_ONE, IN_ALL = 3, 3, 300  # SMS a day: that one person has sent, to one number, of everybody together
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_TOTAL = b"by sms to all".ljust(16, b"\0")
_DAY = 86_400


def number_of(teller: Teller, slots: Slots) -> Told:
    """The number it would go to: hers on WhatsApp, else the one she wrote. "ok", "ask" where none is known, or "bad"."""
    written = " ".join(words(slots, "sms_to"))
    own = teller.address.removeprefix("whatsapp:") if teller.channel == "whatsapp" else ""
    if not written and not own:
        return Told("ask")
    number = _mobile(written or own)
    if number is None:
        return Told("ask" if not written else "bad", slots={"sms_to": None})
    said = phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.NATIONAL)
    return Told("ok", {"number": said}, {"sms_number": number, "sms_to": None})


def send(unit: Unit, stock: Stock, slots: Slots, sender: Sender, other: Sender, now: datetime) -> Told:
    """Whether it may go: "ok" with what it says, "limit", "stopped" where that number wants nothing, "none".

    sender  who asks
    other   whom the number belongs to
    """
    rows = [stock.by_id[row] for row in shown(slots) if row in stock.by_id]
    kind = kinds.kind_of(str(slots.get("kind", "")))
    after: dict[str, Any] = {"sms_number": None}
    if not rows or kind is None:
        return Told("none", slots=after)
    if outbox.stopped(unit, other.outbox_tag):
        return Told("stopped", slots=after)
    day = int(now.timestamp()) // _DAY
    last = (day + 1) * _DAY // WINDOW  # a count is let go of when its last window is past
    tags = (
        (sender.mark("sms from", str(day)), FROM_HER),
        (other.mark("sms to", str(day)), TO_ONE),
        (_TOTAL, IN_ALL),
    )
    for tag, most in tags:
        if guesses.count(unit, tag, last) > most:
            return Told("limit", slots=after)
    return Told("ok", resources.said(rows, kind, resources.target_of(stock, slots), stock), after)


def _mobile(text: str) -> str | None:
    """A mobile number of the country, as SMS takes it; None for any other: whom we text costs money, and may be a stranger."""
    region = read_country().region
    try:
        number = phonenumbers.parse(digits(text), region)
    except NumberParseException:
        return None
    if phonenumbers.region_code_for_number(number) != region or phonenumbers.number_type(number) not in _MOBILE:
        return None
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
