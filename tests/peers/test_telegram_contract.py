"""Every call we make is one that Telegram's own description allows."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.limits import TELEGRAM
from bot.media import MediaGone, MediaTooBig
from bot.message import Address, Button, InboundMessage, MediaReference, Reply, Tap
from handlers.channel import Nothing, SendLater, SendRefused
from handlers.telegram import TelegramChannel
from tests.peers.bot_api import DESCRIPTION, TelegramApi, faults_in
from tests.peers.conftest import BOT
from tests.peers.descriptions import TELEGRAM as FULL_DESCRIPTION
from tests.peers.descriptions import found

_INVALID = "Bad Request: BOT_COMMAND_INVALID"

pytestmark = pytest.mark.peer

CHAT = 700100200
HER = Address("telegram", str(CHAT))
KEYS = ((Button("On the street", "3:street"), Button("On a bus", "3:bus")), (Button("Skip", "3:/skip"),))
TAPPED = InboundMessage(
    id="callback:q1",
    channel="telegram",
    received=datetime(2026, 11, 25, tzinfo=UTC),
    address=HER,
    tap=Tap(3, "street"),
    provider_copy="1",
)


@pytest.fixture
def telegram(telegram_api: TelegramApi) -> TelegramChannel:
    return TelegramChannel(
        BOT,
        "secret_9-Z",
        TELEGRAM,
        api_url=telegram_api.url,
        public_url="https://hamraz.example/",
        private_only="Only in private.",
    )


def until(what: object, count: int) -> None:
    end = time.monotonic() + 5
    while len(what) < count and time.monotonic() < end:  # type: ignore[arg-type]  # any sized thing
        time.sleep(0.01)


def test_a_text_is_accepted_and_its_id_returned(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    sent = telegram.send(HER, Reply("سلام <b>*_`"))

    (call,) = telegram_api.calls
    assert (call.method, call.status) == ("sendMessage", 200)
    assert telegram_api.bot.shown[int(sent)].text == "سلام <b>*_`"
    assert "parse_mode" not in call.fields


def test_buttons_are_an_inline_keyboard_in_rows(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram.send(HER, Reply("Where?", KEYS))

    keyboard = telegram_api.calls[0].fields["reply_markup"]["inline_keyboard"]
    assert [[(key["text"], key["callback_data"]) for key in row] for row in keyboard] == [
        [("On the street", "3:street"), ("On a bus", "3:bus")],
        [("Skip", "3:/skip")],
    ]


def test_a_question_for_a_place_has_a_key_that_sends_it(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram.send(HER, Reply("Where?", (KEYS[1],), asks_pin=True))

    keyboard = telegram_api.calls[0].fields["reply_markup"]["keyboard"]
    assert keyboard == [[{"text": "📍", "request_location": True}], [{"text": "Skip"}]]


def test_a_receipt_is_protected_and_shows_no_preview(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram.send(HER, Reply("1234 5678", protect=True))

    fields = telegram_api.calls[0].fields
    assert fields["protect_content"] is True
    assert fields["link_preview_options"] == {"is_disabled": True}


def test_after_a_tap_the_spinner_stops_and_the_keyboard_goes(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    shown = telegram.send(HER, Reply("Where?", KEYS))
    telegram_api.bot.queries.add("q1")

    telegram.settle(replace(TAPPED, provider_copy=shown))

    until(telegram_api.calls, 3)
    assert [(call.method, call.status) for call in telegram_api.calls[1:]] == [
        ("answerCallbackQuery", 200),
        ("editMessageReplyMarkup", 200),
    ]
    assert telegram_api.bot.shown[int(shown)].markup is None


def test_a_tap_too_old_to_settle_troubles_nobody(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram.settle(TAPPED)

    until(telegram_api.calls, 2)
    assert [call.status for call in telegram_api.calls] == [400, 400]


def test_a_wipe_deletes_both_sides_a_hundred_at_a_time(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    ours = [telegram.send(HER, Reply("one")) for _ in range(3)]
    hers = [str(telegram_api.bot.new_id(CHAT)) for _ in range(120)]
    telegram_api.calls.clear()

    telegram.wipe(HER, [*ours, *hers, "VOICE1", ""])

    assert [len(call.fields["message_ids"]) for call in telegram_api.calls] == [100, 23]
    assert not telegram_api.bot.shown and not telegram_api.bot.hers


def test_a_file_is_fetched_with_the_token_in_no_log(
    telegram: TelegramChannel, telegram_api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram_api.bot.files["VOICE1"] = b"OggS" + b"\0" * 500

    body = telegram.fetch(MediaReference("voice", "VOICE1"), 1000)
    telegram.send(HER, Reply("madad"))

    assert body == telegram_api.bot.files["VOICE1"]
    for secret in (BOT, BOT.split(":")[1], "madad", str(CHAT)):
        assert secret not in caplog.text


def test_a_file_over_the_limit_is_not_fetched(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram_api.bot.files["BIG"] = b"x" * 2000

    with pytest.raises(MediaTooBig):
        telegram.fetch(MediaReference("file", "BIG"), 1000)
    with pytest.raises(MediaTooBig):
        telegram.fetch(MediaReference("file", "BIG", size=2000), 1000)


def test_a_file_over_twenty_megabytes_is_too_big_even_for_telegram(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    telegram_api.bot.files["HUGE"] = b"x" * (20 * 1024 * 1024 + 1)

    with pytest.raises(MediaTooBig):
        telegram.fetch(MediaReference("file", "HUGE"), 10**9)


def test_a_file_that_is_gone_says_so(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    with pytest.raises(MediaGone):
        telegram.fetch(MediaReference("file", "NONE"), 1000)


def test_connecting_sets_the_address_the_secret_and_what_is_sent(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    said = list(telegram.connect())

    assert said == ["telegram: webhook set"]
    assert telegram_api.calls[0].fields == {
        "url": "https://hamraz.example/webhooks/telegram",
        "secret_token": "secret_9-Z",
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
    }


def test_a_secret_path_is_part_of_the_address(telegram_api: TelegramApi) -> None:
    public = "https://hamraz.example"
    channel = TelegramChannel(BOT, "s", TELEGRAM, api_url=telegram_api.url, public_url=public, secret_path="p4th_")

    list(channel.connect())

    assert telegram_api.calls[0].fields["url"] == "https://hamraz.example/webhooks/telegram/p4th_"


def test_a_connected_bot_is_found_sound(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    list(telegram.connect())

    found = list(telegram.examine())

    assert found[0].what == "the bot is @hamraz_test_bot"
    assert all(finding.sound for finding in found)


def test_a_bot_that_was_never_connected_is_found_so(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    assert [finding.sound for finding in telegram.examine()] == [True, False, False, True]


def test_a_webhook_that_telegram_cannot_reach_is_found_so(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    list(telegram.connect())
    telegram_api.bot.trouble = "Connection refused"

    assert [finding.sound for finding in telegram.examine()] == [True, True, True, False]


def test_a_wrong_token_is_found_without_showing_it(telegram_api: TelegramApi) -> None:
    channel = TelegramChannel("999:WRONG" + "B" * 30, "s", TELEGRAM, api_url=telegram_api.url)

    (finding,) = channel.examine()

    assert not finding.sound
    assert "TELEGRAM_BOT_TOKEN" in finding.mend and "WRONG" not in repr(finding)


def test_a_message_too_old_to_delete_keeps_no_other_from_being_deleted(
    telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    sent = [telegram.send(HER, Reply("one")) for _ in range(3)]
    telegram_api.bot.old.add(int(sent[0]))

    telegram.wipe(HER, [*sent, "9999"])

    assert list(telegram_api.bot.shown) == [int(sent[0])]


def test_a_group_is_told_once_and_left(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram.settle(Nothing("group", group=Address("telegram", "-1005")))

    until(telegram_api.calls, 2)
    assert [call.method for call in telegram_api.calls] == ["sendMessage", "leaveChat"]
    assert telegram_api.calls[0].fields["text"] == "Only in private."
    assert telegram_api.bot.left == {-1005}


def test_a_tap_in_a_group_is_acknowledged_and_no_more(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram_api.bot.queries.add("q7")

    telegram.settle(Nothing("group", tap="q7"))

    until(telegram_api.calls, 1)
    assert [(call.method, call.status) for call in telegram_api.calls] == [("answerCallbackQuery", 200)]


def test_a_blocked_bot_is_refused(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram_api.bot.blocked.add(CHAT)

    with pytest.raises(SendRefused) as refused:
        telegram.send(HER, Reply("hi"))

    assert refused.value.reason == "blocked"


@pytest.mark.parametrize(
    ("address", "text", "reason"),
    [
        ("5", "hi", "bad number"),
        ("not a number", "hi", "bad number"),
        (str(CHAT), "x" * 4097, "too long"),
        (str(CHAT), "🙂" * 2049, "too long"),
        (str(CHAT), " \n", "rejected"),
    ],
)
def test_a_refusal_says_why_in_plain_words(
    address: str, text: str, reason: str, telegram: TelegramChannel, telegram_api: TelegramApi
) -> None:
    telegram_api.bot.unknown.add(5)

    with pytest.raises(SendRefused) as refused:
        telegram.send(Address("telegram", address), Reply(text))

    assert refused.value.reason == reason


def test_telegram_says_how_long_to_wait(telegram: TelegramChannel, telegram_api: TelegramApi) -> None:
    telegram_api.bot.slow_down = 17

    with pytest.raises(SendLater) as later:
        telegram.send(HER, Reply("hi"))

    assert later.value.retry_after == 17


def test_a_refused_token_waits_and_is_shown_to_nobody(telegram_api: TelegramApi) -> None:
    channel = TelegramChannel("999:WRONG" + "B" * 30, "s", TELEGRAM, api_url=telegram_api.url)

    with pytest.raises(SendLater) as later:
        channel.send(HER, Reply("hi"))

    assert later.value.whole_channel
    assert "WRONG" not in repr(later.value)
    assert later.value.__cause__ is None


def test_a_server_that_does_not_answer_is_tried_again() -> None:
    channel = TelegramChannel(BOT, "s", TELEGRAM, api_url="http://127.0.0.1:9")

    with pytest.raises(SendLater):
        channel.send(HER, Reply("hi"))


# The stand-in itself: that it refuses what Telegram refuses, or the tests above prove nothing.


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("sendMessage", {"text": "hi"}),
        ("sendMessage", {"chat_id": "1"}),
        ("sendMessage", {"chat_id": "1", "text": "hi", "txet": "hi"}),
        ("sendMessage", {"chat_id": "1", "text": "hi", "protect_content": "yes"}),
        ("sendMessage", {"chat_id": "1", "text": "hi", "protect_content": "1"}),
        ("sendMessage", {"chat_id": "1", "text": "hi", "reply_markup": '{"inline_keyboard": [{"text": "a"}]}'}),
        ("sendMessage", {"chat_id": "1", "text": "hi", "reply_markup": '{"inline_keyboard": [[{"label": "a"}]]}'}),
        ("sendMessage", {"chat_id": "1", "text": "hi", "reply_markup": "{"}),
        ("deleteMessages", {"chat_id": "1", "message_ids": '["a"]'}),
        ("deleteMessages", {"chat_id": "1", "message_ids": "5"}),
        ("deleteMessage", {"chat_id": "1"}),
        ("deleteMessage", {"chat_id": "1", "message_id": "x"}),
        ("leaveChat", {}),
        ("getWebhookInfo", {"url": "x"}),
        ("setWebhook", {"url": "https://x", "allowed_updates": "message"}),
        ("setWebhook", {"secret_token": "x"}),
        ("sendVoice", {"chat_id": "1"}),
        ("sendPigeon", {"chat_id": "1"}),
        ("createForumTopic", {"chat_id": "1"}),
        ("deleteForumTopic", {"chat_id": "1", "message_thread_id": "x"}),
        ("setMessageReaction", {"chat_id": "1", "message_id": "5", "reaction": '[{"type": "emoji"}]'}),
        ("setMessageReaction", {"chat_id": "1", "message_id": "5", "reaction": '["x"]'}),
        ("setMyCommands", {"commands": '[{"command": "take"}]'}),
    ],
)
def test_the_description_refuses(method: str, fields: dict[str, str]) -> None:
    assert faults_in(method, fields)[1]


@pytest.mark.parametrize(
    ("token", "method", "fields", "status", "description"),
    [
        ("1:x", "getMe", {}, 401, "Unauthorized"),
        (BOT, "sendPigeon", {}, 404, "Not Found"),
        (BOT, "sendMessage", {"chat_id": "1", "text": ""}, 400, "Bad Request: message text is empty"),
        (BOT, "sendMessage", {"chat_id": "1", "text": "x" * 4097}, 400, "Bad Request: message is too long"),
        (
            BOT,
            "sendMessage",
            {
                "chat_id": "1",
                "text": "x",
                "reply_markup": json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "ئ" * 33}]]}),
            },
            400,
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        *(
            (BOT, "setMyCommands", {"commands": json.dumps([{"command": name, "description": "x"}])}, 400, _INVALID)
            for name in ("Take", "/take", "لیں", "take-it", "t" * 33, "")
        ),
        (BOT, "setMyCommands", {"language_code": "ur_Latn"}, 400, "Bad Request: invalid language code specified"),
    ],
)
def test_the_stand_in_answers_as_telegram_does(
    token: str, method: str, fields: dict[str, str], status: int, description: str, telegram_api: TelegramApi
) -> None:
    found_status, body = telegram_api.bot.call(token, method, fields)

    assert (found_status, body["description"]) == (status, description)


def test_a_call_that_asks_to_parse_her_words_is_refused(telegram_api: TelegramApi) -> None:
    status, body = telegram_api.bot.call(BOT, "sendMessage", {"chat_id": "1", "text": "_", "parse_mode": "MarkdownV2"})

    assert (status, str(body["description"])[:32]) == (400, "Bad Request: can't parse entities"[:32])


def test_what_is_kept_here_of_the_description_is_what_telegram_says() -> None:
    full_path = found(FULL_DESCRIPTION)
    if full_path is None:
        pytest.skip("the whole description lies in no folder here; the part of it beside this file was used")
    full = json.loads(full_path.read_text())

    def slim(entry: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
        return [{name: one[name] for name in ("name", "types", "required")} for one in entry.get("fields", [])]

    for part in ("methods", "types"):
        assert {name: slim(full[part][name]) for name in DESCRIPTION[part]} == DESCRIPTION[part]
    unions = {name: full["types"][name]["subtypes"] for name in DESCRIPTION["unions"]}
    assert unions == DESCRIPTION["unions"]
