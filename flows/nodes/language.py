"""language: each language by its own name; the talk goes on in the one chosen."""

from __future__ import annotations

from flows.nodes import kind
from flows.prompt import Prompt
from flows.scene import Answer, Heard, Misread, Reading, Scene
from flows.shape import Node


class LanguageKind:
    name = "language"
    waits = True
    needs = frozenset({"ask"})
    fields = frozenset({"ask", "ask_if", "skippable"})
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return None

    def ask(self, node: Node, scene: Scene) -> Prompt:
        return Prompt(kind.asked(node, scene), choices=scene.languages)

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        found = kind.chosen(scene.languages, scene, heard)
        return Answer(found, language=found) if found else Misread()
