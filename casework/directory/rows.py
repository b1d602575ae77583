"""One row of the directory as it is written in files: checked field by field, each fault with its mend.

A file that comes from elsewhere may hold anything: numbers in every style, latitude and longitude
swapped, formulas for whoever opens it in a spreadsheet. A row with a fault that blocks is never half taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from casework.directory import details
from casework.directory.kinds import row_kinds
from casework.directory.phones import read_phones
from casework.places.gazetteer import Country, District
from casework.places.nearest import distance
from casework.sheets import LONGEST, YES_NO, Fault, perhaps, plain, unsafe
from storage.directory import Resource

NEEDED = ("id", "kind", "name_en", "district", "verified")
FIELDS = (
    "id", "kind", "name_en", "name_ur", "name_sd", "phone", "sms_or_whatsapp", "address", "district", "lat", "lon",
    "hours", "audience", "source", "verified", "verify_scope", "phone_kind", "source_date", "verified_on",
    "coord_precision", "sensitive_location", "notes", *details.FIELDS,
)  # fmt: skip
NAME = re.compile(r"name_[a-z]{2,3}(_[A-Z][a-z]{3})?")  # any language has its own column
WITHHELD = "withheld"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,59}")
_NUMBER = re.compile(r"[+-]?\d{1,3}(\.\d{1,12})?")
_LONGEST_NAME = 160
_NUMBERS = frozenset({"phone", "lat", "lon"})
_FAR = 150.0  # km from the middle of its district: farther than any district is wide
_EPOCH = date(1970, 1, 1)
_PHONE_KINDS = ("own", "referral", "unverified", "")


class Reader:
    """Reads rows for one country."""

    def __init__(self, country: Country, today: date) -> None:
        self._country = country
        self._today = today
        self._districts = {name.casefold(): one for one in country.districts for name in (*one.names.values(), one.id)}

    def read(self, raw: Mapping[str, str], line: int) -> tuple[Resource | None, list[Fault]]:
        """Return the row and its faults; no row when one of them blocks."""
        cells = {column: plain(value) for column, value in raw.items()}
        faults = [*self._faults(cells, line)]
        if any(fault.blocks for fault in faults):
            return None, faults
        return self._row(cells), faults

    def _row(self, cells: Mapping[str, str]) -> Resource:
        phones = read_phones(cells.get("phone", ""), self._country.region)
        sensitive = YES_NO[cells.get("sensitive_location", "").casefold()]
        notes = cells.get("notes", "")
        if phones.note and phones.note not in notes:
            notes = f"{notes}; {phones.note}" if notes else phones.note
        latitude, longitude = cells.get("lat", ""), cells.get("lon", "")
        more = details.read(cells)
        return Resource(
            id=cells["id"],
            kind=cells["kind"],
            names={column[5:]: name for column, name in cells.items() if NAME.fullmatch(column) and name},
            phones=phones.numbers,
            messaging=cells.get("sms_or_whatsapp", ""),
            address="" if sensitive else cells.get("address", ""),
            district=self._where(cells["district"]) or "",
            lat=float(latitude) if latitude else None,
            lon=float(longitude) if longitude else None,
            precision=cells.get("coord_precision", ""),
            sensitive=sensitive,
            hours=cells.get("hours", ""),
            audience=cells.get("audience", ""),
            source=cells.get("source", ""),
            source_date=cells.get("source_date", ""),
            verified="yes" if YES_NO[cells["verified"].casefold()] else "no",
            verified_on=day_of_text(cells.get("verified_on", "")),
            verify_scope=cells.get("verify_scope", ""),
            phone_kind=cells.get("phone_kind", ""),
            notes=notes,
            serves=more.serves,
            languages=more.languages,
            call_cost=more.call_cost,
            schedule=more.schedule,
        )

    def _faults(self, cells: Mapping[str, str], line: int) -> Iterator[Fault]:
        for column, value in cells.items():
            longest = _LONGEST_NAME if NAME.fullmatch(column) else LONGEST
            yield from unsafe(column, value, line, longest, _NUMBERS)
        for column in NEEDED:
            if not cells.get(column):
                yield Fault(line, column, "it is empty", "fill it in")
        if cells.get("id") and not _ID.fullmatch(cells["id"]):
            yield Fault(line, "id", "it is no id", "use letters, digits, - and _, at most 60")
        kind = cells.get("kind", "")
        if kind and kind not in row_kinds():
            yield Fault(line, "kind", f"there is no kind {kind[:40]!r}", perhaps(kind, sorted(row_kinds())))
        yield from self._place(cells, line)
        yield from self._contact(cells, line)
        for column in ("verified", "sensitive_location"):
            if cells.get(column, "").casefold() not in YES_NO:
                yield Fault(line, column, f"{cells[column][:20]!r} is neither yes nor no", "write yes or no")
        yield from self._day(cells.get("verified_on", ""), line)
        yield from details.faults(cells, line)

    def _contact(self, cells: Mapping[str, str], line: int) -> Iterator[Fault]:
        phones = read_phones(cells.get("phone", ""), self._country.region)
        for wrong in phones.wrong:
            trouble = f"{wrong[:40]!r} is no number that can be dialled in {self._country.name}"
            yield Fault(line, "phone", trouble, "write it with its area code, several with ; between")
        if phones.note:
            yield Fault(line, "phone", "words beside the number", "they go to notes", blocks=False)
        kind = cells.get("phone_kind", "")
        if kind not in _PHONE_KINDS:
            yield Fault(line, "phone_kind", f"{kind[:20]!r} is unknown", "write own or referral")
        if phones.numbers and kind not in ("own", "referral") and cells.get("verified", "").casefold() == "yes":
            trouble = "it is not said whose number it is"
            yield Fault(line, "phone_kind", trouble, "own: the office's; referral: a line that puts her through")
        if cells.get("verified", "").casefold() == "yes" and not cells.get("source"):
            yield Fault(line, "source", "nobody can check it", "say where it was read", blocks=False)

    def _place(self, cells: Mapping[str, str], line: int) -> Iterator[Fault]:
        sensitive = cells.get("sensitive_location", "").casefold() == "yes"
        latitude, longitude = cells.get("lat", ""), cells.get("lon", "")
        district = cells.get("district", "")
        if district and self._where(district) is None:
            names = [one.names["en"] for one in self._country.districts]
            everywhere = f"{self._country.part} or {self._country.whole}"
            mend = f"{perhaps(district, names)}, or {everywhere}"
            yield Fault(line, "district", f"there is no district {district[:40]!r}", mend)
        if sensitive:
            for column in ("lat", "lon"):
                if cells.get(column):
                    yield Fault(line, column, "a sensitive place is given a point", "leave it empty")
            if cells.get("address") not in ("", None, WITHHELD):
                yield Fault(line, "address", "a sensitive place is given an address", f"write {WITHHELD}")
            return
        if not latitude and not longitude:
            return
        for column, value in (("lat", latitude), ("lon", longitude)):
            if not value:
                yield Fault(line, column, "only one of lat and lon is there", "write both, or neither")
            elif not _NUMBER.fullmatch(value):
                yield Fault(line, column, f"{value[:20]!r} is no number of degrees", "write like 25.396")
        if not (_NUMBER.fullmatch(latitude) and _NUMBER.fullmatch(longitude)):
            return
        y, x = float(latitude), float(longitude)
        if not self._country.has(y, x):
            if self._country.has(x, y):
                mend = f"write {longitude} under lat and {latitude} under lon"
                yield Fault(line, "lat", "lat and lon are swapped", mend)
            else:
                yield Fault(line, "lat", f"the point lies outside {self._country.name}", "look it up again")
        elif (there := self._country.district(self._where(district) or "")) is not None and _far(there, y, x):
            trouble = f"the point lies far from {there.names['en']}"
            yield Fault(line, "district", trouble, "look which of the two is right", blocks=False)

    def _day(self, written: str, line: int) -> Iterator[Fault]:
        if not written:
            return
        try:
            day = date.fromisoformat(written)
        except ValueError:
            yield Fault(line, "verified_on", f"{written[:20]!r} is no day", "write like 2026-11-25")
            return
        if day > self._today + timedelta(days=1):
            yield Fault(line, "verified_on", "it lies in the future", "write the day on which it was dialled")

    def _where(self, district: str) -> str | None:
        """The district as rows keep it; None when there is none of that name."""
        if district == self._country.whole:
            return ""
        if district == self._country.part:
            return self._country.served.casefold()
        found = self._districts.get(district.casefold())
        return found.id if found else None


def day_as_text(day: int) -> str:
    """A day, in days since 1970, as a cell has it."""
    return (_EPOCH + timedelta(days=day)).isoformat()


def day_of_text(cell: str) -> int | None:
    """The day that a cell names, in days since 1970; None for an empty one. Raises ValueError."""
    return (date.fromisoformat(cell) - _EPOCH).days if cell else None


def written(row: Resource, country: Country) -> dict[str, str]:
    """The row as a file has it: the columns of FIELDS, and one for each further language."""
    day = "" if row.verified_on is None else day_as_text(row.verified_on)
    there = country.district(row.district)
    where = there.names["en"] if there else country.whole if not row.district else country.part
    cells = {
        "id": row.id,
        "kind": row.kind,
        **{f"name_{language}": name for language, name in row.names.items()},
        "phone": "; ".join(row.phones),
        "sms_or_whatsapp": row.messaging,
        "address": WITHHELD if row.sensitive else row.address,
        "district": where,
        "lat": "" if row.lat is None else repr(row.lat),
        "lon": "" if row.lon is None else repr(row.lon),
        "hours": row.hours,
        "audience": row.audience,
        "source": row.source,
        "verified": row.verified,
        "verify_scope": row.verify_scope,
        "phone_kind": row.phone_kind,
        "source_date": row.source_date,
        "verified_on": day,
        "coord_precision": row.precision,
        "sensitive_location": "yes" if row.sensitive else "no",
        "notes": row.notes,
        "serves": "; ".join(row.serves),
        "languages": "; ".join(row.languages),
        "call_cost": row.call_cost,
        "schedule": row.schedule,
    }
    return {**dict.fromkeys(FIELDS, ""), **cells}


def _far(district: District, latitude: float, longitude: float) -> bool:
    return distance(district.latitude, district.longitude, latitude, longitude) > _FAR
