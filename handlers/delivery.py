"""Brings what waits in the outbox to the providers, in order, at least once.

The outbox is the truth: an item stays in it until the provider has taken it, so a kill at
any point loses nothing and may, rarely, send one message twice. One thread a channel, a
few lanes each; one conversation's messages never overtake each other. Beside sends wait
wipes of the provider's copies, and files that could not be fetched when they came.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, cast, get_args

import structlog

from bot.media import LARGEST, MediaGone, MediaTrouble
from bot.message import Address, Button, Enclosed, MediaKind, MediaReference, Reply
from bot.splitting import halved
from handlers.channel import WANTS_NOTHING, Channel, SendLater, SendRefused
from handlers.counters import Counters

BATCH = 20  # items leased at once; must be done before a lease expires
LANES = 4  # conversations served side by side, a channel
POLL = 1.0  # seconds between looks when nobody wakes us
FIRST_WAIT, LONGEST_WAIT = 2.0, 600.0  # seconds before a second try, and at most between tries
MOST_FETCHES = 12  # tries at a late file, over about an hour; then she is asked to send it again

# Messages a second. Telegram: 30 over all chats (core.telegram.org/bots/faq). Twilio: what a
# long code is sold with differs by country; it queues what is faster, so this only smooths.
PACES: Mapping[str, float] = {"telegram": 25, "whatsapp": 40, "sms": 10}

log = structlog.get_logger()


class Waiting(Protocol):
    """One leased item of the outbox."""

    @property
    def id(self) -> bytes: ...
    @property
    def owner(self) -> bytes:
        """The conversation's tag: its items are kept in order."""
        ...

    @property
    def kind(self) -> str:
        """ "send", "wipe" or "fetch"."""
        ...

    @property
    def channel(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def payload(self) -> Mapping[str, object]:
        """send: see `reply_from`. wipe: {"ids": [str, …]}. fetch: see `reference_from`."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was tried before."""
        ...


class Outbox(Protocol):
    """Where messages wait. Each call is one unit of work; any may raise when the storage is away."""

    def lease(self, channel: str, limit: int, now: datetime) -> Sequence[Waiting]:
        """Items to deliver now, oldest first, a conversation's in order and in no other lease."""
        ...

    def done(self, item: Waiting) -> None:
        """It was taken: forget it."""
        ...

    def rewrite(self, item: Waiting, payload: Mapping[str, object]) -> None:
        """Part of it was taken: keep what is left in its place."""
        ...

    def retry(self, item: Waiting, when: datetime, *, tried: bool) -> None:
        """Not now: give it again from `when` on, and no younger send of the same conversation before it.

        tried  counts as an attempt; False for one that only waits behind another
        """
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
    enclosed: Callable[[Waiting], bytes | None]  # the file that goes with an item
    address: Callable[[Waiting], str | None]  # where its provider may fetch it


class Delivery:
    """Drains the outbox of every channel that is on."""

    def __init__(
        self,
        outbox: Outbox,
        channels: Mapping[str, Channel],
        surroundings: Surroundings,
        counters: Counters,
        *,
        paces: Mapping[str, float] = PACES,
        poll: float = POLL,
    ) -> None:
        self._outbox = outbox
        self._around = surroundings
        self._counters = counters
        self._poll = poll
        self._stopping = threading.Event()
        self._lines = {
            name: _Line(channel, _Pace(paces.get(name, 10), self._stopping)) for name, channel in channels.items()
        }

    def start(self) -> None:
        """Begin, one daemon thread a channel."""
        for name, line in self._lines.items():
            line.thread = threading.Thread(target=self._run, args=(name,), name=f"delivery-{name}", daemon=True)
            line.thread.start()

    def wake(self, channel: str) -> None:
        """Look into this channel's outbox now, not at the next poll."""
        if channel in self._lines:
            self._lines[channel].awake.set()

    def stop(self, patience: float = 10) -> None:
        """Finish what is under way and end. What waits stays in the outbox."""
        self._stopping.set()
        for line in self._lines.values():
            line.awake.set()
        for line in self._lines.values():
            if line.thread is not None:
                line.thread.join(patience)

    def drain(self, channel: str) -> int:
        """Lease one batch of this channel, deliver it, and return how many items it held."""
        line = self._lines[channel]
        items = self._outbox.lease(channel, BATCH, self._around.clock())
        conversations: dict[bytes, list[Waiting]] = {}
        for item in items:  # only sends have an order
            conversations.setdefault(item.owner if item.kind == "send" else item.id, []).append(item)
        if len(conversations) == 1:
            self._converse(line, items)
        elif conversations:
            with ThreadPoolExecutor(min(LANES, len(conversations))) as lanes:
                list(lanes.map(lambda one: self._converse(line, one), conversations.values()))
        return len(items)

    def _run(self, channel: str) -> None:
        line = self._lines[channel]
        while not self._stopping.is_set():
            line.awake.clear()
            try:
                if self.drain(channel):
                    continue
            except Exception as error:  # noqa: BLE001  # this thread must outlive any trouble
                log.error("delivery stumbled", channel=channel, error=type(error).__name__)
                self._stopping.wait(self._poll)
            line.awake.wait(self._poll)

    def _converse(self, line: _Line, items: Iterable[Waiting]) -> None:
        """Deliver one conversation's items; after one that must wait, the others wait too."""
        put_off: datetime | None = None
        for item in items:
            if put_off is not None:
                self._outbox.retry(item, put_off, tried=False)
                continue
            try:
                put_off = self._deliver(line, item)
            except _WantsNothing:
                return  # what was behind it is gone from the outbox

    def _deliver(self, line: _Line, item: Waiting) -> datetime | None:
        """Deliver one item. Return until when it was put off, None when it is settled. Raises _WantsNothing."""
        address = Address(item.channel, item.address)
        try:
            match item.kind:
                case "wipe":
                    line.pace.wait()
                    line.channel.wipe(address, _ids(item.payload))
                case "fetch":
                    self._fetch(line, item)
                case _:
                    self._send(line, address, item)
            self._outbox.done(item)
            self._count(item, "done")
            return None
        except SendLater as later:
            wait = self._wait(item.attempts, later.retry_after)
            if later.whole_channel:
                line.pace.pause(wait)
            when = self._around.clock() + timedelta(seconds=wait)
            self._outbox.retry(item, when, tried=True)
            self._count(item, "later")
            log.info(
                "delivery put off",
                channel=item.channel,
                kind=item.kind,
                why=later.why,
                seconds=round(wait),
            )
            return when
        except SendRefused as refused:
            self._outbox.dead(item, refused.code, refused.reason)
            self._count(item, refused.reason.replace(" ", "_"))
            log.warning(
                "delivery refused",
                channel=item.channel,
                kind=item.kind,
                code=refused.code,
                why=refused.reason,
            )
            if refused.reason in WANTS_NOTHING:
                raise _WantsNothing from None
        except _BrokenPayload:
            self._outbox.dead(item, "payload", "rejected")
            self._count(item, "broken")
            log.error("delivery broken", channel=item.channel, kind=item.kind)
        return None

    def _send(self, line: _Line, address: Address, item: Waiting) -> None:
        """Send it, in parts where it is too long; what is left is kept after each part, so none goes twice."""
        payload = item.payload
        while True:
            reply, rest = reply_from(payload)
            if "file" in payload:
                reply = replace(reply, file=self._file(item, payload["file"]))
            line.pace.wait()
            try:
                provider_id = line.channel.send(address, reply)
            except SendRefused as refused:
                parts = halved(reply.text)
                if refused.reason != "too long" or len(parts) == 1:
                    raise
                payload = {**payload, "text": parts[0], "rest": [*parts[1:], *rest]}
                self._outbox.rewrite(item, payload)
                continue
            if provider_id:
                # First, so that a kill here sends again rather than leaves a copy that nobody can wipe.
                self._around.sent(item, provider_id)
            if not rest:
                return
            payload = {**_without_file(payload), "text": rest[0], "rest": rest[1:]}
            self._outbox.rewrite(item, payload)

    def _file(self, item: Waiting, described: object) -> Enclosed:
        """The file of an item: {"kind", "type", "name"}."""
        if not isinstance(described, Mapping) or described.get("kind") not in get_args(MediaKind):
            raise _BrokenPayload
        return Enclosed(
            cast(MediaKind, described["kind"]),
            str(described.get("type")),
            str(described.get("name")),
            lambda: self._around.enclosed(item),
            lambda: self._around.address(item),
        )

    def _fetch(self, line: _Line, item: Waiting) -> None:
        """Fetch a file that was late, and let the conversation have it, or know that it will not come."""
        reference = reference_from(item.payload)
        found: bytes | MediaTrouble
        try:
            if item.attempts >= MOST_FETCHES:
                raise MediaGone("tried for too long")
            found = line.channel.fetch(reference, LARGEST)
        except MediaTrouble as trouble:
            found = trouble
        self._around.arrived(item, reference, found)

    def _wait(self, attempts: int, asked: float | None) -> float:
        """Seconds until the next try: what the provider asked, else doubling; spread by up to a half."""
        wait = asked if asked is not None else min(FIRST_WAIT * 2.0 ** min(attempts, 20), LONGEST_WAIT)
        return wait * (1 + self._around.jitter() / 2)

    def _count(self, item: Waiting, outcome: str) -> None:
        self._counters.delivered.labels(item.channel, item.kind, outcome).inc()


class _Pace:
    """Spaces calls evenly over all lanes of a channel. Durations only: no time of day."""

    def __init__(self, per_second: float, stopping: threading.Event) -> None:
        self._gap = 1 / per_second
        self._stopping = stopping
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Wait for a turn. Raises SendLater rather than wait longer than a few seconds."""
        with self._lock:
            now = time.monotonic()
            ahead = self._next - now
            if ahead > 5:
                raise SendLater("the channel is paused", ahead)
            self._next = max(self._next, now) + self._gap
        if ahead > 0 and self._stopping.wait(ahead):
            raise SendLater("stopping", 0)

    def pause(self, seconds: float) -> None:
        """Let nothing through for so long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


@dataclass(slots=True)
class _Line:
    channel: Channel
    pace: _Pace
    awake: threading.Event
    thread: threading.Thread | None

    def __init__(self, channel: Channel, pace: _Pace) -> None:
        self.channel = channel
        self.pace = pace
        self.awake = threading.Event()
        self.thread = None


class _BrokenPayload(Exception):
    """An outbox item that nobody can read; trying again would change nothing."""


class _WantsNothing(Exception):
    """She opted out, or blocked us: nothing more of this conversation may be sent."""


def reply_from(payload: Mapping[str, object]) -> tuple[Reply, list[str]]:
    """The reply in an outbox payload, and the texts that follow it.

    {"text", "buttons": [[[label, data]…]…], "asks_pin", "protect", "rest": [text…], "file"}; keys and pin
    belong to the last text, a file to the first.
    """
    text, rows, rest = payload.get("text"), payload.get("buttons", []), payload.get("rest", [])
    if not isinstance(text, str) or not isinstance(rows, list | tuple) or not isinstance(rest, list | tuple):
        raise _BrokenPayload
    if rest:
        return Reply(text, protect=bool(payload.get("protect"))), [str(one) for one in rest]
    try:
        buttons = tuple(tuple(Button(str(label), str(data)) for label, data in row) for row in rows)
    except (TypeError, ValueError):
        raise _BrokenPayload from None
    return Reply(text, buttons, bool(payload.get("asks_pin")), bool(payload.get("protect"))), []


def _without_file(payload: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in payload.items() if name != "file"}


def reference_from(payload: Mapping[str, object]) -> MediaReference:
    """The file in an outbox payload: {"id", "kind", "reference", "declared_type", "size"}."""
    kind, reference, size = payload.get("kind"), payload.get("reference"), payload.get("size")
    if kind not in get_args(MediaKind) or not isinstance(reference, str):
        raise _BrokenPayload
    declared = str(payload.get("declared_type", ""))
    return MediaReference(cast(MediaKind, kind), reference, declared, size if isinstance(size, int) else None)


def _ids(payload: Mapping[str, object]) -> list[str]:
    ids = payload.get("ids")
    if not isinstance(ids, list | tuple):
        raise _BrokenPayload
    return [str(one) for one in ids]
