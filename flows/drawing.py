"""A flow as a Mermaid graph, for reading on paper or in a browser."""

from __future__ import annotations

from flows.nodes import KINDS
from flows.shape import ANY, Flow, Node


def mermaid(flow: Flow) -> str:
    """The graph: questions in round boxes, passages in square ones, ends in circles."""
    lines = [f"flowchart TD  %% {flow.name}"]
    for node in flow.nodes.values():
        lines.append(f"    {node.name}{_box(node)}")
        lines += [
            f"    {node.name} -->{'' if rule.outcome == ANY else f'|{rule.outcome}|'} {rule.target}"
            for rule in node.rules
        ]
    return "\n".join(lines)


def _box(node: Node) -> str:
    text = f'"{node.name}: {node.kind}"'
    if node.kind == "end":
        return f"(({text}))"
    return f"({text})" if KINDS[node.kind].waits else f"[{text}]"
