"""Telegram: the one file that knows python-telegram-bot, used as transport and types only.

Its dispatcher, conversations and persistence are not used: they live in memory. Calls
run on one event loop in a daemon thread, so that plain threads can make them. Names,
user names and file addresses (they hold the token) are never kept.
Long, because no other file may know the library: calls first, then reading updates.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from telegram import (
    Bot,
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.limits import Limits
from bot.message import Address, InboundMessage, MediaKind, MediaReference, Pin, Reply
from handlers.channel import (
    Answer,
    Inbound,
    Malformed,
    MediaGone,
    MediaTooBig,
    Nothing,
    RawRequest,
    RefusalReason,
    SendError,
    SendLater,
    SendRefused,
    Unverified,
    clean,
    cut,
    read_tap,
    silence,
)
from handlers.event_loop import EventLoop

PATH = "/webhooks/telegram"
TELEGRAM_API = "https://api.telegram.org"

# Everything else is not even sent to us.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

CALLBACK = "callback:"  # begins the id of a tap; the rest is what answerCallbackQuery wants

SLOWEST_CALL = 45  # seconds; a call that hangs longer is given up and tried again
SLOWEST_FILE = 60
MOST_DELETED_AT_ONCE = 100  # deleteMessages, core.telegram.org/bots/api

# What a BadRequest's text begins with, lower case: Telegram gives no codes.
_REFUSALS: tuple[tuple[str, RefusalReason], ...] = (
    ("chat not found", "bad number"),
    ("user not found", "bad number"),
    ("peer_id_invalid", "bad number"),
    ("message is too long", "too long"),
    ("message_too_long", "too long"),
    ("user is deactivated", "unreachable"),
)


# Fields of messages that nobody wrote: Telegram tells what happened in the chat.
_SERVICE = frozenset(
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

T = TypeVar("T")


class TelegramChannel:
    """Private chats with one bot. Groups are never answered."""

    name = "telegram"
    answers_inline = False

    def __init__(self, token: str, secret: str, limits: Limits, *, api_url: str = TELEGRAM_API) -> None:
        """secret: what Telegram sends back with every update; 1 to 256 of A-Z a-z 0-9 _ -."""
        if not secret:
            raise ValueError("the Telegram channel needs a webhook secret")
        silence("telegram", "httpx", "httpcore")
        self.limits = limits
        self._secret = secret.encode()
        self._loop = EventLoop("telegram")
        api_url = api_url.rstrip("/")
        request = HTTPXRequest(
            connection_pool_size=32,
            connect_timeout=5,
            read_timeout=15,
            write_timeout=15,
            pool_timeout=10,
        )
        # Never initialised: that would ask Telegram who we are before the first message.
        self._bot = Bot(token, f"{api_url}/bot", f"{api_url}/file/bot", request=request)

    def __repr__(self) -> str:
        return "TelegramChannel()"

    def verify(self, raw: RawRequest) -> None:
        """Return if the request carries our secret, compared in constant time. Raises Unverified."""
        given = raw.header("X-Telegram-Bot-Api-Secret-Token")
        if not given:
            raise Unverified("no secret")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret):
            raise Unverified("wrong secret")

    def parse(self, raw: RawRequest, now: datetime) -> Inbound:
        """The message in an update. Raises Malformed only where Telegram cannot be the sender."""
        try:
            data = json.loads(raw.body)
        except (ValueError, RecursionError):
            raise Malformed("not JSON") from None
        if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
            raise Malformed("not an update")
        if data.keys().isdisjoint(ALLOWED_UPDATES):
            return Nothing("unknown_update")
        try:
            return _read(data, now)
        except Exception:  # noqa: BLE001  # it checks no types: anything may fail
            return _unreadable(data, now)

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """An empty answer: replies go through the outbox, so that none is lost on the way."""
        return Answer()

    def settle(self, message: InboundMessage) -> None:
        """Stop the tapped button's spinner and take its keyboard away."""
        if message.tap is not None and message.id.startswith(CALLBACK):
            self._loop.start(self._settle(message))

    async def _settle(self, message: InboundMessage) -> None:
        with suppress(TelegramError):  # a minute late, or answered before: the spinner is gone either way
            await self._bot.answer_callback_query(message.id.removeprefix(CALLBACK))
        if message.provider_copy:
            with suppress(TelegramError):  # gone already, or it stays: its epoch makes it harmless
                await self._bot.edit_message_reply_markup(
                    chat_id=int(message.address.value), message_id=int(message.provider_copy), reply_markup=None
                )

    def send(self, address: Address, reply: Reply) -> str:
        """Send a message and return its id in the chat. Raises SendLater or SendRefused."""
        sent = self._call(
            self._bot.send_message(
                chat_id=_chat(address),
                text=clean(reply.text),
                reply_markup=_keyboard(reply),
                protect_content=reply.protect or None,
                # A preview would have Telegram open the page, and show it large on her screen.
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )
        return str(sent.message_id)

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        """Delete messages of both sides, as far as Telegram lets us: 48 hours back.

        A file has no id of its own here: it goes with its message.
        Raises SendLater or SendRefused.
        """
        numbers = sorted({int(one) for one in ids if one.isascii() and one.isdigit()})
        for start in range(0, len(numbers), MOST_DELETED_AT_ONCE):
            batch = numbers[start : start + MOST_DELETED_AT_ONCE]
            self._call(self._bot.delete_messages(chat_id=_chat(address), message_ids=batch))

    def fetch(self, reference: MediaReference, limit: int) -> bytes:
        """The file's bytes. Raises MediaTooBig, MediaGone or SendLater."""
        if reference.size is not None and reference.size > limit:
            raise MediaTooBig(f"over {limit} bytes")
        try:
            return self._call(self._fetch(reference.reference, limit), SLOWEST_FILE)
        except SendRefused as refused:
            raise MediaGone(refused.reason) from None

    async def _fetch(self, file_id: str, limit: int) -> bytes:
        try:
            file = await self._bot.get_file(file_id)
        except BadRequest as error:
            if "too big" in error.message.lower():  # over the 20 MB that a bot may download
                raise MediaTooBig("over 20 MB") from None
            raise
        # The size Telegram states is checked first, because the library reads a file whole.
        if file.file_size is None or file.file_size > limit:
            raise MediaTooBig(f"over {limit} bytes")
        try:
            body = bytes(await file.download_as_bytearray())
        except InvalidToken:  # how the library reads a 404; the token was good a moment ago
            raise MediaGone("not there any more") from None
        if len(body) > limit:
            raise MediaTooBig(f"over {limit} bytes")
        return body

    def connect(self, public_url: str) -> None:
        """Tell Telegram where to send updates, with the secret. Raises SendLater or SendRefused."""
        self._call(
            self._bot.set_webhook(
                url=public_url.rstrip("/") + PATH,
                secret_token=self._secret.decode(),
                allowed_updates=list(ALLOWED_UPDATES),
            )
        )

    def check(self) -> str:
        """The bot's own user name, for `hamraz doctor`. Raises SendLater or SendRefused."""
        return self._call(self._bot.get_me()).username or ""

    def _call(self, call: Coroutine[Any, Any, T], slowest: float = SLOWEST_CALL) -> T:
        future = self._loop.start(call)
        try:
            return future.result(slowest)
        except TelegramError as error:
            raise translated(error) from None  # its cause may hold the token in an address
        except TimeoutError:
            future.cancel()
            raise SendLater("no answer") from None


def translated(error: TelegramError) -> SendError:
    """What a failed call means to us."""
    match error:
        case RetryAfter(retry_after=wait):
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            return SendLater("slow down", seconds)
        case Forbidden():
            return SendRefused("403", "blocked")
        case InvalidToken():
            # Ours to mend; her message waits meanwhile.
            return SendLater("the token is refused", 60, whole_channel=True)
        case BadRequest(message=text):
            found = (reason for start, reason in _REFUSALS if text.lower().startswith(start))
            return SendRefused("400", next(found, "rejected"))
        case ChatMigrated():
            return SendRefused("400", "rejected")
    return SendLater(type(error).__name__)


def _chat(address: Address) -> int:
    try:
        return int(address.value)
    except ValueError:
        raise SendRefused("400", "bad number") from None


def _keyboard(
    reply: Reply,
) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if reply.asks_pin:
        # Only a reply keyboard can ask for a place, and a message holds one keyboard: so its
        # buttons become keys that type their label, which every node reads as an answer.
        keys = [[KeyboardButton("📍", request_location=True)]]
        keys += [[KeyboardButton(button.label) for button in row] for row in reply.buttons]
        return ReplyKeyboardMarkup(keys, resize_keyboard=True, one_time_keyboard=True)
    if reply.buttons:
        rows = [[InlineKeyboardButton(one.label, callback_data=one.data) for one in row] for row in reply.buttons]
        return InlineKeyboardMarkup(rows)
    return ReplyKeyboardRemove()  # does nothing where there is none


# Reading. Telegram repeats an update until we take it and holds back all later ones
# meanwhile. So one that cannot be read is taken, and she is told that we could not read it.


def _read(data: dict[str, Any], now: datetime) -> Inbound:
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
        return Nothing("group")
    if not _SERVICE.isdisjoint(fields):
        return Nothing("service")
    text, problem = cut(_string(message.text or message.caption or ""))
    media = _media(message)
    pin = None
    if message.location is not None:
        pin = Pin(float(message.location.latitude), float(message.location.longitude))
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
    if shown is not None and shown.chat.type != "private":
        return Nothing("group")
    chat = shown.chat.id if shown is not None else query.from_user.id
    return InboundMessage(
        id=CALLBACK + cut(_string(query.id))[0],
        channel="telegram",
        received=now,
        address=Address("telegram", str(_integer(chat))),
        tap=read_tap(_string(query.data or "")),
        language_hint=cut(_string(query.from_user.language_code or ""))[0][:35],
        provider_copy=str(_integer(shown.message_id)) if shown is not None else "",
    )


def _membership(change: ChatMemberUpdated, number: str, now: datetime) -> Inbound:
    if change.chat.type != "private" or change.new_chat_member.status != "kicked":
        return Nothing("membership")
    # She blocked the bot: the same wish as a carrier's STOP.
    return InboundMessage(
        id=number,
        channel="telegram",
        received=now,
        address=Address("telegram", str(_integer(change.chat.id))),
        opt_out="STOP",
    )


def _unreadable(data: dict[str, Any], now: datetime) -> Inbound:
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
