"""What happened, in 24 small codes, and how few of them the chat has to show.

The chat asks for one of six plain groups and then at most one finer question.
A group alone is enough: it stands for its mildest code, so that a skipped question
never makes a report graver than it was told.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casework.answers import chosen
from flows.desk import Slots

SEED = Path(__file__).parent / "seed"

# The six groups of the chat, each with the code it stands for when nothing finer is said.
GROUPS = {"words": "WORD", "touch": "TOUCH", "follow": "FOLLOW", "online": "ONLINE", "home": "HOME", "other": "OTHER"}

AGAINST_THE_BODY = frozenset({"TOUCH", "FORCE", "RAPE", "GROUP", "HIT"})
IMAGES = frozenset({"IMAGE", "PHOTO"})


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of incident, and what others call it."""

    code: str
    meaning: str
    harassmap: str
    safecity: str
    gbvims: str  # core type, derived from the act
    law: str  # candidates only: "ask a lawyer"
    law_read: bool  # whether the statute was read in a source


@cache
def codes(folder: Path = SEED) -> dict[str, Code]:
    """Return the 24 codes by name, from taxonomy.csv."""
    with (folder / "taxonomy.csv").open(encoding="utf-8", newline="") as file:
        return {code.code: code for code in map(_code, csv.DictReader(file))}


def kind_of(slots: Slots) -> str:
    """Return the code for these answers: the finer one if it was given, else the group's, else OTHER."""
    finer = chosen(slots, "finer").upper()
    if finer in codes():
        return finer
    return GROUPS.get(chosen(slots, "happened"), "OTHER")


def _code(row: dict[str, str]) -> Code:
    return Code(
        code=row["code"],
        meaning=row["what_it_is"],
        harassmap=row["harassmap"],
        safecity=row["safecity"],
        gbvims=row["gbvims_core"],
        law=row["pakistan_law_candidates"],
        law_read=row["law_confidence"] == "read",
    )
