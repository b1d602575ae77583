"""The providers' side of a whole conversation: webhooks brought as they bring them, calls taken as they take them.

Twilio's calls end at prism, Telegram's at the described Bot API; each refuses what its contract does not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from pydantic import SecretStr
from twilio.request_validator import RequestValidator
from werkzeug.test import run_wsgi_app

from bot.settings import Settings
from operating.parts import Hamraz
from operating.serving import make_app
from operating.worker import Worker, make_worker
from tests.handlers import payloads as real
from tests.peers.bot_api import TelegramApi
from tests.peers.twilio_api import TwilioApi

PUBLIC = "https://hamraz.example"
AUTH = "a1" * 16
SECRET = "secret_9-Z"
BOT = "123456:" + "A" * 35
PATHS = {"sms": "/webhooks/sms", "whatsapp": "/webhooks/whatsapp", "telegram": "/webhooks/telegram"}
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Brought:
    """One webhook call, ready to be made, and made again."""

    path: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """How it was answered."""

    status: int
    body: bytes


def called(app: Flask, one: Brought) -> Heard:
    """Make the call."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": one.path,
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(one.body)),
        "SERVER_NAME": "hamraz.example",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(one.body),
        "wsgi.errors": BytesIO(),
        **one.headers,
    }
    body, status, _ = run_wsgi_app(app, environ, buffered=True)
    return Heard(int(status[:3]), b"".join(body))


@dataclass(slots=True)
class House:
    """A whole Hamraz, reached over its webhooks alone; its worker runs when a test says so."""

    hamraz: Hamraz
    app: Flask
    worker: Worker
    twilio: TwilioApi
    telegram: TelegramApi

    def bring(self, one: Brought) -> Heard:
        """Make the call."""
        return called(self.app, one)

    def deliver(self, channel: str) -> None:
        """Deliver all that waits now."""
        while self.worker._delivery.drain(channel):
            pass

    def refused_calls(self) -> list[Any]:
        """What we asked of a provider that its contract does not allow."""
        return [call for call in self.twilio.calls if call.status >= 400] + list(self.telegram.faults)


def settings_of(settings: Settings, twilio: TwilioApi, telegram: TelegramApi) -> Settings:
    """These settings with every channel on."""
    return settings.model_copy(
        update={
            "public_url": PUBLIC,
            "twilio_account_sid": real.ACCOUNT,
            "twilio_auth_token": SecretStr(AUTH),
            "twilio_api_url": twilio.url,
            "sms_from": real.OUR_NUMBER,
            "whatsapp_from": real.OUR_NUMBER,
            "telegram_bot_token": SecretStr(BOT),
            "telegram_webhook_secret": SecretStr(SECRET),
            "telegram_api_url": telegram.url,
        }
    )


def open_house(hamraz: Hamraz, twilio: TwilioApi, telegram: TelegramApi) -> House:
    return House(hamraz, make_app(hamraz), make_worker(hamraz), twilio, telegram)


def sid() -> str:
    return f"SM{next(_NUMBERS):032x}"


def _form(path: str, form: real.Form) -> Brought:
    signature = RequestValidator(AUTH).compute_signature(PUBLIC + path, form)
    kind = "application/x-www-form-urlencoded"
    return Brought(path, urlencode(form).encode(), {"CONTENT_TYPE": kind, "HTTP_X_TWILIO_SIGNATURE": signature})


def text(channel: str, number: str, words: str) -> Brought:
    """A text of hers, by SMS or WhatsApp."""
    one = sid()
    ground = real.twilio_sms() if channel == "sms" else real.twilio_whatsapp()
    sender = number if channel == "sms" else f"whatsapp:{number}"
    ids = {"MessageSid": one, "SmsMessageSid": one, "SmsSid": one}
    return _form(PATHS[channel], ground | ids | {"From": sender, "Body": words})


def photo(channel: str, number: str, twilio: TwilioApi, content: bytes) -> Brought:
    """A photo of hers, which lies with Twilio."""
    one, media = sid(), f"ME{next(_NUMBERS):032x}"
    twilio.media[media] = content
    ground = real.twilio_media("image/jpeg", real.twilio_sms() if channel == "sms" else real.twilio_whatsapp())
    url = f"https://api.twilio.com/2010-04-01/Accounts/{real.ACCOUNT}/Messages/{one}/Media/{media}"
    sender = number if channel == "sms" else f"whatsapp:{number}"
    ids = {"MessageSid": one, "SmsMessageSid": one, "SmsSid": one, "MediaUrl0": url, "From": sender}
    return _form(PATHS[channel], ground | ids)


def report(channel: str, number: str, message: str, state: str) -> Brought:
    """What became of a message of ours."""
    to = number if channel == "sms" else f"whatsapp:{number}"
    form = real.twilio_status(MessageSid=message, SmsSid=message, MessageStatus=state, SmsStatus=state, To=to)
    return _form("/webhooks/twilio/status", form)


@dataclass(slots=True)
class Chat:
    """Her chat with the bot: what she sees, and what she may tap."""

    telegram: TelegramApi
    number: int
    updates: Iterator[int] = field(default_factory=lambda: count(next(_NUMBERS) * 1000))

    def seen(self) -> list[str]:
        """What the bot said, in order."""
        return [one.text for one in self._shown()]

    def says(self, words: str) -> Brought:
        return self._update(message=self._message(self.telegram.bot.new_id(self.number), text=words))

    def sends_photo(self, content: bytes) -> Brought:
        name = f"PHOTO{next(_NUMBERS)}"
        self.telegram.bot.files[name] = content
        sizes = [{"file_id": name, "file_unique_id": name, "width": 64, "height": 48, "file_size": len(content)}]
        return self._update(message=self._message(self.telegram.bot.new_id(self.number), photo=sizes))

    def chooses(self, words: str) -> Brought:
        """Tap the button of that number, or "DONE"; where there are none, say it."""
        shown = self._shown()
        rows = (shown[-1].markup or {}).get("inline_keyboard", []) if shown else []
        buttons = [button for row in rows for button in row]
        place = int(words) - 1 if words.isdigit() else -1
        if not buttons or place >= len(buttons) or not words.isdigit():
            return self.says(words)
        query = f"query{next(_NUMBERS)}"
        self.telegram.bot.queries.add(query)
        under = self._message(shown[-1].message_id, text=shown[-1].text)
        tap = {"id": query, "from": under["from"], "message": under, "chat_instance": "1"}
        return self._update(callback_query=tap | {"data": buttons[place]["callback_data"]})

    def _shown(self) -> list[Any]:
        return [one for _, one in sorted(self.telegram.bot.shown.items()) if one.chat_id == self.number]

    def _message(self, number: int, **content: Any) -> dict[str, Any]:
        message = real.telegram_message(message_id=number, **content)
        message["chat"] = {"id": self.number, "type": "private"}
        message["from"] = {"id": self.number, "is_bot": False, "first_name": "Zainab", "language_code": "en"}
        return message

    def _update(self, **content: Any) -> Brought:
        body = real.body_of({"update_id": next(self.updates), **content})
        headers = {"CONTENT_TYPE": "application/json", "HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN": SECRET}
        return Brought(PATHS["telegram"], body, headers)


def hers(house: House, channel: str, number: int) -> tuple[Callable[[str], Brought], Callable[[bytes], Brought]]:
    """How she answers on this channel, and how she sends a photo."""
    if channel == "telegram":
        chat = Chat(house.telegram, number)
        return chat.chooses, chat.sends_photo
    written = f"+92300{number}"
    return (
        lambda words: text(channel, written, words),
        lambda content: photo(channel, written, house.twilio, content),
    )
