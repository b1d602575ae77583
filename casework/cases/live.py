"""Live: which cases change, told to whoever can open them; only ids, never a word.

One thread a process looks for changes, also those of other processes, as long as anybody listens. What it tells is
numbered, and the last few thousand are remembered: whoever was cut off names the number she had last and is told what
came since or, where that is not known here any more, that anything may have changed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Condition, Event, Thread

import structlog

from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from storage.database import Unit
from storage.errors import StorageError
from storage.staff import readers
from storage.vault.randomness import new_id

LOOKS_EVERY = 0.5  # seconds
REMEMBERED = 5_000  # changes
MOST_DIGITS = 18  # of their numbers
SEATS, SEATS_EACH = 64, 4  # listeners of one process, and of one person in it

Readers = frozenset[bytes]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener is told."""

    changed: Sequence[tuple[int, bytes]]  # number and case, each case once
    upto: int
    everything: bool = False  # what came between is not known: anything may have changed


@dataclass(slots=True, eq=False)
class Seat:
    """One listener's place."""

    staff_id: bytes
    taken: bool = False  # by a newer one of hers


class Live:
    """Tells the listeners of one process. Safe to use from many threads."""

    def __init__(self, room: CaseRoom) -> None:
        self._room = room
        self._run = new_id().hex()[:8]  # numbers of another run mean something else
        self._news = Condition()
        self._changes: deque[tuple[int, bytes, Readers]] = deque(maxlen=REMEMBERED)
        self._number = self._known_from = 0  # whoever was told up to known_from can be told the rest
        self._seats: list[Seat] = []
        self._seen: Mapping[bytes, Standing] | None = None
        self._stamp: object = None
        self._thread: Thread | None = None
        self._nobody = Event()

    def position(self) -> str:
        """Where a page stands that is read from now on: what changes later comes after it."""
        with self._news:
            return self.name_of(self._number)

    def name_of(self, number: int) -> str:
        """What a browser calls a number, to say it again when it comes back."""
        return f"{self._run}-{number}"

    def number_of(self, name: str) -> int | None:
        """The number of a name; None when it is of another run, or no name of ours."""
        run, _, number = name.partition("-")
        ours = run == self._run and number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS
        return int(number) if ours else None

    def sit(self, staff_id: bytes) -> Seat | None:
        """A place to listen from; None when all are taken. Of one person's the oldest makes room for the newest."""
        with self._news:
            hers = [seat for seat in self._seats if seat.staff_id == staff_id]
            if len(hers) >= SEATS_EACH:
                hers[0].taken = True
                self._seats.remove(hers[0])
                self._news.notify_all()
            if len(self._seats) >= SEATS:
                return None
            seat = Seat(staff_id)
            self._seats.append(seat)
            self._nobody.clear()
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="live", daemon=True)
                self._thread.start()
            return seat

    def leave(self, seat: Seat) -> None:
        """Give a place back. Doing it twice changes nothing."""
        with self._news:
            if seat in self._seats:
                self._seats.remove(seat)
            if not self._seats:
                self._nobody.set()

    def hear(self, seat: Seat, after: int | None, within: float) -> Heard:
        """What changed after a number; waits for it, but not longer than this many seconds.

        after  the last number that she was told; None when it is not known here
        """
        with self._news:
            if (after == self._number or self._seen is None) and not seat.taken:
                self._news.wait(within)
            if self._seen is None:
                return Heard((), 0)  # nothing was looked at yet
            if after is None or not self._known_from <= after <= self._number:
                return Heard((), self._number, everything=True)
            last: dict[bytes, int] = {}
            for number, case, may in reversed(self._changes):
                if number <= after:
                    break
                if seat.staff_id in may:
                    last.setdefault(case, number)
            return Heard(sorted((number, case) for case, number in last.items()), self._number)

    def look(self) -> None:
        """See what has changed since the last look, and tell. One thread at a time. Raises StorageError."""
        stamp = self._room.database.stamp()
        if stamp == self._stamp:
            return
        seen, changed = self._room.read(self._changed)
        with self._news:
            if self._seen is None:  # what changed before this first look is not known
                self._number = self._known_from = 1
            for case, may in changed.items():
                self._number += 1
                self._changes.append((self._number, case, may))
                self._known_from = max(self._known_from, self._changes[0][0] - 1)
            if changed or self._seen is None:
                self._news.notify_all()
            self._seen, self._stamp = seen, stamp

    def _changed(self, unit: Unit) -> tuple[Mapping[bytes, Standing], Mapping[bytes, Readers]]:
        """How every case stands now, and who may hear of those that changed."""
        before = self._seen
        seen = {one.id: one for one in self._room.standings.all(unit, self._room.keyring)}
        if before is None:
            return seen, {}
        # A case that was saved is another object, also where it stands as before: there may be more in its thread.
        ids = [case for case, standing in seen.items() if before.get(case) is not standing]
        changed = dict(readers.of(unit, ids))
        for case in before.keys() - seen.keys():  # erased: whoever had it is told
            changed[case] = frozenset({before[case].holder or b""}) | before[case].joined
        return seen, changed

    def _watch(self) -> None:
        while True:
            try:
                self.look()
            except StorageError as error:
                log.error("live", error=type(error).__name__)
            if self._nobody.wait(LOOKS_EVERY):
                with self._news:
                    if not self._seats:
                        self._thread = None
                        return
