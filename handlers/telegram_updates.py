"""Reading Telegram's updates. Names and user names come along in each; they are never kept.

Telegram repeats an update until we take it, and holds back all later ones meanwhile. So one
that cannot be read is taken all the same, and she is told that we could not read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update

from bot.message import Address, InboundMessage, MediaKind, MediaReference, Pin
from handlers.channel import Inbound, Nothing, cut, on_earth, read_tap

# Everything else is not even sent to us.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

CALLBACK = "callback:"  # begins the id of a tap; the rest is what answerCallbackQuery wants

LONGEST_ID = 256  # characters of a callback query id; they are about 20

# Fields of messages that nobody wrote: Telegram tells what happened in the chat.
SERVICE = frozenset(
    [
        "new_chat_members",
        "left_chat_member",
        "chat_owner_left",
        "chat_owner_changed",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "group_chat_created",
        "supergroup_chat_created",
        "channel_chat_created",
        "message_auto_delete_timer_changed",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "pinned_message",
        "successful_payment",
        "refunded_payment",
        "gift",
        "unique_gift",
        "gift_upgrade_sent",
        "connected_website",
        "write_access_allowed",
        "proximity_alert_triggered",
        "boost_added",
        "chat_background_set",
        "checklist_tasks_done",
        "checklist_tasks_added",
        "direct_message_price_changed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "giveaway_created",
        "giveaway_completed",
        "managed_bot_created",
        "paid_message_price_changed",
        "poll_option_added",
        "poll_option_deleted",
        "suggested_post_approved",
        "suggested_post_approval_failed",
        "suggested_post_declined",
        "suggested_post_paid",
        "suggested_post_refunded",
        "video_chat_scheduled",
        "video_chat_started",
        "video_chat_ended",
        "video_chat_participants_invited",
    ]
)


def read_update(data: dict[str, Any], now: datetime) -> Inbound:
    """The message in an update. Raises anything at all: the library checks no types."""
    update = Update.de_json(data)
    number = str(update.update_id)
    if update.message is not None:
        return _message(update.message, data["message"], number, now)
    if update.edited_message is not None:
        return _edited(update.edited_message, number, now)
    if update.callback_query is not None:
        return _tap(update.callback_query, now)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, number, now)
    return Nothing("unknown_update")


def _message(message: Message, fields: Iterable[str], number: str, now: datetime) -> Inbound:
    if message.chat.type != "private":
        return _group(message.chat.id)
    if not SERVICE.isdisjoint(fields):
        return Nothing("service")
    text, too_long = cut(_string(message.text or message.caption or ""))
    problem: Literal["", "too_long", "unreadable"] = too_long
    media = _media(message)
    pin = None
    if message.location is not None:
        pin = Pin(float(message.location.latitude), float(message.location.longitude))
        if not on_earth(pin):
            pin, problem = None, problem or "unreadable"
    return InboundMessage(
        id=number,
        channel="telegram",
        received=now,
        address=Address("telegram", str(_integer(message.chat.id))),
        text=text,
        media=(media,) if media else (),
        pin=pin,
        language_hint=_language(message),
        provider_copy=str(_integer(message.message_id)),
        # A sticker, a contact, a poll, or a kind younger than this file.
        problem=problem or ("" if message.text or media or pin else "unknown_media"),
    )


def _edited(message: Message, number: str, now: datetime) -> Inbound:
    if message.chat.type != "private":
        return Nothing("group")
    text, problem = cut(_string(message.text or message.caption or ""))
    if not text:
        return Nothing("edit")  # a live location moves by edits, many a minute
    return InboundMessage(
        id=number,
        channel="telegram",
        received=now,
        address=Address("telegram", str(_integer(message.chat.id))),
        text=text,
        edited=True,
        language_hint=_language(message),
        provider_copy=str(_integer(message.message_id)),
        problem=problem,
    )


def _tap(query: CallbackQuery, now: datetime) -> Inbound:
    shown = query.message  # may be too old for Telegram to show it again, or missing
    query_id = cut(_string(query.id))[0][:LONGEST_ID]
    if shown is not None and shown.chat.type != "private":
        return Nothing("group", tap=query_id)
    chat = shown.chat.id if shown is not None else query.from_user.id
    return InboundMessage(
        id=CALLBACK + query_id,
        channel="telegram",
        received=now,
        address=Address("telegram", str(_integer(chat))),
        tap=read_tap(_string(query.data or "")),
        language_hint=cut(_string(query.from_user.language_code or ""))[0][:35],
        provider_copy=str(_integer(shown.message_id)) if shown is not None else "",
    )


def _group(chat_id: object) -> Nothing:
    """Somebody else may read along there, so nothing is heard in it but that it is no place for this."""
    return Nothing("group", group=Address("telegram", str(_integer(chat_id))))


def _membership(change: ChatMemberUpdated, number: str, now: datetime) -> Inbound:
    if change.chat.type != "private":
        joined = change.new_chat_member.status not in ("left", "kicked")
        return _group(change.chat.id) if joined else Nothing("membership")
    if change.new_chat_member.status != "kicked":
        return Nothing("membership")
    # She blocked the bot: the same wish as a carrier's STOP.
    return InboundMessage(
        id=number,
        channel="telegram",
        received=now,
        address=Address("telegram", str(_integer(change.chat.id))),
        opt_out="STOP",
    )


def unreadable_update(data: dict[str, Any], now: datetime) -> Inbound:
    """What can still be said of an update that `read_update` failed on. Raises nothing."""
    query = data.get("callback_query")
    if isinstance(query, dict) and isinstance(query.get("id"), str):
        return Nothing("unreadable", tap=cut(query["id"])[0][:LONGEST_ID])
    for kind in ("message", "edited_message"):
        message = data.get(kind)
        chat = message.get("chat") if isinstance(message, dict) else None
        if isinstance(chat, dict) and chat.get("type") == "private" and type(chat.get("id")) is int:
            return InboundMessage(
                id=str(data["update_id"]),
                channel="telegram",
                received=now,
                address=Address("telegram", str(chat["id"])),
                problem="unreadable",
            )
    return Nothing("unreadable")


def _media(message: Message) -> MediaReference | None:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return MediaReference("photo", _string(largest.file_id), "image/jpeg", largest.file_size)
    kinds: tuple[tuple[MediaKind, Any], ...] = (
        ("voice", message.voice),
        ("voice", message.audio),
        ("video", message.video),
        ("video", message.video_note),
        ("video", message.animation),  # comes with a document of the same file
        ("file", message.document),
    )
    for kind, file in kinds:
        if file is not None:
            declared = cut(_string(getattr(file, "mime_type", None) or ""))[0][:100].lower()
            if kind == "file" and declared.startswith("image/"):
                kind = "photo"  # sent "as a file", to keep its quality
            return MediaReference(kind, _string(file.file_id), declared, file.file_size)
    return None


def _language(message: Message) -> str:
    code = message.from_user.language_code if message.from_user else None
    return cut(_string(code or ""))[0][:35]


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value
