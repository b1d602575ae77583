"""Every way of saying no to whoever tends the directory. `reason` is a key of the console's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casework.sheets import Fault
from casework.staff.refusals import Refusal


class NoSuchRow(Refusal):
    """There is none with this id, or there is none any more."""

    reason = "row_gone"


class Faulty(Refusal):
    """What was typed cannot be kept; each fault names its field."""

    reason = "row_faulty"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)


class FaultyFile(Faulty):
    """A file cannot be taken; each fault names its line and column."""

    reason = "file_faulty"


class Meanwhile(Refusal):
    """Somebody else changed the row after it was shown: she is to choose."""

    reason = "row_meanwhile"

    def __init__(self, now: Mapping[str, str], theirs: frozenset[str]) -> None:
        super().__init__()
        self.now = now  # the row's cells as they are
        self.theirs = theirs  # the columns that the other one changed


class Moved(Refusal):
    """The directory changed after it was shown what would become of it."""

    reason = "directory_moved"


class NothingToUndo(Refusal):
    """The row was never changed here, or something changed it after the last line of its history."""

    reason = "row_undo"


class CallTaken(Refusal):
    """The number was dialled, or its rows changed, after it was shown."""

    reason = "call_taken"

    def __init__(self, number: str, by: bytes, what: str) -> None:
        super().__init__(number=number)
        self.number = number
        self.by = by  # who did something with it last
        self.what = what
