"""Writing the words, joined to what the conversation knows of them: which question says a phrase, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial

from bot.danger import DangerWords
from bot.fitting import unfit
from bot.placing import Spot, spots_of
from casework.cases.room import CaseRoom
from casework.studio import drafts, shelf
from casework.studio.room import StudioRoom
from casework.wordings.room import WordsRoom
from flows.editing.values import as_flow
from flows.errors import BrokenFlow
from flows.findings import Finding
from flows.shape import Flow
from flows.wording import confusable
from locales.phrasebook import Phrasebook
from operating.paper_desk import PaperDesk
from storage.database import Unit


class FlowTalk:
    """Serves `casework.wordings.room.Talk`."""

    def __init__(self) -> None:
        self._spots: tuple[tuple[str, ...], Mapping[str, tuple[Spot, ...]]] = ((), {})

    def unfit(self, flows: Sequence[Flow], book: Phrasebook, language: str, phrase: str) -> Iterator[Finding]:
        yield from unfit(flows, book, PaperDesk(), about=phrase, language=language)
        among = {spot.flow for spot in self.spots(flows, book).get(phrase, ()) if spot.part == "answer"}
        for flow in flows:
            if not phrase or flow.name in among:
                yield from confusable(flow, book)

    def spots(self, flows: Sequence[Flow], book: Phrasebook) -> Mapping[str, tuple[Spot, ...]]:
        hashes = tuple(flow.hash for flow in flows)
        known, spots = self._spots
        if known != hashes:
            spots = spots_of(flows, book, PaperDesk())
            self._spots = hashes, spots
        return spots

    @cached_property
    def _danger(self) -> DangerWords:
        return DangerWords.load()

    def rings(self, text: str) -> bool:
        return self._danger.ring(text).level != "none"


def words_room(room: CaseRoom, studio: StudioRoom) -> WordsRoom:
    """What the console writes words with."""
    return WordsRoom(room, FlowTalk(), partial(_flows, studio))


def _flows(studio: StudioRoom, unit: Unit) -> list[Flow]:
    """Every flow as it holds now, and those that are being written as far as they can be read."""
    found = [one.flow for one in shelf.standing(unit, studio).values()]
    for draft in drafts.begun(unit, studio):
        try:
            found.append(as_flow(draft.data))
        except BrokenFlow:
            continue
    return found
