"""Pulse: what tells an operator whether everything runs. Moments, counts and codes; nobody's words, and nobody.

Whoever does something notes when (`storage.marks`), at most every half minute; whoever looks reads it, in any process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

import structlog

from casework.cases import queue
from casework.cases.room import CaseRoom
from casework.triage import Level
from storage import marks, outbox
from storage.database import Database, Unit
from storage.errors import StorageError

NOTED_EVERY = timedelta(seconds=30)  # by each process
SEEN_EVERY = timedelta(minutes=1)
WORKER, BACKUP, DRILL = "worker", "backup", "restore drill"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Way:
    """How one channel goes out."""

    sent: datetime | None = None
    failed: datetime | None = None
    why: str = ""  # of the last that did not go: a provider's code and our name for it


@dataclass(frozen=True, slots=True)
class Pulse:
    """What was found."""

    cases: Mapping[Level, datetime]  # since when the oldest of each level waits for somebody
    waiting: int  # cases that nobody has
    outgoing: Mapping[str, tuple[datetime, int]]  # by channel: since when the oldest should have gone, how many should
    ways: Mapping[str, Way]
    worker: datetime | None  # deliveries and chores: when any process was last at them
    backup: datetime | None
    drill: datetime | None


def take_pulse(unit: Unit, room: CaseRoom, channels: Iterable[str], now: datetime) -> Pulse:
    """Look at everything that is noted."""
    line = queue.waiting(unit, room)
    since = {level: [one.since for one in line if one.risk == level] for level in Level}
    return Pulse(
        cases={level: datetime.fromtimestamp(min(found), UTC) for level, found in since.items() if found},
        waiting=len(line),
        outgoing=outbox.ages(unit, now),
        ways={channel: _way(unit, channel) for channel in channels},
        worker=marks.last(unit, WORKER),
        backup=marks.last(unit, BACKUP),
        drill=marks.last(unit, DRILL),
    )


def be_seen(unit: Unit, now: datetime) -> None:
    """Deliveries and chores are alive."""
    marks.done(unit, WORKER, now)


def _way(unit: Unit, channel: str) -> Way:
    return Way(
        marks.last(unit, _sent(channel)),
        marks.last(unit, _failed(channel)),
        marks.text(unit, f"{_failed(channel)} why"),
    )


def _sent(channel: str) -> str:
    return f"channel {channel} sent"


def _failed(channel: str) -> str:
    return f"channel {channel} failed"


@dataclass
class Noting:
    """Notes how each channel goes, for one process, now and then. Never raises: a message is not stopped by it."""

    database: Database
    _noted: dict[tuple[str, bool], datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def went(self, channel: str, why: str, now: datetime) -> None:
        """why: "" for what went out, else a provider's code and our name for it."""
        with self._lock:
            last = self._noted.get((channel, bool(why)))
            if last is not None and now - last < NOTED_EVERY:
                return
            self._noted[channel, bool(why)] = now
        try:
            self.database.work(lambda unit: _note(unit, channel, why, now))
        except StorageError as error:
            log.warning("not noted", channel=channel, error=type(error).__name__)


def _note(unit: Unit, channel: str, why: str, now: datetime) -> None:
    if not why:
        marks.done(unit, _sent(channel), now)
        return
    marks.done(unit, _failed(channel), now)
    marks.note(unit, f"{_failed(channel)} why", why)
