"""What is wrong with a flow: proved before anybody meets it. E blocks publishing, W asks for a yes.

Words come in through a protocol; whether a phrase fits its channel is for those who render
(`bot.fitting`, `locales.check`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from flows import comparing, graph, promises, wording
from flows.findings import Finding
from flows.guards import ENVIRONMENT, Guard, read_guard
from flows.nodes import KINDS
from flows.nodes.kind import conditions, variants
from flows.shape import ANY, Flow, Node
from flows.wording import Words

PRIVATE_KINDS = frozenset({"text", "media", "offer"})  # never among what is counted
NEEDS_KEEP = frozenset({"file_report"})  # effects that keep what was not kept before
CONTACT_TEMPLATE = "again_{}"  # what WhatsApp must have approved, for each language, before we may write first
_FILLED_ALIKE = {"choice": "one", "date": "one", "place": "one"}  # an answer chosen, or said in her own words
# Filled by the desk, by the digits of a receipt, or by the talk itself.
_GIVEN = frozenset({
    "report", "opened", "page", "danger", "preset", "refused", "shown", "can", "hour", "kept", "rows", "may", "places", "person",
    "sms_number", "missing", "copy_word",
})  # fmt: skip


def inspect(
    flows: Iterable[Flow],
    everything: Mapping[str, Flow],
    words: Words,
    languages: Collection[str],
    templates: Collection[str] | None = None,
) -> list[Finding]:
    """Return every finding about `flows`.

    everything  all flows there are, by name, for what they call
    languages   those that must be complete
    templates   names of WhatsApp's approved templates; None where there is no WhatsApp
    """
    found: list[Finding] = []
    for flow in flows:
        holes = list(graph.targets(flow, everything))
        found += holes
        if holes:
            continue  # a graph with holes proves nothing
        found += [*graph.ways(flow), *graph.circles(flow, _sound(everything))]
        found += [
            *_rules(flow),
            *_guards(flow),
            *_slots(flow),
            *_shared(flow),
            *_leaves(flow),
            *_consents(flow),
            *_effects(flow),
        ]
        found += [*wording.missing(flow, words, frozenset(languages)), *wording.confusable(flow, words)]
        found += [*comparing.findings(flow, words, frozenset(languages)), *_contacts(flow, languages, templates)]
    return found


def _sound(everything: Mapping[str, Flow]) -> Mapping[str, Flow]:
    """Only flows whose graph has no holes can be followed."""
    return {name: flow for name, flow in everything.items() if not any(graph.targets(flow, everything))}


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
                "nothing says where to go on anything else"
                if missing == ANY
                else f"nothing says where to go on {missing}",
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
    return node.kind in ("consent", "gate", "language", "review") or (
        bool(node.keys.get("first")) and node.name in _openings(flow)
    )


def _openings(flow: Flow) -> set[str]:
    """What may be reached before any question but an offer."""
    silent = {
        node.name: {rule.target for rule in node.rules}
        for node in flow.nodes.values()
        if node.kind == "offer" or not KINDS[node.kind].waits
    }
    return graph.closure({flow.begins}, silent)


def _guards(flow: Flow) -> Iterator[Finding]:
    types: dict[str, list[Node]] = {}
    for asked in flow.nodes.values():
        if KINDS[asked.kind].slot_type:
            types.setdefault(asked.slot, []).append(asked)
    for node, guard in _all_guards(flow):
        for test in guard.tests():
            if test.relation == "staffed" or test.name in ENVIRONMENT or test.name in _GIVEN:
                continue
            askers = types.get(test.name)
            if askers is None:
                trouble, mend = f"a guard looks at {test.name!r}, which nothing fills", "name a question's slot"
                yield Finding("E107", flow.name, node.name, trouble, mend)
                continue
            troubles = [_wrong_value(test.relation, test.value, one) for one in askers]
            if "" not in troubles:
                trouble = f"a guard on {test.name!r}: {troubles[0]}"
                yield Finding("E107", flow.name, node.name, trouble, "compare with one of its choices")


def _wrong_value(relation: str, value: str, asked: Node) -> str:
    kind = KINDS[asked.kind].slot_type
    if relation == "filled":
        return ""
    if (relation == "has") != (kind == "multi"):
        return "has is for several choices, = for one"
    if kind == "word":
        return "" if value == asked.text("value") else f"{value!r} is never set there"
    possible = (
        KINDS[asked.kind].outcomes(asked) if kind in ("choice", "consent", "date", "place") else asked.names("choose")
    )
    return f"{value!r} can never be its answer" if possible is not None and value not in possible else ""


def _all_guards(flow: Flow) -> Iterator[tuple[Node, Guard]]:
    for node in flow.nodes.values():
        yield from ((node, rule.guard) for rule in node.rules if rule.guard is not None)
        asked = Node(node.name, node.kind, (), {"ask_if": node.keys.get("ask_if", node.keys.get("say_if", ()))})
        yield from ((node, read_guard(variant.guard)) for variant in variants(asked))
        yield from ((node, guard) for guard in conditions(node).values())


def _shared(flow: Flow) -> Iterator[Finding]:
    """Questions that fill one slot in ways that do not go together: a consent reads no date."""
    first: dict[str, Node] = {}
    for node in flow.nodes.values():
        if not KINDS[node.kind].slot_type:
            continue
        before = first.setdefault(node.slot, node)
        if _filled(node) != _filled(before):
            trouble = f"{node.slot!r} is filled by this {node.kind} and by {before.name!r}, a {before.kind}"
            yield Finding("E107", flow.name, node.name, trouble, "give it a slot of its own")


def _filled(node: Node) -> str:
    kind = KINDS[node.kind].slot_type
    return _FILLED_ALIKE.get(kind, kind)


def _leaves(flow: Flow) -> Iterator[Finding]:
    """A browse that is told nothing leaf by leaf."""
    for node in flow.nodes.values():
        if node.kind == "browse" and node.text("tell") not in promises.LEAVES:
            trouble = f"it reads leaf by leaf, and {node.text('tell')!r} has no leaves"
            yield Finding("E107", flow.name, node.name, trouble, f"tell {' or '.join(sorted(promises.LEAVES))}")


def _slots(flow: Flow) -> Iterator[Finding]:
    """Lists of slots that name one nobody fills."""
    filled = {node.slot for node in flow.nodes.values() if KINDS[node.kind].slot_type} | _GIVEN
    for node in flow.nodes.values():
        for field in ("takes", "seals", "counts", "clears", "of"):
            for name in node.names(field):
                if name not in filled:
                    yield Finding(
                        "E107",
                        flow.name,
                        node.name,
                        f"`{field}` names {name!r}, which nothing fills",
                        "name a question's slot",
                    )


# --- consent and effects ------------------------------------------------------------------------


def _consents(flow: Flow) -> Iterator[Finding]:
    """Nothing is kept on any path that has not gone through a yes to keeping it."""
    onward = {
        node.name: {rule.target for rule in node.rules if not _is_yes_to_keep(node, rule.outcome)}
        for node in flow.nodes.values()
    }
    without_yes = graph.closure({flow.begins}, onward)
    for node in flow.nodes.values():
        if node.text("effect") in NEEDS_KEEP and node.name in without_yes:
            yield Finding(
                "E108",
                flow.name,
                node.name,
                "it keeps what she may not have agreed to keep",
                'ask a consent with purpose = "keep" first, and go on by yes only',
            )


def _is_yes_to_keep(node: Node, outcome: str) -> bool:
    """Whether only a yes goes this way: "*" does when no has its own."""
    if node.kind != "consent" or node.text("purpose") != "keep":
        return False
    no_is_named = any(rule.outcome == "no" and rule.guard is None for rule in node.rules)
    return outcome == "yes" or (outcome == ANY and no_is_named)


def _effects(flow: Flow) -> Iterator[Finding]:
    words = {node.slot for node in flow.nodes.values() if node.kind in PRIVATE_KINDS}
    private = words | {node.slot for node in flow.nodes.values() if node.keys.get("sensitive")}
    for node in flow.nodes.values():
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
        if node.kind == "handoff" and not any(rule.outcome == "off_hours" for rule in node.rules):
            yield Finding(
                "E112",
                flow.name,
                node.name,
                "nothing says what happens when nobody reads",
                "name `off_hours` in `then`",
            )


def _contacts(flow: Flow, languages: Collection[str], templates: Collection[str] | None) -> Iterator[Finding]:
    wanted = [CONTACT_TEMPLATE.format(code) for code in sorted(languages)]
    lacking = [name for name in wanted if templates is not None and name not in templates]
    if not lacking:
        return
    for node in flow.nodes.values():
        if node.kind == "consent" and node.text("purpose") == "contact":
            yield Finding(
                "E307",
                flow.name,
                node.name,
                "it promises to write to her, and WhatsApp allows that after 24 hours only in words approved before",
                f"`hamraz channels connect` makes {', '.join(lacking)} for HAMRAZ_WHATSAPP_TEMPLATES",
            )
