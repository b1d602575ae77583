"""What a walk-through has to meet of a flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from flows.nodes import KINDS
from flows.shape import Flow, Node

NODE, EDGE, SKIP, MISREAD, BACK, PAUSE, MEND = "node", "edge", "skip", "misread", "back", "pause", "mend"
KINDS_OF_GOALS = (NODE, EDGE, SKIP, MISREAD, BACK, PAUSE, MEND)
_TAKES_ANYTHING = ("text",)  # nothing that is written there is misread


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to meet."""

    what: str
    node: str
    way: int = 0  # of an edge: the place of its rule among those of its node


def structure(flow: Flow) -> frozenset[Goal]:
    """What only the right answers meet: steps, ways on, and questions left out."""
    met = {Goal(NODE, name) for name in flow.nodes}
    for node in flow.nodes.values():
        met |= {Goal(EDGE, node.name, way) for way in range(len(node.rules))}
        if KINDS[node.kind].waits and may_be_left_out(node):
            met.add(Goal(SKIP, node.name))
    return frozenset(met)


def may_be_left_out(node: Node) -> bool:
    """Whether "skip" is an answer here."""
    return node.skippable and node.kind not in ("consent", "offer")


def can_be_misread(node: Node) -> bool:
    """Whether there is something to send here that is not understood."""
    return KINDS[node.kind].waits and node.kind not in _TAKES_ANYTHING


def counted(goals: Iterable[Goal]) -> Counter[str]:
    """How many of each."""
    return Counter(goal.what for goal in goals)


def said(goal: Goal, flow: Flow) -> str:
    """In plain words that a goal is not met, for whoever knows at which step."""
    match goal.what:
        case "node":
            return "no answers lead here"
        case "edge":
            rule = flow.nodes[goal.node].rules[goal.way]
            when = "" if rule.outcome == "*" else f" on {rule.outcome}"
            return f"no answers lead from {goal.node}{when} to {rule.target} (way {goal.way + 1})"
        case "skip":
            return "it is never left out"
        case "misread":
            return "nothing is misread here"
        case "back":
            return "nobody goes back from here"
        case "pause":
            return "nobody comes back after an hour"
    return "nothing is mended from here"
