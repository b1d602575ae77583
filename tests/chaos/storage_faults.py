"""The storage fails once, at a chosen statement or commit, before or after it was carried out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from storage import pair, postgres
from storage.errors import StorageAway
from storage.unit import Side

AT_COMMIT = ("before anything is kept", "between keys and main", "after all is kept")


@dataclass
class Fault:
    """Fails once, at the chosen place, and counts what goes by."""

    statement: int = 0  # the number of the statement that fails; 0: none
    after: bool = False  # whether the statement was carried out all the same
    commit: str = ""  # one of AT_COMMIT
    seen: int = 0
    struck: bool = False
    strikes: int = 0

    def aim(self, statement: int = 0, after: bool = False, commit: str = "") -> None:
        self.statement, self.after, self.commit = statement, after, commit
        self.seen, self.struck = 0, False

    def strike(self) -> None:
        self.struck = True
        self.strikes += 1
        raise StorageAway("injected")


@contextmanager
def failing() -> Iterator[Fault]:
    """Every database of this process, with a fault that can be aimed."""
    fault = Fault()
    cursor, sqlite_commit, postgres_commit = Side._cursor, pair.Pair.commit, postgres._Session.commit

    def statement(side: Side, statement: Any, values: Any) -> Any:
        fault.seen += 1
        strikes = fault.seen == fault.statement
        if strikes and not fault.after:
            fault.strike()
        found = cursor(side, statement, values)
        if strikes:
            fault.strike()
        return found

    def commit_sqlite(both: pair.Pair) -> None:
        if fault.struck or not fault.commit:
            sqlite_commit(both)
        elif fault.commit == AT_COMMIT[0]:
            fault.strike()
        elif fault.commit == AT_COMMIT[1]:
            if both._keys.in_transaction:
                both._keys.execute("COMMIT")
            fault.strike()
        else:
            sqlite_commit(both)
            fault.strike()

    def commit_postgres(session: postgres._Session) -> None:
        begun = session._begun
        if fault.struck or not fault.commit or not begun:
            postgres_commit(session)
        elif fault.commit == AT_COMMIT[0]:
            fault.strike()
        else:  # keys come first: the first commit that was begun is the keys' if they were written, else main's
            postgres_commit(session)
            fault.strike()

    with ExitStack() as stack:
        stack.enter_context(patch.object(Side, "_cursor", statement))
        stack.enter_context(patch.object(pair.Pair, "commit", commit_sqlite))
        stack.enter_context(patch.object(postgres._Session, "commit", commit_postgres))
        yield fault
