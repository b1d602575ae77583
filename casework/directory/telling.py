"""How a row is said: what is known, how old the knowledge is, and never more than that.

A number read in its source is given as the office's own; a referral says "call … and ask"; a shelter
never has a place. The district is said where it is not hers; no distance ever is. That it is open now is said
only where hours and days are known and it is no holiday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce

from casework.directory.choosing import Target, is_for, is_there, serves_everywhere, speaks
from casework.directory.opening import is_open, read_hours
from casework.directory.stock import Stock
from casework.places.nearest import distance
from flows.prompt import Named, Phrase, Value, Weekdays
from storage.directory import Resource

_YEAR = re.compile(r"(20\d\d)(?!.*20\d\d)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPOKEN = ("ur", "sd", "en")  # languages that have a name in the catalogues


def line(row: Resource, target: Target, stock: Stock, helpline: str) -> Phrase:
    """One row as one line. helpline: asked about a shelter whose number is not known."""
    name = _name(row, target)
    if row.sensitive:
        if row.phones:
            return Phrase("resource.line.hidden", {"name": name, "phone": row.phones[0]})
        return Phrase("resource.line.nophone_hidden", {"name": name, "phone": helpline})
    values: dict[str, Value] = {"hours": _details(row, target, stock), "date": _date(row)}
    if not row.phones:
        return Phrase("resource.line.office", {**values, "name": name, "place": _place(row, stock)})
    if not serves_everywhere(row, stock) and not is_there(row, target, stock):
        name = Phrase("resource.named_in", {"name": name, "place": _place(row, stock)})
    key = "resource.line.own" if row.phone_kind == "own" else "resource.line.referral"
    return Phrase(key, {**values, "name": name, "phone": row.phones[0]})


def _name(row: Resource, target: Target) -> Value:
    """Its name, and whom it is for where that is not whom she asks for."""
    if is_for(row, target.person) or not row.serves:
        return Named(row.names)
    who: Phrase = reduce(_and, (Phrase(f"resource.for.{one}") for one in row.serves))
    return Phrase("resource.named_for", {"name": Named(row.names), "who": who})


def _details(row: Resource, target: Target, stock: Stock) -> Value:
    """What stands in brackets: when it is open, and whatever else is known and matters."""
    said: list[Phrase] = []
    if row.call_cost == "free":
        said.append(Phrase("resource.free"))
    said += _visits(row, target, stock) if row.id in stock.visits else [_hours(row.hours)]
    now = is_open(row.hours, row.schedule, target.when) if target.when is not None else ""
    if now:
        said.append(Phrase(f"resource.now.{now}"))
    if not speaks(row, target.language) and (spoken := [code for code in _SPOKEN if code in row.languages]):
        languages: Phrase = reduce(_and, (Phrase(f"resource.language.{code}") for code in spoken))
        said.append(Phrase("resource.speaks", {"languages": languages}))
    return reduce(_and, said)


def _and(one: Phrase, other: Phrase) -> Phrase:
    return Phrase("resource.and", {"one": one, "other": other})


def _visits(row: Resource, target: Target, stock: Stock) -> Iterator[Phrase]:
    """When a centre that moves is where, at the place that is nearest to her."""
    visits = stock.visits[row.id]

    def apart(at: int) -> float:
        place = visits[at][1]
        if place is None or target.latitude is None or target.longitude is None:
            return float("inf")
        return distance(target.latitude, target.longitude, place.latitude, place.longitude)

    nearest = visits[min(range(len(visits)), key=apart)]
    same = [visit for visit, place in visits if (visit.span, visit.place) == (nearest[0].span, nearest[0].place)]
    place = Named(nearest[1].names) if nearest[1] else nearest[0].place
    days = Weekdays(tuple(visit.day for visit in same))
    yield Phrase("resource.hours.visits", {"days": days, "said": str(nearest[0].span), "place": place})


def _place(row: Resource, stock: Stock) -> Value:
    if row.district in stock.district:
        return Named(stock.district[row.district].names)
    return Phrase("resource.place.sindh" if row.district else "resource.place.country")


def _hours(said: str) -> Phrase:
    hours = read_hours(said)
    if hours.kind == "always":
        return Phrase("resource.hours.assumed" if hours.doubted else "resource.hours.always")
    if hours.kind == "some":
        spans = dict.fromkeys(str(span) for part in hours.parts for span in part.spans)
        if len(hours.parts) == 1 and len(spans) == 1:
            return Phrase("resource.hours.some", {"said": next(iter(spans))})
        return Phrase("resource.hours.some", {"said": said.strip()})
    return Phrase(f"resource.hours.{hours.kind}")


def _date(row: Resource) -> Value:
    """The day one of ours dialled it, else the year of its source."""
    if row.verified_on is not None:
        return (_EPOCH + timedelta(days=row.verified_on)).date()
    found = _YEAR.search(row.source_date)
    return found[1] if found else Phrase("resource.date.unknown")
