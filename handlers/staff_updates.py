"""Reading the staff bot's updates. Whatever cannot be a counsellor's own doing is nothing: a bot's, a channel's, somebody else's
message handed on by a bot, a thing that happened in the chat. Names and user names come along in each; they are never kept."""

from __future__ import annotations

import json
from typing import Any, Literal

from bot.message import Address
from casework.chat.update import File, Update
from handlers.channel import Malformed, Nothing, cut
from handlers.telegram_updates import ALLOWED_UPDATES, CALLBACK, LONGEST_ID, SERVICE

_FILES = (("voice", "voice"), ("audio", "file"), ("video", "video"), ("video_note", "video"), ("document", "file"))
_LONGEST_FILE_ID = 512
_Kind = Literal["message", "edit", "tap"]


def read_staff_update(body: bytes, own_id: str) -> Update | Nothing:
    """What somebody did.

    own_id  the bot's own: a reply counts only to one of its messages
    Raises Malformed where Telegram cannot be the sender.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(data, dict) or type(data.get("update_id")) is not int:
        raise Malformed("not an update")
    if data.keys().isdisjoint(ALLOWED_UPDATES):
        return Nothing("unknown_update")
    number = str(data["update_id"])
    for key, kind in (("message", "message"), ("edited_message", "edit")):
        if key in data:
            return _message(_Fields(data[key]), number, "message" if kind == "message" else "edit", own_id)
    if "callback_query" in data:
        return _tap(_Fields(data["callback_query"]), own_id)
    return _membership(_Fields(data.get("my_chat_member")))


class _Fields:
    """An object of the update, every field of which may be missing or of a wrong kind."""

    def __init__(self, value: object) -> None:
        self._value: dict[str, Any] = value if isinstance(value, dict) else {}

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def of(self, name: str) -> _Fields:
        return _Fields(self._value.get(name))

    def number(self, name: str) -> int:
        """A whole number of 52 bits, as ids of accounts and chats are; 0 for anything else."""
        value = self._value.get(name)
        return value if type(value) is int and abs(value) < 2**52 else 0

    def text(self, name: str, longest: int = 10_000) -> str:
        value = self._value.get(name)
        return cut(value)[0][:longest] if isinstance(value, str) else ""

    def flag(self, name: str) -> bool | None:
        value = self._value.get(name)
        return value if isinstance(value, bool) else None

    def items(self, name: str) -> list[_Fields]:
        value = self._value.get(name)
        return [_Fields(one) for one in value] if isinstance(value, list) else []

    @property
    def names(self) -> set[str]:
        return set(self._value)


def _message(message: _Fields, number: str, kind: _Kind, own_id: str) -> Update | Nothing:
    chat, sender = message.of("chat"), message.of("from")
    if (group := _group(chat)) is not None:
        return group  # nothing that is written there is heard
    if not chat.number("id") or not message.number("message_id") or chat.text("type") != "private":
        return Nothing("unreadable")
    if not _is_a_person(message, sender):
        return Nothing("not_a_person")
    if not SERVICE.isdisjoint(message.names):
        return Nothing("service")
    return Update(
        id=number,
        kind=kind,
        sender=sender.number("id"),
        chat=chat.number("id"),
        private=True,
        message=message.number("message_id"),
        topic=message.number("message_thread_id") or None,
        text=message.text("text") or message.text("caption"),
        answers=_answers(message.of("reply_to_message"), own_id),
        file=_file(message),
        forwarded="forward_origin" in message or "external_reply" in message,
        language=sender.text("language_code", 35),
    )


def _tap(query: _Fields, own_id: str) -> Update | Nothing:
    query_id = query.text("id", LONGEST_ID)
    shown, sender = query.of("message"), query.of("from")
    chat = shown.of("chat")
    if not query_id:
        return Nothing("unreadable")
    if not sender.number("id") or _is_bot(sender) or not chat.number("id"):
        return Nothing("unreadable", tap=query_id)  # of a message too old to be shown again, too
    return Update(
        id=CALLBACK + query_id,
        kind="tap",
        sender=sender.number("id"),
        chat=chat.number("id"),
        private=chat.text("type") == "private",
        message=shown.number("message_id"),
        topic=shown.number("message_thread_id") or None,
        text=shown.text("text") or shown.text("caption"),
        data=query.text("data", 64),
        answers=_answers(shown, own_id),
        beneath=shown.of("reply_to_message").text("text"),
        language=sender.text("language_code", 35),
    )


def _membership(change: _Fields) -> Nothing:
    chat = change.of("chat")
    joined = change.of("new_chat_member").text("status") not in ("left", "kicked", "")
    return (_group(chat) if joined else None) or Nothing("membership")


def _group(chat: _Fields) -> Nothing | None:
    """A group or a channel; which of them the bot stays in, the channel knows. Their ids are below zero."""
    if chat.text("type") in ("group", "supergroup", "channel") and chat.number("id") < 0:
        return Nothing("group", group=Address("telegram-staff", str(chat.number("id"))))
    return None


def _answers(replied: _Fields, own_id: str) -> str:
    """What stands in the bot's own message that this one answers. Anybody else's message names no case."""
    mine = str(replied.of("from").number("id")) == own_id
    return (replied.text("text") or replied.text("caption")) if mine else ""


def _is_a_person(message: _Fields, sender: _Fields) -> bool:
    handed_on = {"sender_chat", "via_bot", "sender_business_bot", "is_automatic_forward"} & message.names
    return bool(sender.number("id")) and not _is_bot(sender) and not handed_on


def _is_bot(sender: _Fields) -> bool:
    """Whether Telegram says that it is, or does not say that it is none."""
    return sender.flag("is_bot") is not False


def _file(message: _Fields) -> File | None:
    photos = message.items("photo")
    if photos:
        largest = max(photos, key=lambda size: size.number("width") * size.number("height"))
        return _named("photo", largest, "image/jpeg")
    for name, kind in _FILES:
        if name in message:
            found = message.of(name)
            declared = found.text("mime_type", 100).lower()
            return _named("photo" if kind == "file" and declared.startswith("image/") else kind, found, declared)
    others = {"sticker", "contact", "location", "poll", "venue", "dice", "animation", "story"} & message.names
    return File("other", "") if others and "text" not in message else None


def _named(kind: str, found: _Fields, declared: str) -> File:
    return File(kind, found.text("file_id", _LONGEST_FILE_ID), declared, found.number("file_size") or None)
