"""Every edition there was of a flow, who published it and when; going back to one, or writing on from it."""

from __future__ import annotations

from flask import Response, abort

from casework.staff.refusals import Refusal
from casework.studio import comparing, drafts, publishing, shelf
from casework.studio.refusals import NoSuchFlow
from flows.published import POLICIES
from web.console.flows.framing import asked, shown
from web.console.pages import Console, go, person, typed, whole

_NONE = -1  # no number of an edition


def editions(console: Console, refusal: Refusal | None = None) -> Response:
    """All of them, the latest first."""
    try:
        standing = shelf.one(console.studio, asked())
    except NoSuchFlow:
        abort(404)
    return shown(
        console,
        "editions",
        refusal,
        standing=standing,
        past=list(reversed(standing.past)),
        shipped=asked() in console.studio.shipped,
        policies=POLICIES,
        policy=typed("policy"),
        ends=comparing.goes_on(console.studio, standing),
        drafted=asked() in drafts.every(console.studio),
    )


def back(console: Console) -> Response:
    """Let an earlier one hold again."""
    number, over = (whole(typed(name), digits=6, otherwise=_NONE) for name in ("number", "over"))
    try:
        publishing.go_back(console.studio, person().id, asked(), number, over, typed("policy"), console.clock())
    except Refusal as refusal:
        return editions(console, refusal)
    return go("/flows/editions", flow=asked(), said="back")


def begin(console: Console) -> Response:
    """Write on from it."""
    number = whole(typed("number"), digits=6, otherwise=_NONE)
    try:
        drafts.begin(console.studio, person().id, asked(), number, console.clock())
    except Refusal as refusal:
        return editions(console, refusal)
    return go("/flows/flow", flow=asked(), said="begun")
