"""What comes to a phone by itself, a day after she agreed to be asked."""

from __future__ import annotations

from bot.message import Address
from storage import outbox
from storage.database import Unit
from storage.outbox import Leased
from storage.sessions import pockets
from tests.phones import Phone


def waiting(phone: Phone) -> Leased | None:
    """The question that waits for this phone, if its moment has come; nobody else gets it for a while."""
    hamraz, now = phone.hamraz, phone.clock()
    sender = hamraz.afterwards.parts.senders.of(phone.channel, phone.number, now)

    def work(unit: Unit) -> Leased | None:
        known = pockets.look(unit, hamraz.keyring, sender, now).get("question")
        if not known:
            return None
        item = bytes.fromhex(known["item"])
        found = outbox.lease_behind(unit, hamraz.keyring, "w", phone.channel, item, now)
        return found if isinstance(found, Leased) else None

    return hamraz.database.work(work)


def comes(phone: Phone) -> str:
    """What is shown on her phone now without a word of hers; "" for nothing."""
    item = waiting(phone)
    if item is None:
        return ""
    address = Address(phone.channel, item.address)
    if not phone.hamraz.afterwards.may_ask(address, item.id, phone.clock()):
        return ""
    phone.hamraz.database.work(lambda unit: outbox.done(unit, item.id))
    return str(item.payload["text"])
