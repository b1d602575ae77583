"""media: pictures, voice or files, as many as she likes, ended by done."""

from __future__ import annotations

from flows.controls import DONE
from flows.nodes import kind
from flows.prompt import Prompt
from flows.scene import Answer, Heard, Misread, More, Reading, Scene
from flows.shape import Node

MOST = 10  # files in one report; more belong in a second telling


class Media:
    name = "media"
    waits = True
    needs = frozenset({"ask"})
    fields = kind.COMMON_QUESTION | {kind.OTHER_WORDING}
    slot_type = "media"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({"done"})

    def ask(self, node: Node, scene: Scene) -> Prompt:
        has_some = bool(scene.slots.get(node.slot))
        return Prompt(
            kind.asked(node, scene), after=kind.after(node, scene), skippable=node.skippable, finishes=has_some
        )

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        kept = list(scene.slots.get(node.slot, []))
        if heard.choice == "/done" or (not heard.media and scene.controls.read(heard.text) == DONE):
            return Answer("done", {node.slot: kept}) if kept or not node.skippable else Answer("skip")
        if not heard.media:
            return Misread()
        kept = [*kept, *heard.media]
        if len(kept) >= MOST:
            return Answer("done", {node.slot: kept[:MOST]})
        return More({node.slot: kept}, say=(Prompt("say.media_kept", finishes=True),))
