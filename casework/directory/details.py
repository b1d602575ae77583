"""What a row says beyond whom and where: for whom it is, in which languages, what the call costs, when it is where.

Each is a cell of few words from a closed list, so that a row can be chosen by it and not only shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casework.directory.schedules import read_schedule, written
from casework.sheets import Fault, perhaps

FIELDS = ("serves", "languages", "call_cost", "schedule")
SERVES = ("all", "women", "children", "men", "transgender", "prisoners")
COSTS = ("", "free", "normal")  # "": nobody has said
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?")
_MOST = 12  # languages of one office
_SCHEDULE = "write like Tue 10:00-14:00 Mithi; Thu 09:00-12:00 Islamkot"


@dataclass(frozen=True, slots=True)
class Details:
    """The cells, read."""

    serves: tuple[str, ...]
    languages: tuple[str, ...]
    call_cost: str
    schedule: str


def read(cells: Mapping[str, str]) -> Details:
    """Cells without faults, as a row keeps them."""
    return Details(
        serves=_listed(cells.get("serves", "")),
        languages=_listed(cells.get("languages", ""), fold=False),
        call_cost=cells.get("call_cost", "").casefold(),
        schedule=written(read_schedule(cells.get("schedule", ""))),
    )


def faults(cells: Mapping[str, str], line: int) -> Iterator[Fault]:
    """What is wrong with them."""
    for one in _listed(cells.get("serves", "")):
        if one not in SERVES:
            yield Fault(line, "serves", f"{one[:40]!r} is unknown", perhaps(one, list(SERVES)))
    languages = _listed(cells.get("languages", ""), fold=False)
    for one in languages:
        if not _LANGUAGE.fullmatch(one):
            yield Fault(line, "languages", f"{one[:40]!r} is no code of a language", "write like ur; sd; en")
    if len(languages) > _MOST:
        yield Fault(line, "languages", f"{len(languages)} languages", f"{_MOST} at most")
    cost = cells.get("call_cost", "")
    if cost.casefold() not in COSTS:
        yield Fault(line, "call_cost", f"{cost[:20]!r} is unknown", "write free or normal, or leave it empty")
    schedule = cells.get("schedule", "")
    try:
        visits = read_schedule(schedule)
    except ValueError as trouble:
        yield Fault(line, "schedule", str(trouble), _SCHEDULE)
        return
    if visits and cells.get("sensitive_location", "").casefold() == "yes":
        yield Fault(line, "schedule", "a sensitive place is given places", "leave it empty")


def _listed(cell: str, *, fold: bool = True) -> tuple[str, ...]:
    words = (word.strip() for word in re.split(r"[;,]", cell))
    return tuple(dict.fromkeys(word.casefold() if fold else word for word in words if word))
