"""Institutions: where reporters and counsellors study and work. A counsellor takes no case about one of her own."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "seed" / "institutions.csv"


@dataclass(frozen=True, slots=True)
class Institution:
    """One of them."""

    id: str
    name: str
    city: str


@cache
def institutions() -> Mapping[str, Institution]:
    """Every known institution by id, in the order of names."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [Institution(row["id"], row["name"], row["city"]) for row in csv.DictReader(file)]
    return {one.id: one for one in sorted(rows, key=lambda one: one.name)}
