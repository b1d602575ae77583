"""Files go out as Telegram's and Twilio's own descriptions allow."""

from __future__ import annotations

import pytest

from bot.limits import SMS, TELEGRAM, WHATSAPP
from bot.message import Address, Enclosed, MediaKind, Reply
from handlers.channel import SendRefused
from handlers.sms import SmsChannel
from handlers.telegram import TelegramChannel
from handlers.twilio import TwilioAccount
from handlers.whatsapp import WhatsAppChannel
from tests.peers.bot_api import TelegramApi
from tests.peers.conftest import BOT
from tests.peers.twilio_api import TwilioApi

pytestmark = pytest.mark.peer

HER = Address("telegram", "700100200")
HER_WHATSAPP = Address("whatsapp", "whatsapp:+923001112233")
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40
LINK = "https://hamraz.example/media/abc_-9"
KINDS = [("photo", "image/jpeg", "photo.jpg"), ("voice", "audio/ogg", "voice.ogg"), ("file", "application/pdf", "document.pdf")]  # fmt: skip


def enclosed(kind: MediaKind, type: str, name: str, content: bytes | None = JPEG) -> Enclosed:
    return Enclosed(kind, type, name, lambda: content, lambda: None if content is None else LINK)


@pytest.fixture
def telegram(telegram_api: TelegramApi) -> TelegramChannel:
    return TelegramChannel(BOT, "secret_9-Z", TELEGRAM, api_url=telegram_api.url)


@pytest.fixture
def account(twilio_api: TwilioApi) -> TwilioAccount:
    return TwilioAccount("AC" + "1" * 32, "token", "https://hamraz.example", api_url=twilio_api.url)


@pytest.mark.parametrize(("kind", "type", "name"), KINDS)
def test_telegram_is_handed_the_bytes_of_a_file_with_its_words(
    kind: MediaKind, type: str, name: str, telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    sent = telegram.send(HER, Reply("یہ دیکھیں", file=enclosed(kind, type, name)))

    (call,) = telegram_api.calls
    assert (call.method, call.status) == (f"send{ {'file': 'Document'}.get(kind, kind.title()) }", 200)
    shown = telegram_api.bot.shown[int(sent)]
    assert (shown.file, shown.name, shown.text) == (JPEG, name, "یہ دیکھیں")


def test_a_picture_is_covered_until_she_taps_it(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram.send(HER, Reply("", file=enclosed("photo", "image/jpeg", "photo.jpg")))

    assert telegram_api.calls[0].fields["has_spoiler"] is True
    assert "caption" not in telegram_api.calls[0].fields


def test_a_file_that_is_gone_is_refused_and_nothing_is_called(
    telegram: TelegramChannel, account: TwilioAccount, telegram_api: TelegramApi, twilio_api: TwilioApi
) -> None:
    for channel, address in (
        (telegram, HER),
        (WhatsAppChannel(account, "+15005550006", WHATSAPP), HER_WHATSAPP),
    ):
        with pytest.raises(SendRefused):
            channel.send(address, Reply("words", file=enclosed("photo", "image/jpeg", "photo.jpg", None)))

    assert telegram_api.calls == [] and twilio_api.calls == []


@pytest.mark.parametrize("text", ["", "look at this"])
def test_twilio_is_told_where_to_fetch_a_file(text: str, account: TwilioAccount, twilio_api: TwilioApi) -> None:
    channel = WhatsAppChannel(account, "+15005550006", WHATSAPP)

    channel.send(HER_WHATSAPP, Reply(text, file=enclosed("file", "application/pdf", "document.pdf")))

    (call,) = twilio_api.calls
    assert call.status == 201
    assert call.fields["MediaUrl"] == LINK
    assert call.fields.get("Body", "") == text


def test_no_file_goes_by_sms(account: TwilioAccount, twilio_api: TwilioApi) -> None:
    with pytest.raises(SendRefused) as refused:
        SmsChannel(account, "+15005550006", SMS).send(
            Address("sms", "+923001112233"), Reply("words", file=enclosed("photo", "image/jpeg", "photo.jpg"))
        )

    assert refused.value.reason == "not allowed"
    assert twilio_api.calls == []
