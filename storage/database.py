"""Two databases, one unit of work: keys commit first, then main.

A row whose key never came would be unreadable for good; a key whose row never came is an
orphan, swept later. SQLite: one writer thread a process takes many units into one
transaction (group commit: one fsync for all), behind a gate that processes share, because
SQLite's own waiting is unfair. PostgreSQL: a pooled connection a unit, in its own thread.
"""

from __future__ import annotations

import fcntl
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.errors import StorageAway, StorageError
from storage.statements import Side, Statements, translated

T = TypeVar("T")

GROUP = 64  # units in one commit, at most
BUSY = 30.0  # seconds SQLite waits for a lock; the gate makes it a safety net

__all__ = ["Database", "Side", "StorageAway", "StorageError", "Unit"]


@dataclass(slots=True)
class Unit:
    """One unit of work over both databases. Nothing of it is seen before it is committed."""

    main: Side
    keys: Side
    shredded: bool = False  # a key was deleted: its bytes must leave the file, too
    _after: list[Callable[[], None]] = field(default_factory=list)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call it once this unit is safe on disk."""
        self._after.append(call)


class Database:
    """Both databases."""

    def __init__(self, url: str, keys_url: str, *, group: bool = True) -> None:
        """Connects to nothing yet. `group`: take many units into one commit (SQLite only)."""
        self.url, self.keys_url = url, keys_url
        self.sqlite = make_url(url).get_backend_name() == "sqlite"
        self.main_engine, self.keys_engine = _engine(url), _engine(keys_url, keys=True)
        self._main_statements = Statements(self.main_engine.dialect)
        self._keys_statements = Statements(self.keys_engine.dialect)
        self._group = group and self.sqlite
        self._gate = _Gate(_file(url)) if self.sqlite else None
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._start = threading.Lock()

    def work(self, function: Callable[[Unit], T]) -> T:
        """Run `function` in one unit of work and return what it returns, once that is committed.

        An exception rolls both sides back and is raised again. Raises StorageAway.
        """
        if self._group:
            self._begin_writer()
            job = _Job(function)
            self._queue.put(job)
            return cast(T, job.done.result())
        with self._gate or _no_gate():
            jobs = [_Job(function)]
            self._together(jobs)
        return cast(T, jobs[0].done.result())

    def read(self, function: Callable[[Unit], T]) -> T:
        """Run `function` without the gate; whatever it writes is rolled back. Raises StorageAway."""
        with self._connections() as unit:
            try:
                return function(unit)
            finally:
                _end(unit, "ROLLBACK", sqlite=self.sqlite)

    def close(self) -> None:
        """Finish what is under way and let go of both databases."""
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
            self._writer = None
        self.main_engine.dispose()
        self.keys_engine.dispose()

    # --- the writer -----------------------------------------------------------------------------

    def _begin_writer(self) -> None:
        if self._writer is None:
            with self._start:
                if self._writer is None:
                    self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
                    self._writer.start()

    def _write(self) -> None:
        """The writer thread: everything that waits goes into one commit."""
        while (job := self._queue.get()) is not None:
            jobs = [job]
            last = False
            while len(jobs) < GROUP:
                try:
                    following = self._queue.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    last = True
                    break
                jobs.append(following)
            assert self._gate is not None
            with self._gate:
                self._together(jobs)
            if last:
                return

    def _together(self, jobs: list[_Job]) -> None:
        """Run jobs in one transaction, each behind its own savepoint; settle every future."""
        try:
            with self._connections() as unit:
                _begin(unit, sqlite=self.sqlite)
                kept: list[tuple[_Job, Any, list[Callable[[], None]]]] = []
                for job in jobs:
                    self._one(job, unit, kept, alone=len(jobs) == 1)
                _commit(unit, sqlite=self.sqlite)
                if unit.shredded and self.sqlite:
                    _scrub(unit)
        except BaseException as error:  # nothing of the group was kept: each must know
            for job in jobs:
                if not job.done.done():
                    job.done.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for job, result, after in kept:
            for call in after:
                call()
            job.done.set_result(result)

    def _one(self, job: _Job, unit: Unit, kept: list[Any], *, alone: bool) -> None:
        unit._after = []
        if alone:
            kept.append((job, job.function(unit), unit._after))
            return
        for side in (unit.main, unit.keys):
            side.plain("SAVEPOINT unit")
        try:
            result = job.function(unit)
        except StorageAway:
            raise  # the whole group cannot be kept
        except Exception as error:  # noqa: BLE001  # it is handed to whoever asked for this unit
            for side in (unit.main, unit.keys):
                side.plain("ROLLBACK TO unit")
            job.done.set_exception(error)
        else:
            kept.append((job, result, unit._after))
        for side in (unit.main, unit.keys):
            side.plain("RELEASE unit")

    @contextmanager
    def _connections(self) -> Iterator[Unit]:
        with _away():
            main = self.main_engine.raw_connection()
        try:
            with _away():
                keys = self.keys_engine.raw_connection()
            try:
                unit = Unit(Side(main.cursor(), self._main_statements), Side(keys.cursor(), self._keys_statements))
                try:
                    yield unit
                except BaseException:
                    for connection in (main, keys):
                        try:
                            connection.rollback()
                        except Exception:  # noqa: BLE001  # it is thrown away all the same
                            connection.invalidate()
                    raise
            finally:
                keys.close()
        finally:
            main.close()


@dataclass(slots=True)
class _Job:
    function: Callable[[Unit], Any]
    done: Future[Any] = field(default_factory=Future)


class _Gate:
    """Lets one writer in at a time, over threads and processes, first come first served."""

    def __init__(self, path: Path | None) -> None:
        self._threads = threading.Lock()
        self._path = path.with_name(path.name + ".gate") if path else None
        self._file: Any = None

    def __enter__(self) -> None:
        self._threads.acquire()
        if self._path is None:
            return
        try:
            if self._file is None:
                self._file = self._path.open("w")
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except OSError as error:
            self._threads.release()
            raise StorageAway(type(error).__name__) from None

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


@contextmanager
def _no_gate() -> Iterator[None]:
    yield


@contextmanager
def _away() -> Iterator[None]:
    try:
        with translated():
            yield
    except (OperationalError, DBAPIError) as error:
        raise StorageAway(type(error.orig or error).__name__) from None


def _begin(unit: Unit, *, sqlite: bool) -> None:
    if sqlite:  # psycopg begins by itself
        unit.main.plain("BEGIN IMMEDIATE")
        unit.keys.plain("BEGIN")


def _commit(unit: Unit, *, sqlite: bool) -> None:
    """Keys first: an orphan key is swept, a row without its key would be lost."""
    _end(unit, "COMMIT", sqlite=sqlite)


def _end(unit: Unit, word: str, *, sqlite: bool) -> None:
    for side in (unit.keys, unit.main):
        connection = side._cursor.connection
        if not sqlite or connection.in_transaction:
            side.plain(word)


def _scrub(unit: Unit) -> None:
    """A deleted key's bytes would stay in the write-ahead log until it is overwritten."""
    unit.keys.plain("PRAGMA wal_checkpoint(TRUNCATE)")


def _file(url: str) -> Path | None:
    name = make_url(url).database
    return Path(name) if name and name != ":memory:" else None


def _engine(url: str, *, keys: bool = False) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=16, max_overflow=16, pool_pre_ping=True
        )
    path = _file(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "temp_store=MEMORY",
            *(["secure_delete=ON"] if keys else []),
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine
