"""What everything about staff stands on, made once a process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from casework.cases.news import Herald
from casework.staff.passwords import Stretcher
from casework.staff.relying import Relying
from storage import audit
from storage.database import Database, Unit
from storage.vault.keyring import Keyring

T = TypeVar("T")
BY_COMMAND = b""  # done by whoever runs the command on the server


@dataclass(frozen=True, slots=True)
class Office:
    """The parts."""

    database: Database = field(repr=False)
    keyring: Keyring = field(repr=False)
    stretcher: Stretcher = field(repr=False)
    relying: Relying | None  # where passkeys hold; None on an address that browsers know none for
    heralds: tuple[Herald, ...] = ()  # who tell counsellors what happens to cases
    unlocked: Callable[[str], None] = lambda outcome: None  # counts tries at a private half: "ok", "refused", "busy"

    def read(self, function: Callable[[Unit], T]) -> T:
        return self.database.read(function)

    def work(self, function: Callable[[Unit], T]) -> T:
        """One unit of work, done again when two added to the log at once."""
        return audit.logged_work(self.database, function)


def short(member_id: bytes) -> str:
    """How the log names somebody: 8 digits of her id."""
    return member_id.hex()[:8]
