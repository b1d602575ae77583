"""What people do while everything around them fails, by SMS, WhatsApp and Telegram, and what must have come of it.

A report: she tells it, and the team reads exactly what she told. A talk: she and a counsellor write to each other, and
each hears the other once and in order. Erased and panicked: gone, whatever failed in that moment.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count

from casework.cases import relay, tending
from casework.reading import open_case
from storage.errors import StorageAway
from tests.chaos import faults
from tests.chaos.world import World
from tests.phones import TEAM_WORD
from tests.whole.bringing import AFTER, BEFORE, RECEIPT
from tests.whole.providers import Brought, Chat, text
from tests.whole.providers import report as told_by_twilio

TO_A_PERSON = ["hi", "1", "1", "TALK", "SKIP", "1", "1"]
CHANNELS = ("sms", "whatsapp", "telegram")
_PEOPLE = count(1)


class Broken(AssertionError):
    """Something was lost, doubled or out of order."""


class Life:
    """One person's time with Hamraz, with a fault at everything she or anybody does for her."""

    def __init__(self, world: World, rng: random.Random, note: Callable[[str], None]) -> None:
        """note: told of each fault that struck, by its kind"""
        self.world, self.rng, self.note = world, rng, note
        self.channel = world.channel = rng.choice(CHANNELS)
        number = next(_PEOPLE)
        self.number = f"+92301{number:07}"
        self.address = {"sms": self.number, "whatsapp": f"whatsapp:{self.number}", "telegram": str(number)}[
            self.channel
        ]
        self._chat = Chat(world.telegram, number)  # where that is her channel
        self._seen = 0  # of what her provider brought her
        self.twice = 0

    def live(self) -> None:
        """From her first message to her last. Raises Broken."""
        raise NotImplementedError

    # --- doing, with faults ---------------------------------------------------------------------

    def writes(self, words: str) -> str:
        """She sends one text, or taps its button, while something fails; what she is told in the end."""
        return self._answered(self.sends(self._written(words)))

    def calmly(self, words: str) -> str:
        """The same while nothing fails."""
        return self._answered(self.world.bring_until_taken(self._written(words)), calm=True)

    def _written(self, words: str) -> Brought:
        return self._chat.chooses(words) if self.channel == "telegram" else text(self.channel, self.number, words)

    def _answered(self, said: str, *, calm: bool = False) -> str:
        """What she is told: with the call, or on Telegram by messages that are sent, while something fails."""
        if self.channel != "telegram":
            return said
        _must(said == "", "a call of Telegram's was answered with words")
        if calm:
            self.world.deliver()
        elif self.delivered():
            self.world.deliver_soon()
        came = self.came()[self._seen :]
        self._seen += len(came)
        return "\n".join(self._once(came))

    def came(self) -> list[str]:
        """All that was sent to her, in order."""
        return [words for _, words in self.world.provider.of(self.address)]

    def _once(self, came: list[str]) -> list[str]:
        """Without what came twice, which only a send that nobody heard of may do."""
        once = list(dict.fromkeys(came))
        doubled = {words for words in once if came.count(words) > 1}
        self.twice += len(doubled)
        _must(doubled <= self.world.unheard, "one came twice that nobody's end had left in doubt")
        return once

    def sends(self, one: Brought) -> str:
        world, kind = self.world, self.rng.choice([*faults.OF_STORAGE, "said twice", "said twice at once"])
        if kind == "said twice":
            self.note(kind)
            first, again = world.bring_until_taken(one), world.bring_until_taken(one)
            _must(first == again, "the same message was answered in two ways")
            return again
        if kind == "said twice at once":
            self.note(kind)
            with ThreadPoolExecutor(3) as lanes:
                list(lanes.map(world.bring, [one] * 3))
            return world.bring_until_taken(one)
        heard: list[tuple[int, str]] = []
        struck = faults.OF_STORAGE[kind](world, self.rng, lambda: heard.append(world.bring(one)))
        if struck:
            self.note(kind)
        status, said = heard[0]
        _must(status in (200, 503), f"answered by {status} while {kind}")
        at_last = world.bring_until_taken(one)
        _must(status == 503 or at_last == said, f"brought again it was answered in another way, after {kind}")
        return at_last

    def does(self, act: Callable[[], object]) -> None:
        """Somebody of the team does something that may be done again, until it is done."""
        kind = self.rng.choice(list(faults.OF_STORAGE))
        done: list[object] = []
        if faults.OF_STORAGE[kind](self.world, self.rng, lambda: done.append(act())):
            self.note(kind)
        for _ in range(3):
            if done:
                return
            try:
                done.append(act())
            except StorageAway:
                continue
        _must(bool(done), "it could not be done again")

    def delivered(self) -> bool:
        """What waits is delivered while something fails; whether it struck."""
        world = self.world
        kind = self.rng.choice([*(faults.OF_DELIVERY if self.rng.random() < 0.8 else faults.OF_STORAGE)])
        strike = faults.OF_DELIVERY.get(kind) or faults.OF_STORAGE[kind]
        struck = strike(world, self.rng, world.deliver)
        if struck:
            self.note(kind)
        return struck


class Report(Life):
    """She tells what happened, and sends it."""

    def live(self) -> None:
        parts = [f"part {number} zanbil{self.rng.randrange(10**9)}x" for number in range(self.rng.randint(1, 3))]
        heard = [self.writes(words) for words in [*BEFORE, *parts, *AFTER]]
        found = RECEIPT.search(heard[-1])
        _must(found is not None, "no receipt was told")
        receipt = found[0] if found else ""
        opened = self._opened(receipt)
        _must([opened.count(part) for part in parts] == [1] * len(parts), "the story is not what she told")
        _must([opened.index(part) for part in parts] == sorted(opened.index(part) for part in parts), "out of order")
        if self.rng.random() < 0.5:
            self.writes(receipt)
            self.writes("erase")
            _must("erased" in self.writes("1"), "it was not said that it is erased")
            _must(not self._opened(receipt), "what was erased opens")

    def _opened(self, receipt: str) -> str:
        hamraz = self.world.team.hamraz
        try:
            return open_case(hamraz.database, hamraz.keyring, receipt, TEAM_WORD, memory_kib=8)
        except LookupError:
            return ""


class Panic(Life):
    """She is in the middle of it, and must leave at once."""

    def live(self) -> None:
        for words in [*BEFORE, "zanbil the story"][: self.rng.randint(1, len(BEFORE) + 1)]:
            self.writes(words)
        _must(self.writes("XX") == "OK, thank you.", "the last line is another")
        _must("Hello, thank you for writing." in self.calmly("hi"), "known")
        self.calmly("XX")


class Talk(Life):
    """She and a counsellor write to each other."""

    def live(self) -> None:
        world, team, amina = self.world, self.world.team, self.world.counsellor
        known = {case.id for case in team.open_cases()}
        heard = [self.writes(words) for words in TO_A_PERSON]
        (case,) = [case for case in team.open_cases() if case.id not in known]
        _must(RECEIPT.search("\n".join(heard)) is not None, "no receipt was told")
        # Where nobody heard of the commit that brought her in, the chore finds her waiting.
        tending.tend(team.room, world.clock())
        before, hers, ours = len(self.came()), [], []
        for number in range(self.rng.randint(3, 6)):
            if self.rng.random() < 0.6:
                words, once = f"reply {number} qirmizi{self.rng.randrange(10**9)}", f"{self.rng.randrange(16**32):032x}"
                self.does(partial(self._reply, case.id, words, once))
                ours.append(words)
            else:
                hers.append(f"hers {number} zanbil{self.rng.randrange(10**9)}")
                _must(self.sends(self._written(hers[-1])) == "", "the program spoke while a person talks with her")
            self.delivered()
            self._callbacks()
        leaves = self.rng.random() < 0.3  # with words still on their way
        if not leaves:
            world.deliver_all()
            self._compare(ours, self.came()[before:])
        thread = [line.removeprefix("her: ") for line in team.thread(amina, case) if line.startswith("her: ")]
        _must([line for line in thread if line] == hers, "her words are not in the thread as she wrote them")
        self._seen = len(self.came())
        if leaves or self.rng.random() < 0.5:
            _must(self.writes("XX") == "OK, thank you.", "the last line is another")
            before = len(self.came())
            world.deliver_all()
            _must(len(self.came()) == before, "something was sent to her after she left")

    def _reply(self, case: bytes, words: str, once: str) -> object:
        room, amina = self.world.team.room, self.world.counsellor
        return relay.reply(room, amina.id, case, words, self.world.clock(), private=amina.pair.private, once=once)

    def _callbacks(self) -> None:
        """What became of her messages, told late, twice and in no order. Telegram tells nothing of it."""
        if self.channel == "telegram":
            return
        states = [(sid, state) for sid, _ in self.world.twilio.of(self.address) for state in ("sent", "delivered")]
        self.rng.shuffle(states)
        for sid, state in states[:2]:
            one = told_by_twilio(self.channel, self.number, sid, state)
            self.world.bring(one)
            self.world.bring(one)
            self.note("late and shuffled callbacks")

    def _compare(self, ours: list[str], came: list[str]) -> None:
        once = self._once(came)
        _must(once == ours, f"{len(once)} of {len(ours)} came, or in another order")
        refused = self.world.provider.refused
        _must(not refused, f"{self.channel} refuses {refused}")


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)
