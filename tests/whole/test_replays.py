"""Providers bring each webhook three times, late and all at once: each has one effect, and the same answer every time."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from bot.settings import Settings
from casework.reading import open_case
from operating.clock import now
from storage import outbox, reports
from storage.database import Unit
from tests.bot.test_media import jpeg
from tests.peers.bot_api import TelegramApi
from tests.peers.twilio_api import TwilioApi
from tests.phones import TEAM_WORD, make_hamraz
from tests.whole.providers import Brought, Chat, Heard, House, hers, open_house, report, settings_of

pytestmark = pytest.mark.peer

RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4} \d{4}")
STORY = ["zanbil one of the story", "qirmizi two of the story", "nargis three of the story"]
# welcome, safe, language, menu; then path, happened, finer, under 18, when, where, story, finish, consents, review
BEFORE, AFTER = ["hi", "1", "1", "1", "1", "2", "1", "2", "1", "2"], ["DONE", "1", "1", "1", "2", "2", "1"]
WOMAN, ANOTHER = 7_001_112, 7_002_223


@pytest.fixture
def house(settings: Settings, twilio_api: TwilioApi, telegram_api: TelegramApi) -> Iterator[House]:
    hamraz = make_hamraz(settings_of(settings, twilio_api, telegram_api))
    yield open_house(hamraz, twilio_api, telegram_api)
    hamraz.counter.close()
    hamraz.database.close()


@dataclass(slots=True)
class Insistent:
    """A provider that brings everything three times: two at once, the third whenever it likes."""

    house: House
    channel: str
    threads: ThreadPoolExecutor
    chance: random.Random
    brought: list[tuple[Brought, Heard]] = field(default_factory=list)
    late: list[Future[None]] = field(default_factory=list)
    held_back: list[tuple[Brought, Heard]] = field(default_factory=list)

    def bring(self, one: Brought) -> bytes:
        first, again = self.threads.map(self.house.bring, [one, one])
        assert first == again and first.status in (200, 204)
        self.brought.append((one, first))
        self.held_back.append((one, first))
        self._let_some_go()
        list(self.threads.map(self.house.deliver, [self.channel] * 2))
        return first.body

    def bring_the_rest(self) -> None:
        """All that is held back, and then everything once more, in any order and all at once."""
        self._let_some_go(all_of_it=True)
        for one in self.late:
            one.result(30)
        everything = self.chance.sample(self.brought, len(self.brought))
        list(self.threads.map(lambda pair: self._again(*pair), everything))
        self.house.deliver(self.channel)

    def _let_some_go(self, *, all_of_it: bool = False) -> None:
        while self.held_back and (all_of_it or self.chance.random() < 0.5):
            pair = self.held_back.pop(self.chance.randrange(len(self.held_back)))
            self.late.append(self.threads.submit(self._again, *pair))

    def _again(self, one: Brought, first: Heard) -> None:
        heard = self.house.bring(one)
        # Once the draft became a report its key is gone, and with it what was answered on the way.
        assert heard.status == first.status
        assert heard.body in (first.body, b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>')


def tell(house: House, bring: object, channel: str, number: int) -> list[str]:
    """A whole report with three texts and a photo; return all that she was answered."""
    answer, send_photo = hers(house, channel, number)
    said = []
    steps = [
        *[(answer, words) for words in (*BEFORE, *STORY)],
        (send_photo, jpeg()),
        *[(answer, word) for word in AFTER],
    ]
    for way, what in steps:
        body = bring(way(what)).decode()  # type: ignore[arg-type, operator]  # each way takes what stands beside it
        for words in re.findall("<Message[^>]*>(.*?)</Message>", body, re.DOTALL):
            said.append(words)
            for state in ("delivered", "sent", "read"):
                bring(report(channel, f"+92300{number}", sid_of(number, len(said)), state))  # type: ignore[operator]  # as above
    return Chat(house.telegram, number).seen() if channel == "telegram" else said


def sid_of(number: int, place: int) -> str:
    """What Twilio calls our message to her, by its place among all."""
    return f"SM{number:016x}{place:016x}"


def without_receipt(said: list[str]) -> list[str]:
    return [RECEIPT.sub("…", words) for words in said]


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_a_whole_report_brought_three_times_is_one_report_with_the_same_answers(channel: str, house: House) -> None:
    def once(one: Brought) -> bytes:
        body = house.bring(one).body
        house.deliver(channel)
        return body

    expected = tell(house, once, channel, ANOTHER)
    before = house.hamraz.database.read(reports.count)
    with ThreadPoolExecutor(6) as threads:
        provider = Insistent(house, channel, threads, random.Random(20261125))
        said = tell(house, provider.bring, channel, WOMAN)
        provider.bring_the_rest()
    seen = Chat(house.telegram, WOMAN).seen() if channel == "telegram" else said

    assert without_receipt(seen) == without_receipt(expected)
    assert house.hamraz.database.read(reports.count) == before + 1 == 2
    (receipt,) = [found[0] for words in seen if (found := RECEIPT.search(words))]
    hamraz = house.hamraz
    told = json.loads(open_case(hamraz.database, hamraz.keyring, receipt, TEAM_WORD, memory_kib=8))["report"]["answers"]
    assert told["story"]["words"] == STORY
    assert len(told["story"]["media"]) == 1
    assert house.refused_calls() == []
    if channel != "telegram":
        _assert_every_message_was_read(house, channel, len(said))


def _assert_every_message_was_read(house: House, channel: str, messages: int) -> None:
    number = f"+92300{WOMAN}" if channel == "sms" else f"whatsapp:+92300{WOMAN}"
    tag = house.hamraz.conversation._parts.senders.of(channel, number, now()).outbox_tag

    def states(unit: Unit) -> list[str | None]:
        names = [sid_of(WOMAN, place) for place in range(1, messages + 1)]
        return [outbox.state_of(unit, house.hamraz.keyring, tag, name) for name in names]

    assert house.hamraz.database.read(states) == ["read"] * messages
