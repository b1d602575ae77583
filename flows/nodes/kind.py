"""What every kind of node offers: a question asks and reads, a passage is walked through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flows.guards import BadGuard, Guard, read_guard
from flows.prompt import Choice, Prompt
from flows.reading.options import Option, read_option
from flows.scene import Heard, Reading, Scene, Step
from flows.shape import Node

COMMON_QUESTION = frozenset({"ask", "ask_if", "slot", "skippable", "first", "labels", "clears", "secret", "sensitive"})
OTHER_WORDING = (
    "other_wording"  # a field of questions that may be asked in two wordings, to see which one is understood
)


class Kind(Protocol):
    """What the parser and the inspection need of any kind."""

    name: str
    waits: bool  # True: asks and waits for an answer
    needs: frozenset[str]  # fields that must be there
    fields: frozenset[str]  # fields that may be there
    slot_type: str  # "", "choice", "multi", "text", "date", "place", "media", "consent" or "word"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        """What `then` may name besides "*" and "skip"; None when only data knows."""
        ...


class Question(Kind, Protocol):
    def ask(self, node: Node, scene: Scene) -> Prompt: ...
    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading: ...


class Passage(Kind, Protocol):
    def step(self, node: Node, scene: Scene) -> Step: ...


@dataclass(frozen=True, slots=True)
class Variant:
    """Another wording of a question, when its guard holds."""

    guard: str
    ask: str


def variants(node: Node) -> tuple[Variant, ...]:
    """The node's `ask_if`. Raises BadGuard on a malformed one."""
    found = node.keys.get("ask_if", ())
    if not isinstance(found, (list, tuple)):
        raise BadGuard("ask_if is a list of { if = …, ask = … }")
    result = []
    for item in found:
        if not isinstance(item, dict) or set(item) != {"if", "ask"} or not isinstance(item["ask"], str):
            raise BadGuard("ask_if is a list of { if = …, ask = … }")
        read_guard(item["if"])
        result.append(Variant(item["if"], item["ask"]))
    return tuple(result)


def conditions(node: Node) -> Mapping[str, Guard]:
    """The node's `choose_if`: choices that are offered only where a guard holds. Raises BadGuard on a malformed one."""
    found = node.keys.get("choose_if", {})
    if not isinstance(found, Mapping) or not set(found) <= set(node.names("choose")):
        raise BadGuard('choose_if is a table { choice = "guard" } of what `choose` names')
    return {str(name): read_guard(guard) for name, guard in found.items()}


def other_wording(node: Node) -> Mapping[str, Any]:
    """The node's other wording: "ask", its phrase, and the end of the comparison; empty where it has none."""
    found = node.keys.get(OTHER_WORDING)
    return found if isinstance(found, Mapping) else {}


def asked(node: Node, scene: Scene) -> str:
    """The phrase key of the question as it is put in this scene."""
    for variant in variants(node):
        if read_guard(variant.guard).holds(scene):
            return variant.ask
    other = other_wording(node) if scene.other else {}
    return str(other["ask"]) if other else node.text("ask")


def after(node: Node, scene: Scene) -> str:
    """The phrase said below the list of choices, if the catalogue has one."""
    key = f"{node.labels}.after"
    return key if scene.words.has(key) else ""


def choices(node: Node, scene: Scene) -> tuple[Choice, ...]:
    """What may be chosen here: fixed ids with phrases, or what the desk offers.

    The id "resume" is shown only in a digression: it returns to the question below. Others may have a guard (`choose_if`).
    """
    source = node.text("choose_from")
    if source:
        return scene.desk.choices(source, scene.slots)
    labels, guarded = node.labels, conditions(node)
    offered = (name for name in node.names("choose") if name not in guarded or guarded[name].holds(scene))
    return tuple(Choice(name, f"{labels}.{name}") for name in offered if name != "resume" or scene.digression)


def options(offered: tuple[Choice, ...], scene: Scene) -> list[Option]:
    """The choices as the reader of answers wants them: labels in every language."""
    return [
        Option(
            choice.id,
            scene.words.forms(choice.label) if isinstance(choice.label, str) else choice.label.by_language,
        )
        for choice in offered
    ]


def chosen(offered: tuple[Choice, ...], scene: Scene, heard: Heard) -> str | None:
    """The id of the choice that is meant: by its button, its number on this page, or its words."""
    if heard.choice:
        return heard.choice if any(choice.id == heard.choice for choice in offered) else None
    if not heard.text:
        return None
    page = scene.shown(offered, scene.page)
    found = read_option(heard.text, options(page, scene))
    if found is None and len(page) < len(offered):
        found = read_option(heard.text, [option for option in options(offered, scene) if option.id], numbers=False)
    return found
