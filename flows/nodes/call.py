"""call: another flow, then on from here."""

from __future__ import annotations

from flows.scene import Scene, Step
from flows.shape import Node


class Call:
    name = "call"
    waits = False
    needs = frozenset({"flow"})
    fields = frozenset({"flow", "with"})
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({"ended"})

    def step(self, node: Node, scene: Scene) -> Step:
        given = node.keys.get("with", {})
        return Step("ended", call=node.text("flow"), called_with=dict(given) if isinstance(given, dict) else {})
