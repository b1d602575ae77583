"""Health: what was found of everything that must run, each as one finding, gravest first. What is said of it is the page's.

A finding has a name ("worker_late"), how grave it is, and what to fill its words with. No word of anybody is among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from casework.pulse import Pulse, Way
from casework.triage import Level

LATE = timedelta(minutes=5)  # until then a worker may be busy
STUCK = timedelta(minutes=10)
BACKUP_OLD, DRILL_OLD = timedelta(hours=36), timedelta(days=35)
APART = timedelta(seconds=2)  # clocks: paces and leases bear that
LOW, FULL = 0.15, 0.05  # of the disk
LEAST = 500 * 1024 * 1024  # bytes
PROMISED = {Level.RED: timedelta(minutes=15), Level.AMBER: timedelta(hours=4), Level.GREEN: timedelta(hours=48)}
# What a provider says of one person's phone or of one message, and not of the channel.
OF_ONE = {"opted out", "bad number", "unreachable", "blocked", "window closed", "too long", "topic gone", "no topics"}


class Grave(IntEnum):
    """How grave a finding is."""

    BAD = 0  # something does not work
    LOOK = 1
    FINE = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    of: str  # "worker", "disk"…
    what: str  # "late", "fine"…
    grave: Grave
    which: str = ""  # of several: a channel, a database, how grave a case is
    values: Mapping[str, object] = field(default_factory=dict)  # spans, moments, numbers and codes

    @property
    def name(self) -> str:
        return f"{self.of}_{self.what}"


@dataclass(frozen=True, slots=True)
class Machine:
    """What is known of this process, its machine and its databases."""

    tables: Mapping[str, tuple[str, str, bool] | None]  # of "main" and "keys": at, should be at, known; None: away
    server: str
    clock: datetime | None  # the database's; None where it is this machine's
    keyring_is_current: bool
    free: int  # bytes of the disk
    whole: int
    versions: Mapping[str, str]
    off: Mapping[str, tuple[str, ...]]  # channels that are off: what is not set


def findings(pulse: Pulse, machine: Machine, now: datetime) -> list[Finding]:
    """Everything, gravest first and otherwise in this order."""
    found = [
        *_databases(machine),
        _keyring(machine),
        _worker(pulse, now),
        *_cases(pulse, now),
        *_outgoing(pulse, now),
        *(_channel(channel, way, now) for channel, way in pulse.ways.items()),
        *(
            Finding("channel", "off", Grave.FINE, one, {"missing": ", ".join(lacks)})
            for one, lacks in machine.off.items()
        ),
        _backup(pulse, now),
        _drill(pulse, now),
        _disk(machine),
        _clocks(pulse, machine, now),
    ]
    return sorted(found, key=lambda one: one.grave)


def _databases(machine: Machine) -> Iterator[Finding]:
    for tree, at in machine.tables.items():
        if at is None:
            yield Finding("database", "away", Grave.BAD, tree)
            continue
        found, head, known = at
        values = {"found": found, "head": head}
        if found == head:
            yield Finding("database", "fine", Grave.FINE, tree, values)
        elif known:
            yield Finding("database", "behind", Grave.BAD, tree, values)
        else:
            yield Finding("database", "newer", Grave.LOOK, tree, values)


def _keyring(machine: Machine) -> Finding:
    if machine.keyring_is_current:
        return Finding("keyring", "fine", Grave.FINE)
    return Finding("keyring", "rotated", Grave.BAD)


def _worker(pulse: Pulse, now: datetime) -> Finding:
    if pulse.worker is None:
        return Finding("worker", "never", Grave.BAD)
    ago = now - pulse.worker
    return Finding("worker", *(("late", Grave.BAD) if ago > LATE else ("fine", Grave.FINE)), values={"ago": ago})


def _cases(pulse: Pulse, now: datetime) -> Iterator[Finding]:
    if not pulse.cases:
        yield Finding("cases", "none", Grave.FINE)
    for level, since in pulse.cases.items():
        late = now - since > PROMISED[level]
        grave = Grave.FINE if not late else Grave.BAD if level == Level.RED else Grave.LOOK
        yield Finding("cases", "late" if late else "wait", grave, level, {"ago": now - since})


def _outgoing(pulse: Pulse, now: datetime) -> Iterator[Finding]:
    if not pulse.outgoing:
        yield Finding("outgoing", "none", Grave.FINE)
    for channel, (since, many) in pulse.outgoing.items():
        values = {"ago": now - since, "many": many}
        if now - since > STUCK:
            yield Finding("outgoing", "stuck", Grave.BAD, channel, values)
        else:
            yield Finding("outgoing", "wait", Grave.FINE, channel, values)


def _channel(channel: str, way: Way, now: datetime) -> Finding:
    if way.failed is not None and (way.sent is None or way.failed > way.sent):
        of_one = way.why.partition(" ")[2] in OF_ONE
        what = "one_refused" if of_one else "fails"
        values = {"ago": now - way.failed, "why": way.why, "sent": None if way.sent is None else now - way.sent}
        return Finding("channel", what, Grave.FINE if of_one else Grave.BAD, channel, values)
    if way.sent is None:
        return Finding("channel", "never", Grave.LOOK, channel)
    values = {"ago": now - way.sent}
    if way.failed is None:
        return Finding("channel", "fine", Grave.FINE, channel, values)
    return Finding("channel", "fine_again", Grave.FINE, channel, values | {"failed": now - way.failed, "why": way.why})


def _backup(pulse: Pulse, now: datetime) -> Finding:
    if pulse.backup is None:
        return Finding("backup", "never", Grave.BAD)
    ago = now - pulse.backup
    return Finding("backup", *(("old", Grave.BAD) if ago > BACKUP_OLD else ("fine", Grave.FINE)), values={"ago": ago})


def _drill(pulse: Pulse, now: datetime) -> Finding:
    if pulse.drill is None:
        return Finding("drill", "never", Grave.LOOK)
    ago = now - pulse.drill
    return Finding("drill", *(("old", Grave.LOOK) if ago > DRILL_OLD else ("fine", Grave.FINE)), values={"ago": ago})


def _disk(machine: Machine) -> Finding:
    part, values = machine.free / machine.whole, {"free": machine.free}
    if part < FULL or machine.free < LEAST:
        return Finding("disk", "full", Grave.BAD, values=values)
    return Finding("disk", *(("low", Grave.LOOK) if part < LOW else ("fine", Grave.FINE)), values=values)


def _clocks(pulse: Pulse, machine: Machine, now: datetime) -> Finding:
    """Against the database's, and against whoever noted something in our future."""
    noted = [at for at in (pulse.worker, *(way.sent for way in pulse.ways.values())) if at is not None]
    apart = max(
        [at - now for at in noted] + [abs(now - at) for at in (machine.clock,) if at is not None], default=APART
    )
    if apart > APART:
        return Finding("clock", "apart", Grave.BAD, values={"seconds": round(apart.total_seconds())})
    return Finding("clock", "fine", Grave.FINE)
