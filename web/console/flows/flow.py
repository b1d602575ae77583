"""One flow: drawn, its steps in order, what is wrong with it; and what is done to its order."""

from __future__ import annotations

from flask import Response, abort, request

from casework.staff.refusals import Refusal
from casework.studio import drafts, shelf
from casework.studio.drafts import Draft
from flows.editing import operations
from flows.editing.operations import Step
from flows.editing.rules import followers, spelled_out
from flows.editing.steps import REDO, UNDO
from flows.editing.values import as_flow, names
from flows.layout import HIGH, WIDE, drawn
from flows.nodes import KINDS
from web.console.flows.framing import draft_of, shown, wrong_with
from web.console.flows.step import step as step_page
from web.console.pages import Console, go, person, typed


def flow(console: Console, refusal: Refusal | None = None) -> Response:
    """The page of one flow."""
    draft = draft_of(console)
    wrong = wrong_with(console, draft.name)
    read = as_flow(draft.data)
    return shown(
        console,
        "flow",
        refusal,
        draft=draft,
        standing=shelf.everything(console.studio).get(draft.name),
        drawing=drawn(read),
        box=(WIDE, HIGH),
        flow=read,
        nodes=spelled_out(draft.data),
        wrong=wrong,
        faulty={one.node for one in wrong if one.code.startswith("E")},
        doubtful={one.node for one in wrong if one.code.startswith("W")},
        waits={name for name, node in read.nodes.items() if KINDS[node.kind].waits},
        kinds=list(KINDS),
        here=request.args.get("node", "") or typed("node"),
        name=typed("name"),
        kind=typed("kind"),
    )


def do(console: Console) -> Response:
    """Take one step of order."""
    draft = draft_of(console)
    try:
        step = _step(draft)
        drafts.take(console.studio, person().id, draft.name, typed("at"), step, console.clock())
    except Refusal as refusal:
        return step_page(console, refusal, hers=False) if typed("do") == "rename" else flow(console, refusal)
    to = step.get("to") if step["do"] == "rename" else step.get("name")
    if to:
        return go("/flows/step", flow=draft.name, node=str(to), said="done")
    return go("/flows/flow", flow=draft.name, said="done")


def _step(draft: Draft) -> Step:
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
            return _mend(draft, node)
    abort(400)


def _mend(draft: Draft, node: str) -> Step:
    """What one click mends: a node that nothing leads to goes, a question may be left out, anything else leads on."""
    match typed("code"):
        case "E102":
            return operations.delete(node)
        case "E110":
            return operations.change(node, {"skippable": None})
        case "E105":
            return _lead_on(draft, node)
    abort(400)


def _lead_on(draft: Draft, node: str) -> Step:
    there = {one["name"]: one for one in draft.data["node"]}
    order = names(draft.data)
    if node not in there:
        abort(400)
    then = there[node].get("then")
    below = followers(draft.data["node"]).get(node) or order[min(order.index(node) + 1, len(order) - 1)]
    if isinstance(then, list):
        return operations.change(node, {"then": [*then, {"go": below}]})
    return operations.change(node, {"then": {**then, "*": below} if isinstance(then, dict) else below})
