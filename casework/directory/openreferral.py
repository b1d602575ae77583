"""A row as a service of OpenReferral's Human Services Data Specification (3.0), and back.

What the specification has a place for goes there; what it lacks (kind, whose number it is, how exact
the point is…) goes to `attributes`, so that nothing is lost on the way out and in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.sheets import neutral

# Column → field of the service itself.
_OWN = {
    "id": "id",
    "name_en": "name",
    "notes": "description",
    "audience": "eligibility_description",
    "verified_on": "assured_date",
}
_ELSEWHERE = frozenset({*_OWN, "phone", "hours", "address", "district", "lat", "lon", "verified"})


def to_service(row: Mapping[str, str]) -> dict[str, Any]:
    """One service."""
    service: dict[str, Any] = {field: neutral(row[column]) for column, field in _OWN.items() if row.get(column)}
    service["status"] = "active" if row["verified"] == "yes" else "inactive"
    service["phones"] = [{"number": number} for number in row["phone"].split("; ") if number]
    if row["hours"]:
        service["schedules"] = [{"description": neutral(row["hours"])}]
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
    cells["hours"] = "; ".join(one["description"] for one in item.get("schedules", ()) if one.get("description"))
    for place in item.get("service_at_locations", ())[:1]:
        location = place["location"]
        for address in location.get("addresses", ())[:1]:
            cells["address"], cells["district"] = address.get("address_1", ""), address.get("region", "")
        cells["lat"], cells["lon"] = location.get("latitude"), location.get("longitude")
    for attribute in item.get("attributes", ()):
        cells[attribute["label"]] = attribute["value"]
    return cells
