"""offer: words of hers that came before anybody asked for them; may they be the beginning of what she tells?

A yes keeps them in the slot, for a `call` that `gives` them on; a no clears them. They are not shown back:
whoever sees the screen learns nothing.
"""

from __future__ import annotations

from flows.nodes import kind
from flows.prompt import Choice, Prompt
from flows.reading.yes_no import read_yes_no
from flows.scene import Answer, Heard, Misread, Reading, Scene
from flows.shape import Node


class Offer:
    name = "offer"
    waits = True
    needs = frozenset({"ask", "slot"})
    fields = frozenset({"ask", "ask_if", "slot"})
    slot_type = "text"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({"yes", "no"})

    def ask(self, node: Node, scene: Scene) -> Prompt:
        return Prompt(kind.asked(node, scene), choices=(Choice("yes", "say.yes"), Choice("no", "say.no")))

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        yes = {"yes": True, "no": False}.get(heard.choice) if heard.choice else read_yes_no(heard.text)
        return Misread() if yes is None else Answer("yes" if yes else "no")
