"""The staff bot at Telegram: a bot of its own, with its own token, secret and webhook, so that the door tells who somebody is.

Each case is a topic in a counsellor's private chat with it. A topic that she deleted is made anew and nothing is lost; where the
bot has no topics, messages name their case and her reply to one of them finds it again. Nothing it sends can be forwarded.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar, cast

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
    User,
)
from telegram.error import TelegramError

from bot.media import MediaGone, MediaTooBig
from bot.message import Address, InboundMessage, MediaKind, MediaReference
from casework.chat.turn import codes_in
from casework.chat.update import File, NoFile, Taken, Update
from casework.chat.words import FIRST, languages, words
from handlers.channel import (
    Finding,
    Inbound,
    Malformed,
    Nothing,
    RawRequest,
    SendError,
    SendRefused,
    Spot,
    Spots,
    clean,
)
from handlers.staff_updates import read_staff_update
from handlers.telegram import SLOWEST_UPLOAD, TelegramChannel, chat_number
from handlers.telegram_updates import CALLBACK

PATH = "/webhooks/telegram-staff"
# The colour of a topic, by how grave its case is: three of the six that Telegram takes.
COLOURS = {"red": 0xFB6F5F, "amber": 0xFFD67E, "green": 0x8EEE98}
ASK_NAME_WITHIN = 3.0  # seconds that a page waits for the bot's name
LARGEST_FILE = 10 * 1024 * 1024  # bytes of what a counsellor sends along
FETCH_WITHIN = 8.0  # seconds
SLOWEST_CALL = 20  # seconds; one item may take six calls, and all of its conversation waits behind it
LONGEST_TOAST = 200  # characters of what answers a tap, core.telegram.org/bots/api#answercallbackquery

T = TypeVar("T")
log = structlog.get_logger()


class TelegramStaffChannel(TelegramChannel):
    """Private chats with counsellors, and the team's group."""

    name = "telegram-staff"
    path = PATH
    settings = ("TELEGRAM_STAFF_BOT_TOKEN", "TELEGRAM_STAFF_WEBHOOK_SECRET")

    def __init__(self, *given: Any, group: int = 0, **more: Any) -> None:
        """As TelegramChannel; group: the team's, which the bot does not leave."""
        super().__init__(*given, **more)
        self._group = group
        self._own_id = self._bot.token.partition(":")[0]
        self._username = ""

    def read(self, raw: RawRequest) -> Update | Nothing:
        """What somebody did. Raises Malformed only where Telegram cannot be the sender."""
        return read_staff_update(raw.body, self._own_id)

    def parse(self, raw: RawRequest, now: datetime) -> Inbound:
        """Nobody here is a reporter. Raises Malformed."""
        found = self.read(raw)
        if isinstance(found, Update):
            raise Malformed("staff")
        return found

    def settle(self, taken: InboundMessage | Nothing) -> None:
        """Stop a tapped button's spinner; leave a group that is not the team's, without a word."""
        if not isinstance(taken, Nothing):
            return
        if taken.group is None:
            super().settle(taken)
        elif chat_number(taken.group) != self._group:
            # The id of a group is no reporter's and no counsellor's; whoever sets the bot up looks for it here.
            log.info("left a group that is not the team's", door=self.name, group=taken.group.value)
            super().settle(taken)

    def answer_tap(self, update: Update, taken: Taken) -> None:
        """Stop the spinner, with a word on top of her screen. Never raises, never waits."""
        if update.kind == "tap":
            self._loop.start(self._answer_tap(update.id.removeprefix(CALLBACK), taken.toast[:LONGEST_TOAST]))

    def apologise(self, update: Update) -> None:
        """It did not work, and the outbox may be what failed. Says nothing that a stranger may not know. Never raises."""
        said = words(update.language)("stranger.sorry")
        if update.kind == "tap":
            self.answer_tap(update, Taken(said))
        elif update.private:
            self._loop.start(self._apologise(update.chat, update.topic, said))

    async def _apologise(self, chat: int, topic: int | None, said: str) -> None:
        with suppress(TelegramError):
            await self._bot.send_message(chat, said, message_thread_id=topic)

    async def _answer_tap(self, query: str, toast: str) -> None:
        with suppress(TelegramError):  # a minute late, or answered before
            await self._bot.answer_callback_query(query, text=toast or None)

    def username(self) -> str:
        """What the bot is called, for a link that opens it; "" while Telegram cannot be asked."""
        if not self._username:
            with suppress(SendError):
                self._username = self._call(self._bot.get_me(), ASK_NAME_WITHIN).username or ""
        return self._username

    def fetch_file(self, file: File) -> bytes:
        """What a counsellor sends along. Raises NoFile."""
        try:
            reference = MediaReference(cast(MediaKind, file.kind), file.reference, file.declared_type, file.size)
            return self.fetch(reference, LARGEST_FILE, FETCH_WITHIN)
        except MediaTooBig:
            raise NoFile("large") from None
        except MediaGone:
            raise NoFile("gone") from None
        except SendError:
            raise NoFile("later") from None

    # --- what counsellors are sent ----------------------------------------------------------------

    def do(self, address: Address, payload: Mapping[str, Any], spots: Spots, now: datetime) -> str:
        """Do what a payload says (casework/chat/posting.py). Raises SendLater or SendRefused."""
        chat = chat_number(address)
        match payload["do"]:
            case "say" | "photo" | "voice":
                return self._say(chat, payload, spots, now)
            case "change":
                self._change(chat, payload, spots)
            case "react":
                self._unless_gone(self._bot.set_message_reaction(chat, payload["message"], reaction=payload["emoji"]))
            case "drop":
                self._unless_gone(self._bot.delete_forum_topic(chat, payload["topic"]))
            case "delete":
                self.wipe(address, [str(one) for one in payload["messages"]])
        return ""

    def _say(self, chat: int, payload: Mapping[str, Any], spots: Spots, now: datetime) -> str:
        if "spot" not in payload:
            return self._say_outside(chat, payload)
        spot = (payload["spot"][0], payload["spot"][1])
        found = spots.find(spot)
        if found is not None and found.topic is None and not found.flat:
            found = self._open(chat, spot, payload, spots, now)
        if found is None:  # the case has gone from here
            return ""
        sent = self._send_there(chat, payload, found.topic, flat=found.flat, spots=spots, now=now)
        if sent is None:  # deleted: made anew, and said again
            found = self._open(chat, spot, payload, spots, now, gone=found.topic)
            if found is None:
                return ""
            sent = self._send_there(chat, payload, found.topic, flat=found.flat, spots=spots, now=now)
            if sent is None:  # deleted again in this moment, or Telegram does not find what it has just made
                sent = self._send_there(chat, payload, None, flat=True, spots=spots, now=now)
        return sent or ""

    def _say_outside(self, chat: int, payload: Mapping[str, Any]) -> str:
        """Into the chat itself, or back to where she typed, whatever that topic is."""
        try:
            return str(self._message(chat, payload, payload.get("thread")).message_id)
        except SendRefused as refused:
            if refused.reason != "topic gone":
                raise
        return str(self._message(chat, payload, None).message_id)

    def _send_there(
        self, chat: int, payload: Mapping[str, Any], topic: int | None, *, flat: bool, spots: Spots, now: datetime
    ) -> str | None:
        """Send it into a topic; None when there is no such topic any more."""
        if flat:
            payload = _named(payload)
        content = None
        if "file" in payload and (content := spots.file(payload["file"], now)) is None:
            return ""  # no longer kept
        try:
            sent = self._message(chat, payload, topic, content)
        except SendRefused as refused:
            if refused.reason == "topic gone" and topic is not None:
                return None
            if content is None or refused.reason == "blocked":
                raise
            words = {**payload, "do": "say", "text": payload["instead"]}
            sent = self._message(chat, words, topic)
        # For weeks in 2026 Telegram put such messages beside the topics instead of refusing them (tdlib/telegram-bot-api#854).
        if topic is not None and sent.message_thread_id != topic:
            self._unless_gone(self._bot.delete_message(chat, sent.message_id))
            return None
        return str(sent.message_id)

    def _change(self, chat: int, payload: Mapping[str, Any], spots: Spots) -> None:
        if "spot" in payload:
            found = spots.find(tuple(payload["spot"]))
            if found is None:  # the case has gone from here
                return
            payload = _named(payload) if found.flat else payload
        self._unless_gone(
            self._bot.edit_message_text(
                clean(payload["text"]),
                chat_id=chat,
                message_id=payload["message"],
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )

    def _message(
        self, chat: int, payload: Mapping[str, Any], topic: int | None, content: bytes | None = None
    ) -> Message:
        reply_to = payload.get("reply_to")
        more: dict[str, Any] = {
            "chat_id": chat,
            "message_thread_id": topic,
            "protect_content": True,
            "reply_markup": _keyboard(payload.get("buttons", ())),
            "reply_parameters": ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None,
        }
        text = clean(str(payload.get("text", ""))) or None
        match payload["do"]:
            case "photo":
                call = self._bot.send_photo(photo=content, caption=text, has_spoiler=True, **more)  # type: ignore[arg-type]  # looked at before
                return self._call(call, SLOWEST_UPLOAD)
            case "voice":
                call = self._bot.send_voice(voice=content, caption=text, **more)  # type: ignore[arg-type]  # looked at before
                return self._call(call, SLOWEST_UPLOAD)
        return self._call(
            self._bot.send_message(text=text or "–", link_preview_options=LinkPreviewOptions(is_disabled=True), **more)
        )

    def _open(
        self,
        chat: int,
        spot: tuple[str, str],
        payload: Mapping[str, Any],
        spots: Spots,
        now: datetime,
        gone: int | None = None,
    ) -> Spot | None:
        """Make a topic for a case, and note it; None when the case has gone meanwhile. `gone`: the topic before it."""
        number: int | None = None
        try:
            made = self._call(
                self._bot.create_forum_topic(chat, payload["name"], icon_color=COLOURS.get(str(payload.get("risk"))))
            )
            number = made.message_thread_id
        except SendRefused as refused:
            if refused.reason != "no topics":
                raise
        there = spots.opened(spot, number, now, gone)
        if number is not None and (there is None or there.topic != number):  # another made one in this moment
            self._unless_gone(self._bot.delete_forum_topic(chat, number))
        return there

    def _call(self, call: Coroutine[Any, Any, T], slowest: float = SLOWEST_CALL) -> T:
        return super()._call(call, slowest)

    def _unless_gone(self, call: Coroutine[Any, Any, object]) -> None:
        """What cannot be found any more needs no change."""
        try:
            self._call(call)
        except SendRefused as refused:
            if refused.reason not in ("rejected", "topic gone", "no topics"):
                raise

    # --- what operators ask for -------------------------------------------------------------------

    def connect(self) -> Iterator[str]:
        """Set the webhook, and the list of commands in each language. Raises NotConnected."""
        yield from super().connect()
        for code, language in languages().items():
            listed = [BotCommand(name, about[:256]) for name, about in language.of("command").items()]
            with suppress(SendError):  # a list of commands is a convenience
                self._call(
                    self._bot.set_my_commands(
                        listed,
                        scope=BotCommandScopeAllPrivateChats(),
                        language_code=None if code == FIRST else code,
                    )
                )
        with suppress(SendError):
            yield from _about_topics(self._call(self._bot.get_me()))

    def examine(self) -> Iterator[Finding]:
        """Ask Telegram whether all is set up, topics too. Raises nothing."""
        yield from super().examine()
        with suppress(SendError):
            for line in _about_topics(self._call(self._bot.get_me())):
                yield Finding(False, "a topic for each case", line.partition(": ")[2])


def _about_topics(me: User) -> Sequence[str]:
    if me.has_topics_enabled:
        return ()
    return [
        "telegram-staff: topics are off, so each case is a thread of replies: BotFather, Bot Settings, Threaded Mode"
    ]


def _named(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """With its case's code before all else, where no topic says which case it is: her reply to it must find the case."""
    text = str(payload.get("text", ""))
    if codes_in(text)[:1] == [payload["name"]]:
        return payload
    return {**payload, "text": f"{payload['name']}\n{text}".strip()}


def _keyboard(rows: Sequence[Sequence[Sequence[str]]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
    )
