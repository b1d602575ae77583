"""Whom she can call, as the desk serves it to a flow: kinds, districts, what she asks for, and the lines to say.

The place of a conversation is one slot: a district's id, a place's id, "cell:…" of a pin, or "p0", "p1" for
one of the places she was asked about (their ids are in the slot `places`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from casework.answers import chosen as answer
from casework.directory import choosing, kinds, telling
from casework.directory.asking import shipped_asker
from casework.directory.choosing import Target
from casework.directory.exchange import EMERGENCY
from casework.directory.kinds import Kind
from casework.directory.opening import moment
from casework.directory.stock import Stock
from casework.places.finding import Found
from casework.places.gazetteer import Place, read_country
from casework.places.nearest import middle, shipped_atlas
from flows.desk import Slots, Told
from flows.prompt import Choice, Lines, Named, Phrase, Value
from storage.directory import Resource

AT_ONCE = 3  # offices in one message
_MOST_ASKED = 4  # places asked about at once
_GUESSES = 2
LIST = "list"  # none of these: the list of districts
_CELL = "cell:"


class DirectoryEmpty(Exception):
    """The directory has no emergency numbers: run `hamraz migrate`."""


def warm_up() -> None:
    """Build what finds places, about a second of work, so that nobody who writes has to wait for it."""
    shipped_asker().finder.index.complete()
    shipped_atlas()


def emergency(stock: Stock) -> dict[str, Value]:
    """The three numbers for danger. Raises DirectoryEmpty."""
    numbers: dict[str, Value] = {}
    for name, resource_id in EMERGENCY.items():
        found = stock.by_id.get(resource_id)
        if found is None or not found.phones:
            raise DirectoryEmpty(f"the directory has no {name} number: run `hamraz migrate`")
        numbers[name] = found.phones[0]
    return numbers


_ADVISERS = {"cyber": "cyber", "lawyer": "legal_aid"}  # value of a phrase → kind of row


def advisers(stock: Stock) -> dict[str, Value]:
    """Lines that a tip names: for what happens online, and for the law. The women's helpline where there is none."""
    helpline = emergency(stock)["helpline"]
    return {name: stock.lines.get(kind, helpline) for name, kind in _ADVISERS.items()}


def kind_choices(slots: Slots) -> tuple[Choice, ...]:
    """The kinds of help; what a life may hang on comes first once danger was heard."""
    return tuple(Choice(kind.id, kind.phrase) for kind in kinds.in_order(danger=slots.get("danger") == "red"))


def districts(stock: Stock) -> tuple[Choice, ...]:
    return tuple(Choice(district.id, Named(district.names)) for district in stock.districts)


def places_asked(stock: Stock, slots: Slots) -> tuple[Choice, ...]:
    """The places she is asked about, and the way out to the list of districts."""
    found = (shipped_asker().finder.place(place_id) for place_id in _listed(slots))
    named = [Choice(f"p{number}", full_name(place, stock)) for number, place in enumerate(found) if place is not None]
    return (*named, Choice(LIST, "find_help.which.list"))


def heard(source: str, text: str, cell: str, stock: Stock, slots: Slots) -> Told | None:
    """What she asked for in her own words, or where her pin lies; None when it says neither.

    Outcomes: found (kind and place) · kind · there (a place only) · which (as likely) · guess · country · outside.
    """
    if cell:
        where = shipped_atlas().where(cell)
        if where.side != "served":
            return Told(where.side)
        return _told({"place": f"{_CELL}{cell}"}, slots)
    if shipped_asker().finder.is_elsewhere(text):
        return Told("country")
    if source == "places_asked" and (meant := _told_apart(text, slots)):
        return _told({"place": meant}, slots)
    asked = shipped_asker().read(text)
    if source != "resource_kinds" and not asked.places.candidates:
        asked = replace(asked, places=shipped_asker().finder.find(text))
    known = {"kind": asked.kind.id} if asked.kind else {}
    known |= {"person": asked.person} if asked.person else {}
    places = asked.places
    if places.one is not None:
        return _told({**known, "place": places.one.id}, slots)
    if places.equal > 1:
        return Told("which", slots={**known, "places": _ids(places, min(places.equal, _MOST_ASKED)), "page": 0})
    if source != "resource_kinds" and places.candidates:
        return Told("guess", slots={**known, "places": _ids(places, _GUESSES), "page": 0})
    return _told(known, slots) if asked.kind else None


def more(text: str, cell: str, stock: Stock, slots: Slots) -> Told | None:
    """The same where some were told already: another kind, where she left the place out, is for anywhere too."""
    told = heard("resource_kinds", text, cell, stock, slots)
    return replace(told, outcome="found") if told is not None and told.outcome == "kind" else told


def nearby(stock: Stock, slots: Slots, now: datetime, *, language: str = "", holidays: Collection[date] = ()) -> Told:
    """Up to three offices of the kind asked for, the first to call first; then the next three.

    language  that she speaks
    holidays  days on which offices are shut, besides those of every year
    """
    kind, place = kinds.kind_of(answer(slots, "kind")), target_of(stock, slots)
    when = moment(now, read_country(), holidays)
    target = replace(place, person=answer(slots, "person"), language=language, when=when)
    page = slots.get("page")
    start = AT_ONCE * page if isinstance(page, int) else 0
    most = start + AT_ONCE
    shown = choosing.chosen(stock, kind, target, now, most)[start:most] if kind else []
    if not shown or kind is None:
        return Told("none")
    slots = {"page": start // AT_ONCE + 1, "shown": [row.id for row in shown]}
    return Told("ok", said(shown, kind, target, stock), slots)


def said(rows: Sequence[Resource], kind: Kind, target: Target, stock: Stock) -> dict[str, Value]:
    """What fills the phrase that tells rows."""
    where: Value = target.named or Phrase("resource.place.sindh")
    return {"lines": lines(rows, target, stock), "place": where, "kind": Phrase(kind.phrase)}


def lines(rows: Sequence[Resource], target: Target, stock: Stock) -> Lines:
    """Rows as they are said."""
    helpline = str(emergency(stock)["helpline"])
    return Lines(tuple(telling.line(row, target, stock, helpline) for row in rows))


_NATIONWIDE = ("helpline", "cyber", "mental_health")  # kinds of rows, in the order they are said


def nationwide(stock: Stock, now: datetime) -> Told:
    """Numbers that answer in the whole country: for a pin that lies outside the part that is served."""
    anywhere = Target()
    rows = [row for kind in kinds.read_kinds() for row in choosing.chosen(stock, kind, anywhere, now)]
    unique = {row.phones[0]: row for row in rows if not row.district and row.phones and row.kind in _NATIONWIDE}
    shown = sorted(unique.values(), key=lambda row: (_NATIONWIDE.index(row.kind), row.id))[:AT_ONCE]
    return Told("ok", {"lines": lines(shown, anywhere, stock)}) if shown else Told("none")


def target_of(stock: Stock, slots: Slots) -> Target:
    """Where she asked for help; anywhere when she left it out."""
    said = answer(slots, "place") or answer(slots, "district")
    if said in stock.district:
        district = stock.district[said]
        return Target(district.id, district.lat, district.lon, Named(district.names))
    if said.startswith(_CELL):
        return _target_of_cell(stock, said.removeprefix(_CELL))
    if said[:1] == "p" and said[1:].isdigit() and int(said[1:]) < len(_listed(slots)):
        said = _listed(slots)[int(said[1:])]
    place = shipped_asker().finder.place(said)
    return target_at(place, stock) if place else Target()


def target_at(place: Place, stock: Stock) -> Target:
    """A place of the gazetteer as a target."""
    district = next((one.id for one in stock.districts if one.names["en"] == place.district), "")
    return Target(district, place.latitude, place.longitude, full_name(place, stock))


def full_name(place: Place, stock: Stock) -> Named:
    """A place with its district, in every language that has both names."""
    district = next((one.names for one in stock.districts if one.names["en"] == place.district), {"en": place.district})
    if place.kind == "district" or place.name == place.district:
        return Named(dict(place.names) if place.kind != "district" else dict(district))
    both = {language: (name, district[language]) for language, name in place.names.items() if language in district}
    return Named({language: _joined(language, *names) for language, names in both.items()})


def _joined(language: str, name: str, district: str) -> str:
    return name if district in name else f"{name}{'، ' if language in ('ur', 'sd') else ', '}{district}"


def _target_of_cell(stock: Stock, cell: str) -> Target:
    where = shipped_atlas().where(cell)
    if where.district is None or where.district.id not in stock.district:
        return Target()
    latitude, longitude = middle(cell)
    district = stock.district[where.district.id]
    named = full_name(where.place, stock) if where.place else Named(district.names)
    return Target(district.id, latitude, longitude, named)


def _told(found: dict[str, str], slots: Slots) -> Told:
    """Enough is known when there is a kind and a place, said now or before."""
    kind = found.get("kind") or answer(slots, "kind")
    place = found.get("place") or answer(slots, "place")
    outcome = "found" if kind and place else "kind" if kind else "there"
    return Told(outcome, slots={**found, "page": 0})


def _told_apart(text: str, slots: Slots) -> str:
    """Which of the places she was asked about lies in the town or district she names: "hyderabad"; "" when not one."""
    finder = shipped_asker().finder
    named = finder.districts_named(text)
    fits = [one.id for one in map(finder.place, _listed(slots)) if one is not None and one.district in named]
    return fits[0] if len(fits) == 1 else ""


def _ids(found: Found, most: int) -> list[str]:
    return [one.place.id for one in found.candidates[:most]]


def _listed(slots: Slots) -> list[str]:
    listed = slots.get("places")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
