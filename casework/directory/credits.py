"""Whose work the shipped directory stands on, as `seed/CREDITS.md` says it, and where its rows were read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from casework.directory.room import Row

CREDITS = Path(__file__).parent.parent / "seed" / "CREDITS.md"
_SITE = re.compile(r"https?://(?:www\.)?([^/\s;]+)")


@dataclass(frozen=True, slots=True)
class Credit:
    """One file, or several alike."""

    file: str
    made_from: str
    licence: str


@dataclass(frozen=True, slots=True)
class Credits:
    """The whole page."""

    files: tuple[Credit, ...]
    notes: tuple[str, ...]


@cache
def read_credits(path: Path = CREDITS) -> Credits:
    """Read the page. Raises OSError."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    said = [line for line in lines if not line.startswith(("|", "#"))]
    return Credits(tuple(Credit(*row) for row in cells[2:]), tuple(said[1:]))


def sites(rows: Iterable[Row]) -> list[tuple[str, int]]:
    """The sites where rows were read, and how many rows each; those with most first."""
    found: Counter[str] = Counter()
    for row in rows:
        found.update({site.casefold() for site in _SITE.findall(row.source)})
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))
