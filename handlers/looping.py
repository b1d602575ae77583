"""Looks into the outbox and delivers: on its own where nothing else moves items, and as a sweep behind an engine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import structlog

from handlers.delivery import LANES, Delivery, Waiting

POLL = 1.0  # seconds between looks when nobody wakes us

log = structlog.get_logger()


class Loop:
    """A thread a channel that hands items to a few lanes, never more than are free: nothing waits under a lease."""

    def __init__(self, delivery: Delivery, *, poll: float = POLL, overdue: timedelta = timedelta(0)) -> None:
        """overdue: take only what should have gone so long ago, and somebody else forgot."""
        self._delivery = delivery
        self._poll = poll
        self._overdue = overdue
        self._stopping = threading.Event()
        self._lines = {name: _Line(name) for name in delivery.channels}

    def start(self) -> None:
        """Begin, in daemon threads."""
        for name, line in self._lines.items():
            line.thread = threading.Thread(target=self._run, args=(name, line), name=f"outbox-{name}", daemon=True)
            line.thread.start()

    def wake(self, channel: str) -> None:
        """Look into this channel's outbox now, not at the next poll."""
        if channel in self._lines:
            self._lines[channel].awake.set()

    def stop(self, patience: float = 10) -> None:
        """Finish what is under way and end."""
        self._stopping.set()
        for line in self._lines.values():
            line.awake.set()
        for line in self._lines.values():
            if line.thread is not None:
                line.thread.join(patience)
            line.lanes.shutdown(wait=False)

    def _run(self, channel: str, line: _Line) -> None:
        while not self._stopping.is_set():
            line.awake.clear()
            found = 0
            try:
                found = self._hand_out(channel, line)
            except Exception as error:  # noqa: BLE001  # this thread must outlive any trouble
                log.error("outbox not read", channel=channel, error=type(error).__name__)
                self._stopping.wait(self._poll)
            if not found:
                line.awake.wait(self._poll)

    def _hand_out(self, channel: str, line: _Line) -> int:
        free = 0
        while free < LANES and line.free.acquire(blocking=False):
            free += 1
        items: Sequence[Waiting] = ()
        try:
            items = self._delivery.lease(channel, free, self._overdue) if free else ()
        finally:
            for _ in range(free - len(items)):
                line.free.release()
        for item in items:
            line.lanes.submit(self._deliver, line, item)
        return len(items)

    def _deliver(self, line: _Line, item: Waiting) -> None:
        try:
            self._delivery.deliver(item)
        except Exception as error:  # noqa: BLE001  # its lease ends, and it is tried again
            log.error("delivery stumbled", channel=item.channel, kind=item.kind, error=type(error).__name__)
        finally:
            line.free.release()
            line.awake.set()


class _Line:
    __slots__ = ("awake", "free", "lanes", "thread")

    def __init__(self, channel: str) -> None:
        self.awake = threading.Event()
        self.free = threading.Semaphore(LANES)
        self.lanes = ThreadPoolExecutor(LANES, thread_name_prefix=f"delivery-{channel}")
        self.thread: threading.Thread | None = None
