"""What counts as a counsellor's own doing, and what is nothing: whatever Telegram, or anybody in its name, may post."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.chat.update import File, Update
from handlers.channel import Malformed, Nothing
from handlers.staff_updates import read_staff_update
from tests.handlers import hostile
from tests.handlers import payloads as real

BOT = "654321"
OWN = {"id": int(BOT), "is_bot": True, "first_name": "Hamraz"}
GROUP = {"id": -1_001, "type": "supergroup", "title": "Team"}


def read(update: dict[str, Any]) -> Update | Nothing:
    return read_staff_update(json.dumps(update).encode(), BOT)


def said(**content: Any) -> Update | Nothing:
    return read(real.update(message=real.telegram_message(**content)))


def test_a_message_in_a_topic_is_read_with_who_where_and_what() -> None:
    found = said(text="Are you safe?", message_thread_id=7, is_topic_message=True)

    assert found == Update(
        id="900001",
        kind="message",
        sender=real.HER_CHAT,
        chat=real.HER_CHAT,
        private=True,
        message=41,
        topic=7,
        text="Are you safe?",
        language="ur",
    )


@pytest.mark.parametrize(
    ("content", "file"),
    [
        ({"voice": real.VOICE}, File("voice", "VOICE1", "audio/ogg", 9000)),
        ({"photo": real.PHOTO, "caption": "x"}, File("photo", "LARGE", "image/jpeg", 180_000)),
        ({"document": real.DOCUMENT}, File("file", "DOC", "application/pdf", 5000)),
        ({"document": real.DOCUMENT | {"mime_type": "image/png"}}, File("photo", "DOC", "image/png", 5000)),
        ({"video_note": real.VIDEO_NOTE}, File("video", "ROUND", "", 80_000)),
        ({"sticker": real.STICKER}, File("other", "")),
        ({"contact": real.CONTACT}, File("other", "")),
        ({"text": "hi"}, None),
    ],
)
def test_a_file_is_named_by_what_telegram_calls_it(content: dict[str, Any], file: File | None) -> None:
    found = said(**content)

    assert isinstance(found, Update) and found.file == file


@pytest.mark.parametrize(
    "content",
    [
        {"from": real.her() | {"is_bot": True}},
        {"from": {"id": real.HER_CHAT, "first_name": "X"}},  # it does not say that it is none
        {"sender_chat": GROUP},
        {"via_bot": OWN},
        {"sender_business_bot": OWN},
        {"from": None},
    ],
)
def test_what_a_person_did_not_write_herself_is_nothing(content: dict[str, Any]) -> None:
    assert said(text="/take K7F3X", **content) == Nothing("not_a_person")


def test_what_is_written_in_a_group_is_nothing() -> None:
    for update in (
        real.update(message=real.telegram_message(text="/queue", chat=GROUP)),
        real.update(edited_message=real.telegram_message(text="/queue", chat=GROUP)),
        real.update(my_chat_member={"chat": GROUP, "from": real.her(), "new_chat_member": {"status": "member"}}),
    ):
        found = read(update)
        assert isinstance(found, Nothing) and found.group is not None and found.group.value == "-1001"


@pytest.mark.parametrize(
    ("update", "kind"),
    [
        (real.update(message=real.telegram_message(forum_topic_created={"name": "K7F3X"})), "service"),
        (real.update(message=real.telegram_message(text="x", pinned_message={"message_id": 1})), "service"),
        (real.update(poll={"id": "1"}), "unknown_update"),
        (
            real.update(my_chat_member={"chat": {"id": 5, "type": "private"}, "new_chat_member": {"status": "kicked"}}),
            "membership",
        ),
        (
            real.update(my_chat_member={"chat": GROUP, "new_chat_member": {"status": "left"}}),
            "membership",
        ),
        (real.update(message={"text": "x"}), "unreadable"),
        (real.update(callback_query={"data": "x"}), "unreadable"),
    ],
)
def test_what_asks_nothing_is_nothing(update: dict[str, Any], kind: str) -> None:
    found = read(update)

    assert isinstance(found, Nothing) and found.kind == kind


def test_a_forwarded_message_is_known_as_one() -> None:
    found = said(text="/close", forward_origin={"type": "hidden_user", "sender_user_name": "X", "date": 1})

    assert isinstance(found, Update) and found.forwarded


def test_a_reply_counts_only_to_the_bots_own_message() -> None:
    ours = real.telegram_message(text="K7F3X is yours now.") | {"from": OWN}
    others = real.telegram_message(text="K7F3X is yours now.") | {"from": OWN | {"id": 7}}

    for replied, expected in ((ours, "K7F3X is yours now."), (others, "")):
        found = said(text="hi", reply_to_message=replied)
        assert isinstance(found, Update) and found.answers == expected


def test_a_tap_says_what_the_button_means_and_what_it_stands_under() -> None:
    update = real.telegram_tap("take:K7F3X")
    update["callback_query"]["message"]["reply_to_message"] = real.telegram_message(text="Call me")

    found = read(update)

    assert isinstance(found, Update)
    assert (found.id, found.kind, found.data, found.beneath, found.message) == (
        "callback:4382bfdwdsb323b2d9",
        "tap",
        "take:K7F3X",
        "Call me",
        40,
    )


def test_a_tap_by_a_bot_or_under_nothing_only_comes_to_rest() -> None:
    for changed in ({"from": OWN}, {"message": None}, {"message": {"chat": {}}}):
        update = real.telegram_tap("take:K7F3X")
        update["callback_query"] |= changed

        assert read(update) == Nothing("unreadable", tap="4382bfdwdsb323b2d9")


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b'{"update_id": "1"}', b'{"update_id": true}', b"\xff"])
def test_what_telegram_never_sends_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_staff_update(body, BOT)


def test_no_place_of_an_update_makes_reading_fail_whatever_stands_there() -> None:
    grounds = [
        real.update(message=real.telegram_message(text="hi", reply_to_message=real.telegram_message(text="x"))),
        real.update(message=real.telegram_message(photo=real.PHOTO, caption="x")),
        real.update(message=real.telegram_message(voice=real.VOICE, forward_origin={"type": "user"})),
        real.update(edited_message=real.telegram_message(text="hi")),
        real.update(my_chat_member={"chat": GROUP, "from": real.her(), "new_chat_member": {"status": "member"}}),
        real.telegram_tap("take:K7F3X"),
    ]
    looked = 0
    for ground in grounds:
        for where in hostile.places(ground):
            for junk in (*hostile.JUNK, *list(hostile.TEXTS.values())[::5], hostile.GONE):
                if where == ("update_id",):
                    continue
                found = read(hostile.changed(ground, where, junk))
                assert isinstance(found, Update | Nothing)
                looked += 1
    assert looked > 4_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=5),
    max_leaves=20,
)
KINDS = st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll"])


@settings(max_examples=300, deadline=None)
@given(number=st.integers(-(2**70), 2**70), content=st.dictionaries(KINDS, JSON, max_size=3))
def test_whatever_json_is_read_or_malformed(number: int, content: dict[str, Any]) -> None:
    found = read({"update_id": number, **content})

    assert isinstance(found, Update | Nothing)
    if isinstance(found, Update):
        assert found.sender and found.chat and (found.kind == "tap" or found.message)
