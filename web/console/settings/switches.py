"""What is offered to reporters, and what is not."""

from __future__ import annotations

from flask import Response, request

from casework.deployment import keeping
from casework.deployment.table import PARTS, SWITCHES
from casework.staff.refusals import Refusal
from web.console.pages import Console, person
from web.console.settings.framing import done, shown, version


def switches(console: Console, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with what was ticked."""
    standing, past = keeping.look(console.deployment, SWITCHES)
    keeps = refusal is not None and not request.path.endswith("/undo")
    return shown(
        console,
        "switches",
        refusal,
        standing=standing,
        past=past,
        parts=PARTS,
        off=_off() if keeps else standing.value,
    )


def keep(console: Console) -> Response:
    """Offer what is ticked."""

    def act() -> str:
        changed = keeping.decide(
            console.deployment, person().id, SWITCHES, lambda unit, present: _off(), version(), console.clock()
        )
        return "kept" if changed else "same"

    return done("/settings/switches", act, lambda refusal: switches(console, refusal))


def undo(console: Console) -> Response:
    """As it was before."""

    def act() -> str:
        keeping.undo(console.deployment, person().id, SWITCHES, version(), console.clock())
        return "undone"

    return done("/settings/switches", act, lambda refusal: switches(console, refusal))


def _off() -> list[str]:
    return [part for part in PARTS if part not in request.form.getlist("on")]
