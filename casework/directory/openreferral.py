"""A row as a service of OpenReferral's Human Services Data Specification (3.0), and back.

What the specification has a place for goes there; what it lacks (kind, whose number it is, how exact
the point is…) goes to `attributes`, so that nothing is lost on the way out and in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from casework.directory.schedules import Visit, read_schedule
from casework.hours import DAYS
from casework.sheets import neutral, plain

# Column → field of the service itself.
_OWN = {
    "id": "id",
    "name_en": "name",
    "notes": "description",
    "audience": "eligibility_description",
    "verified_on": "assured_date",
}
_ELSEWHERE = frozenset(
    {*_OWN, "phone", "hours", "schedule", "languages", "address", "district", "lat", "lon", "verified"}
)
_BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_CLOCK = re.compile(r"(\d{1,2}:\d\d)(:\d\d)?(Z|[+-]\d\d:?\d\d)?")


def to_service(row: Mapping[str, str]) -> dict[str, Any]:
    """One service."""
    service: dict[str, Any] = {field: neutral(row[column]) for column, field in _OWN.items() if row.get(column)}
    service["status"] = "active" if row["verified"] == "yes" else "inactive"
    service["phones"] = [{"number": number} for number in row["phone"].split("; ") if number]
    schedules = [{"description": neutral(row["hours"])}] if row["hours"] else []
    schedules += [_scheduled(visit) for visit in read_schedule(row["schedule"])]
    if schedules:
        service["schedules"] = schedules
    if row["languages"]:
        service["languages"] = [{"code": code} for code in row["languages"].split("; ")]
    address = {"address_1": neutral(row["address"]), "region": row["district"]}
    location: dict[str, Any] = {"addresses": [{name: value for name, value in address.items() if value}]}
    if row["lat"]:
        location |= {"latitude": float(row["lat"]), "longitude": float(row["lon"])}
    service["service_at_locations"] = [{"location": location}]
    service["attributes"] = [
        {"label": column, "value": neutral(cell)} for column, cell in row.items() if cell and column not in _ELSEWHERE
    ]
    return service


def from_service(item: Any) -> dict[str, Any]:
    """The cells of one service. Raises KeyError, TypeError, ValueError, AttributeError or IndexError when it is none."""
    cells: dict[str, Any] = {column: item[field] for column, field in _OWN.items() if field in item}
    if item.get("status", "active") not in ("active", "inactive", "defunct", "temporarily closed"):
        raise ValueError("an unknown status")
    cells["verified"] = "yes" if item.get("status", "active") == "active" else "no"
    cells["phone"] = "; ".join(phone["number"] for phone in item.get("phones", ()))
    cells |= _times(item.get("schedules", ()))
    cells["languages"] = "; ".join(one.get("code") or one["name"] for one in item.get("languages", ()))
    for place in item.get("service_at_locations", ())[:1]:
        location = place["location"]
        for address in location.get("addresses", ())[:1]:
            cells["address"], cells["district"] = address.get("address_1", ""), address.get("region", "")
        cells["lat"], cells["lon"] = location.get("latitude"), location.get("longitude")
    for attribute in item.get("attributes", ()):
        cells[attribute["label"]] = attribute["value"]
    return cells


def _scheduled(visit: Visit) -> dict[str, str]:
    opens, closes = str(visit.span).split("-")
    named = {"freq": "WEEKLY", "byday": _BYDAY[visit.day], "opens_at": opens, "closes_at": closes}
    return {**named, "description": neutral(visit.place)}


def _times(schedules: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Cells of hours and schedule: what names days and a place is a visit, what names neither is said as it stands."""
    hours: list[str] = []
    visits: list[str] = []
    for one in schedules:
        said = one.get("description") or ""
        if not one.get("byday"):
            hours += [said] if said else []  # neutral still, as every cell is
            continue
        days = ",".join(DAYS[_BYDAY.index(day.strip())].capitalize() for day in one["byday"].split(","))
        span = "-".join(_clock(one[name]) for name in ("opens_at", "closes_at"))
        if said:
            visits.append(f"{days} {span} {plain(said)}")
        else:
            hours.append(f"{span} {days}")
    return {"hours": "; ".join(hours), "schedule": "; ".join(visits)}


def _clock(written: str) -> str:
    found = _CLOCK.fullmatch(written)
    if found is None:
        raise ValueError("no time of day")
    return found[1]
