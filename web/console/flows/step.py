"""One step of a flow as a form: what it says, what may be answered, where it leads."""

from __future__ import annotations

import tomllib
from typing import Any

from flask import Response, abort, request

from casework.staff.refusals import Refusal
from casework.studio import drafts, shelf
from casework.studio.drafts import Draft
from casework.studio.refusals import BadForm, FlowMeanwhile
from flows.editing import operations
from flows.editing.conditions import Condition, guard_of
from flows.editing.least import slots
from flows.editing.operations import Step
from flows.editing.rules import Row, rows_of, then_of
from flows.editing.values import Data, Written, names, same
from flows.editing.writing import value
from flows.errors import BrokenFlow
from flows.guards import BadGuard
from flows.nodes import KINDS
from flows.nodes.fields import closed, shape_of
from flows.nodes.kind import OTHER_WORDING
from flows.shape import ANY, Node
from web.console.flows import saying
from web.console.flows.framing import draft_of, mended, placed, shown, wrong_with
from web.console.flows.second import section
from web.console.pages import Console, go, person, typed

RELATIONS = ("=", "!=", "has", "filled", "staffed")
_MORE_ROWS, _MOST_ROWS = 2, 60


def step(console: Console, refusal: Refusal | None = None, *, hers: bool = True) -> Response:
    """The form; after a refusal with what was typed. Where a colleague was faster it stands beside what she left alone,
    as that is now: sent again, it takes nothing of the colleague's away unseen.

    hers  False: another form of the page was refused, and in this one nothing was typed
    """
    draft = draft_of(console)
    node = _node(draft, request.args.get("node", "") or typed("node"))
    kind = KINDS[node["kind"]]
    outcomes = kind.outcomes(Node(node["name"], node["kind"], (), node))
    fields = sorted(kind.fields - {OTHER_WORDING}, key=lambda field: (field not in kind.needs, field))
    held, rows, at = {field: _written(node, field) for field in fields}, rows_of(node.get("then")), draft.token
    if refusal is not None and hers:
        seen = isinstance(refusal, FlowMeanwhile)  # from now on she knows of the colleague's
        saw = _saw(draft, node["name"]) if seen else None
        held = {field: _hers(field, saw, held[field]) for field in fields}
        rows = rows if saw is not None and same(then_of(_rows()), saw.get("then")) else _rows()
        at = draft.token if seen and node["name"] in names(draft.data) else typed("at")
    return shown(
        console,
        "step",
        refusal,
        draft=draft,
        over=at,
        renamed="" if hers else typed("name"),
        node=node,
        fields=[(field, shape_of(field), held[field], _choices(console, field)) for field in fields],
        needs=kind.needs,
        rows=[(row, _simple(row)) for row in rows] + [(None, None)] * _MORE_ROWS,
        outcomes=_outcomes(node, outcomes, rows),
        names=names(draft.data),
        placed=placed(wrong_with(console, draft.name), node),
        known=[*slots(draft.data), "channel", "language"],
        relations=RELATIONS,
        wording=section(console, draft, node),
        wording_typed="most" in request.form,
    )


def save(console: Console) -> Response:
    """Keep what was typed, where it differs."""
    draft = draft_of(console)
    node = typed("node")
    try:
        change = change_of(draft)
        if change is None and not typed("mend"):
            return go("/flows/step", flow=draft.name, node=node, said="nothing")
        if change is not None:
            draft = drafts.take(console.studio, person().id, draft.name, typed("at"), change, console.clock())
        draft = mended(console, draft)
    except Refusal as refusal:
        return step(console, refusal)
    if node not in names(draft.data):
        return go("/flows/flow", flow=draft.name, said="done")
    return go("/flows/step", flow=draft.name, node=node, said="done")


def change_of(draft: Draft) -> Step | None:
    """What was typed, where it differs; None where nothing does. Raises BadForm."""
    node = _node(draft, typed("node"))
    typed_fields = {
        field: _typed(draft.name, node, field) for field in sorted(KINDS[node["kind"]].fields - {OTHER_WORDING})
    }
    if node["kind"] != "end":
        typed_fields["then"] = then_of(_rows())
    # Held against what her form was filled in over: what she left alone is not hers.
    saw = _saw(draft, node["name"]) or node
    fields = {field: one for field, one in typed_fields.items() if not same(one, saw.get(field))}
    return operations.change(node["name"], fields) if fields else None


def _node(draft: Draft, name: str) -> Written:
    """The step as it is; one that a colleague took away, as whoever sends its form saw it. 404 for what never was."""
    found = _among(draft.data, name) or _saw(draft, name)
    return found if found is not None else abort(404)


def _saw(draft: Draft, name: str) -> Written | None:
    """The step that her form was filled in over; None where that is not known any more."""
    data = drafts.saw(draft, typed("at"))
    return None if data is None else _among(data, name)


def _among(data: Data, name: str) -> Written | None:
    return next((one for one in data["node"] if one["name"] == name), None)


def _hers(field: str, saw: Written | None, now: str) -> str:
    """What was typed into a field; where she left it alone over what she saw, what it is now."""
    text = typed(f"field_{field}")
    return now if saw is not None and text.strip() == _written(saw, field) else text


def _written(node: Written, field: str) -> str:
    """A field as its form shows it."""
    one = node.get(field)
    if one is None:
        return ""
    match shape_of(field):
        case "list":
            return " ".join(one)
        case "flag":
            return "yes" if one else "no"
        case "text" | "number":
            return str(one)
    return value(one)


def _typed(flow: str, node: Written, field: str) -> Any:
    """A field as it was typed; None for nothing. Raises BadForm."""
    text = typed(f"field_{field}").strip()
    if not text:
        return node.get(field) if node.get(field) in ([], {}) else None
    match shape_of(field):
        case "list":
            return text.replace(",", " ").split()
        case "flag":
            return text == "yes"
        case "number":
            return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else text
        case "text":
            return text
    try:
        return tomllib.loads(f"it = {text}")["it"]
    except (ValueError, RecursionError, KeyError):
        broken = BrokenFlow(flow, node["name"], f"`{field}` cannot be read", "write it in braces, as the example shows")
        raise BadForm(broken) from None


def _rows() -> list[Row]:
    """The ways on as they were typed, in order; one without a target is none."""
    rows = []
    for number in range(_MOST_ROWS):
        target = typed(f"go_{number}")
        if target:
            rows.append(Row(target, typed(f"on_{number}") or ANY, _guard(number)))
    return rows


def _simple(row: Row) -> Condition | None:
    """What one line of menus can hold; None for none, for more, and for what cannot be read."""
    try:
        return saying.simple(row)
    except BadGuard:
        return None


def _guard(number: int) -> str:
    written = typed(f"if_{number}").strip()
    relation = typed(f"relation_{number}")
    if written or relation not in RELATIONS:
        return written
    name, compared = typed(f"slot_{number}"), typed(f"value_{number}").strip().replace("'", "")
    if not name and relation != "staffed":
        return ""
    return guard_of("and", [Condition(name, relation, compared, denied=typed(f"denied_{number}") == "yes")])


def _outcomes(node: Written, known: frozenset[str] | None, rows: list[Row]) -> list[str]:
    """What a way may be for: what there is to choose, in its order, leaving out, and what is written already."""
    chosen = [one for one in node.get("choose", ()) if known is None or one in known]
    others = sorted((known or frozenset()) - set(chosen))
    asks = ["skip"] if KINDS[node["kind"]].waits else []
    written = [row.outcome for row in rows if row.outcome != ANY]
    return list(dict.fromkeys([*chosen, *others, *asks, *written]))


def _choices(console: Console, field: str) -> list[str]:
    return sorted(shelf.everything(console.studio)) if field == "flow" else list(closed(field))
