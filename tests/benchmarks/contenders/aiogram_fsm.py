"""aiogram's finite state machine, whose states are durable in SQLite after every update.

It does less: nothing is verified or sealed, no language is chosen for real, and a repeated update is taken twice.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram.methods import SendMessage
from aiogram.types import Message, Update

from tests.benchmarks.contenders.asgi import Answering
from tests.benchmarks.talk import ANSWERS, SAID


class Talk(StatesGroup):
    """Where somebody stands: how many of the answers she has heard."""

    one = State()
    two = State()
    three = State()
    four = State()
    five = State()
    six = State()


STEPS = (None, Talk.one, Talk.two, Talk.three, Talk.four, Talk.five, Talk.six)


class Kept(BaseStorage):
    """States in one table, each committed durably."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            self._database.execute(statement)
        self._database.execute("CREATE TABLE IF NOT EXISTS states (key INTEGER PRIMARY KEY, state TEXT)")

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        named = state.state if isinstance(state, State) else state
        self._database.execute("REPLACE INTO states VALUES (?, ?)", (key.chat_id, named))

    async def get_state(self, key: StorageKey) -> str | None:
        row = self._database.execute("SELECT state FROM states WHERE key = ?", (key.chat_id,)).fetchone()
        return row[0] if row else None

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None: ...

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return {}

    async def close(self) -> None:
        self._database.close()


def _step(number: int) -> Callable[[Message, FSMContext], Awaitable[SendMessage]]:
    async def answer(message: Message, state: FSMContext) -> SendMessage:
        await state.set_state(STEPS[number + 1])
        return SendMessage(chat_id=message.chat.id, text=ANSWERS[number])

    return answer


class App(Answering):
    """As ASGI; what is said rides in the web server's answer."""

    def __init__(self) -> None:
        self.bot = Bot("7:bench")
        self.dispatcher = Dispatcher(storage=Kept(os.environ["BENCH_DATABASE"]))
        for number, said in enumerate(SAID):
            self.dispatcher.message.register(
                _step(number), StateFilter(STEPS[number]), lambda message, said=said: message.text == said
            )

    async def answer(self, body: bytes) -> str:
        update = Update.model_validate_json(body, context={"bot": self.bot})
        said = await self.dispatcher.feed_update(self.bot, update)
        return said.text if isinstance(said, SendMessage) else ""


def create_app() -> App:
    return App()
