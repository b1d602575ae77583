"""multi: any of a few, by numbers in one message or by one tap after another, ended by done."""

from __future__ import annotations

from flows.controls import DONE
from flows.nodes import kind
from flows.prompt import Prompt
from flows.reading.many import read_many
from flows.scene import Answer, Heard, Misread, More, Reading, Scene
from flows.shape import Node


class Multi:
    name = "multi"
    waits = True
    needs = frozenset({"ask", "choose"})
    fields = kind.COMMON_QUESTION | {"choose", kind.OTHER_WORDING}
    slot_type = "multi"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({"done"})

    def ask(self, node: Node, scene: Scene) -> Prompt:
        return Prompt(
            kind.asked(node, scene),
            choices=kind.choices(node, scene),
            after=kind.after(node, scene),
            skippable=node.skippable,
            finishes=bool(scene.slots.get(node.slot)),
        )

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        so_far = list(scene.slots.get(node.slot, []))
        if heard.choice == "/done" or scene.controls.read(heard.text) == DONE:
            return Answer("done", {node.slot: so_far})
        offered = kind.choices(node, scene)
        if heard.choice:  # a tap adds one, or takes it away again
            if heard.choice not in {choice.id for choice in offered}:
                return Misread()
            toggled = [name for name in so_far if name != heard.choice]
            if len(toggled) == len(so_far):
                toggled.append(heard.choice)
            return More({node.slot: toggled}, ask_again=True)
        found = read_many(heard.text, kind.options(offered, scene))
        return Answer("done", {node.slot: list(found)}) if found else Misread()
