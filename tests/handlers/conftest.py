"""Channels with invented keys, and requests signed as the providers sign them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from bot.limits import SMS, TELEGRAM, WHATSAPP
from handlers.channel import Channel, RawRequest
from handlers.sms import SmsChannel
from handlers.telegram import TelegramChannel
from handlers.twilio import TwilioAccount
from handlers.twilio_form import TwilioStatus
from handlers.whatsapp import WhatsAppChannel
from tests.handlers.payloads import ACCOUNT, OUR_NUMBER, body_of

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PUBLIC = "https://hamraz.example"
AUTH = "a1" * 16
SECRET = "secret_9-Z"
BOT = "123456:" + "A" * 35


class _Multi(dict[str, list[str]]):
    def getlist(self, key: str) -> list[str]:
        return self[key]


def signed(
    path: str,
    pairs: Sequence[tuple[str, str]] | dict[str, str],
    *,
    url: str = "",
    secret: str = AUTH,
    algorithm: str = "",
) -> RawRequest:
    """A form as Twilio posts it, signed for our public address (or for `url`)."""
    pairs = tuple(pairs.items()) if isinstance(pairs, dict) else tuple(pairs)
    form = _Multi()
    for key, value in pairs:
        form.setdefault(key, []).append(value)
    signature = RequestValidator(secret).compute_signature(url or PUBLIC + path, form, algorithm or None)
    headers = {"x-twilio-signature": signature}
    if algorithm:
        headers["x-twilio-webhooks-signature-settings"] = f"key=webhooks_sharedkey_1,algorithm={algorithm}"
    return RawRequest(f"http://10.0.0.7:8000{path}", headers, b"", pairs)


def from_telegram(update: dict[str, Any] | bytes, secret: str = SECRET) -> RawRequest:
    """An update as Telegram posts it."""
    body = update if isinstance(update, bytes) else body_of(update)
    headers = {"x-telegram-bot-api-secret-token": secret}
    return RawRequest("http://10.0.0.7:8000/webhooks/telegram", headers, body)


@pytest.fixture
def account() -> TwilioAccount:
    return TwilioAccount(ACCOUNT, AUTH, PUBLIC)


@pytest.fixture
def sms(account: TwilioAccount) -> SmsChannel:
    return SmsChannel(account, OUR_NUMBER, SMS)


@pytest.fixture
def whatsapp(account: TwilioAccount) -> WhatsAppChannel:
    return WhatsAppChannel(account, OUR_NUMBER, WHATSAPP)


@pytest.fixture
def telegram() -> TelegramChannel:
    return TelegramChannel(BOT, SECRET, TELEGRAM)


@pytest.fixture
def status(account: TwilioAccount) -> TwilioStatus:
    return TwilioStatus(account)


@pytest.fixture
def by_name(sms: SmsChannel, whatsapp: WhatsAppChannel, telegram: TelegramChannel) -> Callable[[str], Channel]:
    channels: dict[str, Channel] = {"sms": sms, "whatsapp": whatsapp, "telegram": telegram}
    return channels.__getitem__
