"""end: this flow is over; back to whoever called it. `forgets = true`: nothing of the talk is kept."""

from __future__ import annotations

from flows.prompt import Prompt
from flows.scene import Scene, Step
from flows.shape import Node


class End:
    name = "end"
    waits = False
    needs: frozenset[str] = frozenset()
    fields = frozenset({"say", "forgets"})
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset()

    def step(self, node: Node, scene: Scene) -> Step:
        key = node.text("say")
        return Step(say=(Prompt(key),) if key else (), ends=True, forgets=bool(node.keys.get("forgets")))
