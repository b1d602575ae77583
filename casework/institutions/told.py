"""What a report says of its institution, once the questions have been asked: sealed with it, and nowhere in the clear."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from casework import answers
from casework.institutions.asking import NONE, ON_THE_WAY
from flows.desk import Slots
from storage import institutions
from storage.database import Unit

_ANSWERED = ("institution_which", "institution_there", "institution_district", "institution")  # the last question first
SLOTS = ("institution", *ON_THE_WAY, "institution_name", "institution_city", "institutions")


@dataclass(frozen=True, slots=True)
class Told:
    """One institution, as she told it."""

    id: str = ""  # of the list; "" when it is not in it, or was left out
    name: str = field(default="", repr=False)
    city: str = field(default="", repr=False)

    @property
    def is_wanting(self) -> bool:
        """Whether she named one that the list lacks."""
        return bool(self.name) and not self.id

    @property
    def answer(self) -> dict[str, Any]:
        """As the sealed report keeps it among the answers; {} when nothing was told."""
        said = {"id": self.id, "said": self.name, "city": self.city}
        return {"institution": {name: value for name, value in said.items() if value}} if self.id or self.name else {}


def told(unit: Unit, slots: Slots) -> Told:
    """What the answers come to."""
    for slot in _ANSWERED:
        said = answers.chosen(slots, slot)
        if (one := institutions.fetch(unit, said) if said else None) is not None:
            return Told(one.id, one.name, one.city)
    noted = answers.chosen(slots, "institution_unknown") == "note"
    if noted or NONE in {answers.chosen(slots, slot) for slot in _ANSWERED}:
        name, city = (" ".join(answers.words(slots, f"institution_{what}")) for what in ("name", "city"))
        return Told("", name.strip(), city.strip())
    return Told()
