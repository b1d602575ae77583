"""The table of channels: which there are, what each needs, and which are on.

A new channel is one file beside this one and one row in `CHANNELS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.limits import SMS, TELEGRAM, WHATSAPP, WHATSAPP_WITH_BUTTONS
from handlers.channel import Channel, Door

if TYPE_CHECKING:
    from handlers.telegram_staff import TelegramStaffChannel
    from handlers.twilio import TwilioAccount

# Each maker imports its own file: Telegram's library takes half a second to load, and a
# command that sends nothing should not wait for it.


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What the settings say about channels. An empty one is not set."""

    public_url: str = ""
    twilio_account_sid: str = field(default="", repr=False)
    twilio_auth_token: str = field(default="", repr=False)
    twilio_webhook_keys: tuple[str, ...] = field(default=(), repr=False)  # secrets of SHA-256 signing keys
    twilio_discreet: bool = False  # ask Twilio to keep no words and no numbers
    twilio_api_url: str = "https://api.twilio.com"
    sms_from: str = ""
    whatsapp_from: str = ""
    whatsapp_templates: Mapping[str, str] = field(default_factory=dict)  # "quick2" -> "HX…"; see whatsapp.py
    whatsapp_first_words: Mapping[str, str] = field(default_factory=dict)  # "again_ur" -> what WhatsApp is to approve
    telegram_bot_token: str = field(default="", repr=False)
    telegram_webhook_secret: str = field(default="", repr=False)
    telegram_secret_path: str = field(default="", repr=False)
    private_only: str = ""  # said to a group, in every language, before leaving it
    telegram_api_url: str = "https://api.telegram.org"
    staff_bot_token: str = field(default="", repr=False)
    staff_webhook_secret: str = field(default="", repr=False)
    staff_secret_path: str = field(default="", repr=False)
    staff_group: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One channel: what must be set for it, and how it is made."""

    name: str
    needs: tuple[str, ...]  # names in ChannelSettings
    make: Callable[[ChannelSettings], Channel]


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels that are on, and what the others lack."""

    on: Mapping[str, Channel]
    off: Mapping[str, tuple[str, ...]]  # name -> settings it lacks, as operators write them
    status: Door | None  # where Twilio reports deliveries
    staff: TelegramStaffChannel | None = None  # the counsellors' own door, if they have one

    @property
    def names(self) -> tuple[str, ...]:
        """Of those that are on, the counsellors' own too."""
        return (*self.on, *([self.staff.name] if self.staff is not None else []))


def open_channels(settings: ChannelSettings) -> Channels:
    """Make every channel whose settings are there. Connects to nothing."""
    lacking = {row.name: tuple(need for need in row.needs if not getattr(settings, need)) for row in CHANNELS}
    on = {row.name: row.make(settings) for row in CHANNELS if not lacking[row.name]}
    off = {name: tuple(_OPERATORS[need] for need in needs) for name, needs in lacking.items() if needs}
    staff = _staff(settings) if settings.staff_bot_token and settings.staff_webhook_secret else None
    return Channels(on, off, _status(settings) if {"sms", "whatsapp"} & set(on) else None, staff)


def _account(settings: ChannelSettings) -> TwilioAccount:
    from handlers.twilio import TwilioAccount

    return TwilioAccount(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        settings.public_url,
        api_url=settings.twilio_api_url,
        webhook_keys=settings.twilio_webhook_keys,
        discreet=settings.twilio_discreet,
    )


def _sms(settings: ChannelSettings) -> Channel:
    from handlers.sms import SmsChannel

    return SmsChannel(_account(settings), settings.sms_from, SMS)


def _whatsapp(settings: ChannelSettings) -> Channel:
    from handlers.whatsapp import TEMPLATES, WhatsAppChannel

    # All or none: with some missing, one question would have buttons and the next not.
    complete = set(settings.whatsapp_templates) >= TEMPLATES
    return WhatsAppChannel(
        _account(settings),
        settings.whatsapp_from,
        WHATSAPP_WITH_BUTTONS if complete else WHATSAPP,
        settings.whatsapp_templates,
        settings.whatsapp_first_words,
    )


def _telegram(settings: ChannelSettings) -> Channel:
    from handlers.telegram import TelegramChannel

    return TelegramChannel(
        settings.telegram_bot_token,
        settings.telegram_webhook_secret,
        TELEGRAM,
        api_url=settings.telegram_api_url,
        public_url=settings.public_url,
        secret_path=settings.telegram_secret_path,
        private_only=settings.private_only,
    )


def _staff(settings: ChannelSettings) -> TelegramStaffChannel:
    from handlers.telegram_staff import TelegramStaffChannel

    return TelegramStaffChannel(
        settings.staff_bot_token,
        settings.staff_webhook_secret,
        TELEGRAM,
        api_url=settings.telegram_api_url,
        public_url=settings.public_url,
        secret_path=settings.staff_secret_path,
        group=settings.staff_group,
    )


def _status(settings: ChannelSettings) -> Door:
    from handlers.twilio_form import TwilioStatus

    return TwilioStatus(_account(settings))


_TWILIO = ("public_url", "twilio_account_sid", "twilio_auth_token")

CHANNELS: tuple[Row, ...] = (
    Row("sms", (*_TWILIO, "sms_from"), _sms),
    Row("whatsapp", (*_TWILIO, "whatsapp_from"), _whatsapp),
    Row("telegram", ("telegram_bot_token", "telegram_webhook_secret"), _telegram),
)

_OPERATORS: Mapping[str, str] = {
    "public_url": "HAMRAZ_PUBLIC_URL",
    "twilio_account_sid": "TWILIO_ACCOUNT_SID",
    "twilio_auth_token": "TWILIO_AUTH_TOKEN",
    "sms_from": "HAMRAZ_SMS_FROM",
    "whatsapp_from": "HAMRAZ_WHATSAPP_FROM",
    "telegram_bot_token": "TELEGRAM_BOT_TOKEN",
    "telegram_webhook_secret": "TELEGRAM_WEBHOOK_SECRET",
}
