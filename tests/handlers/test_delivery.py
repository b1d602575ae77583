"""Delivery: in order, at least once, and polite to providers."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
import structlog
from prometheus_client import CollectorRegistry

from bot.limits import SMS
from bot.message import Address, Button, Reply
from handlers.channel import SendError, SendLater, SendRefused
from handlers.counters import Counters
from handlers.delivery import LONGEST_WAIT, Delivery, Surroundings, reply_from
from handlers.terminal import TerminalChannel
from tests.handlers.conftest import NOW


@dataclass(frozen=True, slots=True)
class Item:
    id: bytes
    owner: bytes
    payload: Mapping[str, object] = field(repr=False)
    kind: str = "send"
    channel: str = "sms"
    address: str = field(default="+923001234567", repr=False)
    attempts: int = 0


def said(owner: str, *texts: str) -> list[Item]:
    """One conversation's messages, in order."""
    return [Item(f"{owner}{text}".encode(), owner.encode(), {"text": text}) for text in texts]


@dataclass(slots=True)
class Memory:
    """An outbox in memory, which leases as the real one must."""

    items: list[Item]
    waiting: dict[bytes, datetime] = field(default_factory=dict)
    leased: set[bytes] = field(default_factory=set)
    buried: list[tuple[bytes, str, str]] = field(default_factory=list)
    failure: Exception | None = None
    killed: bool = False  # the process ends where it should forget an item
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lease(self, channel: str, limit: int, now: datetime) -> Sequence[Item]:
        if self.failure:
            raise self.failure
        with self.lock:
            free, blocked = [], set(self.leased)
            for item in self.items:
                if item.channel != channel or item.owner in blocked:
                    continue
                if self.waiting.get(item.id, now) > now:
                    blocked.add(item.owner)
                    continue
                free.append(item)
            self.leased |= {item.owner for item in free}
            return free[:limit]

    def done(self, item: Item) -> None:
        if self.killed:
            raise KeyboardInterrupt
        with self.lock:
            self.items = [one for one in self.items if one.id != item.id]
            self.leased.discard(item.owner)

    def retry(self, item: Item, when: datetime) -> None:
        with self.lock:
            self.waiting[item.id] = when
            self.items = [replace(one, attempts=one.attempts + (one.id == item.id)) for one in self.items]
            self.leased.discard(item.owner)

    def dead(self, item: Item, code: str, reason: str) -> None:
        self.buried.append((item.id, code, reason))
        self.done(item)


class Provider(TerminalChannel):
    """A channel that takes what it is given, or fails as told."""

    name = "sms"

    def __init__(self) -> None:
        super().__init__(SMS, lambda reply: None, "run")
        self.sent: list[tuple[str, str]] = []
        self.wiped: list[list[str]] = []
        self.failures: dict[str, list[SendError]] = {}
        self.slow = 0.0

    def send(self, address: Address, reply: Reply) -> str:
        time.sleep(self.slow)
        failures = self.failures.get(reply.text)
        if failures:
            raise failures.pop(0)
        self.sent.append((address.value, reply.text))
        return f"id of {reply.text}"

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        self.wiped.append(list(ids))


@dataclass(slots=True)
class Bench:
    outbox: Memory
    provider: Provider = field(default_factory=Provider)
    copies: list[tuple[bytes, str, str]] = field(default_factory=list)
    now: datetime = NOW
    jitter: float = 0.0

    def delivery(self, poll: float = 0.02) -> Delivery:
        around = Surroundings(
            clock=lambda: self.now,
            jitter=lambda: self.jitter,
            sent=lambda owner, channel, one: self.copies.append((owner, channel, one)),
        )
        counters = Counters(CollectorRegistry())
        return Delivery(self.outbox, {"sms": self.provider}, around, counters, paces={"sms": 10_000}, poll=poll)

    def texts(self) -> list[str]:
        return [text for _, text in self.provider.sent]


def test_one_conversation_is_delivered_in_order_and_leaves_the_outbox() -> None:
    bench = Bench(Memory(said("a", "1", "2", "3")))

    count = bench.delivery().drain("sms")

    assert (count, bench.texts(), bench.outbox.items) == (3, ["1", "2", "3"], [])


def test_the_providers_ids_are_handed_back_for_wiping() -> None:
    bench = Bench(Memory(said("a", "1")))

    bench.delivery().drain("sms")

    assert bench.copies == [(b"a", "sms", "id of 1")]


def test_a_message_that_must_wait_holds_back_the_later_ones_of_its_conversation_only() -> None:
    bench = Bench(Memory([*said("a", "1", "2"), *said("b", "3")]))
    bench.provider.failures["1"] = [SendLater("away")]

    bench.delivery().drain("sms")
    assert bench.texts() == ["3"]

    bench.now += timedelta(seconds=5)
    bench.delivery().drain("sms")
    assert bench.texts() == ["3", "1", "2"]


def test_the_wait_is_what_the_provider_asks_and_no_less() -> None:
    bench = Bench(Memory(said("a", "1")), jitter=0.5)
    bench.provider.failures["1"] = [SendLater("slow down", 40)]

    bench.delivery().drain("sms")

    assert bench.outbox.waiting[b"a1"] == NOW + timedelta(seconds=50)


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (1, 4), (5, 64), (50, LONGEST_WAIT)])
def test_the_wait_doubles_up_to_ten_minutes(attempts: int, seconds: float) -> None:
    bench = Bench(Memory([replace(said("a", "1")[0], attempts=attempts)]))
    bench.provider.failures["1"] = [SendLater("away")]

    bench.delivery().drain("sms")

    assert bench.outbox.waiting[b"a1"] == NOW + timedelta(seconds=seconds)


def test_a_refused_message_is_buried_with_its_reason_and_the_next_one_goes() -> None:
    bench = Bench(Memory(said("a", "1", "2")))
    bench.provider.failures["1"] = [SendRefused("21610", "opted out")]

    bench.delivery().drain("sms")

    assert bench.outbox.buried == [(b"a1", "21610", "opted out")]
    assert bench.texts() == ["2"]


def test_a_throttled_channel_pauses_for_everybody() -> None:
    bench = Bench(Memory([*said("a", "1"), *said("b", "2")]))
    bench.provider.failures["1"] = [SendLater("slow down", 30, whole_channel=True)]
    delivery = bench.delivery()

    delivery.drain("sms")
    bench.outbox.items += said("c", "3")
    delivery.drain("sms")

    assert "3" not in bench.texts()
    assert bench.outbox.items


def test_a_wipe_names_the_copies_to_the_provider() -> None:
    bench = Bench(Memory([Item(b"w", b"a", {"ids": ["SM1", "SM2"]}, kind="wipe")]))

    bench.delivery().drain("sms")

    assert (bench.provider.wiped, bench.outbox.items) == ([["SM1", "SM2"]], [])


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("send", {}), ("send", {"text": "x", "buttons": [[["only a label"]]]}), ("wipe", {}), ("wipe", {"ids": 5})],
)
def test_a_payload_nobody_can_read_is_buried(kind: str, payload: dict[str, object]) -> None:
    bench = Bench(Memory([Item(b"x", b"a", payload, kind=kind)]))

    bench.delivery().drain("sms")

    assert bench.outbox.buried == [(b"x", "payload", "rejected")]


def test_a_kill_between_sending_and_forgetting_sends_again_and_loses_nothing() -> None:
    bench = Bench(Memory(said("a", "1")))

    bench.outbox.killed = True
    with pytest.raises(KeyboardInterrupt):
        bench.delivery().drain("sms")
    bench.outbox.killed = False
    bench.outbox.leased.clear()  # the lease ran out
    bench.delivery().drain("sms")

    assert (bench.texts(), bench.outbox.items) == (["1", "1"], [])


def test_a_wake_sends_at_once_and_not_at_the_next_look() -> None:
    bench = Bench(Memory([]))
    delivery = bench.delivery(poll=30)
    delivery.start()
    try:
        time.sleep(0.1)
        bench.outbox.items += said("a", "1")
        begun = time.monotonic()
        delivery.wake("sms")
        while not bench.texts() and time.monotonic() < begun + 5:
            time.sleep(0.005)
        assert time.monotonic() - begun < 1
    finally:
        delivery.stop()


def test_the_thread_outlives_a_storage_that_went_away() -> None:
    bench = Bench(Memory(said("a", "1"), failure=OSError("disk")))
    delivery = bench.delivery()
    with structlog.testing.capture_logs():
        delivery.start()
        try:
            time.sleep(0.1)
            bench.outbox.failure = None
            until = time.monotonic() + 5
            while not bench.texts() and time.monotonic() < until:
                time.sleep(0.005)
        finally:
            delivery.stop()

    assert bench.texts() == ["1"]


def test_conversations_are_served_side_by_side() -> None:
    bench = Bench(Memory([item for owner in "abcd" for item in said(owner, "1", "2")]))
    bench.provider.slow = 0.1
    begun = time.monotonic()

    bench.delivery().drain("sms")

    assert time.monotonic() - begun < 0.5  # 0.8 one after the other
    for owner in "abcd":
        assert [text for _, text in bench.provider.sent].count("1") == 4, owner


def test_the_log_names_no_address_and_no_words() -> None:
    bench = Bench(Memory([*said("a", "madad"), *said("b", "help")]))
    bench.provider.failures = {"madad": [SendLater("away")], "help": [SendRefused("21610", "opted out")]}

    with structlog.testing.capture_logs() as logs:
        bench.delivery().drain("sms")

    assert len(logs) == 2
    for secret in ("madad", "help", "923001234567"):
        assert secret not in str(logs)


def test_a_payload_becomes_the_reply_it_was() -> None:
    payload = {"text": "Where?", "buttons": [[["Street", "3:street"]], [["Skip", "3:/skip"]]], "asks_pin": True}

    assert reply_from(payload) == Reply(
        "Where?", ((Button("Street", "3:street"),), (Button("Skip", "3:/skip"),)), asks_pin=True
    )
