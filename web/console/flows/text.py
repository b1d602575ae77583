"""The same flow as text (TOML), for those who like it. Nothing is lost on the way but comments: an edition keeps none."""

from __future__ import annotations

from flask import Response

from casework.staff.refusals import Refusal
from casework.studio import drafts
from casework.studio.drafts import Draft
from casework.studio.refusals import BadForm, FlowMeanwhile
from flows.editing import operations
from flows.editing.merging import merged
from flows.editing.operations import Step
from flows.editing.values import of_text
from flows.editing.writing import written
from flows.errors import BrokenFlow
from web.console.flows.framing import draft_of, mended, shown, wrong_with
from web.console.pages import Console, go, person, typed


def text(console: Console, refusal: Refusal | None = None) -> Response:
    """The text; after a refusal what was typed, not what is kept. Where a colleague was faster, both together."""
    draft = draft_of(console)
    said, over = (written(draft.data), draft.token) if refusal is None else (typed("text"), typed("at"))
    if isinstance(refusal, FlowMeanwhile):
        said, over = _both(draft), draft.token
    return shown(console, "text", refusal, draft=draft, over=over, text=said, wrong=wrong_with(console, draft.name))


def _both(draft: Draft) -> str:
    """What was typed, with what a colleague changed elsewhere; as it was typed where the two do not fit together."""
    saw = drafts.saw(draft, typed("at"))
    if saw is None:
        return typed("text")
    try:
        return written(merged(saw, of_text(typed("text"), draft.name), draft.data))
    except BrokenFlow:
        return typed("text")


def save(console: Console) -> Response:
    """Put what was typed in its place."""
    draft = draft_of(console)
    try:
        draft = drafts.take(console.studio, person().id, draft.name, typed("at"), step_of(draft), console.clock())
        mended(console, draft)
    except Refusal as refusal:
        return text(console, refusal)
    return go("/flows/text", flow=draft.name, said="done")


def step_of(draft: Draft) -> Step:
    """What was typed, in the place of everything. Raises BadForm."""
    try:
        return operations.whole(of_text(typed("text"), draft.name))
    except BrokenFlow as broken:
        raise BadForm(broken) from None
