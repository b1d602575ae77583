"""Both databases, and one unit of work over them.

`work` runs a function on both sides, commits keys, then main, and only then returns. On SQLite a gate
and group commit stand behind it (writer.py), on PostgreSQL a pool (postgres.py); who calls need not know.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, Engine

from storage.engines import create_sqlite_file, open_to_others, parsed
from storage.errors import Duplicate, StatementRefused, StorageAway, StorageError, translated
from storage.readers import Readers
from storage.tables import check_columns, day_keys, shred_keys
from storage.unit import Row, Side, Unit
from storage.writer import Writer

if TYPE_CHECKING:
    from storage.postgres import Server

__all__ = ["Database", "Duplicate", "Row", "Side", "StatementRefused", "StorageAway", "StorageError", "Unit"]

T = TypeVar("T")


class Database:
    """The main database and the database of keys. Safe to use from many threads; open one in each process."""

    def __init__(
        self,
        url: str | URL,
        keys_url: str | URL,
        *,
        group: bool = True,
        patience: float = 10.0,
        pool: int = 8,
    ) -> None:
        """
        url, keys_url  sqlite:///path or postgresql://…, both of one kind, and migrated
        group          SQLite only: let units share a commit; false commits each alone
        patience       seconds to wait for a turn or a lock before StorageAway; less than the 15 after which a
                       provider hangs up, so that it hears 503 and tries again
        pool           connections kept to each database; twice as many at most
        Raises StorageError when the URLs cannot be used, UnnamedColumn when a table is not well described.
        """
        check_columns()
        main, keys = parsed(url), parsed(keys_url)
        if main.get_backend_name() != keys.get_backend_name():
            raise StorageError("database URLs: main and keys must be of one kind, both SQLite or both PostgreSQL")
        if main == keys:
            raise StorageError("database URLs: main and keys must be two databases; together they protect nothing")
        self.kind = main.get_backend_name()  # "sqlite" or "postgresql"
        # Hears of each channel on which something waits from now on; never raises, never waits.
        self.called: Callable[[str], object] = lambda channel: None
        self._server: Server | None = None
        if self.kind == "postgresql":
            from storage.postgres import Server  # here: its driver takes a sixth of a command's start

            self._server = Server(main, keys, patience=patience, pool=pool)
            return
        try:
            create_sqlite_file(main)
            create_sqlite_file(keys)
        except OSError as error:
            raise translated(error) from None
        self._writer = Writer(main, keys, group=group, patience=patience)
        self._readers = Readers(main, keys, patience=patience, pool=pool)

    @property
    def engines(self) -> tuple[Engine, Engine]:
        """Main and keys, for migrations."""
        return self._writer.engines if self._server is None else self._server.engines

    def work(self, function: Callable[[Unit], T]) -> T:
        """Run one unit of work and return its value once it is durable.

        The function may run in another thread, and is not run twice. Whatever it raises takes back all it did
        on both sides, and is raised here. Raises StorageAway when the database is away, locked or full;
        then nothing of main was kept.
        """
        source = self._writer if self._server is None else self._server
        value, unit = source.work(function)
        for channel in unit.called:
            self.called(channel)
        for action in unit.after:
            action()
        return value

    def read(self, function: Callable[[Unit], T]) -> T:
        """Run a unit that only reads, in the caller's thread, beside the writers. Raises StorageAway."""
        source = self._readers if self._server is None else self._server
        return source.read(function)

    def stamp(self) -> object:
        """A value that is another one once anybody, in any process, has committed to main. Costs next to nothing, so
        that one may ask for it twice a second. Raises StorageAway.
        """
        source = self._readers if self._server is None else self._server
        return source.stamp()

    def rewrite_keys(self) -> None:
        """Leave nothing of deleted keys in the files. SQLite does so at once (secure_delete); PostgreSQL keeps dead
        rows, and their bytes even after a vacuum, until the table is written anew: about a second a million keys.
        Raises StorageAway.
        """
        if self._server is not None:
            for table in (shred_keys, day_keys):
                self._server.rewrite(table.name)

    def open_to_others(self) -> list[Path]:
        """Files of these databases, and folders that hold them, which other users may read or enter."""
        return [] if self._server is not None else open_to_others(*(engine.url for engine in self.engines))

    def close(self) -> None:
        """Finish what waits, and close every connection."""
        if self._server is not None:
            self._server.close()
            return
        self._readers.close()
        self._writer.close()
