"""A flow as a container of the Flow Interoperability Project (FLOIP), specification 1.0.0-rc1, for programs of others.

As its specification says (github.com/FLOIP/flow-spec: flows, expressions, layers) and the schema of @floip/flow-runner checks.
Questions, messages, conditions and sub-flows have equals there. What has none (lists of data, effects, handing over, the
placeholders that Hamraz fills) stays whole in `vendor_metadata`, and its block only says that it is there. The same flow is the
same bytes: every id is made of what it names, and no time is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from flows.editing.values import as_flow
from flows.exchange.bundle import Bundle, Forms
from flows.guards import Both, Either, Guard, Not, Test
from flows.nodes import KINDS
from flows.nodes.kind import other_wording, variants
from flows.shape import ANY, Node, Rule

VERSION = "1.0.0-rc1"
_MODES = ("TEXT", "SMS", "RICH_MESSAGING")
_LANGUAGES = {
    "en": ("eng", "en"),
    "ur": ("urd", "ur"),
    "sd": ("snd", "sd"),
    "es": ("spa", "es"),
    "ur_Latn": ("urd", "ur-Latn"),
}
_DAY = 86_400  # seconds that an unfinished talk is kept
_NO_TIME = "1970-01-01T00:00:00.000000Z"
_NOT_A_WORD = re.compile(r"\W")
_ASKING = "MobilePrimitives."
_TYPES = {
    "multi": f"{_ASKING}SelectManyResponses",
    "text": f"{_ASKING}OpenResponse",
    "date": f"{_ASKING}OpenResponse",
    "place": f"{_ASKING}OpenResponse",
    "media": "SmartDevices.PhotoResponse",
    "call": "Core.RunFlow",
    "set": "Core.SetContactProperty",
}

Values = dict[str, Any]


def to_floip(bundle: Bundle) -> str:
    """The container as text."""
    return json.dumps(_Container(bundle).values(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def uuid_of(*parts: str) -> str:
    """An id made of names: the same names, the same id (RFC 9562, version 8)."""
    digest = sha256("\0".join(("hamraz", *parts)).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"


class _Container:
    """One flow on its way out."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle, self._flow = bundle, as_flow(bundle.data)
        self._written = {node["name"]: node for node in bundle.data["node"]}
        self._said: dict[str, str] = {}  # phrase → its resource

    def values(self) -> Values:
        flow = self._flow
        blocks = [block for node in flow.nodes.values() for block in self._blocks(node)]
        languages = [self._language(code) for code in sorted(self._bundle.words, key=lambda one: (one != "en", one))]
        return {
            "specification_version": VERSION,
            "uuid": uuid_of("container", flow.hash),
            "name": f"Hamraz: {flow.name}",
            "description": "Given out by Hamraz. Words in braces are filled by it when they are said.",
            "flows": [
                {
                    "uuid": uuid_of("flow", flow.name),
                    "name": f"flow {flow.name}" if len(flow.name) < 3 else flow.name,
                    "label": f"edition {flow.hash[:12]}",
                    "last_modified": _NO_TIME,
                    "interaction_timeout": _DAY,
                    "supported_modes": list(_MODES),
                    "languages": languages or [self._language("en")],
                    "blocks": blocks,
                    "first_block_id": self._id(flow.begins),
                    "vendor_metadata": {"hamraz": {"edition": flow.hash}},
                }
            ],
            "resources": [self._resource(phrase) for phrase in sorted(self._said)],
        }

    def _id(self, node: str, *more: str) -> str:
        return uuid_of("block", self._flow.name, node, *more)

    def _language(self, code: str) -> Values:
        iso, bcp = _LANGUAGES.get(code, ("mis", code.replace("_", "-")))
        variant = {"variant": "latin"} if code == "ur_Latn" else {}
        return {"id": _language_id(code), "iso_639_3": iso, "bcp_47": bcp, **variant}

    # --- blocks -----------------------------------------------------------------------------------

    def _blocks(self, node: Node) -> Iterator[Values]:
        """Its block, and one more for every answer that leads on by conditions."""
        onward = {outcome: self._after(node, outcome) for outcome in self._outcomes(node)}
        block: Values = {
            "uuid": self._id(node.name),
            "name": _word(node.slot if KINDS[node.kind].slot_type else node.name),
            "label": node.name,
            **self._kind(node),
            "vendor_metadata": {"hamraz": {"node": self._written[node.name]}},
        }
        block["exits"] = [self._exit(node, outcome, target) for outcome, (target, _) in onward.items()]
        yield block
        for outcome, (target, rules) in onward.items():
            if rules:
                yield self._case(node, outcome, target, rules)

    def _kind(self, node: Node) -> Values:
        kind, key = node.kind, node.text("say") or node.text("ask")
        other = {"ask_if": node.keys.get("ask_if", node.keys.get("say_if", ()))}
        for variant in variants(Node(node.name, kind, (), other)):
            self._say(variant.ask)  # which of them is said, their language cannot tell: the words come along
        if found := other_wording(node):
            self._say(str(found["ask"]))
        if key and not KINDS[kind].waits:
            return {"type": f"{_ASKING}Message", "config": {"prompt": self._say(key), "message_audio": ""}}
        if kind == "call":
            return {"type": _TYPES[kind], "config": {"flow_id": uuid_of("flow", node.text("flow"))}}
        if kind == "set":
            value = {"property_key": node.slot, "property_value": node.text("value")}
            return {"type": _TYPES[kind], "config": {"set_contact_property": value}}
        if not KINDS[kind].waits:
            return {"type": "Core.Output", "config": {"value": node.text("effect") or node.text("tell") or kind}}
        asks: Values = {"prompt": self._say(key)}
        if kind not in _TYPES or kind == "multi":
            asks["choices"] = {name: self._say(f"{node.labels}.{name}") for name in node.names("choose")}
            if kind in ("consent", "offer"):
                asks["choices"] = {"yes": self._say("say.yes"), "no": self._say("say.no")}
        return {"type": _TYPES.get(kind, f"{_ASKING}SelectOneResponse"), "config": asks}

    def _outcomes(self, node: Node) -> list[str]:
        """What it may lead on by: every answer that has a way of its own, then any other; nothing where a flow ends."""
        named = list(dict.fromkeys(rule.outcome for rule in node.rules if rule.outcome != ANY))
        if node.kind == "end":
            return []
        return [*named, ANY]

    def _after(self, node: Node, outcome: str) -> tuple[str, list[Rule]]:
        """Where an answer leads: to a node, or by conditions. The block behind is the id; "" for the end."""
        rules = [rule for rule in node.rules if rule.outcome in (outcome, ANY)]
        sure = next((number for number, rule in enumerate(rules) if rule.guard is None), len(rules))
        rules = rules[: sure + 1]
        if not rules:
            return "", []
        if rules[0].guard is None:
            return self._id(rules[0].target), []
        return self._id(node.name, "by", outcome), rules

    def _case(self, node: Node, outcome: str, block: str, rules: list[Rule]) -> Values:
        name = f"{node.name}_{'any' if outcome == ANY else outcome}_by"
        exits = [
            self._way(block, str(number), _word(rule.target), self._id(rule.target), _tested(rule.guard))
            for number, rule in enumerate(rules)
        ]
        return {"uuid": block, "name": _word(name), "label": name, "type": "Core.Case", "config": {}, "exits": exits}

    def _exit(self, node: Node, outcome: str, target: str) -> Values:
        label = f"{node.labels}.{outcome}"
        shown = self._say(label) if outcome in node.names("choose") else "any other" if outcome == ANY else outcome
        test = "" if outcome == ANY else f"@(block.value = '{outcome}')"
        return {**self._way(self._id(node.name), outcome, _word(outcome), target, test), "label": shown}

    def _way(self, block: str, number: str, tag: str, target: str, test: str) -> Values:
        way: Values = {"uuid": uuid_of("exit", block, number), "label": tag, "tag": tag, "config": {}}
        way["test"] = test or "@(TRUE)"
        if not test:
            way["default"] = True
        return {**way, "destination_block": target} if target else way

    # --- words ------------------------------------------------------------------------------------

    def _say(self, phrase: str) -> str:
        return self._said.setdefault(phrase, uuid_of("resource", phrase))

    def _resource(self, phrase: str) -> Values:
        return {"uuid": self._said[phrase], "values": list(self._sayings(phrase))}

    def _sayings(self, phrase: str) -> Iterator[Values]:
        for code, words in sorted(self._bundle.words.items()):
            by_sms, usual = words.get(f"{phrase}@sms"), words.get(phrase)
            if usual:
                modes = [mode for mode in _MODES if not by_sms or mode != "SMS"]
                yield _value(code, usual, modes)
            if by_sms:
                yield _value(code, by_sms, ["SMS"])


def _value(code: str, forms: Forms, modes: list[str]) -> Values:
    """Words in one language; of a phrase with a number those for more than one."""
    said = forms[-1].replace("@", "@@")
    return {
        "language_id": _language_id(code),
        "content_type": "TEXT",
        "mime_type": "text/plain",
        "modes": modes,
        "value": said,
    }


def _language_id(code: str) -> str:
    iso, _ = _LANGUAGES.get(code, ("mis", ""))
    return f"{iso}-latin" if code == "ur_Latn" else iso if iso != "mis" else f"mis-{code}"


def _word(name: str) -> str:
    """A name as theirs may be: word characters, no digit first."""
    word = "any_other" if name == ANY else _NOT_A_WORD.sub("_", name)
    return f"_{word}" if word[:1].isdigit() else word


def _tested(guard: Guard | None) -> str:
    return f"@({_expression(guard, True)})" if guard is not None else ""


def _expression(guard: Guard, wanted: bool) -> str:
    """A guard in their language, which has AND and OR, and no NOT: what is denied is denied within."""
    match guard:
        case Not(inner):
            return _expression(inner, not wanted)
        case Both(left, right):
            return f"{'AND' if wanted else 'OR'}({_expression(left, wanted)}, {_expression(right, wanted)})"
        case Either(left, right):
            return f"{'OR' if wanted else 'AND'}({_expression(left, wanted)}, {_expression(right, wanted)})"
        case Test(_, "staffed"):
            return f"contact.staffed = {'TRUE' if wanted else 'FALSE'}"
        case Test("channel", relation, value):
            name = "channel.mode" if value == "sms" else "channel.name"
            return f"{name} {_equals(relation, wanted)} '{value.upper() if value == 'sms' else value}'"
        case Test("language", relation, value):
            return f"flow.language {_equals(relation, wanted)} '{_language_id(value)}'"
        case Test(name, "filled"):
            return f"flow.{_word(name)}.value {'<>' if wanted else '='} NULL"
        case Test(name, "has", value):
            return f"CONTAINS('{value}', flow.{_word(name)}.value) = {'TRUE' if wanted else 'FALSE'}"
        case Test(name, relation, value):
            return f"flow.{_word(name)}.value {_equals(relation, wanted)} '{value}'"


def _equals(relation: str, wanted: bool) -> str:
    return "=" if (relation == "=") == wanted else "<>"
