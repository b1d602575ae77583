"""The order of the main menu."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, request

from casework.deployment import menu
from casework.deployment.refusals import MenuPlaces
from casework.staff.refusals import Refusal
from casework.studio import publishing
from casework.studio.refusals import NotProved
from web.console.flows.framing import meant
from web.console.pages import Console, person, typed, whole
from web.console.settings.framing import done, shown

_SAID = {"published": "kept", "already": "kept", "asked": "asked", menu.SAME: "same"}


def ordered(console: Console, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with the places as they were typed."""
    present = menu.look(console.studio)
    typed_places = {one: request.form.get(f"place_{one}", "") for one in present.ids}
    keeps = refusal is not None and any(typed_places.values())
    return shown(
        console,
        "menu",
        refusal,
        menu=present,
        rows=[
            (one, label, typed_places[one] if keeps else str(at + 1))
            for at, (one, label) in enumerate(zip(present.ids, labels(console, present.ids), strict=True))
        ],
        places=[str(at + 1) for at in range(len(present.ids))],
        waits=publishing.asked_of(console.studio, menu.FLOW, console.clock()),
        findings=refusal.findings if isinstance(refusal, NotProved) else (),
        flow=menu.FLOW,
    )


def order(console: Console) -> Response:
    """Show it in this order."""

    def act() -> str:
        found = menu.order(console.studio, person().id, _typed(console), typed("over"), console.clock())
        return _SAID[found.what]

    return done("/settings/menu", act, lambda refusal: ordered(console, refusal))


def undo(console: Console) -> Response:
    """Let what held before hold again."""

    def act() -> str:
        menu.undo(console.studio, person().id, whole(typed("number"), digits=9, otherwise=-1), console.clock())
        return "undone"

    return done("/settings/menu", act, lambda refusal: ordered(console, refusal))


def labels(console: Console, ids: Iterable[str]) -> list[tuple[str, str]]:
    """What each says, and in which language."""
    return [meant(console, f"menu.choose.{one}") for one in ids]


def _typed(console: Console) -> list[str]:
    """The order that the places make. Raises MenuPlaces where two stand at one, or one at none."""
    ids = menu.look(console.studio).ids
    places = {one: whole(typed(f"place_{one}"), digits=3, otherwise=0) for one in ids}
    if sorted(places.values()) != list(range(1, len(ids) + 1)):
        raise MenuPlaces
    return sorted(ids, key=places.__getitem__)
