"""Bot Framework's dialogs (botbuilder-core) with a storage that is durable in SQLite after every turn.

It does less: nothing is verified or sealed, and a repeated activity is taken twice. Runs in an environment of its own, with no
file of Hamraz but `talk.py` and `asgi.py`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from typing import Any

import jsonpickle
from botbuilder.core import (
    BotAdapter,
    ConversationState,
    MessageFactory,
    Storage,
    TurnContext,
)
from botbuilder.dialogs import DialogSet, DialogTurnResult, DialogTurnStatus, WaterfallDialog, WaterfallStepContext
from botbuilder.dialogs.prompts import PromptOptions, TextPrompt
from botbuilder.schema import Activity, ChannelAccount, ConversationAccount, ResourceResponse

from tests.benchmarks.contenders.asgi import Answering
from tests.benchmarks.talk import ANSWERS


class Kept(Storage):
    """Whatever the dialogs keep, in one table, each turn committed durably."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
            self._database.execute(statement)
        self._database.execute("CREATE TABLE IF NOT EXISTS states (key TEXT PRIMARY KEY, state TEXT)")

    async def read(self, keys: list[str]) -> dict[str, Any]:
        found = {}
        for key in keys:
            row = self._database.execute("SELECT state FROM states WHERE key = ?", (key,)).fetchone()
            if row:
                found[key] = jsonpickle.decode(row[0])
        return found

    async def write(self, changes: dict[str, Any]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        for key, state in changes.items():
            self._database.execute("REPLACE INTO states VALUES (?, ?)", (key, jsonpickle.encode(state)))
        self._database.execute("COMMIT")

    async def delete(self, keys: list[str]) -> None:
        for key in keys:
            self._database.execute("DELETE FROM states WHERE key = ?", (key,))


class Adapter(BotAdapter):
    """The channel, at once and for nothing; what was said is handed to the web server's answer.

    The base class wants two more methods; this talk changes and deletes nothing, and says so if it ever should.
    """

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        context.turn_state["said"] = context.turn_state.get("said", "") + "".join(one.text or "" for one in activities)
        return [ResourceResponse(id="1") for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        raise NotImplementedError

    async def delete_activity(self, context: TurnContext, reference: Any) -> None:
        raise NotImplementedError


class App(Answering):
    """As ASGI."""

    def __init__(self) -> None:
        self.adapter = Adapter()
        self.state = ConversationState(Kept(os.environ["BENCH_DATABASE"]))
        self.dialogs = DialogSet(self.state.create_property("dialogs"))
        self.dialogs.add(TextPrompt("text"))
        self.dialogs.add(WaterfallDialog("talk", [_step(number) for number in range(len(ANSWERS))]))

    async def turn(self, context: TurnContext) -> None:
        dialog = await self.dialogs.create_context(context)
        result: DialogTurnResult = await dialog.continue_dialog()
        if result.status == DialogTurnStatus.Empty:
            await dialog.begin_dialog("talk")
        await self.state.save_changes(context)

    async def answer(self, body: bytes) -> str:
        given = json.loads(body)
        chat = str(given["message"]["chat"]["id"])
        activity = Activity(
            type="message",
            id=str(given["update_id"]),
            text=given["message"]["text"],
            channel_id="bench",
            service_url="http://localhost",
            conversation=ConversationAccount(id=chat),
            from_property=ChannelAccount(id=chat),
            recipient=ChannelAccount(id="bench"),
        )
        context = TurnContext(self.adapter, activity)
        await self.adapter.run_pipeline(context, self.turn)
        return str(context.turn_state.get("said", ""))


def _step(number: int) -> Any:
    async def step(context: WaterfallStepContext) -> DialogTurnResult:
        return await context.prompt("text", PromptOptions(prompt=MessageFactory.text(ANSWERS[number])))

    return step


def create_app() -> App:
    return App()
