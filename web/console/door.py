"""How she is called when a case cannot wait: her own page, for everybody of staff."""

from __future__ import annotations

from flask import Response, g, request

from casework.paging import door
from casework.staff.refusals import Refusal
from web.console.pages import Console, go, page, person, typed
from web.console.shifts.week import languages
from web.console.words import languages as interfaces


def shown(console: Console, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with what was typed."""
    hers = door.look(console.pager, person().id)
    spoken = languages(console)
    return page(
        "door",
        refusal=refusal,
        hers=hers,
        ways=hers.open,
        way=typed("way") if refusal else hers.way,
        phone=typed("phone") if refusal else hers.phone,
        language=typed("language") if refusal else hers.language or g.words.code,
        spoken={code: spoken[code] for code in interfaces() if code in spoken},
        done=_done(),
    )


def choose(console: Console) -> Response:
    """Be called this way from now on."""
    try:
        door.choose(console.pager, person().id, typed("way"), typed("phone"), typed("language"), console.clock())
    except Refusal as refusal:
        return shown(console, refusal)
    return go("/door", done="kept")


def attempt(console: Console) -> Response:
    """A call to try whether it arrives."""
    try:
        door.attempt(console.pager, person().id, console.clock())
    except Refusal as refusal:
        return shown(console, refusal)
    return go("/door", done="tried")


def _done() -> str:
    asked = f"door.done_{request.args.get('done', '')}"
    return asked if g.words.has(asked) else ""
