"""Ways that a talk can take on its channel, from webhook to provider: blocked, opted out, edited, in a group, a late file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.settings import Settings
from operating.clock import now
from storage import outbox
from tests.bot.test_media import jpeg
from tests.handlers import payloads as real
from tests.peers.bot_api import TelegramApi
from tests.peers.twilio_api import TwilioApi
from tests.phones import make_hamraz
from tests.whole.providers import Chat, House, open_house, photo, settings_of, text

# What differs here is the channel, not the database.
pytestmark = [pytest.mark.peer, pytest.mark.parametrize("settings", ["sqlite"], indirect=True)]

TO_THE_STORY = ["hi", "1", "1", "1", "1", "2", "1", "2", "1", "2"]
WOMAN, NUMBER = 7_001_112, "+923007001112"


@pytest.fixture
def house(settings: Settings, twilio_api: TwilioApi, telegram_api: TelegramApi) -> Iterator[House]:
    hamraz = make_hamraz(settings_of(settings, twilio_api, telegram_api))
    yield open_house(hamraz, twilio_api, telegram_api)
    hamraz.counter.close()
    hamraz.database.close()


@pytest.fixture
def chat(house: House) -> Chat:
    return Chat(house.telegram, WOMAN)


def may_write_unasked(house: House, channel: str, address: str) -> bool:
    hamraz = house.hamraz
    tag = hamraz.conversation._parts.senders.of(channel, address, now()).outbox_tag
    return hamraz.database.work(
        lambda unit: outbox.put(
            unit, hamraz.keyring, tag, "send", channel, address, {"text": "?"}, now(), unasked=True
        )
    )  # fmt: skip


def talk(house: House, chat: Chat, *words: str) -> None:
    for one in words:
        assert house.bring(chat.chooses(one)).status == 200
        house.deliver("telegram")


def test_who_blocked_the_bot_is_left_alone_until_she_writes_again(house: House, chat: Chat) -> None:
    house.telegram.bot.blocked.add(WOMAN)
    talk(house, chat, "hi", "hello?")
    tries = house.telegram.methods().count("sendMessage")
    assert not may_write_unasked(house, "telegram", str(WOMAN))

    house.telegram.bot.blocked.clear()
    talk(house, chat, "hi")

    assert tries == 2
    assert len(chat.seen()) > 0
    assert may_write_unasked(house, "telegram", str(WOMAN))


def test_who_told_her_carrier_to_stop_is_left_alone(house: House) -> None:
    house.bring(text("sms", NUMBER, "hi"))
    assert may_write_unasked(house, "sms", NUMBER)
    house.twilio.next_error = (400, 21610)

    house.deliver("sms")

    assert not may_write_unasked(house, "sms", NUMBER)


def test_what_she_corrects_in_her_story_is_added_to_it(house: House, chat: Chat) -> None:
    talk(house, chat, *TO_THE_STORY, "he was standing on the left")
    said = len(chat.seen())

    corrected = chat.says("he was standing on the right").body.replace(b'"message"', b'"edited_message"', 1)
    one = chat.says("x")
    assert house.bring(type(one)(one.path, corrected, one.headers)).status == 200
    house.deliver("telegram")

    assert len(chat.seen()) == said + 1


def test_a_group_is_told_once_in_every_language_and_left(house: House, chat: Chat) -> None:
    one = chat.says("salaam")
    group = one.body.replace(b'"type": "private"', b'"type": "group"').replace(str(WOMAN).encode(), b"-5005")

    assert house.bring(type(one)(one.path, group, one.headers)).status == 200

    for _ in range(500):
        if house.telegram.bot.left:
            break
        house.worker._stopping.wait(0.01)
    assert house.telegram.methods() == ["sendMessage", "leaveChat"]
    assert house.telegram.bot.left == {-5005}


def test_a_photo_that_twilio_could_not_give_at_once_is_fetched_by_the_worker_and_wiped(house: House) -> None:
    for words in TO_THE_STORY:
        house.bring(text("whatsapp", NUMBER, words))
    sent = photo("whatsapp", NUMBER, house.twilio, jpeg())
    files = dict(house.twilio.media)
    house.twilio.points_to = "http://127.0.0.1:9/"  # its storage host is away
    first = house.bring(sent)
    house.twilio.points_to = ""

    house.deliver("whatsapp")  # the worker's turn: fetched, taken in, and removed at Twilio

    assert first.status == 200 and b"Message" in first.body
    (media,) = files
    deleted = [call.path for call in house.twilio.calls if call.method == "DELETE" and media in call.path]
    assert len(deleted) == 1
    assert house.refused_calls() == []


def test_a_call_of_real_shape_that_no_person_made_changes_nothing(house: House, chat: Chat) -> None:
    talk(house, chat, *TO_THE_STORY)
    said = len(chat.seen())

    for content in (
        {"poll_answer": {"poll_id": "1", "option_ids": [0], "user": real.her()}},
        {"edited_message": real.telegram_message(location=real.LOCATION, edit_date=1)},
        {"message": real.telegram_message(message_auto_delete_timer_changed={"message_auto_delete_time": 9})},
    ):
        assert house.bring(chat._update(**content)).status == 200
    house.deliver("telegram")

    assert len(chat.seen()) == said
