"""Numbers kept for later: which rows, never what they said, so that she is shown what is true on the day she looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from casework import resources
from casework.answers import chosen
from casework.directory.stock import Stock
from casework.filing import Teller
from flows.desk import Slots, Told
from flows.prompt import Lines, Phrase
from storage.database import Unit
from storage.sessions import pockets
from storage.vault.keyring import Keyring

MOST = 6  # rows: the oldest makes room
SAVED = "saved"  # in the pocket: [{"id", "district", "person"}]


def save(unit: Unit, keyring: Keyring, stock: Stock, slots: Slots, teller: Teller, now: datetime) -> Told:
    """Keep the rows she is shown. Of where she looked only the district is kept."""
    pocket = pockets.look(unit, keyring, teller.sender, now)
    target = resources.target_of(stock, slots)
    fresh = [{"id": row, "district": target.district, "person": chosen(slots, "person")} for row in shown(slots)]
    names = {one["id"] for one in fresh}
    kept = [one for one in pocket.get(SAVED, ()) if one["id"] not in names]
    pockets.put(unit, keyring, teller.sender, {**pocket, SAVED: [*kept, *fresh][-MOST:]}, now)
    return Told("ok" if fresh else "none", slots={"can": without(slots, "save")})


def kept(unit: Unit, keyring: Keyring, teller: Teller, now: datetime) -> Told:
    """Whether she has kept any: the slot says so to the menu."""
    return Told("ok", slots={"kept": "yes" if _saved(unit, keyring, teller, now) else ""})


def saved(unit: Unit, keyring: Keyring, stock: Stock, teller: Teller, now: datetime) -> Told:
    """What she has kept, as it is today: "ok", "gone" where none of it is told any more, or "none"; `missing` where some is."""
    wanted = _saved(unit, keyring, teller, now)
    if not wanted:
        return Told("none")
    lines: list[Phrase] = []
    for one in wanted:
        row = stock.by_id.get(one["id"])
        if row is not None:
            target = resources.target_of(stock, {"place": one["district"], "person": one["person"]})
            lines += resources.lines([row], target, stock).items
    missing = "yes" if len(lines) < len(wanted) else ""
    return Told("ok" if lines else "gone", {"lines": Lines(tuple(lines))}, {"missing": missing})


def forget(unit: Unit, keyring: Keyring, teller: Teller, now: datetime) -> Told:
    """Let go of all that she has kept."""
    pockets.put(unit, keyring, teller.sender, {**pockets.look(unit, keyring, teller.sender, now), SAVED: []}, now)
    return Told("ok")


def shown(slots: Slots) -> list[str]:
    """The ids of the rows she was shown last."""
    found = slots.get("shown")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def without(slots: Slots, done: str) -> list[str]:
    """What can still be done with these numbers."""
    can = slots.get("can")
    return [one for one in can if isinstance(one, str) and one != done] if isinstance(can, list) else []


def _saved(unit: Unit, keyring: Keyring, teller: Teller, now: datetime) -> list[Any]:
    found = pockets.look(unit, keyring, teller.sender, now).get(SAVED)
    return found if isinstance(found, list) else []
