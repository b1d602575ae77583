"""A whole Hamraz of one process on one pair of databases, its providers, its counsellor and its clock."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch
from xml.etree import ElementTree

import httpx
from flask import Flask
from pydantic import SecretStr

from bot.settings import Settings
from casework.cases import holding
from casework.staff.roles import Role
from handlers import delivery
from handlers.channels import Channels
from operating.clock import now
from operating.serving import make_app
from operating.worker import Worker, make_worker
from storage.errors import StorageAway
from tests.casework.cases.conftest import Colleague, hired
from tests.casework.cases.phones_and_desk import Team
from tests.chaos.provider import PATIENCE, Provider, Telegram, Twilio
from tests.chaos.storage_faults import Fault, failing
from tests.databases import Place
from tests.handlers import payloads
from tests.phones import Clock, make_hamraz
from tests.whole.providers import AUTH, BOT, PUBLIC, SECRET, Brought, called

MOST_TRIES = 6  # a provider brings a message again as often, and then gives up


@dataclass(slots=True)
class World:
    """What a run of faults happens to."""

    place: Place
    clock: Clock
    team: Team
    counsellor: Colleague
    app: Flask
    worker: Worker
    twilio: Twilio
    telegram: Telegram
    fault: Fault
    channel: str = "sms"  # on which somebody lives now
    unheard: set[str] = field(default_factory=set)  # words that a worker sent and could not write down before it died

    @property
    def provider(self) -> Provider:
        """The one behind the channel on which somebody lives now."""
        return self.telegram if self.channel == "telegram" else self.twilio

    def bring(self, one: Brought) -> tuple[int, str]:
        """One call of a webhook: its status, and what it says to her."""
        heard = called(self.app, one)
        said = ElementTree.fromstring(heard.body).itertext() if heard.status == 200 and heard.body else ()  # noqa: S314  # our own
        return heard.status, "\n".join(said).strip()

    def bring_until_taken(self, one: Brought) -> str:
        """What she is told at last. Fails when it is taken by nobody."""
        for _ in range(MOST_TRIES):
            status, said = self.bring(one)
            if status == 200:
                return said
            assert status == 503, f"answered by {status}"
        raise AssertionError("nobody took her message")

    def deliver(self) -> None:
        """Deliver what may go now; what fails is left for later."""
        try:
            while self.worker._delivery.drain(self.channel):
                pass
        except StorageAway:
            return

    def deliver_soon(self) -> None:
        """Nothing fails any more, and minutes go by: fewer than bring a talk to its pause."""
        for _ in range(3):
            self.clock.forward(minutes=1)
            self.deliver()

    def deliver_all(self) -> None:
        """Nothing fails any more, and what was put off or lost with a worker has its time again."""
        for _ in range(3):
            self.clock.forward(minutes=11)
            self.deliver()


@contextmanager
def open_world(place: Place, folder: Path) -> Iterator[World]:
    """One that can be hurt in every way of `faults`."""
    clock = Clock()
    with ExitStack() as stack:
        twilio, telegram = Twilio(), Telegram()
        stack.callback(twilio.close)
        stack.callback(telegram.close)
        fault = stack.enter_context(failing())
        for name, module in list(sys.modules.items()):
            if name.startswith("operating.") and getattr(module, "now", None) is now:
                stack.enter_context(patch.object(module, "now", clock))
        stack.enter_context(patch.object(delivery, "HOLD_ON", 0.001))
        stack.enter_context(patch.dict(delivery.PACES, dict.fromkeys(delivery.PACES, 1_000_000)))
        hamraz = make_hamraz(_settings(place, folder, twilio, telegram))
        stack.callback(hamraz.database.close)
        stack.callback(hamraz.counter.close)
        _lose_patience_soon(hamraz.channels)
        team = Team(hamraz, clock)
        counsellor = hired(hamraz.room, clock, "Amina", Role.COUNSELLOR, capacity=100_000)
        holding.be_on_duty(hamraz.room, counsellor.id, clock() + timedelta(days=3650), clock())
        app = make_app(hamraz)
        yield World(place, clock, team, counsellor, app, make_worker(hamraz), twilio, telegram, fault)


def _lose_patience_soon(channels: Channels) -> None:
    for name in ("sms", "whatsapp"):
        channels.on[name]._account._client.http_client.timeout = PATIENCE  # type: ignore[attr-defined]  # Twilio's
    bot = channels.on["telegram"]._bot  # type: ignore[attr-defined]  # Telegram's
    bot._request[1]._client.timeout = httpx.Timeout(PATIENCE)


def _settings(place: Place, folder: Path, twilio: Twilio, telegram: Telegram) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=place.url,
        HAMRAZ_KEYS_URL=place.keys_url,
        HAMRAZ_KEYRING=folder / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
        HAMRAZ_PASSWORD_MEMORY_KIB=8,
    ).model_copy(
        update={
            "public_url": PUBLIC,
            "twilio_account_sid": payloads.ACCOUNT,
            "twilio_auth_token": SecretStr(AUTH),
            "twilio_api_url": twilio.url,
            "sms_from": payloads.OUR_NUMBER,
            "whatsapp_from": payloads.OUR_NUMBER,
            "telegram_bot_token": SecretStr(BOT),
            "telegram_webhook_secret": SecretStr(SECRET),
            "telegram_api_url": telegram.url,
            "hours": "Mon-Sun 00:00-23:59",
            "time_zone": "UTC",
        }
    )
