"""The same flow as text (TOML), for those who like it. Nothing is lost on the way but comments: an edition keeps none."""

from __future__ import annotations

from flask import Response

from casework.staff.refusals import Refusal
from casework.studio import drafts
from casework.studio.refusals import BadForm
from flows.editing import operations
from flows.editing.values import of_text
from flows.editing.writing import written
from flows.errors import BrokenFlow
from web.console.flows.framing import draft_of, shown, wrong_with
from web.console.pages import Console, go, person, typed


def text(console: Console, refusal: Refusal | None = None) -> Response:
    """The text; after a refusal what was typed, not what is kept."""
    draft = draft_of(console)
    said = written(draft.data) if refusal is None else typed("text")
    return shown(console, "text", refusal, draft=draft, text=said, wrong=wrong_with(console, draft.name))


def save(console: Console) -> Response:
    """Put what was typed in its place."""
    draft = draft_of(console)
    try:
        try:
            data = of_text(typed("text"), draft.name)
        except BrokenFlow as broken:
            raise BadForm(broken) from None
        step = operations.whole(data)
        drafts.take(console.studio, person().id, draft.name, typed("at"), step, console.clock())
    except Refusal as refusal:
        return text(console, refusal)
    return go("/flows/text", flow=draft.name, said="done")
