"""Group commit on SQLite: one thread writes, many units of work share one fsync.

Each unit runs under savepoints of its own, so an exception in one takes back that one only. The keys
database joins a group when a unit first writes to it, and commits before the main one: what can be
left behind by a crash is a key without a row, never a row without its key.
"""

from __future__ import annotations

import contextvars
import os
import sqlite3
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread, current_thread
from typing import Any

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.engines import sqlite_engine, sqlite_file
from storage.errors import StorageAway, StorageError, translated
from storage.gate import Gate
from storage.statements import Statements
from storage.unit import Side, Unit
from storage.vault.keyring import Keyring

_MOST = 64  # units in one group
_CHECKPOINT_WAIT_MS = 200  # a reader may hold the keys' WAL; the next round tries again
_RETRY = 1.0  # seconds until a checkpoint that was held up is tried again


class Job:
    """One unit of work that waits for its turn."""

    __slots__ = ("_taken", "context", "done", "error", "function", "keyring", "unit", "value")

    def __init__(self, function: Callable[[Unit], Any], keyring: Keyring | None) -> None:
        self.function = function
        self.keyring = keyring
        self.context = contextvars.copy_context()  # so that log lines keep the turn's id
        self.value: Any = None
        self.error: BaseException | None = None
        self.unit: Unit | None = None
        self.done = Lock()  # held until there is a result
        self.done.acquire()
        self._taken = Lock()

    def take(self) -> bool:
        """Whoever gets True first decides: the writer runs it, or the caller gives up."""
        return self._taken.acquire(blocking=False)


class GroupLost(Exception):
    """SQLite rolled the whole transaction back, as it does when the disk is full."""


class Writer:
    """Owns the writing connections of both SQLite databases."""

    def __init__(self, main: URL, keys: URL, *, group: bool, patience: float) -> None:
        self._files = [sqlite_file(main), sqlite_file(keys)]
        self._engines = [
            sqlite_engine(main, patience=patience),
            sqlite_engine(keys, patience=patience, secret=True),
        ]
        self.statements = [Statements(engine.dialect) for engine in self._engines]
        self._gate = Gate(self._files[0].with_name(self._files[0].name + ".gate"))
        self._patience = patience
        self._group = group
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._open: list[sqlite3.Connection] = []
        self._inodes: list[tuple[int, int]] = []
        self._keys_begun = False  # in this group
        self._keys_touched = False  # by this unit
        self._must_checkpoint = False
        self._turn = Lock()
        self._thread: Thread | None = None
        self._closed = False

    @property
    def keys_engine(self) -> Engine:
        """The engine of the keys database, for what must run outside a unit."""
        return self._engines[1]

    def work(self, function: Callable[[Unit], Any], keyring: Keyring | None) -> Any:
        """Run one unit and return its value once it is durable. Raises what it raised, or StorageAway."""
        if self._closed:
            raise StorageAway("closed")
        job = Job(function, keyring)
        if self._group:
            self._start()
            if current_thread() is self._thread:
                raise StorageError("storage: a unit of work cannot begin inside another")
            self._queue.put(job)
            if not job.done.acquire(timeout=self._patience) and job.take():
                raise StorageAway("busy")
            job.done.acquire(blocking=job.error is None and job.unit is None)
        else:
            with self._turn:
                self._run_group(job, alone=True)
        if job.error is not None:
            raise job.error
        if job.unit is not None:
            for action in job.unit.after:
                action()
        return job.value

    def close(self) -> None:
        """Finish what waits, and close."""
        self._closed = True
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        with self._turn:
            if self._must_checkpoint and self._open:
                self._checkpoint()
            self._drop_connections()
        self._gate.close()
        for engine in self._engines:
            engine.dispose()

    # --- the writing thread --------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None:
            with self._turn:
                if self._thread is None:
                    thread = Thread(target=self._serve, name="hamraz-writer", daemon=True)
                    thread.start()
                    self._thread = thread

    def _serve(self) -> None:
        while True:
            try:
                job = self._queue.get(timeout=_RETRY if self._must_checkpoint else None)
            except Empty:
                self._checkpoint()
                continue
            if job is None:
                return
            if job.take():
                self._run_group(job)
