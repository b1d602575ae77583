"""A desk on paper: serves what flows ask of data from the shipped seed, with no database, so that they can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache

from casework import resources
from casework.institutions import asking
from casework.institutions.exchange import merged
from casework.institutions.shelf import Register
from casework.pocket import question
from casework.seeding import shipped_institutions, shipped_stock
from casework.tips import table as tips
from casework.tips import telling
from flows.desk import Slots, Told
from flows.prompt import Choice, Named, Value

_TWO_OF_A_NAME = {
    "en": "Qubo Saeed Khan, Qambar Shahdadkot",
    "ur": "قبو سعید خان، قمبر شہدادکوٹ",
    "sd": "قبو سعيد خان، قمبر شهدادڪوٽ",
}
_MOST_SHOWN = 20  # so that it has pages


@cache
def _register() -> Register:
    return Register("shipped", tuple(merged((), shipped_institutions(), close=False)))


@cache
def _institutions(source: str) -> tuple[Choice, ...]:
    """The longest list there may be: the names that take most room, and as many as are asked about or shown at once."""
    register = _register()
    if source == "institutions_there":
        rows = sorted(register.all, key=lambda one: -len(asking.short(one.names["ur"])))
        choices = tuple(Choice(one.id, asking.label(one)) for one in rows[:_MOST_SHOWN])
        return (*choices, Choice(asking.NONE, "report.institution.none"))
    asked = {
        "preset": register.all[0].id,
        "institutions": [one.id for one in sorted(register.all, key=lambda one: -len(one.names["ur"]))[:4]],
    }
    return asking.choices(source, register, shipped_stock(), asked)


class PaperDesk:
    """Serves `flows.desk.Desk`; every effect succeeds and changes nothing."""

    def values(self, language: str) -> Mapping[str, Value]:
        stock = shipped_stock()
        known = {**resources.emergency(stock), **resources.advisers(stock)}
        return {**known, "hours": "Mon to Sat, 9 am to 9 pm"}

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        match source:
            case "districts" | "news_districts":
                return resources.districts(shipped_stock())
            case "places_asked":  # as long as two places of one name may be
                two = tuple(Choice(f"p{number}", Named(_TWO_OF_A_NAME)) for number in range(2))
                return (*two, Choice(resources.LIST, "find_help.which.list"))
            case "asked_rows":  # as long as three numbers may be
                rows = sorted(shipped_stock().by_id.values(), key=lambda row: -len(row.names.get("ur", "")))
                return question.choices(shipped_stock(), {"rows": [row.id for row in rows[: resources.AT_ONCE]]})
            case "situations":
                return tips.choices(danger=False)
            case _ if source in asking.SOURCES:
                return _institutions(source)
        return resources.kind_choices(slots)

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        return None

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        if about in ("post", "partner"):
            return Told("ok", slots={"leaf": "one", "next": "two"})
        return telling.told(tips.read_table().tips, slots) if about == "tip" else Told()

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        return Told()

    def staffed(self, now: datetime) -> bool:
        return True
