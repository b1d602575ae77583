"""What is wrong with a flow: proved before anybody meets it. E blocks publishing, W asks for a yes.

Every finding names the file, the node and the mend. Words come in through a protocol; whether
a phrase fits its channel is for those who render (`locales.check`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from flows.controls import NAMES
from flows.guards import ENVIRONMENT, Guard, read_guard
from flows.nodes import KINDS
from flows.nodes.kind import variants
from flows.reading.fold import fold
from flows.shape import ANY, Flow, Node

PRIVATE_KINDS = frozenset({"text", "media"})  # never among what is counted
NEEDS_KEEP = frozenset({"file_report"})  # effects that keep what was not kept before
# What a carrier or provider acts on before it reaches us: never an option of ours.
CARRIER = frozenset(
    fold(word)
    for word in [
        "STOP",
        "STOPALL",
        "UNSUBSCRIBE",
        "CANCEL",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "REMOVE",
        "ARRET",
        "START",
        "UNSTOP",
        "HELP",
        "INFO",
        "ALTO",
        "PARAR",
        "CANCELAR",
        "BAJA",
        "ALTA",
        "AYUDA",
        "UNSUB",
        "SUB",
        "REG",
    ]
)


class Words(Protocol):
    def has(self, key: str) -> bool: ...
    def forms(self, key: str) -> Mapping[str, str]: ...
    def words(self, control: str) -> Mapping[str, tuple[str, ...]]: ...


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    flow: str
    node: str
    trouble: str
    mend: str

    def __str__(self) -> str:
        where = f"flows/shipped/{self.flow}.toml" + (f", node {self.node}" if self.node else "")
        return f"{self.code} {where}: {self.trouble}; {self.mend}"


def inspect(flows: Iterable[Flow], everything: Mapping[str, Flow], words: Words) -> list[Finding]:
    """Every finding about `flows`. `everything`: all flows there are, by name, for what they call."""
    languages = frozenset(words.forms("control.panic"))
    taken = _taken(words)
    found: list[Finding] = []
    for flow in flows:
        found += _targets(flow, everything)
        if any(finding.code in ("E101", "E403") for finding in found if finding.flow == flow.name):
            continue  # a graph with holes proves nothing
        found += [*_graph(flow), *_circles(flow, everything), *_rules(flow), *_guards(flow), *_consents(flow)]
        found += [*_effects(flow), *_phrases(flow, words, languages), *_options(flow, words, taken)]
    return found


def phrases_of(flow: Flow) -> frozenset[str]:
    """Every phrase key the flow needs."""
    return frozenset(key for node in flow.nodes.values() for key in _keys(node))


# --- the graph ----------------------------------------------------------------------------------


def _targets(flow: Flow, everything: Mapping[str, Flow]) -> Iterator[Finding]:
    if flow.begins not in flow.nodes:
        yield Finding(
            "E101", flow.name, "", f"it begins at {flow.begins!r}, which is no node", "name a node in `begins`"
        )
    for node in flow.nodes.values():
        for rule in node.rules:
            if rule.target not in flow.nodes:
                yield Finding(
                    "E101",
                    flow.name,
                    node.name,
                    f"it leads to {rule.target!r}, which is no node",
                    "name a node in `then`",
                )
        off = node.text("off_hours")
        if off and off not in flow.nodes:
            yield Finding("E101", flow.name, node.name, f"off_hours leads to {off!r}, which is no node", "name a node")
        called = node.text("flow")
        if called and called not in everything:
            yield Finding(
                "E403", flow.name, node.name, f"it calls {called!r}, which is no flow", "name a flow that is published"
            )


def _graph(flow: Flow) -> Iterator[Finding]:
    onward = {node.name: {rule.target for rule in node.rules} for node in flow.nodes.values()}
    reached = _closure({flow.begins}, onward)
    backward: dict[str, set[str]] = {name: set() for name in onward}
    for name, targets in onward.items():
        for target in targets:
            backward[target].add(name)
    ends = {node.name for node in flow.nodes.values() if node.kind == "end"}
    ending = _closure(ends, backward)
    for name in onward:
        if name not in reached:
            yield Finding("E102", flow.name, name, "nothing leads here", "lead to it in some `then`, or take it out")
        elif name not in ending:
            yield Finding(
                "E103", flow.name, name, "no way leads from here to an end", "add a way to a node of kind end"
            )


def _circles(flow: Flow, everything: Mapping[str, Flow]) -> Iterator[Finding]:
    """Cycles that never wait for an answer, through called flows too."""
    silent = {
        (one.name, node.name): {(one.name, rule.target) for rule in node.rules}
        | ({(node.text("flow"), everything[node.text("flow")].begins)} if node.text("flow") in everything else set())
        for one in everything.values()
        for node in one.nodes.values()
        if not KINDS[node.kind].waits
    }
    for node in flow.nodes.values():
        here = (flow.name, node.name)
        if here in silent and here in _closure(set(silent[here]), silent):
            yield Finding(
                "E104", flow.name, node.name, "it goes round without ever waiting", "put a question into the circle"
            )


def _closure(start: set, onward: Mapping) -> set:  # type: ignore[type-arg]  # of names, or of (flow, name) pairs
    seen, waiting = set(), list(start)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(onward.get(name, ()))
    return seen


# --- rules and guards ---------------------------------------------------------------------------


def _rules(flow: Flow) -> Iterator[Finding]:
    for node in flow.nodes.values():
        if node.kind == "end":
            continue
        known = KINDS[node.kind].outcomes(node)
        named = {rule.outcome for rule in node.rules}
        sure = {rule.outcome for rule in node.rules if rule.guard is None}
        needed = (set(known) if known is not None else {ANY}) | (
            {"skip"} if KINDS[node.kind].waits and node.skippable else set()
        )
        if ANY not in sure and (not known or needed - sure):
            missing = ", ".join(sorted(needed - sure)) or ANY
            yield Finding(
                "E105",
                flow.name,
                node.name,
                f"nothing says where to go on {missing}",
                'let the last rule of `then` have no guard, or add "*"',
            )
        for outcome in sorted(named - {ANY, "skip"} - (set(known) if known is not None else named)):
            yield Finding(
                "E101",
                flow.name,
                node.name,
                f"`then` names {outcome!r}, which cannot be answered here",
                "name one of its choices",
            )
        if KINDS[node.kind].waits and not node.skippable and not _may_insist(node, flow):
            yield Finding("E110", flow.name, node.name, "it cannot be left out", "take out `skippable = false`")


def _may_insist(node: Node, flow: Flow) -> bool:
    """Consents, gates, the language, the review, and the first question need an answer."""
    return node.kind in ("consent", "gate", "language", "review") or bool(node.keys.get("first"))


def _guards(flow: Flow) -> Iterator[Finding]:
    types: dict[str, list[Node]] = {}
    for asked in flow.nodes.values():
        if KINDS[asked.kind].slot_type:
            types.setdefault(asked.slot, []).append(asked)
    given = {"report", "opened", "page", "danger"}  # filled by the desk or the talk itself
    for node, guard in _all_guards(flow):
        for test in guard.tests():
            if test.relation == "staffed" or test.name in ENVIRONMENT or test.name in given:
                continue
            askers = types.get(test.name)
            if askers is None:
                yield Finding(
                    "E107",
                    flow.name,
                    node.name,
                    f"a guard looks at {test.name!r}, which nothing fills",
                    "name a question's slot",
                )
                continue
            troubles = [_wrong_value(test.relation, test.value, one) for one in askers]
            trouble = "" if "" in troubles else troubles[0]
            if trouble:
                yield Finding(
                    "E107",
                    flow.name,
                    node.name,
                    f"a guard on {test.name!r}: {trouble}",
                    "compare with one of its choices",
                )


def _wrong_value(relation: str, value: str, asked: Node) -> str:
    kind = KINDS[asked.kind].slot_type
    if relation == "filled":
        return ""
    if (relation == "has") != (kind == "multi"):
        return "has is for several choices, = for one"
    possible = (
        KINDS[asked.kind].outcomes(asked) if kind in ("choice", "consent", "date", "place") else asked.names("choose")
    )
    return f"{value!r} can never be its answer" if possible is not None and value not in possible else ""


def _all_guards(flow: Flow) -> Iterator[tuple[Node, Guard]]:
    for node in flow.nodes.values():
        yield from ((node, rule.guard) for rule in node.rules if rule.guard is not None)
        asked = Node(node.name, node.kind, (), {"ask_if": node.keys.get("ask_if", node.keys.get("say_if", ()))})
        yield from ((node, read_guard(variant.guard)) for variant in variants(asked))


# --- consent and effects ------------------------------------------------------------------------


def _consents(flow: Flow) -> Iterator[Finding]:
    """Nothing is kept on any path that has not gone through a yes to keeping it."""
    onward = {
        node.name: {
            rule.target
            for rule in node.rules
            if not (node.kind == "consent" and node.text("purpose") == "keep" and rule.outcome in ("yes", ANY))
        }
        for node in flow.nodes.values()
    }
    without_yes = _closure({flow.begins}, onward)
    for node in flow.nodes.values():
        if node.text("effect") in NEEDS_KEEP and node.name in without_yes:
            yield Finding(
                "E108",
                flow.name,
                node.name,
                "it keeps what she may not have agreed to keep",
                'ask a consent with purpose = "keep" first, and go on by yes only',
            )


def _effects(flow: Flow) -> Iterator[Finding]:
    words = {node.slot for node in flow.nodes.values() if node.kind in PRIVATE_KINDS}
    private = words | {node.slot for node in flow.nodes.values() if node.keys.get("sensitive")}
    for node in flow.nodes.values():
        if node.kind != "commit" and any(key in node.keys for key in ("effect", "takes", "seals", "counts")):
            yield Finding(
                "E109", flow.name, node.name, "an effect outside a commit", "move it to a node of kind commit"
            )
        if node.kind == "commit":
            open_slots = (private & set(node.names("takes"))) - set(node.names("seals"))
            for slot in sorted(open_slots | (words & set(node.names("counts")))):
                yield Finding(
                    "E111",
                    flow.name,
                    node.name,
                    f"her own words in {slot!r} would not be sealed",
                    "name it in `seals`, and never in `counts`",
                )
        if node.kind == "handoff" and not node.text("off_hours"):
            yield Finding(
                "E112", flow.name, node.name, "nothing says what happens when nobody reads", "give it `off_hours`"
            )


# --- words --------------------------------------------------------------------------------------


def _keys(node: Node) -> Iterator[str]:
    for name in ("ask", "say"):
        if node.text(name):
            yield node.text(name)
    asked = Node(node.name, node.kind, (), {"ask_if": node.keys.get("ask_if", node.keys.get("say_if", ()))})
    yield from (variant.ask for variant in variants(asked))
    yield from (f"{node.labels}.{name}" for name in (*node.names("choose"), *node.names("of")))
    if node.kind == "consent":
        yield from ("say.yes", "say.no")
    if node.kind == "review":
        yield f"{node.labels}.send"


def _phrases(flow: Flow, words: Words, languages: frozenset[str]) -> Iterator[Finding]:
    for node in flow.nodes.values():
        for key in dict.fromkeys(_keys(node)):
            lacking = sorted(languages - set(words.forms(key)))
            if lacking:
                yield Finding(
                    "E201",
                    flow.name,
                    node.name,
                    f"no phrase {key!r} in {', '.join(lacking)}",
                    f"write it in locales/{lacking[0]}",
                )


def _options(flow: Flow, words: Words, taken: Mapping[str, str]) -> Iterator[Finding]:
    for node in flow.nodes.values():
        labels = {name: f"{node.labels}.{name}" for name in node.names("choose")}
        seen: dict[str, str] = {}
        for name, key in labels.items():
            for language, form in words.forms(key).items():
                folded = fold(form)
                meaning = taken.get(folded.replace(" ", ""))
                if meaning and meaning not in (name, "menu" if name == "resume" else name):
                    yield Finding(
                        "E204",
                        flow.name,
                        node.name,
                        f"choice {name!r} in {language} is also the word for {meaning}",
                        f"reword {key}",
                    )
                if seen.setdefault(folded, name) != name:
                    yield Finding(
                        "E205",
                        flow.name,
                        node.name,
                        f"choices {seen[folded]!r} and {name!r} read the same in {language}",
                        f"reword {key}",
                    )


def _taken(words: Words) -> dict[str, str]:
    taken = {
        fold(word).replace(" ", ""): name for name in NAMES for forms in words.words(name).values() for word in forms
    }
    return {**taken, **{word: "the carrier" for word in CARRIER if word not in taken}}
