"""Of two who make a topic for one case in the same moment, one is taken and the other deleted again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest

from casework.chat.spots import Spot, Spots
from storage.staff import topics
from storage.staff.topics import Topic
from storage.vault.keyring import Keyring
from tests.casework.chat.conftest import ON_BOTH
from tests.databases import Place
from tests.staffroom import Staffroom

AMINA, NOW = b"a" * 16, datetime.fromisoformat("2026-11-25T12:00:00+00:00")
CASES = [bytes([number]) * 16 for number in range(12)]


@ON_BOTH
def test_two_at_once_are_told_the_same_topic(place: Place) -> None:
    keyring = Keyring.new()
    spots, both = Spots(place.open(), keyring), Barrier(2)
    for case in CASES:
        spots.database.work(lambda unit, case=case: topics.save(unit, keyring, Topic(AMINA, case)))

    def made(number: int) -> list[Spot | None]:
        found = []
        for place, case in enumerate(CASES):
            both.wait(30)
            found.append(spots.opened((AMINA.hex(), case.hex()), number + place, NOW))
        return found

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(made, (100, 200))

    assert first == second
    assert None not in first


def test_what_came_second_leaves_no_topic_behind(room: Staffroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.staffed()
    amina = room.hire()
    hers = room.paired(amina)
    opened = Spots.opened

    def late(self: Spots, spot: tuple[str, str], number: int, now: datetime, gone: int | None = None) -> Spot | None:
        other = room.api.bot.next_number()  # another worker was faster
        room.api.bot.topics[other] = room.api.bot.topics[number]
        opened(self, spot, other, now, gone)
        return opened(self, spot, number, now, gone)

    monkeypatch.setattr(Spots, "opened", late)
    _, case, topic = room.taken(amina, hers)

    assert list(room.api.bot.topics) == [topic]
    assert hers.reads(topic)[0].startswith(f"{case.code} is yours now.")
