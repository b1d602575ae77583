"""The numbers she was shown, sent as an SMS: to her own number, or to one that she writes. Few a day, and none to whoever said STOP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat

from casework import resources
from casework.answers import words
from casework.directory import kinds
from casework.directory.stock import Stock
from casework.filing import Teller
from casework.mobiles import is_at_home, mobile_in
from casework.pocket.saving import shown
from casework.receipts import WINDOW
from flows.desk import Slots, Told
from storage import guesses, outbox
from storage.database import Unit
from storage.vault.senders import Sender

FROM_HER, TO_ONE, IN_ALL = 3, 3, 300  # SMS a day: that one person has sent, to one number, of everybody together
_TOTAL = b"by sms to all".ljust(16, b"\0")
_DAY = 86_400


def number_of(teller: Teller, slots: Slots) -> Told:
    """The number it would go to: hers on WhatsApp, else the one she wrote. "ok", "ask" where none is known, or "bad"."""
    written = " ".join(words(slots, "sms_to"))
    own = teller.address.removeprefix("whatsapp:") if teller.channel == "whatsapp" else ""
    if not written and not own:
        return Told("ask")
    number = mobile_in(written or own)
    if number is None or not is_at_home(number):  # whom we text costs money, and may be a stranger
        return Told("ask" if not written else "bad", slots={"sms_to": None})
    said, dialled = (
        str(phonenumbers.format_number(number, way)) for way in (PhoneNumberFormat.NATIONAL, PhoneNumberFormat.E164)
    )
    return Told("ok", {"number": said}, {"sms_number": dialled, "sms_to": None})


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
