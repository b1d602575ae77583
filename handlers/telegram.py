"""Telegram, by python-telegram-bot, used as transport and types only.

Its dispatcher, conversations and persistence are not used: they live in memory. Calls
run on one event loop in a daemon thread, so that plain threads can make them. Names,
user names and file addresses (they hold the token) are never kept.
"""

from __future__ import annotations

import hmac
import json
import re
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from telegram import (
    Bot,
    File,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    WebhookInfo,
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
from bot.media import MediaGone, MediaTooBig
from bot.message import Address, Enclosed, InboundMessage, MediaReference, Reply
from handlers.channel import (
    Answer,
    Finding,
    Inbound,
    Malformed,
    NotConnected,
    Nothing,
    RawRequest,
    RefusalReason,
    SendError,
    SendLater,
    SendRefused,
    Unverified,
    clean,
    silence,
)
from handlers.event_loop import EventLoop
from handlers.streaming import streamed
from handlers.telegram_updates import ALLOWED_UPDATES, CALLBACK, read_update, unreadable_update

PATH = "/webhooks/telegram"
TELEGRAM_API = "https://api.telegram.org"

SECRET = re.compile("[A-Za-z0-9_-]{1,256}")  # what setWebhook takes
TOKEN_REFUSED = "the token is refused"  # noqa: S105  # words, not a token
SLOWEST_CALL = 45  # seconds; a call that hangs longer is given up and tried again
SLOWEST_UPLOAD = 60  # seconds, of a file of ten megabytes
MOST_DELETED_AT_ONCE = 100  # deleteMessages, core.telegram.org/bots/api

# What a BadRequest's text begins with, lower case: Telegram gives no codes.
_REFUSALS: tuple[tuple[str, RefusalReason], ...] = (
    ("chat not found", "bad number"),
    ("user not found", "bad number"),
    ("peer_id_invalid", "bad number"),
    ("message is too long", "too long"),
    ("message_too_long", "too long"),
    ("user is deactivated", "unreachable"),
    ("message thread not found", "topic gone"),
    ("topic_id_invalid", "topic gone"),
    ("topic_deleted", "topic gone"),
    ("the chat is not a forum", "no topics"),
    ("chat is not a forum", "no topics"),
    ("channel_forum_missing", "no topics"),
    ("not enough rights to create a topic", "no topics"),
)

T = TypeVar("T")


class TelegramChannel:
    """Private chats with one bot. Groups are never answered."""

    name = "telegram"
    path = PATH
    settings = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET")  # as operators write them
    answers_inline = False
    her_copy_stays = False

    def __init__(
        self,
        token: str,
        secret: str,
        limits: Limits,
        *,
        api_url: str = TELEGRAM_API,
        public_url: str = "",
        secret_path: str = "",
        private_only: str = "",
    ) -> None:
        """
        secret        what Telegram sends back with every update; 1 to 256 of A-Z a-z 0-9 _ -
        public_url    where the internet reaches us, to compare with what Telegram has
        secret_path   an address of our webhook that nobody can guess, besides the plain one
        private_only  said once to a group before we leave it; "": nothing is said
        """
        if not secret:
            raise ValueError("the Telegram channel needs a webhook secret")
        silence("telegram", "httpx", "httpcore")
        self.limits = limits
        self._secret = secret.encode()
        self._secret_path = secret_path.encode()
        self._public_url = public_url
        self._private_only = private_only
        self._loop = EventLoop(self.name)
        api_url = api_url.rstrip("/")
        request = HTTPXRequest(
            connection_pool_size=32,
            connect_timeout=5,
            read_timeout=15,
            write_timeout=15,
            media_write_timeout=50,
            pool_timeout=10,
        )
        # Never initialised: that would ask Telegram who we are before the first message.
        self._bot = Bot(token, f"{api_url}/bot", f"{api_url}/file/bot", request=request)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def verify(self, raw: RawRequest) -> None:
        """Return if the request carries our secret, compared in constant time. Raises Unverified."""
        given = raw.header("X-Telegram-Bot-Api-Secret-Token")
        if not given:
            raise Unverified("no secret")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret):
            raise Unverified("wrong secret")
        path = raw.url.partition("?")[0].rpartition(self.path)[2].removeprefix("/")
        if path and not hmac.compare_digest(path.encode("utf-8", "replace"), self._secret_path):
            raise Unverified("wrong path")

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
            return read_update(data, now)
        except Exception:  # noqa: BLE001  # it checks no types: anything may fail
            return unreadable_update(data, now)

    def answer(self, replies: Sequence[Reply]) -> Answer:
        """An empty answer: replies go through the outbox, so that none is lost on the way."""
        return Answer()

    def settle(self, taken: InboundMessage | Nothing) -> None:
        """Stop a tapped button's spinner and take its keyboard away; leave a group."""
        if isinstance(taken, InboundMessage):
            if taken.tap is not None and taken.id.startswith(CALLBACK):
                self._loop.start(self._settle(taken))
        elif taken.tap or taken.group:
            self._loop.start(self._decline(taken))

    async def _decline(self, taken: Nothing) -> None:
        if taken.tap:
            await self._stop_spinner(taken.tap)
        if taken.group is None:
            return
        if self._private_only:
            with suppress(TelegramError):  # we may not be let speak there
                await self._bot.send_message(chat_id=int(taken.group.value), text=self._private_only)
        with suppress(TelegramError):  # out already
            await self._bot.leave_chat(int(taken.group.value))

    async def _stop_spinner(self, query_id: str) -> None:
        with suppress(TelegramError):  # a minute late, or answered before: the spinner is gone either way
            await self._bot.answer_callback_query(query_id)

    async def _settle(self, message: InboundMessage) -> None:
        await self._stop_spinner(message.id.removeprefix(CALLBACK))
        if message.provider_copy:
            with suppress(TelegramError):  # gone already, or it stays: its epoch makes it harmless
                await self._bot.edit_message_reply_markup(
                    chat_id=int(message.address.value), message_id=int(message.provider_copy), reply_markup=None
                )

    def send(self, address: Address, reply: Reply) -> str:
        """Send a message and return its id in the chat. Raises SendLater or SendRefused."""
        if reply.file is not None:
            return self._send_file(address, reply, reply.file)
        sent = self._call(
            self._bot.send_message(
                chat_id=chat_number(address),
                text=clean(reply.text),
                reply_markup=_keyboard(reply),
                protect_content=reply.protect or None,
                # A preview would have Telegram open the page, and show it large on her screen.
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )
        return str(sent.message_id)

    def _send_file(self, address: Address, reply: Reply, file: Enclosed) -> str:
        content = file.content()
        if content is None:
            raise SendRefused("file", "rejected")  # taken away meanwhile
        upload = InputFile(content, filename=file.name)
        chat, caption, bot = chat_number(address), clean(reply.text) or None, self._bot
        match file.kind:
            case "photo":  # covered until she taps it: somebody may be looking over her shoulder
                call = bot.send_photo(chat_id=chat, photo=upload, caption=caption, has_spoiler=True)
            case "voice":
                call = bot.send_voice(chat_id=chat, voice=upload, caption=caption)
            case _:
                call = bot.send_document(
                    chat_id=chat, document=upload, caption=caption, disable_content_type_detection=True
                )
        return str(self._call(call, SLOWEST_UPLOAD).message_id)

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        """Delete messages of both sides, as far as Telegram lets us: 48 hours back.

        A file has no id of its own here: it goes with its message.
        Raises SendLater or SendRefused.
        """
        numbers = sorted({int(one) for one in ids if one.isascii() and one.isdigit()})
        for start in range(0, len(numbers), MOST_DELETED_AT_ONCE):
            batch = numbers[start : start + MOST_DELETED_AT_ONCE]
            try:
                self._call(self._bot.delete_messages(chat_id=chat_number(address), message_ids=batch))
            except SendRefused as refused:
                if refused.reason != "rejected":
                    raise
                self._wipe_one_by_one(address, batch)

    def _wipe_one_by_one(self, address: Address, numbers: Sequence[int]) -> None:
        """One message that may not be deleted, being too old, spoils a whole batch."""
        for number in numbers:
            try:
                self._call(self._bot.delete_message(chat_id=chat_number(address), message_id=number))
            except SendRefused as refused:
                if refused.reason != "rejected":
                    raise

    def fetch(self, reference: MediaReference, limit: int, patience: float = 60) -> bytes:
        """The file's bytes. Raises MediaTooBig, MediaGone or SendLater."""
        if reference.size is not None and reference.size > limit:
            raise MediaTooBig(f"over {limit} bytes")
        begun = time.monotonic()
        try:
            file = self._call(self._found(reference.reference), patience)
        except SendRefused as refused:
            raise MediaGone(refused.reason) from None
        if file.file_path is None:
            raise MediaGone("it has no address")
        if file.file_size is not None and file.file_size > limit:
            raise MediaTooBig(f"over {limit} bytes")
        # Past the library, which reads a file whole, whatever its size.
        return streamed(file.file_path, limit, patience - (time.monotonic() - begun), ())

    async def _found(self, file_id: str) -> File:
        try:
            return await self._bot.get_file(file_id)
        except BadRequest as error:
            if "too big" in error.message.lower():  # over the 20 MB that a bot may download
                raise MediaTooBig("over 20 MB") from None
            raise

    @property
    def webhook_url(self) -> str:
        """Where Telegram is to send updates."""
        path = f"{self.path}/{self._secret_path.decode()}" if self._secret_path else self.path
        return self._public_url.rstrip("/") + path

    def connect(self) -> Iterator[str]:
        """Tell Telegram where to send updates, with the secret. Raises NotConnected."""
        if not SECRET.fullmatch(self._secret.decode()):
            raise NotConnected(f"{self.settings[1]} takes 1 to 256 letters, digits, _ and - only")
        try:
            self._call(
                self._bot.set_webhook(
                    url=self.webhook_url,
                    secret_token=self._secret.decode(),
                    allowed_updates=list(ALLOWED_UPDATES),
                )
            )
        except SendError as error:
            raise NotConnected(self._mend(error)) from None
        yield f"{self.name}: webhook set"

    def examine(self) -> Iterator[Finding]:
        """Ask Telegram who we are and where it sends updates. Raises nothing."""
        try:
            name = self._call(self._bot.get_me()).username
            yield Finding(True, f"the bot is @{name}")
            yield from self._examine_webhook(self._call(self._bot.get_webhook_info()))
        except SendError as error:
            yield Finding(False, "the bot", self._mend(error))

    def _examine_webhook(self, info: WebhookInfo) -> Iterator[Finding]:
        mend = "run `hamraz channels connect`"
        # Neither address is shown: a secret may be part of it.
        yield Finding(info.url == self.webhook_url, "where Telegram sends what comes in", f"not to us: {mend}")
        asked = set(info.allowed_updates or ())
        yield Finding(asked == set(ALLOWED_UPDATES), "which updates Telegram sends", mend)
        waiting = info.pending_update_count
        failing = bool(info.last_error_message) and waiting > 0
        yield Finding(not failing, "what waits at Telegram", f"{waiting} updates, and it cannot reach us")

    def _mend(self, error: SendError) -> str:
        """What an operator can do about a failed call."""
        if isinstance(error, SendLater) and error.why == TOKEN_REFUSED:
            return f"Telegram refuses the token: check {self.settings[0]}"
        if isinstance(error, SendLater):
            return f"Telegram cannot be reached just now ({error}): check the network, and try again"
        return f"Telegram refuses ({error}): HAMRAZ_PUBLIC_URL must be an https:// address on port 443, 80, 88 or 8443"

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
            return SendLater(TOKEN_REFUSED, 60, whole_channel=True)
        case BadRequest(message=text):
            found = (reason for start, reason in _REFUSALS if text.lower().startswith(start))
            return SendRefused("400", next(found, "rejected"))
        case ChatMigrated():
            return SendRefused("400", "rejected")
    return SendLater(type(error).__name__)


def chat_number(address: Address) -> int:
    """A chat's id. Raises SendRefused for what is none."""
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
