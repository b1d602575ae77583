"""Many rows at once: ticked in the list, what would become of them, and then all of it or nothing."""

from __future__ import annotations

from flask import Response, request

from casework.directory import bulk
from casework.directory.bulk import DEEDS, MOST
from casework.directory.choosing import today
from casework.directory.listing import listed
from casework.directory.refusals import Faulty, Moved, NoSuchRow
from casework.directory.tending import tries
from casework.staff.refusals import Refusal
from web.console.directory import fields
from web.console.directory.framing import framed
from web.console.directory.listing import wanted_of
from web.console.pages import Console, go, person, typed


def plan(console: Console, refusal: Refusal | None = None) -> Response:
    """What may be done with the ticked rows; and, once she has said it, what would become of each."""
    room, ids = console.directory, _ids(console)
    if not ids:
        return go("/directory", said="none")
    deed, value = _wanted()
    planned = bulk.plan(room, ids, deed, value, console.clock()) if deed else None
    rows = {row.id: row for row in room.stock().offices}
    return framed(
        console,
        "bulk",
        refusal,
        ids=[one for one in ids if one in rows],
        rows=[rows[one] for one in ids if one in rows],
        most=MOST,
        deeds=list(DEEDS),
        deed=deed,
        value=value,
        values={
            column: fields.choices(console, column, value if column == deed else "") for column in ("kind", "district")
        },
        planned=planned,
    )


def apply(console: Console) -> Response:
    """Do it to all of them, or to none."""
    deed, value = _wanted()
    if not deed:
        return plan(console)
    try:
        changed = bulk.carry_out(
            console.directory, _ids(console), deed, value, typed("edition"), person().id, console.clock()
        )
    except (Moved, Faulty, NoSuchRow) as refusal:
        return plan(console, refusal)
    return go("/directory", said="done", changed=str(changed))


def _ids(console: Console) -> list[str]:
    """The rows that are ticked; or every row that was found, where she said so."""
    if not typed("all"):
        return list(dict.fromkeys(request.form.getlist("row")))[:MOST]
    room = console.directory
    found = listed(room.stock().offices, wanted_of(request.form), tries(room), today(console.clock()))
    return [row.id for row in found][:MOST]


def _wanted() -> tuple[str, str]:
    deed = typed("deed")
    if deed not in DEEDS:
        return "", ""
    return deed, typed(f"to-{deed}") if deed in ("kind", "district", "serves") else ""
