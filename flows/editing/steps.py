"""Steps one after the other: what there is now, what there was at any version, undo and redo.

A version is the number of steps ever taken. Undo and redo are steps, too, so that a version stands for one state for
ever, and whoever comes with an older one can be shown what changed since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.editing.operations import Step, again, taken
from flows.editing.values import Data, EditRefused, names

MOST = 300  # steps that can be undone; after that what there is becomes the beginning

UNDO: Step = {"do": "undo"}
REDO: Step = {"do": "redo"}


@dataclass(frozen=True, slots=True)
class Steps:
    """Where editing began, and everything done since."""

    start: Data
    done: tuple[Step, ...] = ()
    first: int = 0  # the version of `start`

    @property
    def version(self) -> int:
        return self.first + len(self.done)

    @property
    def now(self) -> Data:
        """What there is after all of them."""
        return _replayed(self.start, self.done)[0][-1]

    @property
    def can_undo(self) -> bool:
        return len(_replayed(self.start, self.done)[0]) > 1

    @property
    def can_redo(self) -> bool:
        return bool(_replayed(self.start, self.done)[1])

    def at(self, version: int) -> Data | None:
        """What there was at a version; None for one that is not known any more, or never was."""
        if not self.first <= version <= self.version:
            return None
        return _replayed(self.start, self.done[: version - self.first])[0][-1]

    def take(self, step: Step) -> Steps:
        """One step more. Raises EditRefused, BrokenFlow."""
        states, undone = _replayed(self.start, self.done)
        if step["do"] == "undo" and len(states) == 1:
            raise EditRefused("nothing_to_undo")
        if step["do"] == "redo" and not undone:
            raise EditRefused("nothing_to_redo")
        if step["do"] not in ("undo", "redo"):
            taken(step, states[-1])
        grown = Steps(self.start, (*self.done, step), self.first)
        return Steps(grown.now, (), grown.version) if len(grown.done) >= MOST else grown

    def in_force(self) -> list[Step]:
        """The steps that were not undone."""
        kept: list[Step] = []
        undone: list[Step] = []
        for step in self.done:
            if step["do"] == "undo":
                undone.append(kept.pop())
            elif step["do"] == "redo":
                kept.append(undone.pop())
            else:
                kept, undone = [*kept, step], []
        return kept

    def renamed(self) -> dict[str, str]:
        """Nodes of the beginning that have another name now, and are there."""
        moved: dict[str, str] = {}
        for step in self.in_force():
            if step["do"] == "rename":
                before = next((old for old, new in moved.items() if new == step["node"]), step["node"])
                moved[before] = step["to"]
        there, were = set(names(self.now)), set(names(self.start))
        return {old: new for old, new in moved.items() if old != new and old in were and new in there}

    def as_values(self) -> dict[str, Any]:
        """To keep."""
        return {"start": dict(self.start), "done": [dict(step) for step in self.done], "first": self.first}


def from_values(kept: Mapping[str, Any]) -> Steps:
    """The same again."""
    return Steps(kept["start"], tuple(kept["done"]), kept["first"])


def _replayed(start: Data, done: Sequence[Step]) -> tuple[list[Data], list[Data]]:
    """Every state that undoing would come to, the last one what there is; and what redoing would bring, the next last."""
    states, undone = [start], []
    for step in done:
        if step["do"] == "undo":
            undone.append(states.pop())
        elif step["do"] == "redo":
            states.append(undone.pop())
        else:
            states.append(again(step, states[-1]))
            undone = []
    return states, undone
