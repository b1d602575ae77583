"""`hamraz channels connect` and `hamraz doctor`, run as an operator runs them, against the providers' contracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.commands.line import make_commands, run
from operating import doctor
from tests.peers.bot_api import TelegramApi
from tests.peers.conftest import BOT
from tests.peers.twilio_api import TwilioApi
from webhook_app import HANDS

pytestmark = pytest.mark.peer

PUBLIC = "https://hamraz.example"
ACCOUNT, TOKEN = "AC" + "0" * 32, "a1" * 16
NUMBER = "+15005550006"
NOBODY = "http://127.0.0.1:9"  # discard: nothing listens there


@pytest.fixture
def operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, twilio_api: TwilioApi, telegram_api: TelegramApi
) -> pytest.MonkeyPatch:
    """An environment in which every channel is on."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "HAMRAZ_PUBLIC_URL": PUBLIC,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "HAMRAZ_SMS_FROM": NUMBER,
        "HAMRAZ_WHATSAPP_FROM": NUMBER,
        "HAMRAZ_TWILIO_API_URL": twilio_api.url,
        "HAMRAZ_TELEGRAM_API_URL": telegram_api.url,
        "TELEGRAM_BOT_TOKEN": BOT,
        "TELEGRAM_WEBHOOK_SECRET": "secret_9-Z",
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def connect() -> int:
    return run(make_commands(HANDS), ["channels", "connect"])


def found(about: str) -> dict[str, tuple[bool, str]]:
    """What the doctor says of channels, by what was looked at."""
    return {what: (sound, mend) for sound, what, mend in doctor.examine() if what.startswith(f"channel {about}")}


def test_connecting_sets_telegrams_webhook_and_prints_twilios_addresses(
    operator: pytest.MonkeyPatch, telegram_api: TelegramApi, capsys: pytest.CaptureFixture[str]
) -> None:
    assert connect() == 0

    said = capsys.readouterr().out
    assert f"{PUBLIC}/webhooks/sms#rc=3&rp=5xx,ct,rt" in said
    assert f"{PUBLIC}/webhooks/whatsapp#rc=3&rp=5xx,ct,rt" in said
    assert "secret_9-Z" not in said and BOT not in said
    (call,) = telegram_api.calls
    assert (call.method, call.fields["url"], call.fields["secret_token"]) == (
        "setWebhook",
        f"{PUBLIC}/webhooks/telegram",
        "secret_9-Z",
    )
    assert set(call.fields["allowed_updates"]) == {"message", "edited_message", "callback_query", "my_chat_member"}


def test_templates_that_twilio_does_not_make_keep_nothing_else_from_being_connected(
    operator: pytest.MonkeyPatch,
    twilio_api: TwilioApi,
    telegram_api: TelegramApi,
    capsys: pytest.CaptureFixture[str],
) -> None:
    twilio_api.next_error = (403, 20403)

    assert connect() == 0
    assert "no buttons, numbered lists instead" in capsys.readouterr().out
    assert telegram_api.methods() == ["setWebhook"]


@pytest.mark.parametrize(
    ("setting", "value", "mend"),
    [
        ("HAMRAZ_TELEGRAM_API_URL", NOBODY, "check the network"),
        ("TELEGRAM_BOT_TOKEN", "999:WRONG" + "B" * 30, "check TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_WEBHOOK_SECRET", "with a space", "TELEGRAM_WEBHOOK_SECRET takes"),
        ("HAMRAZ_PUBLIC_URL", "http://hamraz.example", "HAMRAZ_PUBLIC_URL must be the https:// address"),
    ],
)
def test_what_hinders_connecting_is_one_line_that_says_what_to_mend(
    setting: str, value: str, mend: str, operator: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    operator.setenv(setting, value)

    assert connect() == 1

    said = capsys.readouterr().err
    assert said.count("\n") == 1 and mend in said
    assert "WRONG" not in said


def test_a_connected_installation_is_found_sound(operator: pytest.MonkeyPatch, twilio_api: TwilioApi) -> None:
    connect()
    twilio_api.instead[f"{ACCOUNT}.json"] = {"status": "active"}
    twilio_api.instead["IncomingPhoneNumbers.json"] = {
        "incoming_phone_numbers": [{"sms_url": f"{PUBLIC}/webhooks/sms#rc=3&rp=5xx,ct,rt"}],
        "next_page_uri": None,
    }

    looked_at = found("")

    assert all(sound for sound, _ in looked_at.values()), looked_at
    assert len(looked_at) == 10


def test_providers_out_of_reach_are_each_found_so_with_what_to_mend(operator: pytest.MonkeyPatch) -> None:
    operator.setenv("HAMRAZ_TWILIO_API_URL", NOBODY)
    operator.setenv("HAMRAZ_TELEGRAM_API_URL", NOBODY)

    assert found("telegram") == {
        "channel telegram: the bot": (
            False,
            "Telegram cannot be reached just now (NetworkError): check the network, and try again",
        )
    }
    for name in ("sms", "whatsapp"):
        sound, mend = found(name)[f"channel {name}: Twilio account"]
        assert (sound, "check the network" in mend) == (False, True)


def test_a_refused_account_is_found_so(operator: pytest.MonkeyPatch, twilio_api: TwilioApi) -> None:
    twilio_api.next_error = (401, 20003)

    sound, mend = found("sms")["channel sms: Twilio account"]

    assert (sound, "check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in mend) == (False, True)


def test_a_webhook_that_points_elsewhere_is_found_so(operator: pytest.MonkeyPatch, telegram_api: TelegramApi) -> None:
    connect()
    telegram_api.bot.webhook["url"] = "https://elsewhere.example/"

    sound, mend = found("telegram")["channel telegram: where Telegram sends what comes in"]

    assert (sound, "hamraz channels connect" in mend) == (False, True)
