"""The tips of this installation in memory, read anew only when somebody changed them."""

from __future__ import annotations

from casework.tips.table import read_table
from storage import tips
from storage.database import Unit
from storage.tips import Tip


def load(unit: Unit) -> int:
    """Put the shipped tips in place, unless they were changed here; return how many are shown. May be run again."""
    if tips.EDITION.is_as_shipped(unit):
        tips.replace(unit, read_table().tips)
        tips.EDITION.note_as_shipped(unit)
    return sum(tip.shown for tip in tips.everything(unit))


class TipShelf:
    """Keeps the latest tips for one process. A unit of work reads one small value to know whether they still are."""

    def __init__(self) -> None:
        self._kept: tuple[str, tuple[Tip, ...]] | None = None

    def tips(self, unit: Unit) -> tuple[Tip, ...]:
        """The tips that are shown, in their order; the shipped ones where none were loaded yet."""
        edition = tips.EDITION.now(unit)
        kept = self._kept
        if kept is None or kept[0] != edition:
            found = tuple(tip for tip in tips.everything(unit) if tip.shown)
            kept = self._kept = (edition, found or read_table().tips)
        return kept[1]
