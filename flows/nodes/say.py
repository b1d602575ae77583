"""say: words without a question. `tell` asks the desk for what to say first."""

from __future__ import annotations

from flows.nodes import kind
from flows.prompt import Prompt
from flows.scene import Scene, Step
from flows.shape import Node


class Say:
    name = "say"
    waits = False
    needs: frozenset[str] = frozenset()
    fields = frozenset({"say", "say_if", "tell", "secret"})
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return None if node.text("tell") else frozenset()

    def step(self, node: Node, scene: Scene) -> Step:
        about = node.text("tell")
        told = scene.desk.tell(about, scene.slots, scene.now) if about else None
        key = self._phrase(node, scene)
        # The phrase is for the good outcome; any other has its own node to go on to.
        prompts = (
            (Prompt(key, secret=bool(node.keys.get("secret"))),)
            if key and (told is None or told.outcome == "ok")
            else ()
        )
        if told is None:
            return Step(say=prompts)
        return Step(told.outcome, prompts, told.slots, told.values)

    def _phrase(self, node: Node, scene: Scene) -> str:
        asking = Node(node.name, node.kind, (), {"ask": node.text("say"), "ask_if": node.keys.get("say_if", ())})
        return kind.asked(asking, scene)
