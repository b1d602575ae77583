"""What a turn sends to another number than the one it answers: numbers to call, by SMS, because she asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.limits import SMS
from bot.payload import payload_of
from bot.rendering import render
from flows.prompt import Prompt, Value
from locales.phrasebook import Phrasebook
from storage import outbox
from storage.database import Unit
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another address, and whose it is."""

    sender: Sender = field(repr=False)
    channel: str
    address: str = field(repr=False)


def send(
    unit: Unit,
    keyring: Keyring,
    phrasebook: Phrasebook,
    to: Elsewhere,
    language: str,
    values: Mapping[str, Value],
    now: datetime,
) -> None:
    """Let it wait to be sent. Nothing but names and numbers: whoever holds that phone may read it."""
    for reply in render([Prompt("find_help.by_sms.say")], language, SMS, phrasebook, values, 0):
        owner, payload = to.sender.outbox_tag, payload_of(reply)
        outbox.put(unit, keyring, owner, "send", to.channel, to.address, payload, now, unasked=True)
