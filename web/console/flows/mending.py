"""What one click mends of a draft."""

from __future__ import annotations

from flask import abort

from casework.studio.drafts import Draft
from flows.editing import operations
from flows.editing.operations import Step
from flows.editing.rules import followers
from flows.editing.values import names
from flows.nodes.kind import OTHER_WORDING

MENDS = {"E102": "delete", "E110": "ask", "E105": "lead", "E116": "one_wording"}  # what each is called


def step_of(draft: Draft, code: str, node: str) -> Step:
    """A node that nothing leads to goes, a question may be left out or is asked in one wording, anything else leads on."""
    match code:
        case "E102":
            return operations.delete(node)
        case "E110":
            return operations.change(node, {"skippable": None})
        case "E116":
            return operations.change(node, {OTHER_WORDING: None})
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
