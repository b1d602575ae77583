"""commit: the only place where a flow has an effect. The desk does it inside the turn's unit of work.

takes   slots that go to the desk; seals: those that are kept sealed; counts: those that may become a fact
"""

from __future__ import annotations

from flows.scene import Scene, Step
from flows.shape import Node


class Commit:
    name = "commit"
    waits = False
    needs = frozenset({"effect"})
    fields = frozenset({"effect", "takes", "seals", "counts"})
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return None

    def step(self, node: Node, scene: Scene) -> Step:
        taken = {name: scene.slots[name] for name in node.names("takes") if name in scene.slots}
        counted = [name for name in node.names("counts") if name in taken]
        asked = {**taken, "counts": counted, "danger": scene.slots.get("danger", "none")}
        told = scene.desk.commit(node.text("effect"), asked, scene.now)
        return Step(told.outcome, (), told.slots, told.values, barrier=True, drops=node.names("seals"))
