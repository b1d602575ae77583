"""One demo: the invented accounts at both providers, the phones' owners, and the three screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from casework.staff.entering import Entered
from casework.staff.roles import Role
from locales.phrasebook import Phrasebook
from web.simulator.bot_api import BotApi, Shown
from web.simulator.screens import Bubble, Key, Screens
from web.simulator.twilio_api import Taken, TwilioApi

FIRST_NUMBER = 923_001_234_567  # invented, as the ones after it
FIRST_CHAT = 70_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What the demo's Hamraz is set up with at the providers."""

    public_url: str
    twilio_account: str
    twilio_token: str = field(repr=False)
    templates: Mapping[str, str]  # WhatsApp's content templates: name -> SID
    telegram_token: str = field(repr=False)
    telegram_secret: str = field(repr=False)
    our_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stolen:
    """Both databases in a thief's hands."""

    rows: Callable[[], Mapping[str, Any]]  # every row, see storage.exposed
    content: Callable[[], bytes]  # every byte


class OnDuty(Protocol):
    """Somebody of the invented staff."""

    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...
    def enter(self) -> Entered:
        """Let her into the console."""
        ...


class Demo:
    """The accounts of one demo and what they show."""

    def __init__(
        self,
        accounts: Accounts,
        screens: Screens,
        stolen: Stolen,
        phrasebook: Phrasebook,
        staff: Sequence[OnDuty] = (),
    ) -> None:
        self.accounts, self.screens, self.stolen, self.phrasebook = accounts, screens, stolen, phrasebook
        self.staff = staff
        self.twilio = TwilioApi(
            accounts.twilio_account, accounts.twilio_token, accounts.templates, self._took, self._deleted
        )
        self.telegram = BotApi(accounts.telegram_token, self._chat_changed)
        self.report: Callable[[str, str], None] = lambda channel, sid: None  # the provider tells of a delivery
        self._people = count()
        self._numbers = {"sms": "", "whatsapp": ""}
        self.chat = 0
        for channel in ("sms", "whatsapp", "telegram"):
            self.begin(channel)

    def begin(self, channel: str) -> None:
        """Another person, with another phone."""
        person = next(self._people)
        if channel == "telegram":
            self.chat = FIRST_CHAT + person
        else:
            self._numbers[channel] = f"+{FIRST_NUMBER + person}"
        self.screens.begin(channel, self._numbers.get(channel, ""))

    def her_address(self, channel: str) -> str:
        """What Twilio calls her."""
        return ("whatsapp:" if channel == "whatsapp" else "") + self._numbers[channel]

    # --- what the providers take from Hamraz ----------------------------------------------------

    def _took(self, message: Taken) -> None:
        channel = "whatsapp" if message.to.startswith("whatsapp:") else "sms"
        if message.to != self.her_address(channel):
            return  # somebody's whose phone is put away
        keys = tuple((Key(label, data),) for label, data in message.keys)
        text = "\n".join(filter(None, ("📎" if message.media else "", message.body)))
        self.screens.show_ours(channel, message.sid, text, keys, as_list=message.as_list)
        self.report(channel, message.sid)

    def _deleted(self, sid: str) -> None:
        for channel in ("sms", "whatsapp"):
            self.screens.change(channel, sid, copy_gone=True)

    def _chat_changed(self, chat_id: int) -> None:
        if chat_id != self.chat:
            return
        ours = {str(one.message_id): one for one in tuple(self.telegram.shown.values()) if one.chat_id == chat_id}
        there = ours.keys() | {str(number) for number, chat in tuple(self.telegram.hers.items()) if chat == chat_id}
        self.screens.keep_only("telegram", lambda one: (one.under or one.id) in there)
        standing = {one.id: one for one in self.screens.on("telegram")}
        for id, message in ours.items():
            self._show_in_chat(id, message, standing.get(id))

    def _show_in_chat(self, id: str, message: Shown, standing: Bubble | None) -> None:
        keys = _inline(message.markup)
        if standing is not None:
            if standing.keys != keys:
                self.screens.change("telegram", id, keys=keys)
            return
        text = "\n".join(filter(None, (f"📎 {message.name}" if message.name else "", message.text)))
        self.screens.show_ours("telegram", id, text, keys, protected=message.protected)
        below = _below(message.markup)
        if below is not None:
            self.screens.lay_below("telegram", below)


def _inline(markup: Mapping[str, Any] | None) -> tuple[tuple[Key, ...], ...]:
    rows: Sequence[Any] = (markup or {}).get("inline_keyboard", ())
    return tuple(tuple(Key(key["text"], key["callback_data"]) for key in row) for row in rows)


def _below(markup: Mapping[str, Any] | None) -> tuple[tuple[Key, ...], ...] | None:
    """The keys below the chat that this message lays or, empty, takes away; None where it leaves them."""
    if not markup or "inline_keyboard" in markup:
        return None
    rows: Sequence[Any] = markup.get("keyboard", ())
    return tuple(tuple(Key(key["text"], asks_pin=bool(key.get("request_location"))) for key in row) for row in rows)
