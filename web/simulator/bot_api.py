"""Stands in for Telegram's servers: takes a bot's calls and refuses what Telegram refuses.

Knows no web and no library: calls come in as the strings that stood on the wire. The
demo shows its chats on a screen, the tests hold it against Telegram's own description.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from web.simulator.refused import Refused
from web.simulator.topics import Topic, topic_methods

LONGEST_TEXT = 4096  # UTF-16 units; core.telegram.org/bots/api#sendmessage
LONGEST_CALLBACK_DATA = 64  # bytes
LONGEST_CAPTION = 1024  # UTF-16 units; core.telegram.org/bots/api#sendphoto
LARGEST_UPLOAD = {"photo": 10 * 1024 * 1024, "voice": 50 * 1024 * 1024, "document": 50 * 1024 * 1024}  # bytes
LARGEST_DOWNLOAD = 20 * 1024 * 1024  # bytes; core.telegram.org/bots/api#getfile


@dataclass(frozen=True, slots=True)
class Shown:
    """One message of the bot in a chat."""

    message_id: int
    chat_id: int
    text: str = field(repr=False)
    markup: Mapping[str, Any] | None = field(default=None, repr=False)
    protected: bool = False
    file: bytes = field(default=b"", repr=False)
    name: str = ""  # of the file
    thread: int = 0  # the topic that it stands in; 0: none
    reply_to: int = 0
    kind: str = "text"  # or "photo", "voice", "document"


_UPLOADS = {"sendPhoto": "photo", "sendVoice": "voice", "sendDocument": "document"}


class BotApi:
    """The Bot API for one bot, with its chats in memory."""

    def __init__(self, token: str, changed: Callable[[int], None] = lambda chat_id: None) -> None:
        """changed: told the chat in which something appeared or went."""
        self._token = token
        self._changed = changed
        self._lock = threading.Lock()
        self._last_id = 0
        self.shown: dict[int, Shown] = {}  # the bot's messages, by id
        self.hers: dict[int, int] = {}  # message id -> chat id of what people sent
        self.files: dict[str, bytes] = {}  # by file id
        self.blocked: set[int] = set()  # chats that blocked the bot
        self.unknown: set[int] = set()  # chats that never began
        self.queries: set[str] = set()  # taps not yet answered
        self.old: set[int] = set()  # messages of more than 48 hours ago
        self.left: set[int] = set()  # groups the bot went out of
        self.trouble = ""  # what Telegram last met when it called our webhook
        self.webhook: dict[str, str] = {}
        self.slow_down = 0  # seconds to be told to every call, while above 0
        self.topics_on = False  # BotFather's "Threaded Mode"
        self.topics: dict[int, Topic] = {}  # by their number
        self.picky = False  # takes no picture
        self.lenient = False  # a message for a topic that is gone is put beside it (tdlib/telegram-bot-api#854)
        self.reactions: dict[int, str] = {}  # message id -> the bot's mark on it
        self.toasts: dict[str, str] = {}  # taps that were answered, and with what words
        self.commands: dict[str, list[dict[str, str]]] = {}  # by language
        self._methods: Mapping[str, Callable[[Mapping[str, str]], object]] = {
            **topic_methods(self),
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "deleteMessages": self._delete_messages,
            "deleteMessage": self._delete_message,
            "leaveChat": self._leave_chat,
            "getWebhookInfo": self._get_webhook_info,
            "answerCallbackQuery": self._answer_callback_query,
            "editMessageReplyMarkup": self._edit_message_reply_markup,
            "setWebhook": self._set_webhook,
            "getFile": self._get_file,
        }

    def new_id(self, chat_id: int) -> int:
        """An id for a message that a person sends in her chat."""
        with self._lock:
            self._last_id += 1
            self.hers[self._last_id] = chat_id
            return self._last_id

    def call(
        self, token: str, method: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]] | None = None
    ) -> tuple[int, dict[str, object]]:
        """Answer one call: HTTP status and JSON body, as Telegram would.

        files  by field: name and bytes of what was uploaded with it
        """
        try:
            if token != self._token:
                raise Refused(401, "Unauthorized")
            if method not in self._methods and method not in _UPLOADS:
                raise Refused(404, "Not Found")
            if self.slow_down:
                raise Refused(429, f"Too Many Requests: retry after {self.slow_down}", self.slow_down)
            if method in _UPLOADS:
                return 200, {"ok": True, "result": self._send_file(_UPLOADS[method], fields, files or {})}
            return 200, {"ok": True, "result": self._methods[method](fields)}
        except Refused as no:
            body: dict[str, object] = {"ok": False, "error_code": no.status, "description": no.description}
            if no.retry_after:
                body["parameters"] = {"retry_after": no.retry_after}
            return no.status, body

    def file(self, token: str, path: str) -> bytes | None:
        """The bytes of a file, by the path that getFile gave; None where there is none."""
        return self.files.get(path.removeprefix("files/")) if token == self._token else None

    def _get_me(self, fields: Mapping[str, str]) -> object:
        bot_id = int(self._token.split(":")[0])
        return {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Hamraz",
            "username": "hamraz_test_bot",
            "has_topics_enabled": self.topics_on,
        }

    def _send_message(self, fields: Mapping[str, str]) -> object:
        chat_id = self._chat(fields)
        text = fields.get("text", "")
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise Refused(400, "Bad Request: message is too long")
        if fields.get("parse_mode") in ("MarkdownV2", "HTML", "Markdown"):
            raise Refused(400, "Bad Request: can't parse entities: we never send any")
        return self._show(chat_id, fields, text)

    def _show(
        self,
        chat_id: int,
        fields: Mapping[str, str],
        text: str,
        kind: str = "text",
        file: tuple[str, bytes] = ("", b""),
    ) -> object:
        """Put a message into a chat, or into a topic of it. Raises Refused."""
        markup = _markup(fields.get("reply_markup"))
        thread = int(fields.get("message_thread_id") or 0)
        if thread and (thread not in self.topics or self.topics[thread].chat_id != chat_id):
            if not self.lenient:
                raise Refused(400, "Bad Request: message thread not found")
            thread = 0
        replied = json.loads(fields.get("reply_parameters") or "{}")
        with self._lock:
            self._last_id += 1
            protected = fields.get("protect_content") == "true"
            message = Shown(
                self._last_id,
                chat_id,
                text,
                markup,
                protected,
                file[1],
                file[0],
                thread,
                int(replied.get("message_id", 0)),
                kind,
            )
            self.shown[message.message_id] = message
        self._changed(chat_id)
        return message_json(message)

    def _send_file(self, what: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]) -> object:
        chat_id = self._chat(fields)
        if what not in files or not files[what][1]:
            raise Refused(400, f"Bad Request: there is no {what} in the request")
        name, content = files[what]
        if len(content) > LARGEST_UPLOAD[what]:
            raise Refused(413, "Request Entity Too Large")
        if what == "photo" and (self.picky or content[:3] != b"\xff\xd8\xff"):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        caption = fields.get("caption", "")
        if len(caption.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
            raise Refused(400, "Bad Request: message caption is too long")
        return self._show(chat_id, fields, caption, what, (name, content))

    def _delete_messages(self, fields: Mapping[str, str]) -> object:
        chat_id = self._chat(fields)
        ids = _json(fields.get("message_ids"), "message_ids")
        if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
            raise Refused(400, "Bad Request: message identifiers are not specified")
        if self.old & set(ids):
            raise Refused(400, "Bad Request: message can't be deleted for everyone")
        with self._lock:
            for one in ids:  # those of other chats, and those gone, are skipped
                if one in self.shown and self.shown[one].chat_id == chat_id:
                    del self.shown[one]
                if self.hers.get(one) == chat_id:
                    del self.hers[one]
        self._changed(chat_id)
        return True

    def _delete_message(self, fields: Mapping[str, str]) -> object:
        chat_id, number = self._chat(fields), int(fields.get("message_id", "0"))
        if number in self.old:
            raise Refused(400, "Bad Request: message can't be deleted for everyone")
        if (number in self.shown and self.shown[number].chat_id == chat_id) or self.hers.get(number) == chat_id:
            self.shown.pop(number, None)
            self.hers.pop(number, None)
            self._changed(chat_id)
            return True
        raise Refused(400, "Bad Request: message to delete not found")

    def _leave_chat(self, fields: Mapping[str, str]) -> object:
        self.left.add(self._chat(fields))
        return True

    def _get_webhook_info(self, fields: Mapping[str, str]) -> object:
        allowed = json.loads(self.webhook.get("allowed_updates", "[]"))
        info: dict[str, object] = {
            "url": self.webhook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": 3 if self.trouble else 0,
            "allowed_updates": allowed,
        }
        return info | ({"last_error_date": 1_790_000_000, "last_error_message": self.trouble} if self.trouble else {})

    def _answer_callback_query(self, fields: Mapping[str, str]) -> object:
        if fields.get("callback_query_id") not in self.queries:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.queries.discard(fields["callback_query_id"])
        self.toasts[fields["callback_query_id"]] = fields.get("text", "")
        return True

    def _edit_message_reply_markup(self, fields: Mapping[str, str]) -> object:
        chat_id = self._chat(fields)
        number = fields.get("message_id", "")
        message = self.shown.get(int(number)) if number.isdigit() else None
        if message is None or message.chat_id != chat_id:
            raise Refused(400, "Bad Request: message to edit not found")
        markup = _markup(fields.get("reply_markup"))
        if (markup or {}) == (message.markup or {}):
            raise Refused(400, "Bad Request: message is not modified")
        return self.edit(replace(message, markup=markup))

    def edit(self, edited: Shown) -> object:
        """Put a message in the place of the one it was."""
        self.shown[edited.message_id] = edited
        self._changed(edited.chat_id)
        return message_json(edited)

    def _set_webhook(self, fields: Mapping[str, str]) -> object:
        if not fields.get("url", "").startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        secret = fields.get("secret_token", "")
        if len(secret) > 256 or not secret.replace("-", "").replace("_", "").isalnum():
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = dict(fields)
        return True

    def _get_file(self, fields: Mapping[str, str]) -> object:
        file_id = fields.get("file_id", "")
        if file_id not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[file_id])
        if size > LARGEST_DOWNLOAD:
            raise Refused(400, "Bad Request: file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": f"u{file_id}",
            "file_size": size,
            "file_path": f"files/{file_id}",
        }

    def changed(self, chat_id: int) -> None:
        """Something appeared in a chat, or went."""
        self._changed(chat_id)

    def next_number(self) -> int:
        """An id that no message and no topic has."""
        with self._lock:
            self._last_id += 1
            return self._last_id

    def chat(self, fields: Mapping[str, str]) -> int:
        """The chat of a call. Raises Refused."""
        return self._chat(fields)

    def _chat(self, fields: Mapping[str, str]) -> int:
        try:
            chat_id = int(fields.get("chat_id", ""))
        except ValueError:
            raise Refused(400, "Bad Request: chat not found") from None
        if chat_id in self.unknown:
            raise Refused(400, "Bad Request: chat not found")
        if chat_id in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return chat_id


def message_json(message: Shown) -> dict[str, object]:
    """A message as Telegram tells of it."""
    body: dict[str, object] = {
        "message_id": message.message_id,
        "date": 1_790_000_000,
        "chat": {"id": message.chat_id, "type": "private" if message.chat_id > 0 else "supergroup"},
        "text" if message.kind == "text" else "caption": message.text,
    }
    if message.thread:
        body |= {"message_thread_id": message.thread, "is_topic_message": True}
    if message.markup and "inline_keyboard" in message.markup:
        body["reply_markup"] = message.markup
    return body


def _markup(value: str | None) -> Mapping[str, Any] | None:
    """The keyboard in a call. Raises Refused on what Telegram would not show."""
    if not value:
        return None
    markup = _json(value, "reply markup")
    if not isinstance(markup, dict):
        raise Refused(400, "Bad Request: object expected as reply markup")
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            if not button.get("text", "").strip():
                raise Refused(400, "Bad Request: inline keyboard button text is empty")
            data = button.get("callback_data", "").encode()
            if not 1 <= len(data) <= LONGEST_CALLBACK_DATA:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return markup


def _json(value: str | None, what: str) -> object:
    try:
        return json.loads(value or "")
    except ValueError:
        raise Refused(400, f"Bad Request: can't parse {what} JSON object") from None
