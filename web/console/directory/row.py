"""One row: its form, what is told by it, what was changed. Nothing that was typed is lost by a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from flask import Response, abort, g, make_response, render_template, request

from casework.directory import history, tending
from casework.directory.choosing import today
from casework.directory.history import Line
from casework.directory.listing import states_of
from casework.directory.refusals import Faulty, Meanwhile, NoSuchRow
from casework.directory.room import Row
from casework.sheets import Fault
from casework.staff import register
from casework.staff.refusals import Refusal
from locales.languages import Language
from web.console.directory import calls, fields, names, telling
from web.console.directory.framing import framed
from web.console.directory.looking_back import moment_of
from web.console.directory.telling import Told
from web.console.pages import Console, go, person, typed, whole

Cells = Mapping[str, str]
_SAID = ("saved", "same", "hidden", "shown", "undone", "added")


def row(console: Console) -> Response:
    """One row as it is now."""
    if not request.args.get("row"):
        return go("/directory")
    try:
        found = tending.row_of(console.directory, request.args.get("row", ""))
    except NoSuchRow:
        abort(404)
    said = request.args.get("said", "")
    return _page(console, found, said=said if said in _SAID else "")


def save(console: Console) -> Response:
    """Keep what was typed; or the form again, with what is wrong beside each field."""
    row_id, sent = typed("row"), fields.typed_cells(request.form)
    if not row_id:
        return go("/directory")
    was = _cells(typed("was"))
    wanted = {
        column: was.get(column, "") if typed(f"choose-{column}") == "now" else cell for column, cell in sent.items()
    }
    # A form that shows a sensitive row has no field for its place: what it does not send stays as it is.
    seen = {column: cell for column, cell in wanted.items() if column in was}
    try:
        before = tending.row_of(console.directory, row_id)
        after = tending.save(
            console.directory, row_id, was, seen, person().id, console.clock(), dialled=bool(typed("dialled"))
        )
    except NoSuchRow:
        abort(404)
    except Faulty as refusal:
        return _page(console, before, refusal, cells=wanted, was=was, faults=refusal.faults)
    except Meanwhile as refusal:
        return _choose(console, before, refusal, was, wanted)
    said = "same" if after == before else "saved"
    return _after(after, said)


def blank(console: Console, refusal: Faulty | None = None) -> Response:
    """The form of a row that is not there yet."""
    cells = fields.typed_cells(request.form)
    return framed(
        console,
        "new",
        refusal,
        groups=fields.form(console, cells, refusal.faults if refusal else ()),
        faults=refusal.faults if refusal else (),
        told=_told(console, cells) if refusal is None else (),
    )


def add(console: Console) -> Response:
    """A new row, or the form again."""
    cells = fields.typed_cells(request.form)
    try:
        made = tending.add(console.directory, cells, person().id, console.clock(), dialled=bool(typed("dialled")))
    except Faulty as refusal:
        return blank(console, refusal)
    return _after(made, "added")


def show(console: Console) -> Response:
    """Let it be told, or not any more."""
    shown = bool(typed("shown"))

    def do(row_id: str) -> Row:
        return tending.show(console.directory, row_id, person().id, console.clock(), shown=shown)

    return _done(console, do, "shown" if shown else "hidden")


def undo(console: Console) -> Response:
    """Take back the last change."""
    seq = whole(typed("seq"), digits=9, otherwise=0)

    def do(row_id: str) -> Row:
        return tending.undo(console.directory, row_id, seq, person().id, console.clock())

    return _done(console, do, "undone")


def preview(console: Console) -> Response:
    """What would be told if the form were saved as it is typed now: a part of the page, for its program."""
    told = _told(console, fields.typed_cells(request.form))
    return make_response(render_template("console/directory/_told.html", t=g.words, told=told))


def _done(console: Console, do: Callable[[str], Row], said: str) -> Response:
    row_id = typed("row")
    if not row_id:
        return go("/directory")
    try:
        before = tending.row_of(console.directory, row_id)
        after = do(row_id)
    except NoSuchRow:
        abort(404)
    except Refusal as refusal:
        return _page(console, before, refusal, faults=refusal.faults if isinstance(refusal, Faulty) else ())
    return _after(after, said)


def _after(made: Row, said: str) -> Response:
    """Where she goes on: the row, or the calls that she came from."""
    if typed("back") == "calls":
        return calls.to_next(call=made.phones[0] if made.phones else "", said=said)
    return go("/directory/row", row=made.id, said=said)


def _page(
    console: Console,
    shown: Row,
    refusal: Refusal | None = None,
    *,
    cells: Cells | None = None,
    was: Cells | None = None,
    faults: Sequence[Fault] = (),
    said: str = "",
) -> Response:
    """The row, and the form as she typed it where something was refused."""
    room, now = console.directory, console.clock()
    there = tending.cells_of(room, shown)
    past = history.look(room, shown.id, there)
    return framed(
        console,
        "row",
        refusal,
        row=shown,
        states=states_of(shown, tending.tries(room), today(now)),
        groups=fields.form(console, cells or there, faults, sensitive=shown.sensitive),
        faults=faults,
        was=json.dumps({column: there[column] for column in there if tending.is_typed(column)} if was is None else was),
        doubts=() if faults else tending.doubts(room, shown, now),
        told=_told(console, there if faults else cells or there),
        past=past,
        staff=_staff(console),
        columns=lambda line: [_changed(console, line, column) for column in line.columns],
        moment=lambda line: moment_of(console, line),
        said=said,
        back=request.values.get("back", ""),
    )


def _choose(console: Console, shown: Row, meanwhile: Meanwhile, was: Cells, wanted: Cells) -> Response:
    """Somebody was faster: what she wrote beside what is there now, column by column."""
    columns = [column for column in wanted if column in meanwhile.theirs]
    both = [column for column in columns if wanted[column] not in (was.get(column, ""), meanwhile.now.get(column, ""))]
    merged = {
        column: wanted[column] if column in both or column not in columns else meanwhile.now.get(column, "")
        for column in wanted
    }
    past = history.look(console.directory, shown.id, meanwhile.now)
    return framed(
        console,
        "choose",
        meanwhile,
        row=shown,
        both=[(column, _label(console, column), meanwhile.now.get(column, ""), wanted[column]) for column in both],
        taken=[
            (_label(console, column), was.get(column, ""), meanwhile.now.get(column, ""))
            for column in columns
            if column not in both
        ],
        merged=merged,
        was=json.dumps({column: meanwhile.now.get(column, "") for column in was}),
        who=_staff(console).get(past.last.by, "") if past.last else "",
        back=typed("back"),
    )


def _told(console: Console, cells: Cells) -> list[tuple[Language, list[Told]]]:
    """What is told by these cells; nothing while they cannot be kept."""
    room = console.directory
    try:
        found = tending.read(room, {"id": "new", "verified": "yes", **cells}, console.clock())
    except Faulty:
        return []
    return list(telling.told(console.room.phrasebook, found.row, room.stock()))


def _changed(console: Console, line: Line, column: str) -> tuple[str, str, str]:
    return _label(console, column), line.before.get(column, ""), line.after.get(column, "")


def _label(console: Console, column: str) -> str:
    return names.of_column(column, console.room.phrasebook.languages)


def _staff(console: Console) -> dict[bytes, str]:
    return {one.id: one.name for one in register.entries(console.office)}


def _cells(text: str) -> dict[str, str]:
    """The cells that the form was shown with."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return {column: cell for column, cell in said.items() if isinstance(cell, str)} if isinstance(said, dict) else {}
