"""Tables in files that come from elsewhere: read cell by cell, each fault named with its mend, and written so that no
spreadsheet takes a cell for a formula.

Whatever cannot be read is a fault with its line, never an exception.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from rapidfuzz import process

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
LONGEST = 1_000  # characters of a cell
YES_NO = {"yes": True, "no": False, "": False}
_FORMULA = ("=", "@", "+", "-", "\t", "\r")

Cells = tuple[int, Mapping[str, str]]  # line, column -> cell


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong with one cell."""

    line: int  # of the file, from 1; 0: the file itself
    column: str  # "" for the row or the file
    trouble: str
    mend: str
    blocks: bool = True  # False: worth a look, and no hindrance

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "the file"
        column = f", {self.column}" if self.column else ""
        return f"{'E' if self.blocks else 'W'} {where}{column}: {self.trouble}; {self.mend}"


def text_of(content: bytes) -> tuple[str, list[Fault]]:
    """A file as text, whatever spreadsheet wrote it."""
    if len(content) > MOST_BYTES:
        return "", [Fault(0, "", f"it is larger than {MOST_BYTES // 1_000_000} MB", "part it")]
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return content.decode("utf-16"), []  # Excel's "Unicode text"
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return "", [Fault(line, "", "it is not UTF-8", 'save it anew as "CSV UTF-8"')]


def read_csv(
    text: str, needed: Sequence[str], fields: Sequence[str], known: Callable[[str], bool]
) -> tuple[list[Cells], list[Fault]]:
    """Rows of a table whose cells stand between commas, semicolons or tabs.

    needed  columns that must be there
    fields  columns that may be, as they are told
    known   whether a column of this name may be there
    """
    between = max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    found: list[Cells] = []
    faults: list[Fault] = []
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        faults += _columns(columns, needed, fields, known)
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


def _columns(
    columns: Sequence[str], needed: Sequence[str], fields: Sequence[str], known: Callable[[str], bool]
) -> Iterator[Fault]:
    for name in needed:
        if name not in columns:
            yield Fault(1, name, "there is no such column", "add it")
    for name in dict.fromkeys(columns):
        if columns.count(name) > 1:
            yield Fault(1, name, "there are two columns of this name", "leave one")
        elif not known(name):
            yield Fault(1, name[:40], "no such column is known", f"take it out, or name it one of {', '.join(fields)}")


def write_csv(rows: Iterable[Mapping[str, str]], fields: Sequence[str]) -> str:
    """A table with these columns, and one for each further column of a row."""
    found = list(rows)
    more = sorted({column for row in found for column in row} - set(fields))
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [*fields, *more], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: neutral(cell) for column, cell in row.items()} for row in found)
    return file.getvalue()


def neutral(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith((*_FORMULA, "'")) else value


def plain(value: str) -> str:
    """A cell as it was before `neutral`, in one form of Unicode, without spaces around it."""
    value = unicodedata.normalize("NFC", value.strip())
    return value[1:].strip() if value.startswith("'") and value[1:].startswith((*_FORMULA, "'")) else value


def unsafe(
    column: str, value: str, line: int, longest: int = LONGEST, numbers: Collection[str] = ()
) -> Iterator[Fault]:
    """What no cell may hold.

    numbers  columns that may begin with a sign
    """
    if column not in numbers and value.startswith(("=", "@")):
        yield Fault(line, column, "it looks like a formula", "write it as words")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in value):
        yield Fault(line, column, "it holds characters that cannot be seen", "write it anew")
    if len(value) > longest:
        yield Fault(line, column, f"{len(value)} characters", f"{longest} at most")


def repeated(cells: Iterable[Cells]) -> Iterator[Fault]:
    """Ids that stand twice."""
    ids: dict[str, int] = {}
    for line, raw in cells:
        row_id = raw.get("id", "").strip()
        if row_id in ids:
            yield Fault(line, "id", f"{row_id[:40]!r} stands already in line {ids[row_id]}", "give each row its own id")
        elif row_id:
            ids[row_id] = line


def perhaps(typed: str, names: Sequence[str]) -> str:
    """The mend for a name that is not there."""
    near = process.extractOne(typed.casefold(), [name.casefold() for name in names], score_cutoff=60)
    return f"perhaps {names[near[2]]}" if near else f"one of {', '.join(names[:20])}"


def differences(old: DataclassInstance, new: DataclassInstance) -> Iterator[str]:
    """What differs between two rows of a kind, for a person."""
    for one in fields(old):
        was, becomes = getattr(old, one.name), getattr(new, one.name)
        if was != becomes:
            yield f"{one.name} {_short(was)} → {_short(becomes)}"


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("en", "")
    if isinstance(value, tuple):
        value = "; ".join(value)
    said = "nothing" if value in ("", None) else str(value)
    return said if len(said) <= 40 else said[:39] + "…"
