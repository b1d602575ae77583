"""What stands on a phone of a try is what the real channel would send, answer for answer; and every step can be begun at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import Conversation
from bot.message import Reply, Tap
from bot.settings import Settings
from bot.tries import Script
from operating.parts import Hamraz
from tests.phones import Clock, Phone, make_hamraz

NUMBER = re.compile(r"\d{4} \d{4} \d{4} \d{4} \d{4}")
_PEOPLE = count(923_001_000_000)
# What is done one after another: words, a key by its place, time in minutes.
WORDS = st.sampled_from(
    ["hi", "سلام", "salam", "skip", "yes", "no", "done", "0", "#", "xx", "talk", "language", "repeat", "erase", "kal"]
)
STEP = st.one_of(
    st.integers(1, 8).map(str), WORDS, st.integers(0, 5), st.sampled_from([timedelta(minutes=70), timedelta(hours=25)])
)
STEPS = st.lists(STEP, min_size=1, max_size=25)


@dataclass
class Pair:
    """A real phone and one of a try, on which the same is done; what came back in the end must be the same."""

    hamraz: Hamraz
    channel: str
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.real = Phone(self.hamraz, self.channel, str(next(_PEOPLE)), self.clock, buttons=True)
        self.trials = self.hamraz.trials
        self.script: Script = self.trials.begun("welcome", "/", "en", self.clock())
        self.last: tuple[Reply, ...] = ()
        self.came: list[object] = []

    def step(self, step: str | int | timedelta) -> None:
        """Do it on both."""
        if isinstance(step, timedelta):
            self.clock.forward(seconds=step.total_seconds())
            return
        self.clock.forward(seconds=20)
        keys = [key.data for reply in self.last for row in reply.buttons for key in row]
        if isinstance(step, int) and not keys:
            return
        if isinstance(step, int):
            data = keys[step % len(keys)]
            epoch, _, choice = data.partition(":")
            self.last = self.real.send(tap=Tap(int(epoch), choice))
            self.script = self.script.doing(self.channel, "tap", data, self.clock())
        else:
            self.last = self.real.send(step)
            self.script = self.script.doing(self.channel, "text", step, self.clock())
        self.came += [seen(reply) for reply in self.last]

    def shown(self) -> list[object]:
        screen = self.trials.played(self.script).screens[self.channel]
        assert screen.trouble == ""
        return [
            (NUMBER.sub("#", one.text), one.keys, one.asks_pin, one.protect)
            for one in screen.bubbles
            if not one.hers and one.kind == "text"
        ]


def seen(reply: Reply) -> object:
    return NUMBER.sub("#", reply.text), reply.buttons, reply.asks_pin, reply.protect


@pytest.fixture(scope="module")
def hamraz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hamraz]:
    folder: Path = tmp_path_factory.mktemp("tries")
    made = make_hamraz(
        Settings(
            HAMRAZ_DATABASE_URL=f"sqlite:///{folder}/hamraz.db",
            HAMRAZ_KEYS_URL=f"sqlite:///{folder}/keys.db",
            HAMRAZ_KEYRING=folder / "keyring.json",
            HAMRAZ_SLOW_MEMORY_KIB=8,
        )
    )
    yield made
    made.counter.close()
    made.database.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that is said comes back at once, also what has keys and would go by the outbox."""
    monkeypatch.setattr(Conversation, "_send", lambda self, unit, message, inline, sender, held, turn, replies: replies)


@pytest.mark.parametrize("examples", [6, pytest.param(150, marks=pytest.mark.long)])
@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
@pytest.mark.usefixtures("at_once")
def test_a_phone_of_a_try_shows_what_the_real_channel_sends(hamraz: Hamraz, channel: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None)
    @given(steps=STEPS)
    def walk(steps: list[str | int | timedelta]) -> None:
        pair = Pair(hamraz, channel)
        for step in steps:
            pair.step(step)
        assert pair.shown() == pair.came

    walk()


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
@pytest.mark.usefixtures("at_once")
def test_a_whole_report_and_its_follow_up_show_what_the_real_channel_sends(hamraz: Hamraz, channel: str) -> None:
    pair = Pair(hamraz, channel)
    for step in ("hi", "1", "1", "1", "5", "skip", "It was in the bus.", "done", "yes", "1", "menu", "3", "1", "skip"):
        pair.step(step)
    assert pair.shown() == pair.came
    assert any("#" in str(one) for one in pair.came)
