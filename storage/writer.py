"""Group commit on SQLite: one thread writes, and many units of work share one fsync.

Callers hand in a unit and wait; the writer takes what waits, runs it in one pair of transactions, and
lets everybody go once it is on disk. That is faster than a transaction each and, unlike SQLite's own
waiting, fair.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread, current_thread
from typing import Any

from sqlalchemy import URL, Engine

from storage.checkpoints import LONGEST, Checkpoints
from storage.engines import sqlite_file
from storage.errors import StorageAway, StorageError, driver_errors, translated
from storage.gate import Gate
from storage.pair import Pair
from storage.unit import Unit

_MOST = 64  # units in one group
_RETRY = 1.0  # seconds until a checkpoint that was held up is tried again


class Job:
    """One unit of work that waits for its turn."""

    __slots__ = ("_taken", "context", "done", "error", "function", "unit", "value")

    def __init__(self, function: Callable[[Unit], Any]) -> None:
        self.function = function
        self.context = contextvars.copy_context()  # log lines keep the turn's id
        self.value: Any = None
        self.error: BaseException | None = None
        self.unit: Unit | None = None
        self.done = Lock()  # held until there is a result
        self.done.acquire()
        self._taken = Lock()

    def take(self) -> bool:
        """Whoever gets True first decides: the writer runs it, or the caller gives up."""
        return self._taken.acquire(blocking=False)


class Writer:
    """Runs units of work on two SQLite files, one group after the other."""

    def __init__(self, main: URL, keys: URL, *, group: bool, patience: float) -> None:
        """
        group     false: every unit commits alone, in its caller's thread
        patience  seconds a unit may wait for its turn, and for a lock held outside the gate
        """
        self._pair = Pair(main, keys, patience, longest_log=LONGEST if group else None)
        self._checkpoints = Checkpoints(sqlite_file(main))
        self._gate = Gate(gate_file(main))
        self._group = group
        self._patience = patience
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._turn = Lock()
        self._thread: Thread | None = None
        self._closed = False

    def work(self, function: Callable[[Unit], Any]) -> tuple[Any, Unit]:
        """Run one unit; return its value, and itself, once it is durable. Raises what it raised, or StorageAway."""
        if self._closed:
            raise StorageAway("closed")
        job = Job(function)
        if self._group:
            self._wait_for(job)
        else:
            self._run_alone(job)
        if job.error is not None:
            raise job.error
        assert job.unit is not None  # it ran, and nothing was raised
        return job.value, job.unit

    @property
    def engines(self) -> tuple[Engine, Engine]:
        """Main and keys, for migrations."""
        return self._pair.engines

    def close(self) -> None:
        """Finish what waits, and close."""
        self._closed = True
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(self._patience)
            self._thread = None
            self._checkpoints.close()
        with self._turn:
            if self._pair.must_checkpoint:
                self._pair.checkpoint()
            self._pair.close()
            self._gate.close()

    def _wait_for(self, job: Job) -> None:
        if self._thread is None:
            self._start()
        if current_thread() is self._thread:
            raise StorageError("storage: a unit of work cannot begin inside another")
        self._queue.put(job)
        if job.done.acquire(timeout=self._patience):
            return
        if job.take():
            raise StorageAway("busy")
        job.done.acquire()  # it runs: SQLite's own waiting ends, and so does this

    def _run_alone(self, job: Job) -> None:
        if not self._turn.acquire(timeout=self._patience):
            raise StorageAway("busy")
        try:
            self._run_group(job)
        finally:
            self._turn.release()

    def _start(self) -> None:
        with self._turn:
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="hamraz-writer", daemon=True)
                self._thread.start()
                self._checkpoints.start()

    def _serve(self) -> None:
        while True:
            try:
                job = self._queue.get(timeout=_RETRY if self._pair.must_checkpoint else None)
            except Empty:
                self._pair.checkpoint()
                continue
            if job is None:
                return
            if job.take():
                self._run_group(job)

    def _run_group(self, first: Job) -> None:
        jobs = [first]
        try:
            with self._gate:
                self._pair.begin()
                self._run_one(first)
                while len(jobs) < _MOST and self._pair.alive and (job := self._next()) is not None:
                    jobs.append(job)
                    self._run_one(job)
                self._pair.commit()
        except BaseException as error:  # noqa: BLE001  # the writer outlives it; everybody in the group is told
            self._pair.give_up()
            why = translated(error) if isinstance(error, OSError) else error
            for job in jobs:
                job.error = job.error or why
        finally:
            for job in jobs:
                job.done.release()

    def _run_one(self, job: Job) -> None:
        try:
            job.value, job.unit = job.context.run(self._pair.run, job.function)
        except driver_errors() as error:
            job.error = translated(error)
        except BaseException as error:  # noqa: BLE001  # raised again in the thread that asked
            job.error = error

    def _next(self) -> Job | None:
        while self._group:
            try:
                job = self._queue.get_nowait()
            except Empty:
                return None
            if job is None:
                self._queue.put(None)  # for _serve, which then ends
                return None
            if job.take():
                return job
        return None


def gate_file(main: URL) -> Path:
    """Return the path of the file whose lock is the gate."""
    path = sqlite_file(main)
    return path.with_name(path.name + ".gate")
