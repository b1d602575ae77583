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
        return self._answer(source, promises.UNDERSTOOD[source]) if source in promises.UNDERSTOOD else None

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        if about in promises.LEAVES:  # read again and again while she stands there: as paper has them
            return self.paper.tell(about, slots, now)
        return self._answer(about, promises.TOLD[about])

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        return self._answer(effect, promises.DONE.get(effect, (Promise("ok"),)))

    def staffed(self, now: datetime) -> bool:
        if self._staffed is None:
            self._staffed = self._next((STAFFED, UNSTAFFED)) == STAFFED
        return self._staffed

    def _answer(self, about: str, known: Sequence[Promise]) -> Told:
        by_label = {f"{about}: {one.label}": one for one in known}
        one = by_label[self._next(tuple(by_label))]
        return Told(one.outcome, slots=one.slots)

    def _next(self, labels: tuple[str, ...]) -> str:
        turn = len(self.given)
        label = self.script[turn] if turn < len(self.script) else labels[0]
        if label not in labels:
            raise NotPromised(label)
        self.given.append(label)
        self.others.append(tuple(one for one in labels if one != label))
        return label
