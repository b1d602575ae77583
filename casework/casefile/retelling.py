"""Retelling: what she told, for a copy. What she chose in the words of the answer, what she wrote as she wrote it.

The day on which she told it comes first: "today" is that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from casework import answers
from casework.seeding import shipped_stock
from flows.desk import Slots
from locales.phrasebook import Phrasebook

# As somebody would tell it on: first whether it happened to her, or she saw it or heard of it.
_TOLD = (
    "path", "happened", "finer", "under18", "helped", "when", "where", "institution", "area", "relation", "story", "about",
    "wants",
)  # fmt: skip


def retold(phrasebook: Phrasebook, zone: str, told: Slots, filed: datetime, language: str) -> list[str]:
    """All that she told, a line each; no name of hers. [] when she told nothing.

    zone  whose day it was when she told it
    """
    lines = [line for slot in _TOLD for line in _lines(phrasebook, told, slot, language)]
    day = phrasebook.day(filed.astimezone(ZoneInfo(zone)).date(), language)
    return [phrasebook.say("copy.filed", language, {"filed": day}), *lines] if lines else []


def _lines(phrasebook: Phrasebook, told: Slots, slot: str, language: str) -> Iterator[str]:
    value = told.get(slot)
    many = [one for one in value if _is_answer(phrasebook, slot, one)] if isinstance(value, list) else []
    chosen = many or [one for one in (answers.chosen(told, slot),) if _is_answer(phrasebook, slot, one)]
    if chosen:
        yield from (phrasebook.say(f"report.{slot}.{one}", language, {}) for one in chosen)
    elif slot == "area" and (district := _district(answers.chosen(told, slot), language)):
        yield district
    elif not isinstance(value, Mapping):
        return  # nothing; or an answer that the flow had once, of which only its mark is left
    elif slot == "when":
        yield from _days(phrasebook, told, language)
    elif slot == "institution":
        yield from (str(value[part]) for part in ("said", "city") if value.get(part))
    else:
        yield from answers.words(told, slot)


def _is_answer(phrasebook: Phrasebook, slot: str, chosen: object) -> bool:
    return isinstance(chosen, str) and bool(chosen) and phrasebook.has(f"report.{slot}.{chosen}")


def _days(phrasebook: Phrasebook, told: Slots, language: str) -> Iterator[str]:
    own, days = answers.words(told, "when"), (answers.earliest(told, "when"), answers.latest(told, "when"))
    said = [phrasebook.day(day, language) for day in dict.fromkeys(days) if day is not None]
    if said:
        yield " – ".join(said)
    yield from own


def _district(id: str, language: str) -> str:
    found = next((one for one in shipped_stock().districts if one.id == id), None)
    return "" if found is None else found.names.get(language) or found.names["en"]
