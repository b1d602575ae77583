"""date: when it was, as roughly as she likes ("last week", "kal", "18 نومبر")."""

from __future__ import annotations

from flows.nodes import kind
from flows.nodes.choice import ChoiceKind
from flows.prompt import Prompt
from flows.scene import Heard, Reading, Scene
from flows.shape import Node


class Date(ChoiceKind):
    name = "date"
    slot_type = "date"
    fields = kind.COMMON_QUESTION | {"choose", kind.OTHER_WORDING}

    def ask(self, node: Node, scene: Scene) -> Prompt:
        return super().ask(_also(node, "date"), scene)

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return super().outcomes(_also(node, "date"))

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        return super().read(_also(node, "date"), scene, heard)


def _also(node: Node, what: str) -> Node:
    return Node(node.name, node.kind, node.rules, {**node.keys, "also": what})
