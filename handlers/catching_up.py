"""Catching up after an outage: what a provider took in while we were away, and gave up bringing.

Twilio tries a webhook for minutes, not for hours; its log keeps what came. Every few minutes,
and first of all after a start, each such channel's log is read from where we last knew it, and
whatever was never taken goes the usual way. The answers go by REST: the webhook's is long gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

import structlog

from bot.limits import Limits
from bot.media import LARGEST, Fetch
from bot.message import InboundMessage, MediaReference, Reply
from handlers.channel import Channel, SendError
from handlers.counters import Counters

EVERY = timedelta(minutes=5)
OVERLAP = timedelta(minutes=10)  # read twice: the provider's log may lag, and what we know is passed over
FURTHEST = timedelta(hours=24)  # a day-old answer may reach the wrong eyes

log = structlog.get_logger()


@runtime_checkable
class Logged(Protocol):
    """A channel whose provider keeps a log of what came in."""

    def missed(self, since: datetime, now: datetime, known: Callable[[str], bool]) -> Iterator[InboundMessage]:
        """Messages since then that are not `known`, oldest first. Raises SendLater or SendRefused."""
        ...


class Marks(Protocol):
    """Until when each channel's log was read. Each call is one unit of work."""

    def turn(self, channel: str, every: timedelta, now: datetime) -> datetime | None:
        """Until when it was read, if it is anybody's turn to read on; then nobody else's for a while."""
        ...

    def read_until(self, channel: str, moment: datetime) -> None:
        """All until then was taken."""
        ...


class CatchingUp:
    """Reads the logs of all channels that have one."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        marks: Marks,
        took: Callable[[str, str], bool],  # channel, message id
        converse: Callable[[InboundMessage, Limits, Fetch, bool], tuple[Reply, ...]],
        counters: Counters,
        away: tuple[type[Exception], ...],  # the storage is away, locked or full
    ) -> None:
        self._channels = channels
        self._marks = marks
        self._took = took
        self._converse = converse
        self._counters = counters
        self._away = away

    def run(self, now: datetime) -> int:
        """Take what was missed; return how many messages. Raises only when the storage is away."""
        return sum(self._read(name, channel, now) for name, channel in self._channels.items())

    def _read(self, name: str, channel: Channel, now: datetime) -> int:
        if not isinstance(channel, Logged):
            return 0  # its provider brings again what it could not bring
        until = self._marks.turn(name, EVERY, now)
        if until is None:
            return 0
        taken = 0
        try:
            for message in channel.missed(
                max(until - OVERLAP, now - FURTHEST), now, lambda message_id: self._took(name, message_id)
            ):
                taken += self._take(channel, message)
        except SendError as error:
            # The mark stays: the next time we read further back.
            log.warning("log not read", channel=name, error=type(error).__name__)
        else:
            self._marks.read_until(name, now)
        if taken:
            log.info("caught up", channel=name, messages=taken)
        return taken

    def _take(self, channel: Channel, message: InboundMessage) -> bool:
        def fetch(reference: MediaReference) -> bytes:
            return channel.fetch(reference, LARGEST)

        try:
            self._converse(message, channel.limits, fetch, False)
        except self._away:
            raise  # nothing can be kept just now: all of it again next time
        except Exception as error:  # noqa: BLE001  # one message must not keep the later ones back
            # Only the class: an exception's text may hold her words.
            log.error("turn failed", channel=channel.name, error=type(error).__name__)
            self._counters.failed.labels(channel.name, type(error).__name__).inc()
            return False
        self._counters.taken.labels(channel.name, "caught_up").inc()
        return True
