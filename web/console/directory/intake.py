"""Files: one of rows is looked at first, fault by fault and change by change, and taken whole; the directory is given as one."""

from __future__ import annotations

from itertools import islice

from flask import Response, make_response, request

from casework.directory import bulk
from casework.directory.exchange import Batch, compare, exported, lacking, merged, read_batch
from casework.directory.formats import FORMATS
from casework.directory.refusals import Faulty, FaultyFile, Moved
from casework.sheets import Fault
from casework.staff.refusals import Refusal
from web.console.directory.framing import framed
from web.console.pages import Console, go, person, typed

MOST_SHOWN = 200  # changes, and faults, on the page; a file may have thousands
_TYPES = {"csv": "text/csv", "geojson": "application/geo+json", "openreferral": "application/json"}


def files(console: Console, refusal: Refusal | None = None, faults: tuple[Fault, ...] = ()) -> Response:
    """Where a file is chosen, and where the directory is given as one."""
    return framed(
        console, "files", refusal, formats=FORMATS, faults=faults[:MOST_SHOWN], more=max(0, len(faults) - MOST_SHOWN)
    )


def export(console: Console) -> Response:
    """The whole directory, hidden rows too; no cell of it is a formula."""
    form = request.args.get("form", "")
    if form not in FORMATS:
        return go("/directory/files")
    room = console.directory
    response = make_response(exported(room.stock().offices, room.country, form))
    ending = "json" if form == "openreferral" else form
    response.headers["Content-Type"] = f"{_TYPES[form]}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="directory.{ending}"'
    return response


def look(console: Console) -> Response:
    """What a file would change. Takes nothing."""
    sent = request.files.get("file")
    content = sent.stream.read() if sent is not None else b""
    if not content:
        return files(console)
    batch = _read(console, content)
    return _shown(console, batch) if batch.sound else files(console, FaultyFile(batch.faults), batch.faults)


def take(console: Console) -> Response:
    """Take the file that she looked at."""
    batch = _read(console, typed("content").encode())
    if not batch.sound or not batch.rows:
        return files(console, FaultyFile(batch.faults), batch.faults)
    try:
        changed = bulk.take(console.directory, batch, typed("edition"), person().id, console.clock())
    except Moved as refusal:
        return _shown(console, batch, refusal)
    except Faulty as refusal:
        return files(console, FaultyFile(refusal.faults), refusal.faults)
    return go("/directory", said="taken", changed=str(changed))


def _shown(console: Console, batch: Batch, refusal: Refusal | None = None) -> Response:
    room = console.directory
    stock = room.stock()
    if lost := tuple(lacking(merged(stock.offices, batch, remove=False))):
        return files(console, FaultyFile(lost), lost)
    changes = compare(stock.offices, batch)
    return framed(
        console,
        "intake",
        refusal,
        changes=changes,
        added=changes.added[:MOST_SHOWN],
        changed=bulk.differences(room, islice(changes.changed, MOST_SHOWN)),
        doubts=[fault for fault in batch.faults if not fault.blocks][:MOST_SHOWN],
        most=MOST_SHOWN,
        edition=stock.edition,
        # Written anew, so that what is taken is what was read, whatever the file was.
        content=exported(batch.rows, room.country, "csv"),
    )


def _read(console: Console, content: bytes) -> Batch:
    return read_batch(content, console.directory.country, console.clock().date())
