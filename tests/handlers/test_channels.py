"""Which channels are on, and what the others lack."""

from __future__ import annotations

import json

import pytest

from bot.limits import SMS, WHATSAPP, WHATSAPP_WITH_BUTTONS
from bot.media import MediaGone
from bot.message import Address, Reply, Tap
from handlers.channel import RawRequest, Unverified, read_tap
from handlers.channels import CHANNELS, ChannelSettings, open_channels
from handlers.terminal import TerminalChannel
from handlers.whatsapp import TEMPLATES, template
from locales.phrasebook import Phrasebook
from tests.handlers.conftest import AUTH, BOT, NOW, PUBLIC, SECRET
from tests.handlers.payloads import ACCOUNT, OUR_NUMBER

EVERYTHING = ChannelSettings(
    public_url=PUBLIC,
    twilio_account_sid=ACCOUNT,
    twilio_auth_token=AUTH,
    sms_from=OUR_NUMBER,
    whatsapp_from=OUR_NUMBER,
    telegram_bot_token=BOT,
    telegram_webhook_secret=SECRET,
)


def test_with_every_setting_every_channel_is_on() -> None:
    channels = open_channels(EVERYTHING)

    assert list(channels.on) == [row.name for row in CHANNELS] == ["sms", "whatsapp", "telegram"]
    assert (channels.off, channels.status is not None) == ({}, True)
    assert all(name == channel.name for name, channel in channels.on.items())


def test_without_settings_every_channel_is_off_and_says_what_it_lacks() -> None:
    channels = open_channels(ChannelSettings(telegram_bot_token=BOT))

    assert (channels.on, channels.status) == ({}, None)
    assert channels.off["telegram"] == ("TELEGRAM_WEBHOOK_SECRET",)
    assert channels.off["sms"] == (
        "HAMRAZ_PUBLIC_URL",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "HAMRAZ_SMS_FROM",
    )


def test_whatsapp_has_buttons_only_when_every_template_is_set_up() -> None:
    sids = {name: f"HX{number:032}" for number, name in enumerate(sorted(TEMPLATES))}
    some = dict(list(sids.items())[1:])

    def limits(templates: dict[str, str]) -> object:
        settings = ChannelSettings(
            public_url=PUBLIC,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=AUTH,
            whatsapp_from=OUR_NUMBER,
            whatsapp_templates=templates,
        )
        return open_channels(settings).on["whatsapp"].limits

    assert (limits({}), limits(some), limits(sids)) == (WHATSAPP, WHATSAPP, WHATSAPP_WITH_BUTTONS)


def test_no_repr_shows_a_token() -> None:
    channels = open_channels(EVERYTHING)

    for shown in (repr(EVERYTHING), repr(channels)):
        assert not any(secret in shown for secret in (AUTH, BOT, SECRET))


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_takes_what_a_message_fills_in(name: str) -> None:
    made = template(name)

    variables, text = made["variables"], json.dumps(made["types"])
    assert isinstance(variables, dict)
    assert set(variables) == {str(number) for number in range(1, 2 + 2 * int(name.lstrip("quicklst")))}
    assert all(f"{{{{{number}}}}}" in text for number in variables)


@pytest.mark.parametrize("name", ["quick4", "list11", "list0", "card1", "quick", ""])
def test_there_is_no_other_template(name: str) -> None:
    with pytest.raises(ValueError, match="no template"):
        template(name)


@pytest.mark.parametrize(
    ("data", "epoch", "choice"),
    [
        ("3:street", 3, "street"),
        ("0:/skip", 0, "/skip"),
        ("12:a-b_9", 12, "a-b_9"),
        ("", -1, ""),
        ("3", -1, ""),
        ("x:street", -1, ""),
        ("٣:street", -1, ""),
        ("-1:street", -1, ""),
        ("3:" + "x" * 61, -1, ""),
        ("3:street\n", -1, ""),
    ],
)
def test_only_our_own_buttons_are_taps(data: str, epoch: int, choice: str) -> None:
    tap = read_tap(data)

    assert (tap.epoch, tap.choice) == (epoch, choice)


@pytest.mark.parametrize("code", sorted(one.code for one in Phrasebook.load().languages))
def test_the_button_of_every_language_is_a_tap(code: str) -> None:
    assert read_tap(f"2:{code}") == Tap(2, code)


def test_a_typed_line_is_a_message_with_an_id_of_its_own() -> None:
    said: list[Reply] = []
    terminal = TerminalChannel(SMS, said.append, "run1")

    first, second, tapped = (terminal.typed(line, NOW) for line in ("report", "report", "[3:street]"))
    terminal.answer([Reply("inline")])
    terminal.send(Address("terminal", "run1"), Reply("by the outbox"))

    assert first.id != second.id
    assert (first.text, tapped.tap, tapped.text) == ("report", read_tap("3:street"), "")
    assert [one.text for one in said] == ["inline", "by the outbox"]


def test_a_terminal_has_no_webhook_and_no_files() -> None:
    terminal = TerminalChannel(SMS, print, "run1")

    with pytest.raises(Unverified):
        terminal.verify(RawRequest("", {}, b""))
    with pytest.raises(MediaGone):
        terminal.fetch(None, 1)  # type: ignore[arg-type]  # whatever it is
