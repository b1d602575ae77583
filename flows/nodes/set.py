"""set: a word of the flow's own, kept in a slot for guards to look at. Nothing is said, and nothing of hers is in it."""

from __future__ import annotations

from flows.scene import Scene, Step
from flows.shape import Node


class Set:
    name = "set"
    waits = False
    needs = frozenset({"slot", "value"})
    fields = frozenset({"slot", "value"})
    slot_type = "word"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset()

    def step(self, node: Node, scene: Scene) -> Step:
        return Step(slots={node.slot: node.text("value")})
