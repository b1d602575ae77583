"""Counsellors in their chat: a whole Hamraz, the staff bot at a Telegram that holds every call to its contract, and their phones.

What a counsellor does goes by the webhook, as Telegram posts it; what she is sent goes by the outbox, the delivery and the Bot API.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.settings import Settings
from casework.cases.case import Case
from casework.chat import pairing, posting
from casework.staff.roles import Role
from operating import serving, worker
from operating.parts import Hamraz
from operating.worker import make_worker
from storage import cases
from tests.bot.test_conversation import begin
from tests.casework.cases.conftest import Colleague, hired
from tests.casework.cases.phones_and_desk import Team, ask_for_a_person
from tests.peers.bot_api import TelegramApi, running_telegram
from tests.phones import Clock, Phone, make_hamraz
from web.simulator.bot_api import Shown

STAFF_BOT, STAFF_SECRET = "654321:" + "B" * 35, "staff_secret-9"
GROUP = -1_001_234_567
FIRST_ACCOUNT = 8_000_000_001  # longer than 32 bits, as today's are
_UPDATES = count(700_001)
_PEOPLE = count()


def staff_settings(settings: Settings, api_url: str, **more: object) -> Settings:
    """These settings with a staff bot at this Telegram."""
    given = {
        "staff_bot_token": type(settings.staff_bot_token)(STAFF_BOT),
        "staff_webhook_secret": type(settings.staff_webhook_secret)(STAFF_SECRET),
        "staff_group": GROUP,
        "telegram_api_url": api_url,
        "hours": "Mon-Sun 00:00-23:59",
        "time_zone": "UTC",
    }
    return settings.model_copy(update=given | more)


@dataclass
class Account:
    """Somebody's Telegram, in her private chat with the staff bot, or in the group."""

    room: Staffroom
    number: int
    language: str = "en"
    bot: bool = False
    texts: dict[int, str] = field(default_factory=dict)  # what she wrote, by message id

    def say(self, text: str = "", *, topic: int | None = None, **content: Any) -> int:
        """Write into a topic, or outside any; returns the status."""
        message = self.message(text, topic=topic, **content)
        return self.room.post({"message": message})

    def message(self, text: str = "", *, topic: int | None = None, chat: int = 0, **content: Any) -> dict[str, Any]:
        number = self.room.api.bot.new_id(chat or self.number)
        self.texts[number] = text
        where = {"message_thread_id": topic, "is_topic_message": True} if topic else {}
        said = {"text": text} if text else {}
        return {
            "message_id": number,
            "from": self.user,
            "chat": {"id": chat or self.number, "type": "supergroup" if chat else "private"},
            "date": 1_790_000_000,
            **where,
            **said,
            **content,
        }

    def reply(self, to: Shown, text: str) -> int:
        return self.say(text, topic=to.thread or None, reply_to_message=self.room.shown_json(to))

    def edit(self, text: str, *, topic: int | None = None) -> int:
        """Change her latest message."""
        message = self.message(text, topic=topic) | {"message_id": max(self.texts) - 1, "edit_date": 1_790_000_100}
        return self.room.post({"edited_message": message})

    def tap(self, label: str, *, chat: int = 0) -> str:
        """Tap the latest button of that label that is on her screen; return what is said on top of it."""
        for shown in sorted(self.room.screen(chat or self.number), key=lambda one: -one.message_id):
            for row in (shown.markup or {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"] == label:
                        return self.tap_data(shown, button["callback_data"])
        raise AssertionError(f"no button {label!r} on the screen")

    def tap_data(self, shown: Shown, data: str, query: str = "") -> str:
        query = query or f"q{next(_UPDATES)}"
        self.room.api.bot.queries.add(query)
        message = self.room.shown_json(shown)
        if shown.reply_to:
            message["reply_to_message"] = {
                "message_id": shown.reply_to,
                "from": self.user,
                "chat": message["chat"],
                "text": self.texts.get(shown.reply_to, ""),
            }
        status = self.room.post({"callback_query": {"id": query, "from": self.user, "message": message, "data": data}})
        assert status == 200
        self.room.settle()
        return self.room.api.bot.toasts.get(query, "")

    @property
    def user(self) -> dict[str, Any]:
        return {"id": self.number, "is_bot": self.bot, "first_name": "X", "language_code": self.language}

    # --- what is on her screen ----------------------------------------------------------------------

    def topics(self) -> dict[str, int]:
        """Her topics, by name."""
        found = self.room.api.bot.topics
        return {topic.name: number for number, topic in found.items() if topic.chat_id == self.number}

    def reads(self, topic: int | None = None) -> list[str]:
        """What the bot said in a topic, or outside any."""
        return [shown.text for shown in self.room.screen(self.number) if shown.thread == (topic or 0)]

    def everything(self) -> str:
        return "\n".join(shown.text for shown in self.room.screen(self.number))

    def marks(self) -> list[tuple[str, str]]:
        """What stands on her own messages."""
        return [
            (self.texts[number], mark) for number, mark in self.room.api.bot.reactions.items() if number in self.texts
        ]


@dataclass
class Staffroom:
    """Hamraz, Telegram, and everybody."""

    hamraz: Hamraz
    api: TelegramApi
    client: FlaskClient
    clock: Clock
    team: Team

    def hire(self, name: str = "Amina", role: Role = Role.COUNSELLOR, **how: object) -> Colleague:
        return hired(self.hamraz.room, self.clock, name, role, **how)  # type: ignore[arg-type]  # a test names fields freely

    def staffed(self) -> Colleague:
        """Somebody on duty who takes no cases herself, so that reporters are handed over and wait."""
        return self.hire("Zoya", duty=True, capacity=0)

    def taken(self, who: Colleague, hers: Account, **how: str) -> tuple[Phone, Case, int]:
        """A case that she took: the reporter's phone, the case, and its topic's number (0 where there is none)."""
        phone, case, _ = self.asks(**how)
        hers.say(f"/take {case.code}")
        self.deliver()
        return phone, self.case(case), hers.topics().get(case.code, 0)

    def account(self, **more: Any) -> Account:
        return Account(self, FIRST_ACCOUNT + next(_PEOPLE), **more)

    def paired(self, who: Colleague, *, language: str = "en", content: bool = False) -> Account:
        """Her Telegram, paired as she does it."""
        code = pairing.issue(self.hamraz.office, who.id, language, self.clock())
        if content:
            pairing.prefer(self.hamraz.office, who.id, content=True, language=language)
        hers = self.account(language=language)
        assert hers.say(f"/start {code}") == 200
        self.deliver()
        return hers

    def post(self, content: dict[str, Any], *, number: int = 0, secret: str = STAFF_SECRET) -> int:
        """An update, as Telegram posts it."""
        body = json.dumps({"update_id": number or next(_UPDATES), **content})
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        return self.client.post("/webhooks/telegram-staff", data=body, headers=headers).status_code

    def deliver(self) -> None:
        """Whatever waits reaches Telegram, and the reporters' providers."""
        while self.drain():
            pass
        self.team.deliver()
        while self.drain():  # what became of it
            pass

    def drain(self) -> int:
        made = self._worker
        return made.drain(posting.CHANNEL)

    @property
    def _worker(self) -> Any:
        return make_worker(self.hamraz)._delivery

    def settle(self, done: Callable[[], bool] | None = None) -> None:
        """Taps are answered, and groups left, beside the webhook: wait until they were."""
        done = done or (lambda: not self.api.bot.queries)
        loop = self.hamraz.channels.staff._loop  # type: ignore[union-attr]  # there is a staff bot here
        for _ in range(400):
            loop.start(_a_moment()).result(10)
            if done():
                return

    def screen(self, chat: int) -> list[Shown]:
        return [one for _, one in sorted(self.api.bot.shown.items()) if one.chat_id == chat]

    def group(self) -> list[str]:
        return [one.text for one in self.screen(GROUP)]

    def shown_json(self, shown: Shown) -> dict[str, Any]:
        """A message of the bot's as it stands in an update."""
        return {
            "message_id": shown.message_id,
            "from": {"id": int(STAFF_BOT.split(":")[0]), "is_bot": True, "first_name": "Hamraz"},
            "chat": {"id": shown.chat_id, "type": "private" if shown.chat_id > 0 else "supergroup"},
            "date": 1_790_000_000,
            "text": shown.text,
            **({"message_thread_id": shown.thread, "is_topic_message": True} if shown.thread else {}),
            **({"reply_markup": shown.markup} if shown.markup else {}),
        }

    def phone(self, channel: str = "sms", number: str = "") -> Phone:
        return Phone(self.hamraz, channel, number or f"+92300{next(_PEOPLE):07}", self.clock)

    def asks(
        self, channel: str = "sms", *, about: str = "", back: str = "1", language: str = "en"
    ) -> tuple[Phone, Case, str]:
        """A reporter who wants a person: her phone, her case and what she was told at the end."""
        known = {case.id for case in self.team.open_cases()}
        one = self.phone(channel)
        begin(one, language)
        said = ask_for_a_person(one, about=about, back=back)
        (case,) = [case for case in self.team.open_cases() if case.id not in known]
        return one, case, said

    def case(self, case: Case) -> Case:
        """As it stands now."""
        return next(one for one in self.all_cases() if one.id == case.id)

    def all_cases(self) -> list[Case]:
        room = self.hamraz.room
        return room.read(lambda unit: [Case(one) for one in cases.everyones(unit, room.keyring)])


async def _a_moment() -> None:
    await asyncio.sleep(0.005)


@contextmanager
def staffroom(
    settings: Settings, clock: Clock, patch: pytest.MonkeyPatch, *, topics: bool = True, **more: object
) -> Iterator[Staffroom]:
    """Everything, for one test; fails if a call broke Telegram's description."""
    with running_telegram(STAFF_BOT) as api:
        api.bot.topics_on = topics
        hamraz = make_hamraz(staff_settings(settings, api.url, **more))
        patch.setattr(serving, "now", clock)
        patch.setattr(worker, "now", clock)
        app = serving.make_app(hamraz)
        try:
            yield Staffroom(hamraz, api, app.test_client(), clock, Team(hamraz, clock))
        finally:
            hamraz.counter.close()
            hamraz.database.close()
        assert not api.faults
