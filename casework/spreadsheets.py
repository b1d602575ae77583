"""Spreadsheets (XLSX) that come from elsewhere, and ours: text in, text out, nothing computed.

A file is looked through before anything of it is unpacked: a bomb, a macro, a table as wide as a wall or a document type
is a fault, never an exception. openpyxl is loaded when there is a file to read or write: it would take a tenth of every start.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from casework.sheets import Fault, neutral, plain

MOST_ROWS = 5_000
MOST_COLUMNS = 20
MOST_BYTES = 4_000_000  # as sent
_UNPACKED = 24_000_000
_MEMBERS = 60
_WIDTHS = (34, 60, 60, 60, 50)

# How the parsers below trip over a file that only looks right. What an XML parser raises is a SyntaxError; what
# openpyxl raises of its own is named where it is loaded.
_UNREADABLE = (
    *(SyntaxError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError, EOFError),
    *(RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error, struct.error),
)

Row = tuple[int, list[str]]  # number in the file, cells


def write_xlsx(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, right_to_left: bool) -> bytes:
    """A workbook of one sheet, of text only: no cell of it is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    sheet.sheet_view.rightToLeft = right_to_left
    for column, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width

    def cell(text: str, *, bold: bool = False) -> Any:
        made = WriteOnlyCell(sheet, value=neutral(text))
        made.data_type = "s"
        made.number_format = "@"
        made.alignment = Alignment(wrap_text=True, vertical="top")
        if bold:
            made.font = Font(bold=True)
        return made

    sheet.append([cell(text, bold=True) for text in header])
    for row in rows:
        sheet.append([cell(text) for text in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read_xlsx(content: bytes) -> tuple[str, list[Row], list[Fault]]:
    """The title of the first sheet, and its rows as text. Whatever cannot be read is a fault with its row."""
    if fault := _packed(content):
        return "", [], [fault]
    from defusedxml import DefusedXmlException  # where it is there, openpyxl reads with it; here it must be
    from openpyxl import load_workbook
    from openpyxl.utils import exceptions as of_openpyxl

    troubles = (
        *(*_UNREADABLE, DefusedXmlException, of_openpyxl.CellCoordinatesException, of_openpyxl.InvalidFileException),
        *(of_openpyxl.NamedRangeException, of_openpyxl.SheetTitleException, of_openpyxl.ReadOnlyWorkbookException),
    )

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what it says of its own size is not believed
        found: list[Row] = []
        faults: list[Fault] = []
        for number, cells in enumerate(islice(sheet.iter_rows(), MOST_ROWS + 1), 1):
            if number > MOST_ROWS:
                return "", [], [Fault(0, "", f"over {MOST_ROWS} rows", "part the file")]
            if len(cells) > MOST_COLUMNS:
                return "", [], [Fault(number, "", f"over {MOST_COLUMNS} columns", "leave the columns of the export")]
            texts, wrong = _texts(number, cells)
            faults += wrong
            if any(texts):
                found.append((number, texts))
        return str(sheet.title), found, faults
    except troubles as error:
        return "", [], [_unreadable(error)]


def is_packed(content: bytes) -> bool:
    """Whether it begins as every spreadsheet does."""
    return content.startswith(b"PK")


def _texts(number: int, cells: Sequence[Any]) -> tuple[list[str], list[Fault]]:
    texts: list[str] = []
    faults: list[Fault] = []
    for at, cell in enumerate(cells):
        value = cell.value
        if cell.data_type == "f":
            faults.append(Fault(number, _letter(at), "it is a formula", "write it as words"))
            value = ""
        texts.append("" if value is None else plain(str(value)))
    return texts, faults


def _packed(content: bytes) -> Fault | None:
    """What is wrong with the pack, before anything is taken out of it."""
    if len(content) > MOST_BYTES:
        return Fault(0, "", f"it is larger than {MOST_BYTES // 1_000_000} MB", "part it")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            members = pack.infolist()
    except _UNREADABLE as error:
        return _unreadable(error)
    if len(members) > _MEMBERS or sum(member.file_size for member in members) > _UNPACKED:
        return Fault(0, "", "unpacked it would be far too large", "take a fresh export, and change only its words")
    if any("vbaproject" in member.filename.lower() for member in members):
        return Fault(0, "", "it holds a macro", "save it anew as a workbook without macros (.xlsx)")
    return None


def _unreadable(error: Exception) -> Fault:
    return Fault(0, "", f"it cannot be read as a spreadsheet ({type(error).__name__})", "save it anew as .xlsx")


def _letter(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else ""


def cells_named(rows: Sequence[Row], names: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows by the names of the first one; a cell that is not there is empty."""
    for number, cells in rows:
        yield number, dict(zip(names, (*cells, *[""] * len(names)), strict=False))
