"""One flow: drawn, its steps in order, what is wrong with it; and what is done to its order."""

from __future__ import annotations

from flask import Response, abort, request

from casework.staff.refusals import Refusal
from casework.studio import drafts, shelf
from casework.studio.drafts import Draft
from casework.studio.shelf import Standing
from flows.editing import operations
from flows.editing.operations import Step
from flows.editing.rules import spelled_out
from flows.editing.steps import REDO, UNDO
from flows.editing.values import as_flow
from flows.exchange.giving import FORMS
from flows.layout import HIGH, WIDE, drawn
from flows.nodes import KINDS
from web.console.flows import mending
from web.console.flows.exchange import BOOKLET
from web.console.flows.framing import draft_of, shown, wrong_with
from web.console.flows.step import step as step_page
from web.console.pages import Console, go, person, typed


def flow(console: Console, refusal: Refusal | None = None) -> Response:
    """The page of one flow."""
    draft = draft_of(console)
    wrong = wrong_with(console, draft.name)
    read, standing = as_flow(draft.data), shelf.everything(console.studio).get(draft.name)
    return shown(
        console,
        "flow",
        refusal,
        draft=draft,
        standing=standing,
        drawing=drawn(read),
        box=(WIDE, HIGH),
        flow=read,
        nodes=spelled_out(draft.data),
        wrong=wrong,
        marks={
            one.node: "bad" if one.code.startswith("E") else "doubt" for one in reversed(wrong)
        },  # errors stand first
        waits={name for name, node in read.nodes.items() if KINDS[node.kind].waits},
        kinds=list(KINDS),
        here=request.args.get("node", "") or typed("node"),
        name=typed("name"),
        kind=typed("kind"),
        forms=[*FORMS, BOOKLET],
        given=_given(draft, standing, shipped=draft.name in console.studio.shipped),
    )


def _given(draft: Draft, standing: Standing | None, *, shipped: bool) -> list[str | int]:
    """What can be given out as a file: the draft, what holds, and every edition before it."""
    numbers = [one.number for one in reversed(standing.past)] if standing is not None else []
    return [*(["draft"] if draft.id else []), *numbers, *([shelf.SHIPPED] if shipped else [])]


def do(console: Console) -> Response:
    """Take one step of order."""
    draft = draft_of(console)
    try:
        step = step_of(draft)
        drafts.take(console.studio, person().id, draft.name, typed("at"), step, console.clock())
    except Refusal as refusal:
        return step_page(console, refusal, hers=False) if typed("do") == "rename" else flow(console, refusal)
    to = step.get("to") if step["do"] == "rename" else step.get("name")
    if to:
        return go("/flows/step", flow=draft.name, node=str(to), said="done")
    return go("/flows/flow", flow=draft.name, said="done")


def step_of(draft: Draft) -> Step:
    """The step of order that a form asks for."""
    node = typed("node")
    match typed("do"):
        case "add":
            return operations.add(typed("kind"), typed("name").strip(), node)
        case "move":
            return operations.move(node, typed("after"))
        case "rename":
            return operations.rename(node, typed("name").strip())
        case "delete":
            return operations.delete(node, typed("to"))
        case "begin":
            return operations.begin(node)
        case "undo":
            return UNDO
        case "redo":
            return REDO
        case "mend":
            return mending.step_of(draft, typed("code"), node)
    abort(400)
