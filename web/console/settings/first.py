"""The first steps of a deployment: what is there, what is missing, and a message to try each channel."""

from __future__ import annotations

from flask import Response, g, request

from casework.deployment import beginning, keeping, trying
from casework.deployment.table import CLOSED, FACE, STEPS
from casework.staff import register
from casework.staff.refusals import Refusal
from web.console.pages import Console, go, person, typed
from web.console.settings.framing import done, shown, version


def steps(console: Console, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with what was typed."""
    stock, book = console.directory.stock(), console.room.phrasebook
    entries = register.entries(console.office)
    look = beginning.look(console.deployment, stock)
    face, _ = keeping.look(console.deployment, FACE)
    trials = console.deployment.read(lambda unit: {one: trying.look(unit, one) for one in trying.CHANNELS})
    return shown(
        console,
        "first",
        refusal,
        look=look,
        missing=[g.words(f"first_step.{one}") for one in look.missing],
        comma="، " if g.words.direction == "rtl" else ", ",
        version=face.version,
        name=typed("name") if refusal is not None and "name" in request.form else face.value["name"],
        spoken=book.languages,
        rows=len(stock.by_id),
        districts=len(stock.districts),
        counsellors=sum(one.reads and one.status == "active" for one in entries),
        invited=sum(one.reads and one.status == "invited" for one in entries),
        lacking=console.lacking,
        ways=console.ways,
        trials=trials,
        number=typed("number") if refusal is not None else "",
        about=typed("channel") if refusal is not None else "",
        language=typed("speaks") or g.words.code,
        closed=CLOSED,
    )


def name(console: Console) -> Response:
    """What the team calls itself."""

    def act() -> str:
        changed = keeping.decide(
            console.deployment,
            person().id,
            FACE,
            lambda unit, present: {**present, "name": typed("name")},
            version(),
            console.clock(),
        )
        return "kept" if changed else "same"

    return done("/first", act, lambda refusal: steps(console, refusal))


def leave_out(console: Console) -> Response:
    """Leave a step out, or take it up again; or see them no more."""
    step = typed("step")
    act = beginning.take_up if typed("again") == "yes" else beginning.leave_out
    if step not in (*STEPS, CLOSED):
        return go("/first")
    act(console.deployment, person().id, step, console.clock())
    return go("/first" if step != CLOSED or typed("again") == "yes" else "/")


def attempt(console: Console) -> Response:
    """A message to try a channel."""

    def act() -> str:
        spoken = {one.code for one in console.room.phrasebook.languages if one.complete}
        language = typed("speaks") if typed("speaks") in spoken else "en"
        trying.send(console.deployment, person().id, typed("channel"), typed("number"), language, console.clock())
        return "tried"

    return done("/first", act, lambda refusal: steps(console, refusal))
