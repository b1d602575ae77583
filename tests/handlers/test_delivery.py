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
from bot.media import MediaGone, MediaTooBig, MediaTrouble
from bot.message import Address, Button, MediaReference, Reply
from handlers.channel import WANTS_NOTHING, RefusalReason, SendError, SendLater, SendRefused
from handlers.counters import Counters
from handlers.delivery import LONGEST_WAIT, MOST_FETCHES, Delivery, Surroundings, reply_from
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
                if item.channel != channel or (item.kind == "send" and item.owner in blocked):
                    continue
                if self.waiting.get(item.id, now) > now:
                    if item.kind == "send":
                        blocked.add(item.owner)
                    continue
                free.append(item)
            self.leased |= {item.owner for item in free if item.kind == "send"}
            return free[:limit]

    def done(self, item: Item) -> None:
        if self.killed:
            raise KeyboardInterrupt
        with self.lock:
            self.items = [one for one in self.items if one.id != item.id]
            self.leased.discard(item.owner)

    def rewrite(self, item: Item, payload: Mapping[str, object]) -> None:
        with self.lock:
            self.items = [replace(one, payload=payload) if one.id == item.id else one for one in self.items]

    def retry(self, item: Item, when: datetime, *, tried: bool) -> None:
        with self.lock:
            self.waiting[item.id] = when
            more = {item.id: int(tried)}
            self.items = [replace(one, attempts=one.attempts + more.get(one.id, 0)) for one in self.items]
            self.leased.discard(item.owner)

    def dead(self, item: Item, code: str, reason: str) -> None:
        self.buried.append((item.id, code, reason))
        if reason in WANTS_NOTHING:
            self.items = [one for one in self.items if one.owner != item.owner or one.kind != "send"]
        self.done(item)


class Provider(TerminalChannel):
    """A channel that takes what it is given, or fails as told."""

    name = "sms"

    def __init__(self) -> None:
        super().__init__(SMS, lambda reply: None, "run")
        self.sent: list[tuple[str, str]] = []
        self.keys: list[object] = []
        self.wiped: list[list[str]] = []
        self.failures: dict[str, list[SendError]] = {}
        self.crowd: threading.Barrier | None = None  # nobody is served until so many are
        self.longest = 10_000
        self.files: dict[str, bytes | MediaTrouble | SendError] = {}

    def send(self, address: Address, reply: Reply) -> str:
        if self.crowd is not None:
            self.crowd.wait()
        failures = self.failures.get(reply.text)
        if failures:
            raise failures.pop(0)
        if len(reply.text) > self.longest:
            raise SendRefused("21617", "too long")
        self.sent.append((address.value, reply.text))
        self.keys.append(reply.buttons)
        return f"id of {reply.text}"

    def fetch(self, reference: MediaReference, limit: int, patience: float = 60) -> bytes:
        found = self.files[reference.reference]
        if isinstance(found, Exception):
            raise found
        return found

    def wipe(self, address: Address, ids: Sequence[str]) -> None:
        self.wiped.append(list(ids))


def away(address: Address, ids: Sequence[str]) -> None:
    raise SendLater("not finished at the provider", 120)


@dataclass(slots=True)
class Bench:
    outbox: Memory
    provider: Provider = field(default_factory=Provider)
    copies: list[tuple[bytes, str, str]] = field(default_factory=list)
    arrived: list[tuple[bytes, MediaReference, object]] = field(default_factory=list)
    files: dict[bytes, bytes] = field(default_factory=dict)  # what goes with an item
    now: datetime = NOW
    jitter: float = 0.0

    def delivery(self, poll: float = 0.02) -> Delivery:
        around = Surroundings(
            clock=lambda: self.now,
            jitter=lambda: self.jitter,
            sent=lambda item, one: self.copies.append((item.owner, item.channel, one)),
            arrived=lambda item, reference, found: self.arrived.append((item.id, reference, found)),
            enclosed=lambda item: self.files.get(item.id),
            address=lambda item: f"https://here.example/{item.id.decode()}" if item.id in self.files else None,
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
    bench.provider.failures["1"] = [SendRefused("30007", "filtered")]

    bench.delivery().drain("sms")

    assert bench.outbox.buried == [(b"a1", "30007", "filtered")]
    assert bench.texts() == ["2"]


@pytest.mark.parametrize(("code", "reason"), [("21610", "opted out"), ("403", "blocked")])
def test_after_an_opt_out_nothing_more_of_the_conversation_is_sent(code: str, reason: RefusalReason) -> None:
    bench = Bench(Memory([*said("a", "1", "2", "3"), *said("b", "4")]))
    bench.provider.failures["1"] = [SendRefused(code, reason)]

    bench.delivery().drain("sms")

    assert (bench.texts(), bench.outbox.items) == (["4"], [])


def test_a_wait_behind_another_is_no_attempt() -> None:
    bench = Bench(Memory(said("a", "1", "2")))
    bench.provider.failures["1"] = [SendLater("away")]

    bench.delivery().drain("sms")

    assert [item.attempts for item in bench.outbox.items] == [1, 0]


def test_a_wipe_that_must_wait_holds_back_no_answer() -> None:
    bench = Bench(Memory([Item(b"w", b"a", {"ids": ["SM1"]}, kind="wipe"), *said("a", "1")]))
    bench.provider.wipe = away  # type: ignore[method-assign]  # a provider that is not done with it

    bench.delivery().drain("sms")

    assert bench.texts() == ["1"]
    assert [item.kind for item in bench.outbox.items] == ["wipe"]


def test_what_the_provider_calls_too_long_goes_in_marked_parts_with_the_buttons_last() -> None:
    text = "One sentence here. Another one there. A third for good measure."
    bench = Bench(Memory([Item(b"x", b"a", {"text": text, "buttons": [[["Skip", "3:/skip"]]]})]))
    bench.provider.longest = 40

    bench.delivery().drain("sms")

    assert bench.texts() == ["One sentence here. (1/3)", "Another one there. (2/3)", "A third for good measure. (3/3)"]
    assert bench.provider.keys == [(), (), ((Button("Skip", "3:/skip"),),)]
    assert bench.outbox.items == []


def test_a_part_that_was_taken_is_not_sent_again() -> None:
    text = "One sentence here. Another one there. A third for good measure."
    bench = Bench(Memory([Item(b"x", b"a", {"text": text})]))
    bench.provider.longest = 40
    bench.provider.failures["Another one there. (2/3)"] = [SendLater("away")]

    bench.delivery().drain("sms")
    bench.now += timedelta(seconds=5)
    bench.delivery().drain("sms")

    assert bench.texts() == ["One sentence here. (1/3)", "Another one there. (2/3)", "A third for good measure. (3/3)"]


def test_what_cannot_be_cut_and_is_too_long_is_buried() -> None:
    bench = Bench(Memory(said("a", "🙂")))
    bench.provider.longest = 0

    bench.delivery().drain("sms")

    assert bench.outbox.buried == [("a🙂".encode(), "21617", "too long")]


PHOTO = {"id": "SM1:late:0", "kind": "photo", "reference": "SM1/ME1", "declared_type": "image/jpeg", "size": None}
REFERENCE = MediaReference("photo", "SM1/ME1", "image/jpeg")


def late(attempts: int = 0) -> Item:
    return Item(b"f", b"a", PHOTO, kind="fetch", attempts=attempts)


def test_a_late_file_is_handed_to_its_conversation() -> None:
    bench = Bench(Memory([late()]))
    bench.provider.files["SM1/ME1"] = b"bytes"

    bench.delivery().drain("sms")

    assert (bench.arrived, bench.outbox.items) == ([(b"f", REFERENCE, b"bytes")], [])


def test_a_file_that_is_still_away_is_tried_again_and_holds_back_no_answer() -> None:
    bench = Bench(Memory([late(), *said("a", "1")]))
    bench.provider.files["SM1/ME1"] = SendLater("away")

    bench.delivery().drain("sms")

    assert (bench.texts(), bench.arrived) == (["1"], [])
    assert [item.attempts for item in bench.outbox.items] == [1]


@pytest.mark.parametrize("trouble", [MediaGone("gone"), MediaTooBig("big")])
def test_a_file_that_will_never_come_is_said_to_its_conversation(trouble: MediaTrouble) -> None:
    bench = Bench(Memory([late()]))
    bench.provider.files["SM1/ME1"] = trouble

    bench.delivery().drain("sms")

    assert bench.arrived == [(b"f", REFERENCE, trouble)]
    assert not bench.outbox.items


def test_a_file_tried_for_an_hour_is_given_up_and_said_so() -> None:
    bench = Bench(Memory([late(attempts=MOST_FETCHES)]))
    bench.provider.files["SM1/ME1"] = b"too late"

    bench.delivery().drain("sms")

    ((_, _, found),) = bench.arrived
    assert isinstance(found, MediaGone)
    assert sum(min(2.0 * 2**tries, LONGEST_WAIT) for tries in range(MOST_FETCHES)) > 1200


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
    [
        ("send", {}),
        ("send", {"text": "x", "buttons": [[["only a label"]]]}),
        ("wipe", {}),
        ("wipe", {"ids": 5}),
        ("fetch", {}),
        ("fetch", {"kind": "x", "reference": "y"}),
    ],
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
    delivery = bench.delivery(poll=3600)
    delivery.start()
    try:
        time.sleep(0.1)
        bench.outbox.items += said("a", "1")
        delivery.wake("sms")
        until = time.monotonic() + 20
        while not bench.texts() and time.monotonic() < until:
            time.sleep(0.005)
    finally:
        delivery.stop()

    assert bench.texts() == ["1"]


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
    bench.provider.crowd = threading.Barrier(4, timeout=30)  # one after the other, the first would wait for ever

    bench.delivery().drain("sms")

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

    reply = Reply("Where?", ((Button("Street", "3:street"),), (Button("Skip", "3:/skip"),)), asks_pin=True)
    assert reply_from(payload) == (reply, [])
