"""Loading the shipped directory: offices and districts of Sindh, read from casework/seed.

A row that cannot be read is named with its line and the mend, and nothing is loaded at all.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from casework.taxonomy import SEED
from storage import directory
from storage.database import Unit

EVERYWHERE = frozenset({"ALL SINDH", "NATIONAL", ""})


class BadSeed(Exception):
    """A row of the directory cannot be used; the message names file, line and mend."""


def load(unit: Unit, folder: Path = SEED) -> int:
    """Put the shipped directory in place; return how many offices it has. May be run again. Raises BadSeed."""
    places = [_district(row, rank) for rank, (_, row) in enumerate(_rows(folder / "districts.csv"))]
    ids = {json.loads(place["names"])["en"]: place["id"] for place in places}
    offices = [_office(row, ids, line) for line, row in _rows(folder / "resources.csv") if row["verified"] == "yes"]
    directory.replace_all(unit, places, offices)
    return len(offices)


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [(reader.line_num, row) for row in reader]


def _district(row: dict[str, str], rank: int) -> dict[str, Any]:
    return {
        "id": row["id"],
        "names": _names(row, row["name_en"]),
        "province": row["province"],
        "division": row["division"],
        "lat": float(row["lat"]),
        "lon": float(row["lon"]),
        "rank": rank,
    }


def _office(row: dict[str, str], ids: dict[str, str], line: int) -> dict[str, Any]:
    where = row["district"]
    if where not in EVERYWHERE and where not in ids:
        # An office of the whole country may sit elsewhere: Islamabad serves everybody.
        where = ""
    if not row["id"] or not row["kind"] or not row["name_en"]:
        raise BadSeed(f"resources.csv, line {line}: id, kind and name_en must be filled")
    sensitive = row["sensitive_location"] == "yes"
    return {
        "id": row["id"],
        "kind": row["kind"],
        "names": _names(row, row["name_en"]),
        "phones": json.dumps([phone.strip() for phone in row["phone"].split(";") if phone.strip()]),
        "messaging": row["sms_or_whatsapp"],
        "address": "" if sensitive else row["address"],
        "district": "" if where in EVERYWHERE else ids[where],
        "lat": None if sensitive or not row["lat"] else float(row["lat"]),
        "lon": None if sensitive or not row["lon"] else float(row["lon"]),
        "precision": row["coord_precision"],
        "sensitive": int(sensitive),
        "hours": row["hours"],
        "audience": row["audience"],
        "source": row["source"],
        "source_date": row["source_date"],
        "verified": row["verified"],
        "verified_on": None,
        "verify_scope": row["verify_scope"],
        "phone_kind": row["phone_kind"],
        "notes": row["notes"],
    }


def _names(row: dict[str, str], english: str) -> str:
    named = {"en": english, "ur": row.get("name_ur", ""), "sd": row.get("name_sd", "")}
    return json.dumps({language: name for language, name in named.items() if name}, ensure_ascii=False)
