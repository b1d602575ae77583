"""The one family of errors of this room."""

from __future__ import annotations


class StorageError(Exception):
    """Something could not be kept or found. Never raised itself; catch it to mean any of these."""


class StorageAway(StorageError):
    """The database is away, locked, full or read-only: nothing was written; the same may work later."""


class WrongTables(StorageError):
    """The database's tables are not this version's; the message says what to run."""
