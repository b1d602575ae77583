"""browse: something to read, told leaf by leaf from the desk; "more" is the next.

The desk says which leaf (`tell`), and on the last one "more" is not offered. The slot holds the ids of the leaves
she was told, so that the way back is one leaf. Whatever else the desk gives is kept with any other answer.
"""

from __future__ import annotations

from flows.desk import Told
from flows.nodes import kind
from flows.prompt import Choice, Prompt
from flows.scene import Answer, Heard, Misread, Reading, Scene
from flows.shape import Node

MORE = "more"
LAST = "last"  # the desk's outcome when none follows


class Browse:
    name = "browse"
    waits = True
    needs = frozenset({"ask", "tell", "choose"})
    fields = frozenset({"ask", "tell", "slot", "labels", "choose", "skippable", "first"})
    slot_type = "choice"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset(node.names("choose"))

    def ask(self, node: Node, scene: Scene) -> Prompt:
        told = _told(node, scene)
        return Prompt(
            node.text("ask"),
            told.values,
            choices=_choices(node, scene, told),
            after=kind.after(node, scene),
            skippable=node.skippable,
        )

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        told = _told(node, scene)
        found = kind.chosen(_choices(node, scene, told), scene, heard)
        if found is None:
            return Misread()
        path = scene.slots.get(node.slot)
        told_before = [str(one) for one in path] if isinstance(path, list) else []
        leaf, following = str(told.slots["leaf"]), str(told.slots["next"])
        if found == MORE:
            return Answer(MORE, {node.slot: [*(told_before or [leaf]), following]})
        kept = {name: value for name, value in told.slots.items() if name not in ("leaf", "next")}
        return Answer(found, {**kept, node.slot: told_before or [leaf]})


def _told(node: Node, scene: Scene) -> Told:
    return scene.desk.tell(node.text("tell"), scene.slots, scene.now)


def _choices(node: Node, scene: Scene, told: Told) -> tuple[Choice, ...]:
    return tuple(one for one in kind.choices(node, scene) if one.id != MORE or told.outcome != LAST)
