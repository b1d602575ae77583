"""place: where it was; a pin, a name or an area. Never an exact point."""

from __future__ import annotations

from flows.nodes import kind
from flows.nodes.choice import ChoiceKind
from flows.prompt import Prompt
from flows.scene import Heard, Reading, Scene
from flows.shape import Node


class Place(ChoiceKind):
    name = "place"
    slot_type = "place"
    fields = kind.COMMON_QUESTION | {"choose", "choose_from", kind.OTHER_WORDING}

    def ask(self, node: Node, scene: Scene) -> Prompt:
        return super().ask(_with_place(node), scene)

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return super().outcomes(_with_place(node))

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        return super().read(_with_place(node), scene, heard)


def _with_place(node: Node) -> Node:
    return Node(node.name, node.kind, node.rules, {**node.keys, "also": "place"})
