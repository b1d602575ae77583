"""find: a choice from a list of data, or her own words, or a pin, that the desk understands.

She may tap, send a number or write the label; whatever else she writes the desk is asked about
("hospital near Qasimabad"). Its outcome is the key of `then`, its slots are kept. `hears` names what the desk
listens for where the choices themselves are fixed.
"""

from __future__ import annotations

from flows.desk import HEARD
from flows.nodes import kind
from flows.nodes.choice import ChoiceKind
from flows.reading.fold import digits, fold
from flows.scene import Answer, Heard, Reading, Scene
from flows.shape import Node


class Find(ChoiceKind):
    name = "find"
    needs = frozenset({"ask"})
    fields = kind.COMMON_QUESTION | {"choose", "choose_if", "choose_from", "hears", "also", kind.OTHER_WORDING}

    def outcomes(self, node: Node) -> frozenset[str] | None:
        chosen = super().outcomes(node)
        return chosen if chosen is None else chosen | set(HEARD.get(node.text("hears"), ()))

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        listed = Node(node.name, node.kind, node.rules, {**node.keys, "also": ""})  # her words are for the desk
        as_choice = super().read(listed, scene, Heard(heard.text, heard.choice))
        if heard.choice or (not heard.cell and (_is_number(heard.text) or _is_label(node, scene, heard))):
            return as_choice
        source = node.text("hears") or node.text("choose_from")
        told = scene.desk.understand(source, heard.text.strip(), heard.cell, scene.slots) if source else None
        if told is not None:
            return Answer(told.outcome, told.slots)
        return as_choice


def _is_number(text: str) -> bool:
    return digits(text).strip().strip(".)").isdigit()


def _is_label(node: Node, scene: Scene, heard: Heard) -> bool:
    """Whether she wrote one of the choices out, in any language."""
    typed = fold(heard.text)
    offered = kind.options(kind.choices(node, scene), scene)
    return any(typed == fold(label) for option in offered for label in option.labels.values())
