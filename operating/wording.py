"""Writing the words, joined to what the conversation knows of them: which question says a phrase, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.fitting import unfit
from bot.placing import Spot, spots_of
from casework.cases.room import CaseRoom
from casework.wordings.room import WordsRoom
from flows.findings import Finding
from flows.library import shipped_flows
from flows.wording import confusable
from locales.phrasebook import Phrasebook
from operating.paper_desk import PaperDesk


def words_room(room: CaseRoom) -> WordsRoom:
    """What the console writes words with."""
    return WordsRoom(room, _unfit, _spots)


def _unfit(book: Phrasebook, language: str, phrase: str) -> Iterator[Finding]:
    """What does not fit, or reads as another answer, where a phrase is said."""
    flows = shipped_flows()
    yield from unfit(flows, book, PaperDesk(), about=phrase, language=language)
    for flow in flows:
        yield from confusable(flow, book)


def _spots(book: Phrasebook) -> Mapping[str, tuple[Spot, ...]]:
    return spots_of(shipped_flows(), book, PaperDesk())
