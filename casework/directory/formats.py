"""The directory in files: CSV, GeoJSON, and JSON in the style of OpenReferral (HSDS 3). Bytes in, cells out, and back.

Whatever cannot be read is a fault with its line, never an exception: a file may come from anywhere.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from casework.directory.openreferral import from_service, to_service
from casework.directory.rows import FIELDS, NAME, NEEDED, Fault, neutral

FORMATS = ("csv", "geojson", "openreferral")
MOST_BYTES = 20_000_000
MOST_ROWS = 100_000

Cells = tuple[int, Mapping[str, str]]  # line, column -> cell


def read_file(content: bytes) -> tuple[list[Cells], list[Fault]]:
    """Read a file of any of the formats; which one it is, its content says."""
    if len(content) > MOST_BYTES:
        return [], [Fault(0, "", f"it is larger than {MOST_BYTES // 1_000_000} MB", "part it")]
    try:
        text = _decoded(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [], [Fault(line, "", "it is not UTF-8", 'save it anew as "CSV UTF-8"')]
    if text.lstrip()[:1] in ("{", "["):
        return _read_json(text)
    return _read_csv(text)


def write_file(rows: Iterable[Mapping[str, str]], form: str) -> str:
    """Write rows as one of FORMATS."""
    found = list(rows)
    match form:
        case "csv":
            return _csv(found)
        case "geojson":
            return _json({"type": "FeatureCollection", "features": [_feature(row) for row in found]})
        case "openreferral":
            return _json({"version": "3.0", "services": [to_service(row) for row in found]})
    raise ValueError(f"no format {form!r}; there are {', '.join(FORMATS)}")


def form_of(name: str) -> str:
    """The format that a file's name tells: "csv" unless it ends otherwise."""
    lower = name.casefold()
    return "geojson" if lower.endswith(".geojson") else "openreferral" if lower.endswith(".json") else "csv"


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16")  # Excel's "Unicode text"
    return content.decode("utf-8-sig")


# --- CSV ----------------------------------------------------------------------------------------


def _read_csv(text: str) -> tuple[list[Cells], list[Fault]]:
    head = text.split("\n", 1)[0]
    between = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    found: list[Cells] = []
    faults: list[Fault] = []
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        faults += _columns(columns)
        if faults:
            return [], faults
        start = reader.line_num + 1
        for row in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(columns):
                mend = f"quote a cell that holds {between!r}"
                faults.append(Fault(line, "", f"{len(row)} cells, {len(columns)} columns", mend))
            elif len(found) == MOST_ROWS:
                return [], [Fault(line, "", f"over {MOST_ROWS:,} rows", "part the file")]
            else:
                found.append((line, dict(zip(columns, row, strict=True))))
    except csv.Error as error:
        faults.append(Fault(reader.line_num, "", f"it cannot be read on ({error})", "close the quotes"))
    return found, faults


def _columns(columns: Sequence[str]) -> Iterator[Fault]:
    for name in NEEDED:
        if name not in columns:
            yield Fault(1, name, "there is no such column", "add it")
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1:
            yield Fault(1, name, "there are two columns of this name", "leave one")
        elif not _known(name):
            yield Fault(1, name[:40], "no such column is known", f"take it out, or name it one of {', '.join(FIELDS)}")


def _known(column: str) -> bool:
    return column in FIELDS or bool(NAME.fullmatch(column))


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    more = sorted({column for row in rows for column in row} - set(FIELDS))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [*FIELDS, *more], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: neutral(cell) for column, cell in row.items()} for row in rows)
    return file.getvalue()


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
            cells = {column: _cell(value) for column, value in read(item).items()}
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


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise TypeError("a cell is text or a number")
    return value if isinstance(value, str) else repr(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
