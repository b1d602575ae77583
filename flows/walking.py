"""Walking: from an answer, through what asks nothing, to the next question.

Pure but for the desk, which does its part inside the turn's unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from flows.errors import EndlessFlow, StaleEdition
from flows.library import Library
from flows.nodes import KINDS, Passage, Question
from flows.prompt import Prompt, Value
from flows.scene import Answer, Scene, Step
from flows.shape import Node
from flows.state import Answered, Frame, State
from flows.telling import joined

MOST_NODES = 100  # in one turn; the inspection forbids such loops, this is the belt

SceneOf = Callable[[State], Scene]
Way = tuple[str, str, str]  # edition, node, and the node after it: a way that somebody went


@dataclass(frozen=True, slots=True)
class Walked:
    """Where a walk came to rest: at a question, or at the end of everything (no frames)."""

    state: State
    said: tuple[Prompt, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)  # told on the way; lives for this turn only
    drops: frozenset[str] = frozenset()  # slots that a commit took: they leave the draft with this turn
    forgets: bool = False


def node_of(state: State, library: Library) -> Node:
    """The node on top. Raises StaleEdition."""
    frame = state.top
    node = library.machine(frame.flow, frame.edition).flow.nodes.get(frame.node)
    if node is None:
        raise StaleEdition(frame.flow, frame.node)
    return node


def question_of(node: Node) -> Question | None:
    """The kind that asks here; None where the node is walked through."""
    kind = KINDS[node.kind]
    return cast(Question, kind) if kind.waits else None


def entered(
    flow: str, library: Library, slots: Mapping[str, object] | None = None, *, digression: bool = False
) -> Frame:
    """A fresh frame at the beginning of a flow's current edition."""
    found = library.current(flow)
    return Frame(flow, found.hash, found.begins, dict(slots or {}), digression=digression)


def enter(state: State, flow: str, slots: Mapping[str, object], library: Library) -> State:
    """Call a flow. One that asks something below already is gone back to, not begun twice; her own words are added to its.

    One that called another, which led here, begins anew in its place: there is no question of its own to go back to.
    """
    begun = entered(flow, library, {**carried(state, flow, library), **slots})
    for depth in range(len(state.frames) - 1, -1, -1):
        if state.frames[depth].flow == flow:
            if any(frame.slots and files(frame, library) for frame in state.frames[depth + 1 :]):
                break  # a report is half written above it: that is not cut off, it is come back to
            below = replace(state, frames=state.frames[: depth + 1], misreads=0, page=0)
            if node_of(below, library).kind == "call":
                return below.on_top(replace(begun, digression=below.top.digression))
            return below.on_top(replace(below.top, slots=joined(below.top.slots, slots)))
    return state.push(begun)


def files(frame: Frame, library: Library) -> bool:
    """Whether what is told in this flow becomes a report."""
    nodes = library.machine(frame.flow, frame.edition).flow.nodes
    return any(node.text("effect") == "file_report" for node in nodes.values())


def carried(state: State, flow: str, library: Library) -> dict[str, object]:
    """What was told so far, for a flow that hands over to a person; nothing for any other."""
    if not any(node.kind == "handoff" for node in library.current(flow).nodes.values()):
        return {}
    return {name: value for frame in state.frames for name, value in frame.slots.items()}


def answered(state: State, answer: Answer, scene_of: SceneOf, library: Library, ways: list[Way]) -> State:
    """The state after an answer: slots filled, the log longer, at the next node. ways: where it went is added to them."""
    node, frame = node_of(state, library), state.top
    changed = any(frame.slots.get(slot) != value for slot, value in answer.slots.items())
    filled = frame.fill(answer.slots)
    if answer.outcome == "skip" or (node.kind == "offer" and answer.outcome == "no"):
        filled = filled.empty(node.slot)
    elif changed:
        filled = filled.empty(*node.names("clears"))
    log = (*frame.log, Answered(node.name, answer.outcome))
    if node.kind == "consent" and answer.outcome == "no" and node.text("purpose") == "keep":
        filled, log = replace(filled, slots=dict(answer.slots)), ()  # nothing may be kept: nothing is
    state = state.settled(replace(filled, log=log))
    if answer.language:
        state = replace(state, language=answer.language)
    return _advance(state, answer.outcome, scene_of, library, ways)


def mended(state: State, slot: str, library: Library) -> State:
    """Back to the question that filled `slot`; the walk then returns to the review by itself."""
    frame = state.top
    nodes = library.machine(frame.flow, frame.edition).flow.nodes.values()
    node = next(node for node in nodes if node.slot == slot and KINDS[node.kind].waits)
    log = tuple(line for line in frame.log if line.node != node.name)
    return state.settled(replace(frame, node=node.name, log=log, editing=True))


def gone_back(state: State, library: Library) -> State | None:
    """At the question before; None when there is none (a beginning), or when it is closed."""
    frame = state.top
    if not frame.log:
        return None
    node = library.machine(frame.flow, frame.edition).flow.nodes.get(frame.log[-1].node)
    if node is None:
        raise StaleEdition(frame.flow, frame.log[-1].node)
    if node.kind == "offer" or (node.kind == "consent" and frame.log[-1].outcome == "no"):
        return None  # a no is not asked for again, and words handed on lie here no longer
    earlier = replace(frame, node=node.name, log=frame.log[:-1], editing=False)
    if node.kind == "browse":  # one leaf back; to the same leaf from anywhere else
        path = list(frame.slots.get(node.slot) or ())
        earlier = earlier.fill({node.slot: path[:-1] if frame.log[-1].outcome == "more" else path})
    elif node.kind not in ("text", "media"):  # words already written are never lost by going back
        earlier = earlier.empty(node.slot)
    return state.settled(earlier)


def walk(state: State, scene_of: SceneOf, library: Library, ways: list[Way]) -> Walked:
    """Go on until a question stands on top, or nothing is left. ways: where it went is added to them."""
    said: list[Prompt] = []
    values: dict[str, Value] = {}
    drops: set[str] = set()
    forgets = False
    known_at: set[tuple[str, str]] = set()
    for _ in range(MOST_NODES):
        if not state.frames:
            return Walked(state, tuple(said), values, frozenset(drops), forgets)
        node = node_of(state, library)
        if KINDS[node.kind].waits:
            here = (state.top.flow, node.name)
            # Come back to in a circle ("write another name"), a question is asked: its answer is what led round.
            known = _known_answer(state, node) if state.top.editing and here not in known_at else ""
            known_at.add(here)
            if not known:
                if node.kind == "review":
                    state = state.on_top(replace(state.top, editing=False))
                return Walked(_without(state, drops), tuple(said), values, frozenset(drops), forgets)
            state = _advance(state, known, scene_of, library, ways)
            continue
        step = cast(Passage, KINDS[node.kind]).step(node, scene_of(state))
        if not state.top.editing:  # on the way back to the review nothing is said twice
            said.extend(replace(prompt, values={**step.values, **prompt.values}) for prompt in step.say)
        values.update(step.values)
        drops.update(step.drops)
        forgets = forgets or step.forgets
        state = _after_step(state, step, scene_of, library, ways)
    raise EndlessFlow(state.top.flow, state.top.node)


def _after_step(state: State, step: Step, scene_of: SceneOf, library: Library, ways: list[Way]) -> State:
    frame = state.top.fill(step.slots)
    state = state.on_top(replace(frame, log=(), editing=False) if step.barrier else frame)
    if step.talk:
        state = replace(state, frames=(replace(state.top, slots={}, digression=False),), talk=step.talk)
    if step.ends:
        state = state.pop()
        if state.frames and node_of(state, library).kind == "call":
            return _advance(state, "ended", scene_of, library, ways)
        return state
    if step.call:
        return enter(state, step.call, step.called_with, library)
    return _advance(state, step.outcome, scene_of, library, ways)


def _without(state: State, drops: set[str]) -> State:
    return state.on_top(state.top.empty(*drops)) if drops and state.frames else state


def _advance(state: State, outcome: str, scene_of: SceneOf, library: Library, ways: list[Way]) -> State:
    frame = state.top
    target = library.machine(frame.flow, frame.edition).advance(frame.node, outcome, scene_of(state))
    if not frame.editing:  # on the way back to the review nobody goes anywhere a second time
        ways.append((frame.edition, frame.node, target))
    return state.on_top(replace(frame, node=target))


def _known_answer(state: State, node: Node) -> str:
    """While an answer is being mended, questions answered before are passed as they were answered."""
    if node.kind == "review":
        return ""
    outcomes = [line.outcome for line in state.top.log if line.node == node.name]
    if not outcomes:
        return ""
    if outcomes[-1] != "skip" and node.slot not in state.top.slots:
        return ""  # cleared by the change: ask again
    return outcomes[-1]
