"""The team's own name and colour."""

from __future__ import annotations

from flask import Response

from casework.deployment import keeping
from casework.deployment.table import ACCENTS, FACE, LONGEST_NAME
from casework.staff.refusals import Refusal
from web.console.pages import Console, person, typed
from web.console.settings.framing import done, shown, version


def face(console: Console, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with what was typed."""
    standing, past = keeping.look(console.deployment, FACE)
    keeps = refusal is not None and bool(typed("accent"))
    return shown(
        console,
        "face",
        refusal,
        standing=standing,
        past=past,
        name=typed("name") if keeps else standing.value["name"],
        accent=typed("accent") if keeps else standing.value["accent"],
        accents=ACCENTS,
        longest=LONGEST_NAME,
    )


def keep(console: Console) -> Response:
    """Show it so."""
    wanted = {"name": typed("name"), "accent": typed("accent")}

    def act() -> str:
        changed = keeping.decide(
            console.deployment, person().id, FACE, lambda unit, present: wanted, version(), console.clock()
        )
        return "kept" if changed else "same"

    return done("/settings/face", act, lambda refusal: face(console, refusal))


def undo(console: Console) -> Response:
    """As it was before."""

    def act() -> str:
        keeping.undo(console.deployment, person().id, FACE, version(), console.clock())
        return "undone"

    return done("/settings/face", act, lambda refusal: face(console, refusal))
