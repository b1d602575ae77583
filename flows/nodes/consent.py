"""consent: a clear yes or no to one thing, with the version of the words that were agreed to.

"ok", "hmm" or a thumbs-up is asked once more; after that it counts as no. Only "keep" is asked
until it is clear: a no clears all she told, and an unclear word must never do that.
"""

from __future__ import annotations

from flows.nodes import kind
from flows.prompt import Choice, Prompt
from flows.reading.fold import fold
from flows.reading.yes_no import read_clear_yes_no
from flows.scene import Answer, Heard, Misread, More, Reading, Scene
from flows.shape import Node

PURPOSES = ("keep", "count", "publish", "contact", "news")
_CLEARS = "keep"
_ASKED_AGAIN = "asked_again"


class Consent:
    name = "consent"
    waits = True
    needs = frozenset({"ask", "purpose"})
    fields = (kind.COMMON_QUESTION - {"skippable"}) | {"purpose", "version"}
    slot_type = "consent"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({"yes", "no"})

    def ask(self, node: Node, scene: Scene) -> Prompt:
        return Prompt(
            kind.asked(node, scene),
            choices=(Choice("yes", "say.yes"), Choice("no", "say.no")),
            after=kind.after(node, scene),
        )

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        version = node.keys.get("version", 1)
        given = {"yes": True, "no": False}.get(heard.choice) if heard.choice else _clear(scene, heard.text)
        if given is None and node.keys["purpose"] == _CLEARS:
            return Misread()
        if given is None and scene.controls.read(heard.text) == "skip":
            given = False
        if given is None:
            earlier = scene.slots.get(node.slot) or {}
            if not earlier.get(_ASKED_AGAIN):
                return More({node.slot: {"given": False, "version": version, _ASKED_AGAIN: True}}, ask_again=True)
            given = False
        return Answer("yes" if given else "no", {node.slot: {"given": given, "version": version}})


def _clear(scene: Scene, text: str) -> bool | None:
    """A clear yes or no; also by the words of a language that the tables of answers do not know."""
    given = read_clear_yes_no(text)
    folded = fold(text)
    if given is not None or not folded:
        return given
    meant = {
        given
        for name, given in (("yes", True), ("no", False))
        for said in scene.words.words(name).values()
        if folded in map(fold, said)
    }
    return meant.pop() if len(meant) == 1 else None
