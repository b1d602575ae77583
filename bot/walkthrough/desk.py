"""The desk's part, played: it answers what flows/promises.py says it may, one after the other as a script has it.

Lists of choices come from whoever serves paper (operating.paper_desk); nothing is looked up or changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flows import promises
from flows.desk import KEYWORD, Desk, Slots, Told
from flows.promises import Promise
from flows.prompt import Choice, Value

_LEAVES = frozenset({"tip", "post", "partner"})  # read again and again while she stands there: as paper has them
NOTHING = "nothing"  # understood
STAFFED, UNSTAFFED = "somebody reads", "nobody reads"


class NotPromised(Exception):
    """A script has the desk answer what it does not answer any more."""


@dataclass(slots=True)
class PlayedDesk:
    """Serves `flows.desk.Desk` for one message after the other."""

    paper: Desk
    script: Sequence[str] = ()
    given: list[str] = field(default_factory=list)  # what was answered in this turn
    others: list[tuple[str, ...]] = field(default_factory=list)  # what could have been instead, for each
    hears: bool = False  # whether her words mean something in this turn
    _staffed: bool | None = None

    def begin(self, script: Sequence[str], *, hears: bool) -> None:
        """The next message."""
        self.script, self.given, self.others, self.hears, self._staffed = script, [], [], hears, None

    def values(self, language: str) -> Mapping[str, Value]:
        return self.paper.values(language)

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        return self.paper.choices(source, slots)

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        if source == KEYWORD or not self.hears:
            return None
        return self._answer(source, promises.UNDERSTOOD.get(source, ()), slots) if source else None

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        if about in _LEAVES:
            return self.paper.tell(about, slots, now)
        return self._answer(about, promises.TOLD[about], slots)

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        return self._answer(effect, promises.DONE.get(effect, (Promise("ok"),)), slots)

    def staffed(self, now: datetime) -> bool:
        if self._staffed is None:
            self._staffed = self._next((STAFFED, UNSTAFFED)) == STAFFED
        return self._staffed

    def _answer(self, about: str, known: Sequence[Promise], slots: Slots) -> Told:
        labels = labels_of(known)
        return _told(known[labels.index(self._next(tuple(f"{about}: {one}" for one in labels)).partition(": ")[2])])

    def _next(self, labels: tuple[str, ...]) -> str:
        turn = len(self.given)
        label = self.script[turn] if turn < len(self.script) else labels[0]
        if label not in labels:
            raise NotPromised(label)
        self.given.append(label)
        self.others.append(tuple(one for one in labels if one != label))
        return label


def labels_of(known: Sequence[Promise]) -> list[str]:
    """A name for each answer: its outcome, counted where one outcome comes with other slots."""
    labels: list[str] = []
    for one in known:
        again = sum(label.partition(" ")[0] == one.outcome for label in labels)
        labels.append(f"{one.outcome} {again + 1}" if again else one.outcome)
    return labels


def _told(one: Promise) -> Told:
    return Told(one.outcome, slots=one.slots)
