"""Brings what waits in the outbox to the providers, in order, at least once.

The outbox is the truth: an item stays in it until the provider has taken it, so a kill at any point loses nothing and
may, rarely, send one message twice. Who calls, and when, is another matter (`looping`; on PostgreSQL also the engine
behind `storage.outbox.engine`): whoever calls twice, or in two places at once, does no harm. Beside sends wait wipes of
the provider's copies, and files that could not be fetched when they came.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.media import LARGEST, MediaGone, MediaTrouble
from bot.message import Address, Enclosed, MediaReference
from bot.splitting import halved
from handlers.channel import Channel, Doing, SendLater, SendRefused, Spots
from handlers.counters import Counters
from handlers.payloads import BrokenPayload, file_from, ids_from, reference_from, reply_from, without_file

LANES = 4  # conversations served side by side, a channel and process
FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0  # seconds before a second try, and at most between tries
MOST_FETCHES = 12  # tries at a late file, over about an hour; then she is asked to send it again
PATIENCE = 45.0  # seconds for one file
STEADFAST = 30.0  # seconds that what a provider took is held in hand while our storage is away
HOLD_ON = 0.5  # seconds between tries meanwhile
ASK_AGAIN = 900.0  # seconds until a question is tried again that would have come in the middle of a talk
MOST_STUMBLES = 8  # tries at an item over which our own code falls

NO_FAULT = ("stopping", "she is writing")  # put off, and nobody is to blame

# Messages a second, of all processes together. Telegram: 30 over all chats (core.telegram.org/bots/faq). Twilio: what
# a long code is sold with differs by country; it queues what is faster, so this only smooths.
PACES: Mapping[str, float] = {"telegram": 25, "telegram-staff": 25, "whatsapp": 40, "sms": 10}

log = structlog.get_logger()


class Waiting(Protocol):
    """One leased item of the outbox."""

    @property
    def id(self) -> bytes: ...
    @property
    def owner(self) -> bytes:
        """The conversation's tag: its sends are kept in order."""
        ...

    @property
    def kind(self) -> str:
        """ "send", "wipe", "fetch" or "ask"."""
        ...

    @property
    def channel(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, object]:
        """send, ask: see `reply_from`. wipe: {"ids": [str, …]}. fetch: see `reference_from`."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was tried before."""
        ...

    @property
    def start(self) -> datetime:
        """Its moment in the channel's pace: not to be sent before."""
        ...


class Outbox(Protocol):
    """Where messages wait. Each call is one unit of work; any may raise when the storage is away."""

    def lease(
        self, channel: str, limit: int, now: datetime, per_second: float | None, overdue: timedelta
    ) -> Sequence[Waiting]:
        """Items to deliver now, oldest first; of a conversation one send at most, and none that is in another lease."""
        ...

    def lease_behind(
        self, channel: str, of: bytes, now: datetime, per_second: float | None
    ) -> Waiting | datetime | None:
        """The next of one conversation; when to ask again, where it may not go now; None when nothing waits there."""
        ...

    def done(self, item: Waiting) -> None:
        """It was taken: forget it."""
        ...

    def renew(self, item_ids: Collection[bytes]) -> None:
        """Whoever has these in hand lives: nobody else is given them."""
        ...

    def rewrite(self, item: Waiting, payload: Mapping[str, object], per_second: float) -> datetime | None:
        """Part of it was taken: keep what is left in its place, and return the moment for that; None: leave it, it is
        nobody's or another's now.
        """
        ...

    def retry(self, item: Waiting, when: datetime, *, tried: bool) -> None:
        """Not now: give it again from `when` on, and no younger send of the same conversation before it.

        tried  counts as an attempt
        """
        ...

    def pause(self, channel: str, until: datetime) -> None:
        """No worker gets an item of this channel before then."""
        ...

    def dead(self, item: Waiting, code: str, reason: str) -> None:
        """It will never be taken. Where she wants nothing from us, what waits for her goes too."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What delivery needs of the world; `operating.worker` hands it in."""

    clock: Callable[[], datetime]  # UTC
    jitter: Callable[[], float]  # 0 up to 1; randomness lives in the vault
    sent: Callable[[Waiting, str], None]  # the item and the provider's id of it: so that it can be wiped
    arrived: Callable[[Waiting, MediaReference, bytes | MediaTrouble], None]  # a file that was late, or will not come
    may_ask: Callable[[Waiting], bool | None]  # whether a question is still to be asked; None: not now
    enclosed: Callable[[Waiting], bytes | None]  # the file that goes with an item
    address: Callable[[Waiting], str | None]  # where its provider may fetch it
    away: tuple[type[Exception], ...] = ()  # the storage is away: it may come back in a moment
    spots: Spots | None = None  # where cases stand in counsellors' chats
    went: Callable[[str, str], None] = lambda channel, why: None  # a call went out; or did not, and why


class Delivery:
    """Delivers items of every channel that is on. Safe to use from many threads."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        surroundings: Surroundings,
        counters: Counters,
        *,
        paces: Mapping[str, float] = PACES,
    ) -> None:
        self._outbox = outbox
        self._channels = channels
        self._around = surroundings
        self._counters = counters
        self._paces = paces
        self._stopping = threading.Event()
        self._in_hand: set[bytes] = set()
        self._lock = threading.Lock()

    @property
    def channels(self) -> Iterable[str]:
        """The names of channels that are on."""
        return self._channels.keys()

    def stop(self) -> None:
        """Begin nothing more; what waits stays in the outbox."""
        self._stopping.set()

    def hold(self) -> None:
        """Renew the leases of what is in hand. To be called every few seconds, in a thread of its own."""
        with self._lock:
            held = tuple(self._in_hand)
        if held:
            self._outbox.renew(held)

    def drain(self, channel: str, overdue: timedelta = timedelta(0)) -> int:
        """Deliver what may go now, a few conversations side by side, and return how many items that were."""
        items = self.lease(channel, LANES, overdue)
        if len(items) == 1:
            self.deliver(items[0])
        elif items:
            with ThreadPoolExecutor(len(items)) as lanes:
                list(lanes.map(self.deliver, items))
        return len(items)

    def lease(self, channel: str, most: int, overdue: timedelta = timedelta(0)) -> Sequence[Waiting]:
        """Take items in hand; each must be given to `deliver` at once."""
        if self._stopping.is_set():
            return ()
        return self._outbox.lease(channel, most, self._around.clock(), self._pace(channel), overdue)

    def carry(self, channel: str, of: bytes) -> datetime | None:
        """Deliver what waits of one conversation; return when to come again, None when nothing is left.

        of  the conversation's tag, or a wipe's or fetch's own id
        """
        while not self._stopping.is_set():
            found = self._outbox.lease_behind(channel, of, self._around.clock(), self._pace(channel))
            if found is None or isinstance(found, datetime):
                return found
            put_off = self.deliver(found)
            if put_off is not None:
                return put_off
        return self._around.clock()

    def deliver(self, item: Waiting) -> datetime | None:
        """Deliver one leased item at its moment. Return until when it was put off, None when it is settled."""
        with self._lock:
            self._in_hand.add(item.id)
        try:
            return self._delivered(item)
        finally:
            with self._lock:
                self._in_hand.discard(item.id)

    def _delivered(self, item: Waiting) -> datetime | None:
        if not self._its_moment(item.start):
            self._outbox.retry(item, self._around.clock(), tried=False)
            return self._around.clock()
        try:
            self._do(item)
            self._surely(lambda: self._outbox.done(item))
            self._count(item, "done")
        except SendLater as later:
            return self._put_off(item, later)
        except SendRefused as refused:
            self._bury(item, refused)
        except BrokenPayload:
            self._outbox.dead(item, "payload", "rejected")
            self._count(item, "broken")
            self._say("delivery broken", item)
        except _NotOurs:
            self._count(item, "lost")
        except self._around.away:
            raise  # its lease ends, and it is tried again
        except Exception as error:  # noqa: BLE001  # a mistake of ours in one item must hold up no other for ever
            return self._stumbled(item, error)
        return None

    def _stumbled(self, item: Waiting, error: Exception) -> datetime | None:
        log.error("delivery stumbled", channel=item.channel, kind=item.kind, error=type(error).__name__)
        if item.attempts < MOST_STUMBLES:
            return self._put_off(item, SendLater("our own mistake"))
        self._outbox.dead(item, "stumbled", "rejected")
        self._count(item, "broken")
        return None

    def _do(self, item: Waiting) -> None:
        channel, address = self._channels[item.channel], Address(item.channel, item.address)
        match item.kind:
            case "wipe":
                channel.wipe(address, ids_from(item.payload))
            case "fetch":
                self._fetch(channel, item)
            case "send" if "do" in item.payload:
                self._do_in_chat(channel, address, item)
            case "ask":
                self._ask(channel, address, item)
            case _:
                self._send(channel, address, item)

    def _send(self, channel: Channel, address: Address, item: Waiting) -> None:
        """Send it, in parts where it is too long; what is left is kept after each part, so none goes twice."""
        payload = item.payload
        while True:
            reply, rest = reply_from(payload)
            if "file" in payload:
                reply = replace(reply, file=self._file(item))
            try:
                provider_id = channel.send(address, reply)
            except SendRefused as refused:
                parts = halved(reply.text)
                if refused.reason != "too long" or len(parts) == 1:
                    raise
                payload = {**payload, "text": parts[0], "rest": [*parts[1:], *rest]}
                self._keep_rest(item, payload)
                continue
            if provider_id:
                # First, so that a kill here sends again rather than leaves a copy that nobody can wipe.
                self._surely(lambda name=provider_id: self._around.sent(item, name))  # type: ignore[misc]  # typed above
            if not rest:
                return
            payload = {**without_file(payload), "text": rest[0], "rest": rest[1:]}
            self._keep_rest(item, payload)

    def _file(self, item: Waiting) -> Enclosed:
        return file_from(item.payload, lambda: self._around.enclosed(item), lambda: self._around.address(item))

    def _keep_rest(self, item: Waiting, payload: Mapping[str, object]) -> None:
        moments: list[datetime | None] = []
        self._surely(lambda: moments.append(self._outbox.rewrite(item, payload, self._pace(item.channel))))
        if moments[0] is None:
            raise _NotOurs
        if not self._its_moment(moments[0]):
            raise SendLater("stopping", 0)

    def _do_in_chat(self, channel: Channel, address: Address, item: Waiting) -> None:
        """Do what it says, in a counsellor's chat."""
        if not isinstance(channel, Doing) or self._around.spots is None:
            raise BrokenPayload
        provider_id = channel.do(address, item.payload, self._around.spots, self._around.clock())
        if provider_id:
            self._surely(lambda: self._around.sent(item, provider_id))

    def _ask(self, channel: Channel, address: Address, item: Waiting) -> None:
        """Ask what she agreed to be asked; not while she writes, and not once she wants it no more."""
        may = self._around.may_ask(item)
        if may is None:
            raise SendLater("she is writing", ASK_AGAIN)
        if may:
            self._send(channel, address, item)

    def _fetch(self, channel: Channel, item: Waiting) -> None:
        """Fetch a file that was late, and let the conversation have it, or know that it will not come."""
        reference = reference_from(item.payload)
        found: bytes | MediaTrouble
        try:
            if item.attempts >= MOST_FETCHES:
                raise MediaGone("tried for too long")
            found = channel.fetch(reference, LARGEST, PATIENCE)
        except MediaTrouble as trouble:
            found = trouble
        self._around.arrived(item, reference, found)

    def _bury(self, item: Waiting, refused: SendRefused) -> None:
        self._surely(lambda: self._outbox.dead(item, refused.code, refused.reason))
        self._count(item, refused.reason.replace(" ", "_"), f"{refused.code} {refused.reason}")
        self._say("delivery refused", item, code=refused.code, why=refused.reason)

    def _put_off(self, item: Waiting, later: SendLater) -> datetime:
        wait = self._wait(item.attempts, later.retry_after)
        when = self._around.clock() + timedelta(seconds=wait)
        if later.whole_channel:
            self._surely(lambda: self._outbox.pause(item.channel, when))
        self._surely(lambda: self._outbox.retry(item, when, tried=True))
        self._count(item, "later", "" if later.why in NO_FAULT else later.why)
        self._say("delivery put off", item, why=later.why, seconds=round(wait))
        return when

    def _wait(self, attempts: int, asked: float | None) -> float:
        """Seconds until the next try: what the provider asked, else doubling; spread by up to a half."""
        wait = asked if asked is not None else min(FIRST_WAIT * 2.0 ** min(attempts, 20), LONGEST_WAIT)
        return wait * (1 + self._around.jitter() / 2)

    def _its_moment(self, start: datetime) -> bool:
        """Wait for it; False when we are to stop meanwhile."""
        ahead = (start - self._around.clock()).total_seconds()
        return not (self._stopping.wait(ahead) if ahead > 0 else self._stopping.is_set())

    def _surely(self, work: Callable[[], None]) -> None:
        """Write down what a provider did. While the storage is away it is tried again, as long as the item is ours: a
        database that restarts in this moment makes nobody send twice.
        """
        until = time.monotonic() + STEADFAST
        while True:
            try:
                return work()
            except self._around.away:
                if time.monotonic() > until or self._stopping.wait(HOLD_ON):
                    raise

    def _pace(self, channel: str) -> float:
        return self._paces.get(channel, 10)

    def _say(self, event: str, item: Waiting, **more: object) -> None:
        log.info(event, channel=item.channel, kind=item.kind, **more)

    def _count(self, item: Waiting, outcome: str, why: str = "") -> None:
        self._counters.delivered.labels(item.channel, item.kind, outcome).inc()
        if why or outcome == "done":
            self._around.went(item.channel, why)


class _NotOurs(Exception):
    """Its lease ran out, or it was dropped while we had it in hand: it is left alone."""
