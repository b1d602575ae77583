"""One step of editing: plain values in, new values out, or a refusal. What it was given is never changed.

A step is a table of plain values itself, so that it can be kept: {"do": "move", "node": "when", "after": "where"}.
No step changes where any other node leads, but for what it says: a node that silently led to the one below it goes on
leading there. What comes out can always be read as a flow; whether it makes sense, the findings say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flows.definition import MOST_NODES, NAME, from_data
from flows.editing.least import least
from flows.editing.rules import followers, is_silent, kept, led, rows_of, targets
from flows.editing.values import Data, EditRefused, Written, as_flow, names, node_of, of_flow
from flows.nodes import KINDS
from flows.shape import Node

Step = Mapping[str, Any]


def taken(step: Step, data: Data) -> Data:
    """The values after a step. Raises EditRefused, and BrokenFlow where the form of the flow would break."""
    after = again(step, data)
    as_flow(after)
    return after


def again(step: Step, data: Data) -> Data:
    """The same, of a step that was taken before: its form is not looked at again. Raises EditRefused."""
    do = _STEPS.get(str(step.get("do", "")))
    if do is None:
        raise EditRefused("no_such_step", step=str(step.get("do", "")))
    return do(data, step)


def add(kind: str, name: str, after: str, fields: Mapping[str, Any] | None = None) -> Step:
    """A new node below another. Where that one leads to a single node, the new one comes in between.

    fields  of its own, instead of the least that its kind needs
    """
    return {"do": "add", "kind": kind, "name": name, "after": after, "fields": dict(fields or {})}


def move(node: str, after: str) -> Step:
    """The same node elsewhere in the file; "" is the top. Nothing leads elsewhere."""
    return {"do": "move", "node": node, "after": after}


def rename(node: str, to: str) -> Step:
    """Another name, written wherever the old one led. What it learns keeps its name: phrases and desk know it by that."""
    return {"do": "rename", "node": node, "to": to}


def delete(node: str, to: str = "") -> Step:
    """Take a node out; what led to it leads to `to`."""
    return {"do": "delete", "node": node, "to": to}


def change(node: str, fields: Mapping[str, Any]) -> Step:
    """Set fields of a node, `then` among them; None takes one out."""
    return {"do": "set", "node": node, "fields": dict(fields)}


def begin(node: str) -> Step:
    """Let the flow begin here."""
    return {"do": "begin", "node": node}


def whole(data: Data) -> Step:
    """Put everything in the place of what was there."""
    return {"do": "whole", "data": dict(data)}


def _add(data: Data, step: Step) -> Data:
    kind, name, after, fields = (step.get(key) for key in ("kind", "name", "after", "fields"))
    _free(data, name)
    if len(data["node"]) >= MOST_NODES:
        raise EditRefused("too_many_nodes", most=str(MOST_NODES))
    upper = node_of(data, str(after))
    new = {**least(str(kind), str(name), data), **_fields(fields)}
    nodes: list[Written] = []
    for node in data["node"]:
        if node is not upper:
            nodes.append(node)
            continue
        between = isinstance(upper.get("then"), str) or is_silent(upper)
        if isinstance(upper.get("then"), str):
            new = _leading(new, upper["then"])
        elif not is_silent(upper):
            new = _leading(new, _default(upper, data))
        nodes += [{**upper, "then": name} if between and upper.get("then") is not None else upper, new]
    return {**data, "node": nodes}


def _move(data: Data, step: Step) -> Data:
    moving, after = node_of(data, str(step.get("node"))), str(step.get("after", ""))
    if moving["name"] == after:
        raise EditRefused("below_itself", node=after)
    others = [node for node in data["node"] if node is not moving]
    place = others.index(node_of(data, after)) + 1 if after else 0
    return {**data, "node": kept(followers(data["node"]), [*others[:place], moving, *others[place:]])}


def _rename(data: Data, step: Step) -> Data:
    node, to = node_of(data, str(step.get("node"))), step.get("to")
    if node["name"] == to:
        return data
    _free(data, to)
    renamed = {**node, "name": str(to)}
    if KINDS[node["kind"]].slot_type:
        slot = Node(node["name"], node["kind"], (), node).slot
        renamed.pop("slot", None)
        if slot != to or "slot" in KINDS[node["kind"]].needs:
            renamed["slot"] = slot
    nodes = [
        led(renamed if one is node else one, lambda at: str(to) if at == node["name"] else at) for one in data["node"]
    ]
    return {**data, "begins": to if data.get("begins") == node["name"] else data.get("begins", ""), "node": nodes}


def _delete(data: Data, step: Step) -> Data:
    gone, to = node_of(data, str(step.get("node"))), str(step.get("to", ""))
    if len(data["node"]) == 1:
        raise EditRefused("last_node", node=gone["name"])
    if to:
        node_of(data, to)
    below = followers(data["node"])
    silent = {name for name, follower in below.items() if follower == gone["name"]}
    leading = {node["name"] for node in data["node"] if gone["name"] in targets(node)} | silent
    begins = data.get("begins") == gone["name"]
    if (begins or leading - {gone["name"]}) and (not to or to == gone["name"]):
        raise EditRefused("leads_where", node=gone["name"])
    nodes = [
        led({**node, "then": to} if node["name"] in silent else node, lambda at: to if at == gone["name"] else at)
        for node in data["node"]
        if node is not gone
    ]
    was = {name: follower for name, follower in below.items() if name not in silent | {gone["name"]}}
    return {**data, "begins": to if begins else data.get("begins", ""), "node": kept(was, nodes)}


def _set(data: Data, step: Step) -> Data:
    node, fields = node_of(data, str(step.get("node"))), _fields(step.get("fields"), unset=True)
    if {"name", "kind"} & set(fields):
        raise EditRefused("not_so", node=node["name"])
    changed = {**node, **fields}
    changed = {name: value for name, value in changed.items() if value is not None}
    return {**data, "node": [changed if one is node else one for one in data["node"]]}


def _begin(data: Data, step: Step) -> Data:
    return {**data, "begins": node_of(data, str(step.get("node")))["name"]}


def _whole(data: Data, step: Step) -> Data:
    return of_flow(from_data(step.get("data"), str(data["name"])))


_STEPS: Mapping[str, Callable[[Data, Step], Data]] = {
    "add": _add,
    "move": _move,
    "rename": _rename,
    "delete": _delete,
    "set": _set,
    "begin": _begin,
    "whole": _whole,
}


def _free(data: Data, name: object) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise EditRefused("bad_node_name", node=str(name))
    if name in names(data):
        raise EditRefused("name_is_there", node=name)


def _fields(given: object, *, unset: bool = False) -> dict[str, Any]:
    fields = dict(given) if isinstance(given, Mapping) else {}
    return fields if unset else {name: value for name, value in fields.items() if value is not None}


def _leading(node: Written, to: str) -> Written:
    return node if node["kind"] == "end" or "then" in node else {**node, "then": to}


def _default(node: Written, data: Data) -> str:
    """Where it leads on any other answer; from an end, back to the beginning: the findings say what to do about that."""
    rows = rows_of(node.get("then"))
    return rows[-1].target if rows else str(data.get("begins", ""))
