"""Delivery: in order, at least once, and polite to providers."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
from handlers.delivery import (
    LANES,
    LONGEST_WAIT,
    MOST_FETCHES,
    MOST_STUMBLES,
    Delivery,
    Surroundings,
    Waiting,
)
from handlers.looping import Loop
from handlers.payloads import reply_from
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
    start: datetime = NOW


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
    paused: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, list[BaseException]] = field(default_factory=dict)  # by the name of what is called
    lost: bool = False  # its lease ran out
    renewed: list[list[bytes]] = field(default_factory=list)
    looked: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lease(
        self, channel: str, limit: int, now: datetime, per_second: float | None, overdue: timedelta
    ) -> Sequence[Item]:
        self.looked.set()
        self.fail("lease")
        with self.lock:
            found, behind = [], set()
            if self.paused.get(channel, now) > now:
                return []
            for item in self.items:
                first = item.kind != "send" or item.owner not in behind
                behind |= {item.owner} if item.kind == "send" else set()
                due = self.waiting.get(item.id, NOW) <= now - overdue
                if item.channel == channel and first and due and item.id not in self.leased:
                    found.append(item)
            self.leased |= {item.id for item in found[:limit]}
            return found[:limit]

    def lease_behind(self, channel: str, of: bytes, now: datetime, per_second: float | None) -> Item | datetime | None:
        hers = [item for item in self.items if of in (item.owner, item.id)]
        found = [item for item in self.lease(channel, 100, now, per_second, timedelta(0)) if item in hers]
        self.leased -= {item.id for item in self.items} - {item.id for item in found[:1]}
        return found[0] if found else self.waiting.get(hers[0].id, now) if hers else None

    def done(self, item: Item) -> None:
        self.fail("done")
        with self.lock:
            self.items = [one for one in self.items if one.id != item.id]

    def renew(self, item_ids: Collection[bytes]) -> None:
        self.renewed.append(list(item_ids))

    def rewrite(self, item: Item, payload: Mapping[str, object], per_second: float) -> datetime | None:
        self.fail("rewrite")
        if self.lost:
            return None
        with self.lock:
            self.items = [replace(one, payload=payload) if one.id == item.id else one for one in self.items]
        return NOW

    def retry(self, item: Item, when: datetime, *, tried: bool) -> None:
        self.fail("retry")
        with self.lock:
            self.waiting[item.id] = when
            more = {item.id: int(tried)}
            self.items = [replace(one, attempts=one.attempts + more.get(one.id, 0)) for one in self.items]
            self.leased.discard(item.id)

    def pause(self, channel: str, until: datetime) -> None:
        self.paused[channel] = until

    def dead(self, item: Item, code: str, reason: str) -> None:
        self.fail("dead")
        self.buried.append((item.id, code, reason))
        if reason in WANTS_NOTHING:
            self.items = [one for one in self.items if one.owner != item.owner or one.kind != "send"]
        with self.lock:
            self.items = [one for one in self.items if one.id != item.id]

    def fail(self, call: str) -> None:
        if self.failures.get(call):
            raise self.failures[call].pop(0)


class Away(Exception):
    """The storage is away."""


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
        self.last = ""  # which text `took` waits for; any
        self.took = threading.Event()
        self.hangs: dict[str, threading.Event] = {}  # by the last letter of what is sent
        self.hanging: list[str] = []
        self.hung = threading.Event()
        self.full = threading.Event()  # so many hang that nobody is free

    def send(self, address: Address, reply: Reply) -> str:
        if self.crowd is not None:
            self.crowd.wait()
        hangs = self.hangs.get(reply.text[-1:])
        if hangs is not None:
            self.hanging.append(reply.text)
            self.hung.set()
            if len(self.hanging) == LANES:
                self.full.set()
            hangs.wait(30)
        failures = self.failures.get(reply.text)
        if failures:
            raise failures.pop(0)
        if len(reply.text) > self.longest:
            raise SendRefused("21617", "too long")
        self.sent.append((address.value, reply.text))
        self.keys.append(reply.buttons)
        if reply.text == (self.last or reply.text):
            self.took.set()
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
    may: list[bool | None] = field(default_factory=list)  # whether a question may be asked, look by look
    now: datetime = NOW
    jitter: float = 0.0

    def delivery(self) -> Delivery:
        around = Surroundings(
            clock=lambda: self.now,
            jitter=lambda: self.jitter,
            away=(Away,),
            sent=self.sent,
            arrived=lambda item, reference, found: self.arrived.append((item.id, reference, found)),
            may_ask=lambda item: self.may.pop(0),
            enclosed=lambda item: self.files.get(item.id),
            address=lambda item: f"https://here.example/{item.id.decode()}" if item.id in self.files else None,
        )
        counters = Counters(CollectorRegistry())
        return Delivery(self.outbox, {"sms": self.provider}, around, counters)

    def drain(self) -> None:
        """Deliver all that may go now."""
        delivery = self.delivery()
        while delivery.drain("sms"):
            pass

    def sent(self, item: Waiting, name: str) -> None:
        self.outbox.fail("sent")
        self.copies.append((item.owner, item.channel, name))

    def texts(self) -> list[str]:
        return [text for _, text in self.provider.sent]


def test_one_conversation_is_delivered_in_order_and_leaves_the_outbox() -> None:
    bench = Bench(Memory(said("a", "1", "2", "3")))

    bench.drain()

    assert (bench.texts(), bench.outbox.items) == (["1", "2", "3"], [])


def test_the_providers_ids_are_handed_back_for_wiping() -> None:
    bench = Bench(Memory(said("a", "1")))

    bench.drain()

    assert bench.copies == [(b"a", "sms", "id of 1")]


def test_a_message_that_must_wait_holds_back_the_later_ones_of_its_conversation_only() -> None:
    bench = Bench(Memory([*said("a", "1", "2"), *said("b", "3")]))
    bench.provider.failures["1"] = [SendLater("away")]

    bench.drain()
    assert bench.texts() == ["3"]

    bench.now += timedelta(seconds=5)
    bench.drain()
    assert bench.texts() == ["3", "1", "2"]


def test_the_wait_is_what_the_provider_asks_and_no_less() -> None:
    bench = Bench(Memory(said("a", "1")), jitter=0.5)
    bench.provider.failures["1"] = [SendLater("slow down", 40)]

    bench.drain()

    assert bench.outbox.waiting[b"a1"] == NOW + timedelta(seconds=50)


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 2), (1, 4), (5, 64), (50, LONGEST_WAIT)])
def test_the_wait_doubles_up_to_ten_minutes(attempts: int, seconds: float) -> None:
    bench = Bench(Memory([replace(said("a", "1")[0], attempts=attempts)]))
    bench.provider.failures["1"] = [SendLater("away")]

    bench.drain()

    assert bench.outbox.waiting[b"a1"] == NOW + timedelta(seconds=seconds)


def test_a_refused_message_is_buried_with_its_reason_and_the_next_one_goes() -> None:
    bench = Bench(Memory(said("a", "1", "2")))
    bench.provider.failures["1"] = [SendRefused("30007", "filtered")]

    bench.drain()

    assert bench.outbox.buried == [(b"a1", "30007", "filtered")]
    assert bench.texts() == ["2"]


@pytest.mark.parametrize(("code", "reason"), [("21610", "opted out"), ("403", "blocked")])
def test_after_an_opt_out_nothing_more_of_the_conversation_is_sent(code: str, reason: RefusalReason) -> None:
    bench = Bench(Memory([*said("a", "1", "2", "3"), *said("b", "4")]))
    bench.provider.failures["1"] = [SendRefused(code, reason)]

    bench.drain()

    assert (bench.texts(), bench.outbox.items) == (["4"], [])


def test_a_wait_behind_another_is_no_attempt() -> None:
    bench = Bench(Memory(said("a", "1", "2")))
    bench.provider.failures["1"] = [SendLater("away")]

    bench.drain()

    assert [item.attempts for item in bench.outbox.items] == [1, 0]


def test_a_wipe_that_must_wait_holds_back_no_answer() -> None:
    bench = Bench(Memory([Item(b"w", b"a", {"ids": ["SM1"]}, kind="wipe"), *said("a", "1")]))
    bench.provider.wipe = away  # type: ignore[method-assign]  # a provider that is not done with it

    bench.drain()

    assert bench.texts() == ["1"]
    assert [item.kind for item in bench.outbox.items] == ["wipe"]


def test_a_question_waits_while_she_writes_goes_when_it_may_and_not_once_she_wants_it_no_more() -> None:
    bench = Bench(Memory([Item(name, b"a", {"text": name.decode()}, kind="ask") for name in (b"1", b"2")]))
    bench.may = [None, False, True]

    bench.drain()
    assert (bench.texts(), [item.id for item in bench.outbox.items]) == ([], [b"1"])

    bench.now += timedelta(minutes=30)
    bench.outbox.leased.clear()
    bench.drain()
    assert (bench.texts(), bench.outbox.items) == (["1"], [])


def test_what_the_provider_calls_too_long_goes_in_marked_parts_with_the_buttons_last() -> None:
    text = "One sentence here. Another one there. A third for good measure."
    bench = Bench(Memory([Item(b"x", b"a", {"text": text, "buttons": [[["Skip", "3:/skip"]]]})]))
    bench.provider.longest = 40

    bench.drain()

    assert bench.texts() == ["One sentence here. (1/3)", "Another one there. (2/3)", "A third for good measure. (3/3)"]
    assert bench.provider.keys == [(), (), ((Button("Skip", "3:/skip"),),)]
    assert bench.outbox.items == []


def test_a_part_that_was_taken_is_not_sent_again() -> None:
    text = "One sentence here. Another one there. A third for good measure."
    bench = Bench(Memory([Item(b"x", b"a", {"text": text})]))
    bench.provider.longest = 40
    bench.provider.failures["Another one there. (2/3)"] = [SendLater("away")]

    bench.drain()
    bench.now += timedelta(seconds=5)
    bench.drain()

    assert bench.texts() == ["One sentence here. (1/3)", "Another one there. (2/3)", "A third for good measure. (3/3)"]


def test_what_cannot_be_cut_and_is_too_long_is_buried() -> None:
    bench = Bench(Memory(said("a", "🙂")))
    bench.provider.longest = 0

    bench.drain()

    assert bench.outbox.buried == [("a🙂".encode(), "21617", "too long")]


PHOTO = {"id": "SM1:late:0", "kind": "photo", "reference": "SM1/ME1", "declared_type": "image/jpeg", "size": None}
REFERENCE = MediaReference("photo", "SM1/ME1", "image/jpeg")


def late(attempts: int = 0) -> Item:
    return Item(b"f", b"a", PHOTO, kind="fetch", attempts=attempts)


def test_a_late_file_is_handed_to_its_conversation() -> None:
    bench = Bench(Memory([late()]))
    bench.provider.files["SM1/ME1"] = b"bytes"

    bench.drain()

    assert (bench.arrived, bench.outbox.items) == ([(b"f", REFERENCE, b"bytes")], [])


def test_a_file_that_is_still_away_is_tried_again_and_holds_back_no_answer() -> None:
    bench = Bench(Memory([late(), *said("a", "1")]))
    bench.provider.files["SM1/ME1"] = SendLater("away")

    bench.drain()

    assert (bench.texts(), bench.arrived) == (["1"], [])
    assert [item.attempts for item in bench.outbox.items] == [1]


@pytest.mark.parametrize("trouble", [MediaGone("gone"), MediaTooBig("big")])
def test_a_file_that_will_never_come_is_said_to_its_conversation(trouble: MediaTrouble) -> None:
    bench = Bench(Memory([late()]))
    bench.provider.files["SM1/ME1"] = trouble

    bench.drain()

    assert bench.arrived == [(b"f", REFERENCE, trouble)]
    assert not bench.outbox.items


def test_a_file_tried_for_an_hour_is_given_up_and_said_so() -> None:
    bench = Bench(Memory([late(attempts=MOST_FETCHES)]))
    bench.provider.files["SM1/ME1"] = b"too late"

    bench.drain()

    ((_, _, found),) = bench.arrived
    assert isinstance(found, MediaGone)
    assert sum(min(2.0 * 2**tries, LONGEST_WAIT) for tries in range(MOST_FETCHES)) > 1200


def test_a_throttled_channel_pauses_for_everybody() -> None:
    bench = Bench(Memory([*said("a", "1"), *said("b", "2")]))
    bench.provider.failures["1"] = [SendLater("slow down", 30, whole_channel=True)]

    bench.drain()
    bench.outbox.items += said("c", "3")
    bench.drain()

    assert "3" not in bench.texts()
    assert bench.outbox.paused == {"sms": NOW + timedelta(seconds=30)}


def test_a_wipe_names_the_copies_to_the_provider() -> None:
    bench = Bench(Memory([Item(b"w", b"a", {"ids": ["SM1", "SM2"]}, kind="wipe")]))

    bench.drain()

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

    bench.drain()

    assert bench.outbox.buried == [(b"x", "payload", "rejected")]


def test_a_kill_between_sending_and_forgetting_sends_again_and_loses_nothing() -> None:
    bench = Bench(Memory(said("a", "1"), failures={"done": [KeyboardInterrupt()]}))

    with pytest.raises(KeyboardInterrupt):
        bench.drain()
    bench.outbox.leased.clear()  # the lease ran out
    bench.drain()

    assert (bench.texts(), bench.outbox.items) == (["1", "1"], [])


@pytest.mark.parametrize("call", ["done", "sent"])
def test_a_storage_that_is_away_when_the_provider_has_taken_it_makes_nobody_send_twice(call: str) -> None:
    bench = Bench(Memory(said("a", "1", "2"), failures={call: [Away(), Away()]}))

    bench.drain()

    assert (bench.texts(), bench.outbox.items) == (["1", "2"], [])
    assert [name for _, _, name in bench.copies] == ["id of 1", "id of 2"]


def test_a_refusal_is_kept_though_the_storage_was_away_when_it_came() -> None:
    bench = Bench(Memory(said("a", "1", "2"), failures={"dead": [Away()]}))
    bench.provider.failures["1"] = [SendRefused("30007", "filtered")]

    bench.drain()

    assert bench.outbox.buried == [(b"a1", "30007", "filtered")]
    assert bench.texts() == ["2"]


def test_what_is_another_workers_by_now_is_left_alone() -> None:
    text = "One sentence here. Another one there. A third for good measure."
    bench = Bench(Memory([Item(b"x", b"a", {"text": text})], lost=True))
    bench.provider.longest = 40

    bench.drain()

    assert (bench.texts(), bench.outbox.buried) == ([], [])


def test_one_over_which_our_own_code_falls_is_tried_for_a_while_then_buried_and_the_next_goes() -> None:
    bench = Bench(Memory(said("a", "1", "2")))
    bench.provider.failures["1"] = [RuntimeError("her words")] * 20  # type: ignore[list-item]  # not of the contract

    with structlog.testing.capture_logs() as logs:
        for _ in range(MOST_STUMBLES + 1):
            bench.drain()
            bench.now += timedelta(seconds=2 * LONGEST_WAIT)

    assert bench.outbox.buried == [(b"a1", "stumbled", "rejected")]
    assert bench.texts() == ["2"]
    assert "her words" not in str(logs)


def test_leases_are_renewed_while_something_is_in_hand_and_not_else() -> None:
    bench = Bench(Memory(said("a", "1 of a")))
    bench.provider.hangs = {"a": threading.Event()}
    delivery = bench.delivery()
    delivery.hold()
    (item,) = delivery.lease("sms", 1)

    with ThreadPoolExecutor(1) as lane:
        under_way = lane.submit(delivery.deliver, item)
        assert bench.provider.hung.wait(30)
        delivery.hold()
        bench.provider.hangs["a"].set()
        under_way.result()
    delivery.hold()

    assert bench.outbox.renewed == [[b"a1 of a"]]


# --- carrying one conversation -----------------------------------------------------------------


def test_a_conversation_is_carried_to_its_end_and_no_other() -> None:
    bench = Bench(Memory([*said("a", "1", "2"), *said("b", "3")]))

    assert bench.delivery().carry("sms", b"a") is None

    assert bench.texts() == ["1", "2"]


def test_a_conversation_that_must_wait_says_until_when() -> None:
    bench = Bench(Memory(said("a", "1", "2")))
    bench.provider.failures["1"] = [SendLater("slow down", 40)]
    delivery = bench.delivery()

    assert delivery.carry("sms", b"a") == NOW + timedelta(seconds=40)
    assert delivery.carry("sms", b"a") == NOW + timedelta(seconds=40)  # whoever is woken meanwhile

    bench.now += timedelta(seconds=40)
    assert delivery.carry("sms", b"a") is None
    assert bench.texts() == ["1", "2"]


def test_nothing_is_begun_once_it_is_told_to_stop() -> None:
    bench = Bench(Memory(said("a", "1")))
    delivery = bench.delivery()
    (item,) = delivery.lease("sms", 1)

    delivery.stop()

    assert delivery.deliver(item) == NOW
    assert not delivery.lease("sms", 1)
    assert (bench.texts(), [one.attempts for one in bench.outbox.items]) == ([], [0])


# --- the loop -----------------------------------------------------------------------------------


@contextmanager
def looping(bench: Bench, poll: float, overdue: timedelta = timedelta(0)) -> Iterator[Loop]:
    delivery = bench.delivery()
    loop = Loop(delivery, poll=poll, overdue=overdue)
    loop.start()
    try:
        yield loop
    finally:
        delivery.stop()
        loop.stop()


def test_a_wake_sends_at_once_and_not_at_the_next_look() -> None:
    bench = Bench(Memory([]))

    with looping(bench, poll=3600) as loop:
        assert bench.outbox.looked.wait(30)
        bench.outbox.items += said("a", "1")
        loop.wake("sms")
        assert bench.provider.took.wait(30)

    assert bench.texts() == ["1"]


def test_the_loop_outlives_a_storage_that_went_away() -> None:
    bench = Bench(Memory(said("a", "1"), failures={"lease": [OSError("disk"), OSError("disk")]}))

    with structlog.testing.capture_logs() as logs, looping(bench, poll=0.01):
        assert bench.provider.took.wait(30)

    assert bench.texts() == ["1"]
    assert [line["error"] for line in logs if line["event"] == "outbox not read"] == ["OSError", "OSError"]


def test_a_conversation_goes_on_at_once_when_its_first_message_was_taken() -> None:
    bench = Bench(Memory(said("a", "1", "2", "3")))
    bench.provider.last = "3"

    with looping(bench, poll=3600):
        assert bench.provider.took.wait(30)

    assert bench.texts() == ["1", "2", "3"]


def test_a_provider_that_hangs_for_some_holds_up_no_other_conversation() -> None:
    bench = Bench(Memory([item for owner in "abcdefgh" for item in said(owner, "1")]))
    bench.provider.hangs = {"a": threading.Event(), "b": threading.Event(), "c": threading.Event()}
    bench.provider.last = "1 of h"
    bench.outbox.items = [replace(item, payload={"text": f"1 of {item.owner.decode()}"}) for item in bench.outbox.items]

    with looping(bench, poll=3600):
        assert bench.provider.took.wait(30)
        for event in bench.provider.hangs.values():
            event.set()

    assert {"1 of d", "1 of e", "1 of f", "1 of g", "1 of h"} <= set(bench.texts())


def test_never_more_is_held_than_there_are_lanes() -> None:
    bench = Bench(Memory([item for owner in "abcdefgh" for item in said(owner, f"1 of {owner}")]))
    bench.provider.hangs = {owner: threading.Event() for owner in "abcdefgh"}

    with looping(bench, poll=3600):
        assert bench.provider.full.wait(30)
        assert len(bench.outbox.leased) == LANES
        for event in bench.provider.hangs.values():
            event.set()


def test_a_sweep_takes_only_what_is_overdue() -> None:
    bench = Bench(Memory([*said("a", "1"), *said("b", "2")]))
    bench.outbox.waiting = {b"a1": NOW - timedelta(seconds=30)}
    bench.provider.last = "1"

    with looping(bench, poll=0.01, overdue=timedelta(seconds=20)):
        assert bench.provider.took.wait(30)

    assert bench.texts() == ["1"]


def test_conversations_are_served_side_by_side() -> None:
    bench = Bench(Memory([item for owner in "abcd" for item in said(owner, "1", "2")]))
    bench.provider.crowd = threading.Barrier(4, timeout=30)  # one after the other, the first would wait for ever

    bench.drain()

    for owner in "abcd":
        assert [text for _, text in bench.provider.sent].count("1") == 4, owner


def test_the_log_names_no_address_and_no_words() -> None:
    bench = Bench(Memory([*said("a", "madad"), *said("b", "help")]))
    bench.provider.failures = {"madad": [SendLater("away")], "help": [SendRefused("21610", "opted out")]}

    with structlog.testing.capture_logs() as logs:
        bench.drain()

    assert len(logs) == 2
    for secret in ("madad", "help", "923001234567"):
        assert secret not in str(logs)


def test_a_payload_becomes_the_reply_it_was() -> None:
    payload = {"text": "Where?", "buttons": [[["Street", "3:street"]], [["Skip", "3:/skip"]]], "asks_pin": True}

    reply = Reply("Where?", ((Button("Street", "3:street"),), (Button("Skip", "3:/skip"),)), asks_pin=True)
    assert reply_from(payload) == (reply, [])
