"""What is wrong with a flow as it is being typed: a part of the page, for its program. Nothing of it is kept."""

from __future__ import annotations

from flask import Response, g, make_response, render_template, request

from casework.staff.refusals import Refusal
from casework.studio import drafts, proving
from casework.studio.drafts import Draft
from casework.studio.refusals import BadForm
from flows.editing.operations import Step
from flows.editing.values import Written
from flows.findings import Finding
from web.console.flows import flow, saying, step, text
from web.console.flows.framing import draft_of, placed, wrong_with
from web.console.flows.mending import MENDS
from web.console.pages import Console, to, typed


def check(console: Console) -> Response:
    """Prove a form as it stands."""
    draft = draft_of(console)
    error, line, data = "", 0, draft.data
    try:
        wanted = _step_of(draft)
        data = data if wanted is None else drafts.tried(draft, typed("at"), wanted)
        wrong = proving.typed(console.studio, data)
    except BadForm as broken:
        wrong, line = [broken.finding], broken.line
    except Refusal as refusal:
        wrong, error = [], g.words(f"error.{refusal.reason}", **refusal.values)
    if "do" in request.form:  # of a step of order only what it brings about
        before = wrong_with(console, draft.name)
        wrong = [one for one in wrong if one not in before]
    shown = render_template(
        "console/flows/_found.html",
        t=g.words,
        to=to,
        error=error,
        line=line,
        flow=draft.name,
        names=[node["name"] for node in data["node"]],
        placed=_placed(wrong, draft),
        count=len(wrong),
        say=saying,
        mends={} if "do" in request.form or error or line else MENDS,
        form="do" if "do" in request.form else "writes",
    )
    return make_response(shown)


def _step_of(draft: Draft) -> Step | None:
    if "text" in request.form:
        return text.step_of(draft)
    return flow.step_of(draft) if "do" in request.form else step.change_of(draft)


def _placed(wrong: list[Finding], draft: Draft) -> dict[str, list[Finding]]:
    """Beside the fields of the form that was sent."""
    node: Written | None = next((one for one in draft.data["node"] if one["name"] == typed("node")), None)
    return {"": wrong} if node is None or {"text", "do"} & set(request.form) else placed(wrong, node)
