"""Walk-throughs of one process, remembered while neither the flows nor the words change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from bot.walkthrough import keeping
from bot.walkthrough.moves import Tests
from bot.walkthrough.stage import Company
from bot.walkthrough.telling import Transcript, held
from bot.walkthrough.whole import CHANNELS, Walkthrough, walked
from flows.desk import Desk
from flows.findings import Finding
from flows.shape import Flow
from locales.phrasebook import Phrasebook

_MOST = 24  # walk-throughs remembered


@dataclass(frozen=True, slots=True)
class Proof:
    """A walk-through as the flow studio takes it."""

    walk: Walkthrough

    def findings(self) -> Sequence[Finding]:
        return self.walk.findings()

    def kept(self) -> str:
        return keeping.written(self.walk)


class Walks:
    """Walks through flows. Safe to use from many threads."""

    def __init__(self, book: Phrasebook, paper: Desk) -> None:
        self._book, self._paper = book, paper
        self._known: OrderedDict[tuple[object, ...], tuple[object, Walkthrough]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, flow: Flow, flows: Mapping[str, Flow]) -> Proof:
        """As it is kept with an edition."""
        return Proof(self.of(flow, flows))

    def of(
        self, flow: Flow, flows: Mapping[str, Flow], channel: str = CHANNELS[0], language: str = "en"
    ) -> Walkthrough:
        """Walk through a flow, or remember it. Its targets must be there."""
        looks = {test.name for test in Tests(flow).single()}
        # Where no guard looks at them, what is answered is the same everywhere.
        channel = channel if "channel" in looks else CHANNELS[0]
        language = language if "language" in looks else "en"
        edition = self._book.edition
        key = (flow.hash, *sorted(one.hash for one in flows.values()), channel, language, id(edition))
        with self._lock:  # of several who ask for the same one walks
            if key not in self._known:
                walk = walked(flow, self.company(flows), channel, language)
                self._known[key] = edition, walk  # the edition is held, so that no other gets its id
                if len(self._known) > _MOST:
                    self._known.popitem(last=False)
            self._known.move_to_end(key)
            return self._known[key][1]

    def told(
        self, walk: Walkthrough, number: int, flows: Mapping[str, Flow], channel: str, language: str
    ) -> Transcript:
        """One of its conversations, from 0, as a phone shows it. Raises Stranded, IndexError."""
        return held(walk.courses[number], walk.flow, self.company(flows), channel, language)

    def replayed(self, kept: str, flow: Flow, flows: Mapping[str, Flow]) -> tuple[int, list[str]]:
        """How many conversations were held again, and what went otherwise. Raises keeping.NotReadable."""
        return keeping.replayed(kept, flow, self.company(flows))

    def company(self, flows: Mapping[str, Flow]) -> Company:
        """Everything that a flow is walked among."""
        return Company(flows.values(), self._book, self._paper)
