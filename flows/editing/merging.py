"""What differs between two states of a flow, node by node, and two people's changes put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flows.editing.operations import Step, taken
from flows.editing.rules import followers, led, spelled_out
from flows.editing.steps import Steps
from flows.editing.values import Data, EditRefused, Written, as_flow, names, same

BEGINNING = ""  # stands for where the flow begins, among the names of nodes


class EditedMeanwhile(EditRefused):
    """Somebody else changed the same nodes after the version that she saw. Nothing was overwritten."""

    def __init__(self, nodes: frozenset[str]) -> None:
        super().__init__("edited_meanwhile")
        self.nodes = nodes


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs."""

    node: str  # BEGINNING: of the flow
    what: str  # "added", "gone", "moved", "field"
    field: str = ""
    before: Any = None  # None: not there
    after: Any = None


def differences(before: Data, after: Data, renamed: Mapping[str, str] | None = None) -> list[Difference]:
    """What differs, in the order of the nodes as they are now. An answer that silently leads on counts as written.

    renamed  nodes that have another name now: they are not one gone and one added
    """
    called = renamed or {}
    leading = [led(node, lambda at: called.get(at, at)) for node in spelled_out(before)]
    old = {called.get(node["name"], node["name"]): node for node in leading}
    new = {node["name"]: node for node in spelled_out(after)}
    back = {now: was for was, now in called.items()}
    found: list[Difference] = []
    begun = called.get(str(before.get("begins")), before.get("begins"))
    if begun != after.get("begins"):
        found.append(Difference(BEGINNING, "field", "begins", begun, after.get("begins")))
    for name, node in new.items():
        if name not in old:
            found.append(Difference(name, "added", after=node["kind"]))
            continue
        if name in back:
            found.append(Difference(name, "field", "name", back[name], name))
        for field in dict.fromkeys((*old[name], *node)):
            if field != "name" and not same(old[name].get(field), node.get(field)):
                found.append(Difference(name, "field", field, old[name].get(field), node.get(field)))
    found += [Difference(name, "gone", before=node["kind"]) for name, node in old.items() if name not in new]
    return found


def touched(before: Data, after: Data) -> frozenset[str]:
    """The nodes that differ, by name; with BEGINNING where the flow begins elsewhere."""
    old, new = ({node["name"]: node for node in data["node"]} for data in (before, after))
    nodes = {name for name in {**old, **new} if not same(old.get(name), new.get(name))}
    return frozenset(nodes | ({BEGINNING} if before.get("begins") != after.get("begins") else set()))


def taken_over(steps: Steps, step: Step, version: int) -> Steps:
    """A step of somebody who saw an older version, if nobody else touched the same nodes since.

    Raises EditedMeanwhile, EditRefused, BrokenFlow.
    """
    if version == steps.version:
        return steps.take(step)
    saw, now = steps.at(version), steps.now
    if saw is None:
        raise EditedMeanwhile(frozenset(names(now)))
    theirs = touched(saw, now)
    if step["do"] in ("undo", "redo"):
        raise EditedMeanwhile(theirs)
    wanted = taken(step, saw)
    about = BEGINNING if step["do"] == "begin" else step.get("node")  # also where nothing differs by it
    mine = touched(saw, wanted) | ({about} if about is not None else set())
    if mine & theirs:
        raise EditedMeanwhile(mine & theirs)
    if step["do"] == "whole":
        step = {**step, "data": dict(merged(saw, wanted, now))}
    return steps.take(step)


def merged(base: Data, mine: Data, theirs: Data) -> Data:
    """Both changes of one base. They touch different nodes; where both moved nodes about, mine counts.

    Raises BrokenFlow when the two do not fit together: both were given the same new name, say.
    """
    was, own, other = ({node["name"]: node for node in spelled_out(data)} for data in (base, mine, theirs))
    order = _order(names(base), names(mine), names(theirs))
    nodes = [dict(own[name] if name in own and not same(own[name], was.get(name)) else other[name]) for name in order]
    begins = mine.get("begins") if mine.get("begins") != base.get("begins") else theirs.get("begins")
    silent = set(followers(mine["node"])) | set(followers(theirs["node"]))
    result: Data = {**theirs, "begins": begins, "node": _shortened(nodes, silent)}
    as_flow(result)
    return result


def _order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Every name that nobody took away, once: in my order where I moved any, else in theirs."""
    both = set(mine) & set(base)
    moved = [name for name in base if name in both] != [name for name in mine if name in both]
    lead, other = (mine, theirs) if moved else (theirs, mine)
    gone = set(base) - (set(mine) & set(theirs))
    order = [name for name in lead if name not in gone]
    for place, name in enumerate(other):
        if name not in order and name not in gone:
            above = next((order.index(one) + 1 for one in reversed(other[:place]) if one in order), 0)
            order.insert(above, name)
    return order


def _shortened(nodes: Sequence[Written], silent: set[str]) -> list[Written]:
    """What one of the two left unwritten stays so, where the node below is still the one that follows."""
    below = {node["name"]: lower["name"] for node, lower in pairwise(nodes)}
    return [
        {key: value for key, value in node.items() if key != "then"}
        if node["name"] in silent and node.get("then") == below.get(node["name"], node)
        else node
        for node in nodes
    ]
