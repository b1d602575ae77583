"""Whom she can call: emergency numbers, and offices by district and kind, honestly described.

A number read in its source is given as the office's own; a referral says "call … and ask";
a shelter never has a place. Every line shows how old the knowledge is.
"""

from __future__ import annotations

import re

from casework.answers import chosen
from flows.desk import Slots, Told
from flows.prompt import Choice, Lines, Named, Phrase, Value
from storage import directory
from storage.database import Unit
from storage.directory import Resource

AT_ONCE = 3  # offices in one message
EMERGENCY = {"police": "res002", "rescue": "res003", "helpline": "res001"}  # rows of the directory

# What she may ask for → kinds of the directory.
KINDS: dict[str, tuple[str, ...]] = {
    "helpline": ("helpline", "women_complaint_cell", "human_rights", "commission"),
    "police": ("women_police_station", "police"),
    "hospital": ("hospital", "ambulance"),
    "shelter": ("shelter",),
    "legal_aid": ("legal_aid", "ngo"),
    "ombudsperson": ("ombudsperson", "regulator"),
    "cyber": ("cyber",),
    "counselling": ("mental_health",),
    "child": ("child_protection",),
}
_YEAR = re.compile(r"(20\d\d)(?!.*20\d\d)")


class DirectoryEmpty(Exception):
    """The directory has no emergency numbers: run `hamraz migrate`."""


def emergency(unit: Unit) -> dict[str, Value]:
    """The three numbers for danger. Raises DirectoryEmpty."""
    numbers: dict[str, Value] = {}
    for name, resource_id in EMERGENCY.items():
        found = directory.one(unit, resource_id)
        if found is None or not found.phones:
            raise DirectoryEmpty(f"the directory has no {name} number: run `hamraz migrate`")
        numbers[name] = found.phones[0]
    return numbers


def kinds() -> tuple[Choice, ...]:
    return tuple(Choice(kind, f"resource.kind.{kind}") for kind in KINDS)


def districts(unit: Unit) -> tuple[Choice, ...]:
    return tuple(Choice(place, Named(names)) for place, names, _ in directory.all_districts(unit))


def nearby(unit: Unit, slots: Slots, helpline: str) -> Told:
    """Up to three offices of the kind asked for, the district's own first; then the next three."""
    kind, district = chosen(slots, "kind"), chosen(slots, "district")
    found = [one for name in KINDS.get(kind, ()) for one in directory.of_kind(unit, name, district)]
    page = slots.get("page")
    start = AT_ONCE * page if isinstance(page, int) else 0
    shown = found[start : start + AT_ONCE]
    if not shown:
        return Told("none")
    names = {place: names for place, names, _ in directory.all_districts(unit)}
    lines = Lines(tuple(_line(one, helpline, names) for one in shown))
    where: Value = Named(names[district]) if district in names else Phrase("resource.place.sindh")
    return Told(
        "ok", {"lines": lines, "place": where, "kind": Phrase(f"resource.kind.{kind}")}, {"page": start // AT_ONCE + 1}
    )


def _line(one: Resource, helpline: str, names: dict[str, dict[str, str]]) -> Phrase:
    name = Named(one.names)
    if one.sensitive:
        if one.phones:
            return Phrase("resource.line.hidden", {"name": name, "phone": one.phones[0]})
        return Phrase("resource.line.nophone_hidden", {"name": name, "phone": helpline})
    values: dict[str, Value] = {"name": name, "hours": _hours(one.hours), "date": _year(one.source_date)}
    if not one.phones:
        where: Value = Named(names[one.district]) if one.district in names else Phrase("resource.place.country")
        return Phrase("resource.line.office", {**values, "place": where})
    key = "resource.line.own" if one.phone_kind == "own" else "resource.line.referral"
    return Phrase(key, {**values, "phone": one.phones[0]})


def _hours(said: str) -> Phrase:
    if not said:
        return Phrase("resource.hours.unknown")
    if said.startswith("24/7"):
        return Phrase("resource.hours.always")
    if "office" in said.casefold():
        return Phrase("resource.hours.office")
    found = re.match(r"\d\d:\d\d-\d\d:\d\d", said)
    return Phrase("resource.hours.some", {"said": found[0]}) if found else Phrase("resource.hours.unknown")


def _year(source_date: str) -> str:
    found = _YEAR.search(source_date)
    return found[1] if found else "?"
