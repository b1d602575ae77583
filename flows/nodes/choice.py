"""choice: one of a few. gate: a choice that cannot be left out ("is it safe to talk?").

`also = "text" | "date" | "place"` lets her answer in her own words instead; the slot is then a table.
"""

from __future__ import annotations

from typing import Any

from flows.nodes import kind
from flows.prompt import Prompt
from flows.reading.dates import read_date
from flows.reading.fold import digits
from flows.scene import Answer, Heard, Misread, Reading, Scene, Turned
from flows.shape import Node

OTHER = "other"  # outcome of an answer in her own words
MORE_NUMBER = "9"  # "9 More", on every page, also a short last one
MORE = "/more"  # tap of the "more" button of a long list


class ChoiceKind:
    name = "choice"
    waits = True
    needs = frozenset({"ask"})
    fields = kind.COMMON_QUESTION | {"choose", "choose_if", "choose_from", "also", kind.OTHER_WORDING}
    slot_type = "choice"

    def outcomes(self, node: Node) -> frozenset[str] | None:
        if node.text("choose_from"):
            return None
        return frozenset(node.names("choose")) | ({OTHER} if node.text("also") else frozenset())

    def ask(self, node: Node, scene: Scene) -> Prompt:
        return Prompt(
            kind.asked(node, scene),
            choices=kind.choices(node, scene),
            after=kind.after(node, scene),
            skippable=node.skippable,
            wants_pin=node.text("also") == "place",
        )

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        offered = kind.choices(node, scene)
        shown = scene.shown(offered, scene.page)
        if len(shown) < len(offered) and (heard.choice == MORE or digits(heard.text.strip()) == MORE_NUMBER):
            return Turned(scene.page + 1)
        found = kind.chosen(offered, scene, heard)
        if found is not None:
            return Answer(found, {node.slot: found})
        own = self._own_words(node, scene, heard)
        return Answer(OTHER, {node.slot: own}) if own else Misread()

    def _own_words(self, node: Node, scene: Scene, heard: Heard) -> dict[str, Any] | None:
        """Her own words as the slot keeps them, or None where they are not asked for or say nothing."""
        typed = heard.text.strip()
        if not any(letter.isalpha() for letter in typed) and not heard.media and not heard.cell:
            return _date(typed, scene) if node.text("also") == "date" else None
        match node.text("also"):
            case "text":
                return {"text": typed, "media": list(heard.media)}
            case "date":
                return _date(typed, scene) or ({"said": typed, "media": list(heard.media)} if heard.media else None)
            case "place":
                return {"cell": heard.cell, "said": typed[:200], "media": list(heard.media)}
        return None


class Gate(ChoiceKind):
    name = "gate"
    fields = ChoiceKind.fields - {kind.OTHER_WORDING}


def _date(typed: str, scene: Scene) -> dict[str, Any] | None:
    found = read_date(typed, scene.now.date(), scene.language) if typed else None
    return {"from": found.start.isoformat(), "to": found.end.isoformat(), "said": typed} if found else None
