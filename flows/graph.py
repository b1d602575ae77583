"""Where a flow can go: nodes that are not there, nodes nothing reaches, ways without an end, silent circles."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

from flows.findings import Finding
from flows.nodes import KINDS
from flows.shape import Flow, Node

Point = TypeVar("Point", bound=Hashable)


def targets(flow: Flow, everything: Mapping[str, Flow]) -> Iterator[Finding]:
    """E101 and E403: names that lead nowhere."""
    if flow.begins not in flow.nodes:
        yield Finding(
            "E101", flow.name, "", f"it begins at {flow.begins!r}, which is no node", "name a node in `begins`"
        )
    for node in flow.nodes.values():
        for target in dict.fromkeys(rule.target for rule in node.rules if rule.target not in flow.nodes):
            yield Finding(
                "E101", flow.name, node.name, f"it leads to {target!r}, which is no node", "name a node in `then`"
            )
        called = node.text("flow")
        if called and called not in everything:
            yield Finding(
                "E403", flow.name, node.name, f"it calls {called!r}, which is no flow", "name a flow that is published"
            )


def ways(flow: Flow) -> Iterator[Finding]:
    """E102 and E103: a search of the whole graph."""
    onward = {node.name: {rule.target for rule in node.rules} for node in flow.nodes.values()}
    reached = closure({flow.begins}, onward)
    backward: dict[str, set[str]] = {name: set() for name in onward}
    for name, following in onward.items():
        for target in following:
            backward[target].add(name)
    ending = closure({node.name for node in flow.nodes.values() if node.kind == "end"}, backward)
    for name in onward:
        if name not in reached:
            yield Finding("E102", flow.name, name, "nothing leads here", "lead to it in some `then`, or take it out")
        elif name not in ending:
            yield Finding(
                "E103", flow.name, name, "no way leads from here to an end", "add a way to a node of kind end"
            )


def circles(flow: Flow, everything: Mapping[str, Flow]) -> Iterator[Finding]:
    """E104: cycles that never wait for an answer, through called flows too."""
    silent = _silent_ways(everything)
    for node in flow.nodes.values():
        here = (flow.name, node.name)
        if here in silent and here in closure(silent[here], silent):
            yield Finding(
                "E104", flow.name, node.name, "it goes round without ever waiting", "put a question into the circle"
            )


def closure(start: set[Point], onward: Mapping[Point, set[Point]]) -> set[Point]:
    """Every point that `start` leads to, itself included."""
    seen: set[Point] = set()
    waiting = list(start)
    while waiting:
        point = waiting.pop()
        if point not in seen:
            seen.add(point)
            waiting.extend(onward.get(point, ()))
    return seen


def _silent_ways(everything: Mapping[str, Flow]) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """(flow, node) → where it goes on without waiting. Nodes that ask are not there."""
    ways: dict[tuple[str, str], set[tuple[str, str]]] = {}
    returning: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for flow in everything.values():
        for node in flow.nodes.values():
            if KINDS[node.kind].waits:
                continue
            onward = {(flow.name, rule.target) for rule in node.rules}
            called = everything.get(node.text("flow"))
            if called is None:
                ways[flow.name, node.name] = onward
            else:
                ways[flow.name, node.name] = {(called.name, called.begins)}
                returning[flow.name, node.name] = onward
    changed = True
    while changed:  # a call that may come back in silence goes on in silence
        changed = False
        for caller, onward in list(returning.items()):
            called = everything[_node(everything, caller).text("flow")]
            ends = {(called.name, node.name) for node in called.nodes.values() if node.kind == "end"}
            reached = closure({(called.name, called.begins)}, ways)
            if ends & reached:
                ways[caller] |= onward
                del returning[caller]
                changed = True
    return ways


def _node(everything: Mapping[str, Flow], point: tuple[str, str]) -> Node:
    return everything[point[0]].nodes[point[1]]
