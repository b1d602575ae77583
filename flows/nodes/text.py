"""text: her own words, in many messages or by voice, ended by a word or a button.

`one = true` takes a single message; `gathers = true` takes words that came at another question. Done with nothing written means left out.
Inside a story only the done words and `/word`, `#word` steer: "bas" or "no" may be her sentence.
"""

from __future__ import annotations

from flows.controls import DONE
from flows.nodes import kind
from flows.prompt import Prompt
from flows.scene import Answer, Heard, Misread, More, Reading, Scene
from flows.shape import Node


class Text:
    name = "text"
    waits = True
    needs = frozenset({"ask"})
    fields = kind.COMMON_QUESTION | {"one", "voice", "gathers", kind.OTHER_WORDING}
    slot_type = "text"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({"done"})

    def ask(self, node: Node, scene: Scene) -> Prompt:
        many = not node.keys.get("one", False)
        return Prompt(kind.asked(node, scene), after=kind.after(node, scene), skippable=node.skippable, finishes=many)

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        kept = scene.slots.get(node.slot) or {"words": [], "media": []}
        typed = heard.text.strip()
        if heard.choice == "/done" or (not heard.media and scene.controls.read(typed) == DONE):
            empty = not kept["words"] and not kept["media"]
            return (
                Answer("skip")
                if empty and node.skippable
                else Misread()
                if empty
                else Answer("done", {node.slot: kept})
            )
        if heard.choice or not (typed or heard.media):
            return Misread()
        grown = {
            "words": [*kept["words"], *([typed] if typed else [])],
            "media": [*kept["media"], *heard.media],
        }
        if node.keys.get("one", False):
            return Answer("done", {node.slot: grown})
        first = not kept["words"] and not kept["media"]
        # One short sign that it arrived; after that silence, since each SMS costs and may be seen.
        return More({node.slot: grown}, say=(Prompt("say.text_kept", finishes=True, skippable=False),) if first else ())
