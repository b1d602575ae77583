"""The directory in files: CSV, GeoJSON, and JSON in the style of OpenReferral (HSDS 3). Bytes in, cells out, and back.

Whatever cannot be read is a fault with its line, never an exception: a file may come from anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from casework.directory.openreferral import from_service, to_service
from casework.directory.rows import FIELDS, NAME, NEEDED
from casework.sheets import MOST_ROWS, Cells, Fault, neutral, read_csv, text_of, write_csv

FORMATS = ("csv", "geojson", "openreferral")


def read_file(content: bytes) -> tuple[list[Cells], list[Fault]]:
    """Read a file of any of the formats; which one it is, its content says."""
    text, faults = text_of(content)
    if faults:
        return [], faults
    if text.lstrip()[:1] in ("{", "["):
        return _read_json(text)
    return read_csv(text, NEEDED, FIELDS, _known)


def write_file(rows: Iterable[Mapping[str, str]], form: str) -> str:
    """Write rows as one of FORMATS."""
    found = list(rows)
    match form:
        case "csv":
            return write_csv(found, FIELDS)
        case "geojson":
            return _json({"type": "FeatureCollection", "features": [_feature(row) for row in found]})
        case "openreferral":
            return _json({"version": "3.0", "services": [to_service(row) for row in found]})
    raise ValueError(f"no format {form!r}; there are {', '.join(FORMATS)}")


def form_of(name: str) -> str:
    """The format that a file's name tells: "csv" unless it ends otherwise."""
    lower = name.casefold()
    return "geojson" if lower.endswith(".geojson") else "openreferral" if lower.endswith(".json") else "csv"


def _known(column: str) -> bool:
    return column in FIELDS or bool(NAME.fullmatch(column))


# --- JSON ---------------------------------------------------------------------------------------


def _read_json(text: str) -> tuple[list[Cells], list[Fault]]:
    try:
        said = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        return [], [Fault(line, "", f"it is not JSON ({getattr(error, 'msg', error)})", "mend this line")]
    except RecursionError:
        return [], [Fault(0, "", "brackets lie too deep within each other", "write a flat list")]
    if isinstance(said, Mapping) and isinstance(said.get("features"), list):
        items, read = said["features"], _from_feature
    elif isinstance(said, Mapping) and isinstance(said.get("services"), list):
        items, read = said["services"], from_service
    elif isinstance(said, list):
        items, read = said, from_service
    else:
        mend = "give GeoJSON with features, or OpenReferral with services"
        return [], [Fault(0, "", "it is neither GeoJSON nor OpenReferral", mend)]
    if len(items) > MOST_ROWS:
        return [], [Fault(0, "", f"over {MOST_ROWS:,} rows", "part the file")]
    found: list[Cells] = []
    faults: list[Fault] = []
    for number, item in enumerate(items, 1):
        try:
            cells = {_column(column): _cell(value) for column, value in read(item).items()}
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            faults.append(Fault(number, "", "this entry is not built as the format says", "compare it with an export"))
            continue
        unknown = [column for column in cells if not _known(column)]
        faults += [Fault(number, column[:40], "nothing of this name is known", "take it out") for column in unknown]
        found.append((number, cells))
    return found, faults


def _from_feature(item: Any) -> dict[str, Any]:
    cells = dict(item["properties"])
    shape = item.get("geometry")
    if shape is not None:
        if shape["type"] != "Point":
            raise ValueError("an office is a point")
        cells["lon"], cells["lat"] = shape["coordinates"][:2]
    return cells


def _feature(row: Mapping[str, str]) -> dict[str, Any]:
    properties = {column: neutral(cell) for column, cell in row.items() if cell and column not in ("lat", "lon")}
    point = {"type": "Point", "coordinates": [float(row["lon"]), float(row["lat"])]} if row["lat"] else None
    return {"type": "Feature", "geometry": point, "properties": properties}


def _column(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError("a column has a name")
    return name


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise TypeError("a cell is text or a number")
    return value if isinstance(value, str) else repr(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
