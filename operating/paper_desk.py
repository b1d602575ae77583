"""A desk on paper: serves what flows ask of data from the shipped seed, with no database, so that they can be checked."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from casework import resources
from flows.desk import Slots, Told
from flows.prompt import Choice, Named, Value

SEED = Path(resources.__file__).parent / "seed"


class PaperDesk:
    """Serves `flows.desk.Desk`; every effect succeeds and changes nothing."""

    def values(self, language: str) -> Mapping[str, Value]:
        return {"police": "15", "rescue": "1122", "helpline": "1094", "hours": "Mon to Sat, 9 am to 9 pm"}

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        return self._districts if source == "districts" else resources.kinds()

    @cached_property
    def _districts(self) -> tuple[Choice, ...]:
        with (SEED / "districts.csv").open(encoding="utf-8", newline="") as file:
            return tuple(
                Choice(row["id"], Named({"en": row["name_en"], "ur": row["name_ur"], "sd": row["name_sd"]}))
                for row in csv.DictReader(file)
            )

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        return Told()

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        return Told()

    def staffed(self, now: datetime) -> bool:
        return True
