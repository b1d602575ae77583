"""review: what was answered, in a numbered list; a number mends that answer, yes goes on.

Made from the flow itself: `of` names the slots in order, each shown under its phrase "<labels>.<slot>".
`answers` says where the labels of a slot's choices are, `named` which source of the desk knows the name of what was chosen.
"""

from __future__ import annotations

from typing import Any

from flows.nodes import kind
from flows.prompt import Choice, Lines, Named, Phrase, Prompt, Value, Verbatim
from flows.reading.fold import digits
from flows.scene import Answer, Heard, Mend, Misread, Reading, Scene
from flows.shape import Node

SEND = "send"
_SHOWN = 24  # characters of her own words: enough to know them by, and others may see this screen


class Review:
    name = "review"
    waits = True
    needs = frozenset({"ask", "of"})
    fields = frozenset({"ask", "ask_if", "of", "labels", "answers", "named"})
    slot_type = ""

    def outcomes(self, node: Node) -> frozenset[str] | None:
        return frozenset({SEND})

    def ask(self, node: Node, scene: Scene) -> Prompt:
        lines = tuple(
            Phrase(
                "say.review.line",
                {"n": number, "what": Phrase(f"{node.labels}.{slot}"), "answer": self._shown(node, slot, scene)},
            )
            for number, slot in enumerate(self._filled(node, scene), start=2)
        )
        return Prompt(
            kind.asked(node, scene),
            values={"lines": Lines(lines)},
            choices=(Choice(SEND, f"{node.labels}.{SEND}"),),
            after=kind.after(node, scene),
        )

    def read(self, node: Node, scene: Scene, heard: Heard) -> Reading:
        filled = self._filled(node, scene)
        if heard.choice:
            return Answer(SEND) if heard.choice == SEND else Mend(heard.choice) if heard.choice in filled else Misread()
        number = digits(heard.text).strip().rstrip(".")
        if number.isdecimal() and 2 <= int(number) < 2 + len(filled):
            return Mend(filled[int(number) - 2])
        offered = (Choice(SEND, f"{node.labels}.{SEND}"), *(Choice(slot, f"{node.labels}.{slot}") for slot in filled))
        found = kind.chosen(offered, scene, heard)
        if found is None:
            return Misread()
        return Answer(SEND) if found == SEND else Mend(found)

    def _filled(self, node: Node, scene: Scene) -> tuple[str, ...]:
        return tuple(slot for slot in node.names("of") if scene.slots.get(slot) not in (None, "", [], {}))

    def _shown(self, node: Node, slot: str, scene: Scene) -> Value:
        """A slot as she would know it again."""
        value: Any = scene.slots[slot]
        if source := self._table(node, "named").get(slot, ""):
            return _chosen(scene, source)
        prefix = self._table(node, "answers").get(slot, "")
        if isinstance(value, str):
            return Phrase(f"{prefix}.{value}") if prefix else Verbatim(value)
        if isinstance(value, list):
            if value and isinstance(value[0], dict):
                return Phrase("say.review.files", {"n": len(value)})
            return _joined([Phrase(f"{prefix}.{item}") for item in value])
        said = value.get("said") or value.get("text") or " ".join(value.get("words", ()))
        if said:
            return Verbatim(_beginning(said))
        if value.get("cell"):
            return Phrase("say.review.pin")
        return Phrase("say.review.files", {"n": len(value.get("media", ()))})

    def _table(self, node: Node, name: str) -> dict[str, str]:
        """answers = { when = "report.when" }: where the labels of a slot's choices are; named: the desk's source that knows."""
        found = node.keys.get(name, {})
        return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _chosen(scene: Scene, source: str) -> Value:
    """What was chosen from data, by its name."""
    label = next((choice.label for choice in scene.desk.choices(source, scene.slots)), Named({"en": "…"}))
    return Phrase(label) if isinstance(label, str) else Verbatim(_beginning(label.text(scene.language)))


def _joined(answers: list[Phrase]) -> Phrase:
    """Several answers on one line: a line of its own would look like another question."""
    first, *others = answers
    return Phrase("say.both", {"one": first, "more": _joined(others)}) if others else first


def _beginning(said: str) -> str:
    """The first words of a text, cut between two of them where there is a gap."""
    if len(said) <= _SHOWN:
        return said
    whole = said[: _SHOWN + 1].rpartition(" ")[0]
    return (whole if len(whole) > _SHOWN // 2 else said[:_SHOWN]) + "…"
