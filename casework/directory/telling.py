"""How a row is said: what is known, how old the knowledge is, and never more than that.

A number read in its source is given as the office's own; a referral says "call … and ask"; a shelter
never has a place. The district is said where it is not hers; no distance ever is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from casework.directory.choosing import Target, serves_everywhere
from casework.directory.stock import Stock
from flows.prompt import Named, Phrase, Value
from storage.directory import Resource

_YEAR = re.compile(r"(20\d\d)(?!.*20\d\d)")
_TIMES = re.compile(r"\b\d\d:\d\d-\d\d:\d\d")
_ASSUMED = ("expected", "reported")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def line(row: Resource, target: Target, stock: Stock, helpline: str) -> Phrase:
    """One row as one line. helpline: asked about a shelter whose number is not known."""
    name: Value = Named(row.names)
    elsewhere = not serves_everywhere(row, stock) and row.district != target.district
    if row.sensitive:
        if row.phones:
            return Phrase("resource.line.hidden", {"name": name, "phone": row.phones[0]})
        return Phrase("resource.line.nophone_hidden", {"name": name, "phone": helpline})
    values: dict[str, Value] = {"hours": _hours(row.hours), "date": _date(row)}
    if not row.phones:
        return Phrase("resource.line.office", {**values, "name": name, "place": _place(row, stock)})
    if elsewhere:
        name = Phrase("resource.named_in", {"name": name, "place": _place(row, stock)})
    key = "resource.line.own" if row.phone_kind == "own" else "resource.line.referral"
    return Phrase(key, {**values, "name": name, "phone": row.phones[0]})


def _place(row: Resource, stock: Stock) -> Value:
    if row.district in stock.district:
        return Named(stock.district[row.district].names)
    return Phrase("resource.place.sindh" if row.district else "resource.place.country")


def _hours(said: str) -> Phrase:
    if "24/7" in said:
        assumed = any(word in said.casefold() for word in _ASSUMED)
        return Phrase("resource.hours.assumed" if assumed else "resource.hours.always")
    if "office" in said.casefold():
        return Phrase("resource.hours.office")
    found = _TIMES.search(said)
    return Phrase("resource.hours.some", {"said": found[0]}) if found else Phrase("resource.hours.unknown")


def _date(row: Resource) -> Value:
    """The day one of ours dialled it, else the year of its source."""
    if row.verified_on is not None:
        return (_EPOCH + timedelta(days=row.verified_on)).date()
    found = _YEAR.search(row.source_date)
    return found[1] if found else Phrase("resource.date.unknown")
