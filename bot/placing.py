"""Where each phrase is said: in which flow, at which node, as what; and what is asked before and after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.fitting import keys_of, prompts_of
from flows.desk import Desk
from flows.shape import Flow
from flows.wording import phrases_of
from locales.languages import ENGLISH
from locales.phrasebook import Phrasebook


@dataclass(frozen=True, slots=True)
class Spot:
    """One place where a phrase is said."""

    flow: str
    node: str
    part: str  # "question", "answer", "after"
    question: str  # the phrase that is asked there
    answers: tuple[str, ...]  # the phrases of its answers
    before: tuple[str, ...]  # phrases of the nodes that lead here
    then: tuple[str, ...]  # … and of those it leads to


def spots_of(flows: Iterable[Flow], phrasebook: Phrasebook, desk: Desk) -> Mapping[str, tuple[Spot, ...]]:
    """Return the places of each phrase that a flow says."""
    found: dict[str, dict[Spot, None]] = defaultdict(dict)
    for flow in flows:
        leading = _leading(flow)
        for node in flow.nodes.values():
            before = tuple(leading[node.name])
            then = tuple(dict.fromkeys(_asked(flow, rule.target) for rule in node.rules if _asked(flow, rule.target)))
            for prompt in prompts_of(node, phrasebook, desk, ENGLISH):
                answers = tuple(choice.label for choice in prompt.choices if isinstance(choice.label, str))
                for key in keys_of(prompt):
                    part = "question" if key == prompt.phrase else "answer" if key in answers else "after"
                    found[key][Spot(flow.name, node.name, part, prompt.phrase, answers, before, then)] = None
        for key in phrases_of(flow) - found.keys():
            holder = next(node for node in flow.nodes.values() if key in phrases_of(_alone(flow, node.name)))
            asked = holder.text("ask") or holder.text("say")
            found[key][Spot(flow.name, holder.name, "answer", asked, (), tuple(leading[holder.name]), ())] = None
    return {key: tuple(spots) for key, spots in found.items()}


def _leading(flow: Flow) -> Mapping[str, dict[str, None]]:
    leading: dict[str, dict[str, None]] = defaultdict(dict)
    for node in flow.nodes.values():
        asked = node.text("ask") or node.text("say")
        for rule in node.rules:
            if asked:
                leading[rule.target][asked] = None
    return leading


def _asked(flow: Flow, name: str) -> str:
    node = flow.nodes.get(name)
    return (node.text("ask") or node.text("say")) if node is not None else ""


def _alone(flow: Flow, name: str) -> Flow:
    return Flow(flow.name, name, {name: flow.nodes[name]}, flow.hash, flow.source)
