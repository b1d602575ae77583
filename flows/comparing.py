"""Two wordings of one question, of which each talk is asked in one: where that may be, and which one somebody has.

`other_wording = { ask = "report.when.other", most = 400, weeks = 8 }` stands in the flow itself, so that a comparison belongs to
an edition, with the end that it was given beforehand, and is proved with it. Which wording somebody gets is drawn once, when
she first comes to the question, and stays in her own state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from flows import graph
from flows.findings import Finding
from flows.nodes import KINDS
from flows.nodes.kind import OTHER_WORDING, other_wording
from flows.shape import ANY, Flow, Node
from flows.state import Frame, State, Worded
from flows.wording import Words

# In which publication somebody counts (0: in none), and whether she gets the other.
Draw = Callable[[Frame], tuple[int, bool]]

MEND = "take `other_wording` out"
_SAFETY = frozenset({"emergency", "nationwide"})  # what is looked up for whoever is in danger
_SAFETY_WORDS = "danger."  # phrases that tell of it
_PLACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The question of an edition that is asked in two wordings, and when that ends at the latest."""

    node: str
    ask: str  # phrase keys of both
    other: str
    most: int  # asked with each
    weeks: int


def comparison(flow: Flow) -> Comparison | None:
    """What a flow compares; None where it compares nothing."""
    for node in flow.nodes.values():
        found = other_wording(node)
        if found:
            return Comparison(node.name, node.text("ask"), found["ask"], found["most"], found["weeks"])
    return None


def never(frame: Frame) -> tuple[int, bool]:
    """Draw for whoever compares nothing: the first wording."""
    return 0, False


def drawn(state: State, node: Node, draw: Draw, now: datetime) -> State:
    """The state in which its question is asked: with a wording drawn, if there are two and she has none yet."""
    if OTHER_WORDING not in node.keys:
        return state
    frame = state.top
    held = state.worded.get(frame.flow)
    if held is not None and held.edition == frame.edition:
        return state
    run, other = draw(frame)
    worded = {**state.worded, frame.flow: Worded(frame.edition, run, other)}
    return replace(state, worded=worded, first_asked=now if run else None)


def has_other(state: State) -> bool:
    """Whether the question of its flow that has two wordings is asked in the other."""
    held = state.worded.get(state.top.flow) if state.frames else None
    return held is not None and held.other and held.edition == state.top.edition


def findings(flow: Flow, words: Words, languages: frozenset[str]) -> Iterator[Finding]:
    """E116: a question that is not to be asked in two wordings. E117: two wordings that do not stand for each other."""
    before = ""
    for node in flow.nodes.values():
        if not other_wording(node):
            continue
        if trouble := refused(flow, node) or (f"{before!r} is compared already" if before else ""):
            yield Finding("E116", flow.name, node.name, trouble, MEND)
        before = before or node.name
        yield from _unlike(flow, node, words, languages)


def refused(flow: Flow, node: Node) -> str:
    """Why a question may not be asked in two wordings, as a finding says it; "" where it may."""
    if OTHER_WORDING not in KINDS[node.kind].fields:
        return f"a {node.kind} is asked in one wording only"
    if node.keys.get("ask_if"):
        return "it is worded by what she told already (`ask_if`)"
    if not node.skippable:
        return "she must answer it before anything else"
    onward = {
        one.name: {rule.target for rule in one.rules} if not KINDS[one.kind].waits else set()
        for one in flow.nodes.values()
    }
    after = graph.closure({rule.target for rule in node.rules}, onward)
    for one in flow.nodes.values():
        around = one.name in after or (
            not KINDS[one.kind].waits and node.name in graph.closure(onward[one.name], onward)
        )
        if one.name in after and (one.kind in ("commit", "handoff") or one.keys.get("forgets")):
            return f"{one.name!r} acts on its answer at once"
        if around and (one.text("tell") in _SAFETY or one.text("say").startswith(_SAFETY_WORDS)):
            return f"{one.name!r} beside it is for whoever is in danger"
        if one.kind == "consent" and node.slot in {*one.names("clears"), *_looked_at(one)}:
            return f"the consent {one.name!r} hangs on its answer"
        if one.kind == "consent" and node.name not in _without_yes(flow, one):
            return f"only a yes to {one.name!r} leads here"
    return ""


def _without_yes(flow: Flow, consent: Node) -> set[str]:
    """Every node that is reached without a yes to one consent."""
    says_no = any(rule.outcome == "no" for rule in consent.rules)
    onward = {one.name: {rule.target for rule in one.rules} for one in flow.nodes.values()}
    onward[consent.name] = {
        rule.target for rule in consent.rules if rule.outcome == "no" or (rule.outcome == ANY and not says_no)
    }
    return graph.closure({flow.begins}, onward)


def _looked_at(node: Node) -> Iterator[str]:
    """The slots that decide where a node leads."""
    for rule in node.rules:
        if rule.guard is not None:
            yield from (test.name for test in rule.guard.tests())


def _unlike(flow: Flow, node: Node, words: Words, languages: frozenset[str]) -> Iterator[Finding]:
    own, key = node.text("ask"), str(other_wording(node)["ask"])
    first, other = words.forms(own), words.forms(key)
    for language in sorted(languages & set(first) & set(other)):
        fills, filled = (sorted(set(_PLACES.findall(text))) for text in (first[language], other[language]))
        if first[language] == other[language]:
            trouble, mend = f"both wordings say the same in {language}", f"reword {key}"
        elif fills != filled:
            trouble, mend = (
                f"the two wordings do not hold the same values in {language}",
                f"let {key} hold what {own} holds",
            )
        else:
            continue
        yield Finding("E117", flow.name, node.name, trouble, mend, phrase=key, language=language)
