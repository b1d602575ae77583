"""call: another flow, then on from here. `gives = { story = "told" }` hands its slot `story` what was in ours."""

from __future__ import annotations

from collections.abc import Mapping

from flows.scene import Scene, Step
from flows.shape import Node


class Call:
    name = "call"
    waits = False
    needs = frozenset({"flow"})
    fields = frozenset({"flow", "with", "gives"})
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({"ended"})

    def step(self, node: Node, scene: Scene) -> Step:
        given = dict(_table(node, "with"))
        handed = {theirs: str(ours) for theirs, ours in _table(node, "gives").items() if scene.slots.get(str(ours))}
        given |= {theirs: scene.slots[ours] for theirs, ours in handed.items()}
        # Handed on, not copied: what is filed must not lie here still.
        return Step("ended", call=node.text("flow"), called_with=given, slots=dict.fromkeys(handed.values()))


def _table(node: Node, name: str) -> Mapping[str, object]:
    found = node.keys.get(name, {})
    return found if isinstance(found, dict) else {}
