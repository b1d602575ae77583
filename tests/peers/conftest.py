"""The providers' stand-ins, started once for all tests that need them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.bot_api import TelegramApi, running_telegram
from tests.peers.descriptions import TWILIO_CONTENT, twilio_description
from tests.peers.twilio_api import TwilioApi, running_twilio

BOT = "123456:" + "A" * 35


@pytest.fixture(scope="session")
def twilio_files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Twilio's own descriptions: of its core REST API, and of content templates."""
    scratch = tmp_path_factory.mktemp("twilio")
    return twilio_description(scratch), twilio_description(scratch, TWILIO_CONTENT)


@pytest.fixture(scope="session")
def prism(twilio_files: tuple[Path, Path]) -> Iterator[TwilioApi]:
    """Twilio's REST API, one for the whole run: prism takes seconds to start."""
    with running_twilio(*twilio_files) as api:
        yield api


@pytest.fixture
def twilio_api(prism: TwilioApi) -> TwilioApi:
    """The same, with nothing called yet."""
    prism.calls.clear()
    prism.next_error = None
    prism.retry_after = ""
    prism.media.clear()
    prism.points_to = ""
    prism.instead.clear()
    return prism


@pytest.fixture
def telegram_api() -> Iterator[TelegramApi]:
    """The Bot API. A test fails if any call broke Telegram's description, unless it clears the faults."""
    with running_telegram(BOT) as api:
        yield api
        assert not api.faults
