"""handoff: to a person, when one is reading; the honest way on (`off_hours` in `then`) when nobody is.

From here on a person talks with her and every flow is silent: what was under way is handed over and ends.
"""

from __future__ import annotations

from flows.scene import Scene, Step
from flows.shape import Node


class Handoff:
    name = "handoff"
    waits = False
    needs: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return None

    def step(self, node: Node, scene: Scene) -> Step:
        if not scene.staffed:
            return Step("off_hours")
        told = scene.desk.commit("hand_off", dict(scene.slots), scene.now)
        talk = told.slots.get("talk")
        if not isinstance(talk, str):
            return Step(told.outcome, (), {}, told.values)
        return Step(told.outcome, (), {}, told.values, barrier=True, drops=tuple(scene.slots), talk=talk)
