"""python-telegram-bot's ConversationHandler, whose states are durable in SQLite after every update.

It does less: nothing is verified or sealed, no language is chosen for real, and a repeated update is taken twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BasePersistence,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    filters,
)
from telegram.request import BaseRequest

from tests.benchmarks.contenders.asgi import Answering
from tests.benchmarks.talk import ANSWERS, SAID

_BOT = {"id": 7, "is_bot": True, "first_name": "bench", "username": "bench_bot"}


class Kept(BasePersistence[Any, Any, Any]):
    """Conversation states in one table, each committed durably."""

    def __init__(self, path: str) -> None:
        super().__init__(PersistenceInput(False, False, False, False))
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            self._database.execute(statement)
        self._database.execute("CREATE TABLE IF NOT EXISTS states (key TEXT PRIMARY KEY, state TEXT)")

    async def get_conversations(self, name: str) -> dict[Any, Any]:
        rows = self._database.execute("SELECT key, state FROM states").fetchall()
        return {tuple(json.loads(key)): json.loads(state) for key, state in rows}

    async def update_conversation(self, name: str, key: Any, new_state: object | None) -> None:
        self._database.execute("REPLACE INTO states VALUES (?, ?)", (json.dumps(key), json.dumps(new_state)))

    async def flush(self) -> None:
        self._database.close()

    async def get_user_data(self) -> dict[int, Any]:
        return {}

    async def get_chat_data(self) -> dict[int, Any]:
        return {}

    async def get_bot_data(self) -> Any:
        return {}

    async def get_callback_data(self) -> None:
        return None

    async def update_user_data(self, user_id: int, data: Any) -> None: ...
    async def update_chat_data(self, chat_id: int, data: Any) -> None: ...
    async def update_bot_data(self, data: Any) -> None: ...
    async def update_callback_data(self, data: Any) -> None: ...
    async def drop_chat_data(self, chat_id: int) -> None: ...
    async def drop_user_data(self, user_id: int) -> None: ...
    async def refresh_user_data(self, user_id: int, user_data: Any) -> None: ...
    async def refresh_chat_data(self, chat_id: int, chat_data: Any) -> None: ...
    async def refresh_bot_data(self, bot_data: Any) -> None: ...


class Telegram(BaseRequest):
    """Telegram itself, at once and for nothing; what was said is handed to the web server's answer."""

    said: dict[int, str]

    def __init__(self) -> None:
        self.said = {}

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None: ...
    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: Any = None, *args: object, **more: object
    ) -> tuple[int, bytes]:
        if url.endswith("/getMe"):
            return 200, json.dumps({"ok": True, "result": _BOT}).encode()
        asked = request_data.json_parameters
        chat = int(asked["chat_id"])
        self.said[chat] = asked["text"]
        message = {"message_id": 1, "date": 0, "chat": {"id": chat, "type": "private"}, "text": asked["text"]}
        return 200, json.dumps({"ok": True, "result": message}).encode()


def _step(number: int) -> MessageHandler[Any, Any]:
    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message
        await update.message.reply_text(ANSWERS[number])
        return number + 1

    return MessageHandler(filters.Text([SAID[number]]), answer)


class App(Answering):
    """As ASGI."""

    def __init__(self) -> None:
        self.telegram = Telegram()
        talk: ConversationHandler[Any] = ConversationHandler(
            entry_points=[_step(0)],
            states={number: [_step(number)] for number in range(1, len(SAID))},
            fallbacks=[],
            name="talk",
            persistent=True,
        )
        self.application = (
            Application.builder()
            .token("7:bench")
            .request(self.telegram)
            .get_updates_request(Telegram())
            .updater(None)
            .persistence(Kept(os.environ["BENCH_DATABASE"]))
            .build()
        )
        self.application.add_handler(talk)
        self.ready: asyncio.Task[None] | None = None

    async def answer(self, body: bytes) -> str:
        if self.ready is None:
            self.ready = asyncio.create_task(self.application.initialize())
        await self.ready
        given = json.loads(body)
        await self.application.process_update(Update.de_json(given, self.application.bot))
        await self.application.update_persistence()
        return self.telegram.said.pop(given["message"]["chat"]["id"], "")


def create_app() -> App:
    return App()
