"""The flows: which edition of each holds, who is writing what, how many are in it now."""

from __future__ import annotations

from flask import Response, abort

from casework.staff.refusals import Refusal
from casework.studio import drafts, proving, publishing, scheduling, shelf
from casework.studio.publishing import ALONE
from flows.shape import Flow
from flows.wording import phrases_of
from web.console.flows.framing import count, shown
from web.console.pages import Console, go, person, typed


def flows(console: Console, refusal: Refusal | None = None) -> Response:
    """All of them."""
    now = console.clock()
    there, begun = shelf.everything(console.studio), drafts.every(console.studio)
    talking = proving.conversations(console.studio, now)
    return shown(
        console,
        "list",
        refusal,
        flows=[
            (one, begun.get(name), _languages(console, one.flow), count(talking[name])) for name, one in there.items()
        ],
        fresh=[draft for name, draft in begun.items() if name not in there],
        name=typed("name"),
        due=scheduling.planned(console.studio),
        two=publishing.wants_two(console.studio),
        waits=publishing.asked_of(console.studio, ALONE, now),
    )


def create(console: Console) -> Response:
    """Begin a new one."""
    try:
        draft = drafts.create(console.studio, person().id, typed("name").strip(), console.clock())
    except Refusal as refusal:
        return flows(console, refusal)
    return go("/flows/flow", flow=draft.name)


def want_two(console: Console) -> Response:
    """Two admins, or one again; that takes a second yes, too."""
    do, by, now = typed("do"), person().id, console.clock()
    try:
        match do:
            case "on" | "off":
                done = publishing.want_two(console.studio, by, do == "on", now).what
            case "agree":
                done = publishing.agree(console.studio, by, ALONE, ALONE, now).what
            case "refuse":
                publishing.refuse(console.studio, by, ALONE, now)
                done = "refused"
            case _:
                abort(400)
    except Refusal as refusal:
        return flows(console, refusal)
    return go("/flows", said=f"two_{done}")


def _languages(console: Console, flow: Flow) -> list[tuple[str, int]]:
    """Each language that reporters have, by its own name, and how many phrases of this flow it lacks."""
    book, keys = console.room.phrasebook, phrases_of(flow)
    return [
        (one.own_name, sum(one.code not in book.forms(key) for key in keys)) for one in book.languages if one.complete
    ]
