"""A desk on paper: serves what flows ask of data from the shipped seed, with no database, so that they can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from casework import resources
from casework.seeding import shipped_stock
from flows.desk import Slots, Told
from flows.prompt import Choice, Named, Value

_TWO_OF_A_NAME = {
    "en": "Qubo Saeed Khan, Qambar Shahdadkot",
    "ur": "قبو سعید خان، قمبر شہدادکوٹ",
    "sd": "قبو سعيد خان، قمبر شهدادڪوٽ",
}


class PaperDesk:
    """Serves `flows.desk.Desk`; every effect succeeds and changes nothing."""

    def values(self, language: str) -> Mapping[str, Value]:
        return {"police": "15", "rescue": "1122", "helpline": "1094", "hours": "Mon to Sat, 9 am to 9 pm"}

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        match source:
            case "districts":
                return resources.districts(shipped_stock())
            case "places_asked":  # as long as two places of one name may be
                two = tuple(Choice(f"p{number}", Named(_TWO_OF_A_NAME)) for number in range(2))
                return (*two, Choice(resources.LIST, "find_help.which.list"))
        return resources.kind_choices(slots)

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        return None

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        return Told()

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        return Told()

    def staffed(self, now: datetime) -> bool:
        return True
