"""Reporters who text a server over its socket, brought by a Twilio that brings each message again until it is taken."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

import httpx
from twilio.request_validator import RequestValidator

from bot.settings import Settings
from tests.handlers.payloads import ACCOUNT, OUR_NUMBER, twilio_sms
from tests.phones import KEYRING_WORD

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://hamraz.example"
RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4} \d{4}")

# welcome, safe, language, menu; then path, happened, finer, under 18, when, where, story, finish, consents, review
BEFORE = ["hi", "1", "1", "1", "1", "2", "1", "2", "1", "2"]
AFTER = ["DONE", "1", "1", "1", "2", "2", "1"]


def script(reporter: int) -> list[str]:
    parts = [f"part {number} of story {reporter} zanbil{reporter}x{number}" for number in range(4)]
    return [*BEFORE, *parts, *AFTER]


def environment_of(settings: Settings) -> dict[str, str]:
    """What a server of these settings is given, with SMS on; nothing of it goes out."""
    return {
        "HAMRAZ_DATABASE_URL": settings.database_url,
        "HAMRAZ_KEYS_URL": settings.keys_url,
        "HAMRAZ_KEYRING": str(settings.keyring),
        "HAMRAZ_KEYRING_PASSPHRASE": KEYRING_WORD,
        "HAMRAZ_SLOW_MEMORY_KIB": "8",
        "HAMRAZ_PUBLIC_URL": PUBLIC,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "HAMRAZ_SMS_FROM": OUR_NUMBER,
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",
    }


class Provider:
    """Brings messages as Twilio does: signed, and again until one is taken."""

    def __init__(self, ports: Callable[[], Sequence[int]]) -> None:
        """ports: where somebody serves in this moment; the first that answers takes it, as behind a proxy"""
        self._client = httpx.Client(timeout=5)
        self._ports = ports
        self._validator = RequestValidator(TOKEN)
        self.again = 0  # messages that had to be brought again
        self.slowest = 0.0  # seconds until one was taken

    def bring(self, number: str, sid: str, text: str) -> str:
        """What she is told. Raises AssertionError when nobody takes it, or it is answered by anything but 200 and 503."""
        form = twilio_sms(From=number, Body=text, MessageSid=sid, SmsMessageSid=sid, SmsSid=sid)
        headers = {"X-Twilio-Signature": self._validator.compute_signature(f"{PUBLIC}/webhooks/sms", form)}
        begun = time.monotonic()
        for _ in range(2000):
            for port in self._ports():
                try:
                    answer = self._client.post(f"http://127.0.0.1:{port}/webhooks/sms", data=form, headers=headers)
                except httpx.TransportError:
                    continue
                if answer.status_code == 200:
                    self.slowest = max(self.slowest, time.monotonic() - begun)
                    return "\n".join(ElementTree.fromstring(answer.text).itertext())  # noqa: S314  # our own answer
                assert answer.status_code == 503, answer.status_code
            self.again += 1
            time.sleep(0.01)
        raise AssertionError("never taken")

    def talk(self, reporter: int, pause: float) -> list[str]:
        """A whole report of one of a hundred reporters; all she is told."""
        said = []
        for turn, text in enumerate(script(reporter)):
            said.append(self.bring(f"+9230012300{reporter:02}", f"SM{reporter:016x}{turn:016x}", text))
            time.sleep(pause)
        return said


def plain(said: str) -> str:
    """An answer without what differs from one reporter to the next."""
    # Every number has two digits: an excerpt is cut alike.
    return re.sub(r"zanbil\d+x|story \d+", "", RECEIPT.sub("receipt", said))
