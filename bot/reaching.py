"""The way to a step: answers that lead there, found by giving them.

Nearer steps first, by the drawing of the flow; whether an answer does lead on, guards and all, only the real turn knows. What
no answer reaches is begun right there instead, with stand-ins for what is asked on the way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

from bot.rendering import DONE, SKIP, page_of
from bot.tries import Beginning, Did, Kind
from bot.trying import Phone
from flows.nodes import KINDS
from flows.shape import ANY, Flow, Node
from flows.state import Frame

MOST_TRIED = 250  # answers
SOME_WORDS = "…"
SOME_PLACE = "Hyderabad"
_FAR = 10_000
_EAGER = 3  # how much nearness counts beside how much was answered already
_IN_WORDS = {"text": SOME_WORDS, "place": SOME_PLACE, "find": SOME_PLACE}


def way_to(flow: Flow, node: str, begun: Callable[[], Phone], shown: Mapping[str, str]) -> tuple[Did, ...] | None:
    """What to do on a phone that stands where the flow begins, so that it comes to a step; None where nothing is found.

    shown  the words to show for "skip" and "done", for a phone without keys
    """
    far, turns, tried = _distances(flow, node), count(), 0
    first = begun()
    waiting: list[tuple[int, int, Phone, tuple[Did, ...]]] = [(0, next(turns), first, ())]
    if _there(first, flow, node):
        return ()
    deciding = _deciding(flow)
    seen = {_where(first, deciding)}
    while waiting:
        _, _, phone, done = heappop(waiting)
        for did in _answers(phone, flow, shown):
            tried += 1
            if tried > MOST_TRIED:
                return None
            further = phone.forked()
            further.do(did)
            if _there(further, flow, node):
                return (*done, did)
            where = _where(further, deciding)
            if where in seen or further.trouble or further.state is None:
                continue
            seen.add(where)
            heappush(waiting, (_EAGER * _distance(further, flow, far) + len(done), next(turns), further, (*done, did)))
    return None


def put_there(beginning: Beginning, flow: Flow, node: str, now: datetime) -> Beginning:
    """Begin right at a step, with stand-ins for whatever is asked on the shortest way to it."""
    slots: dict[str, Any] = {}
    for here, outcome in _shortest(flow, node):
        step = flow.nodes[here]
        stand_in = _stand_in(step, outcome, now)
        if KINDS[step.kind].waits and stand_in is not None:
            slots[step.slot] = stand_in
    return replace(beginning, node=node, slots=slots)


def _there(phone: Phone, flow: Flow, node: str) -> bool:
    return (flow.name, node) in phone.passed


def _where(phone: Phone, deciding: frozenset[str]) -> object:
    """Where a phone stands, as far as it matters for where it may go."""
    state = phone.state
    if state is None:
        return None
    told = (
        (name, value if name in deciding and isinstance(value, str) else "")
        for frame in state.frames
        for name, value in frame.slots.items()
        if value not in (None, "", [], {}) and (name in deciding or name == _slot(phone, frame))
    )
    return tuple((one.flow, one.node) for one in state.frames), tuple(sorted(told)), state.pending, state.page


def _slot(phone: Phone, frame: Frame) -> str:
    """The slot that is being filled: words that are half told, numbers that are half chosen."""
    node = phone.node_of(frame)
    return node.slot if node is not None else ""


def _deciding(flow: Flow) -> frozenset[str]:
    """Slots that some guard of the flow looks at."""
    guards = (rule.guard for node in flow.nodes.values() for rule in node.rules if rule.guard is not None)
    return frozenset(test.name for guard in guards for test in guard.tests())


def _distance(phone: Phone, flow: Flow, far: Mapping[str, int]) -> int:
    frames = phone.state.frames if phone.state is not None else ()
    return min((far.get(one.node, _FAR) for one in frames if one.flow == flow.name), default=_FAR)


def _distances(flow: Flow, node: str) -> dict[str, int]:
    """How many rules lie between each step and this one."""
    into: dict[str, set[str]] = {}
    for one in flow.nodes.values():
        for rule in one.rules:
            into.setdefault(rule.target, set()).add(one.name)
    found, waiting = {node: 0}, deque([node])
    while waiting:
        here = waiting.popleft()
        for before in sorted(into.get(here, ())):
            if before not in found:
                found[before] = found[here] + 1
                waiting.append(before)
    return found


def _shortest(flow: Flow, node: str) -> list[tuple[str, str]]:
    """The steps on the shortest way, each with its outcome there, guards left aside."""
    far, here = _distances(flow, node), flow.begins
    way: list[tuple[str, str]] = []
    while here != node and here in far and here in flow.nodes:
        rule = min(flow.nodes[here].rules, key=lambda one: far.get(one.target, _FAR))
        way.append((here, rule.outcome))
        here = rule.target
    return way


def _stand_in(step: Node, outcome: str, now: datetime) -> Any:
    choices = step.names("choose")
    chosen = outcome if outcome in choices else choices[0] if choices else ""
    match KINDS[step.kind].slot_type:
        case "text":
            return {"words": [SOME_WORDS], "media": []}
        case "multi":
            return [chosen] if chosen else None
        case "consent":
            return {"given": outcome != "no", "version": step.keys.get("version", 1)}
        case "date" if not chosen:
            today = now.date().isoformat()
            return {"from": today, "to": today, "said": today}
        case "choice" | "date" | "place":
            return chosen or None
    return None


def _answers(phone: Phone, flow: Flow, shown: Mapping[str, str]) -> Iterator[Did]:
    """What she may answer now: every choice that she is shown, leaving out, and words of her own."""
    state, asked = phone.state, phone.asked
    if state is None or not state.frames or asked is None:
        return
    at = int(phone.now.timestamp()) + 1
    keys = {key.data for row in phone.bubbles[-1].keys for key in row} if phone.bubbles else set()
    offered = page_of(asked.choices, phone.limits, state.page)
    wanted = _wanted(flow, state.frames[-1].flow, state.frames[-1].node)
    numbered = sorted(enumerate(offered, 1), key=lambda one: one[1].id not in wanted)
    for number, choice in numbered:
        yield _pressed(at, f"{state.epoch}:{choice.id}", str(number), keys)
    node = flow.nodes.get(state.frames[-1].node) if state.frames[-1].flow == flow.name else None
    words = _IN_WORDS.get(node.kind, "") if node is not None and not state.pending else ""
    if node is not None and asked.finishes and state.frames[-1].slots.get(node.slot):
        yield _pressed(at, f"{state.epoch}:{DONE}", shown["done"], keys)
    if asked.skippable:
        yield _pressed(at, f"{state.epoch}:{SKIP}", shown["skip"], keys)
    if words:
        yield Did(at, "text", words)


def _pressed(at: int, data: str, typed: str, keys: set[str]) -> Did:
    kind: Kind = "tap" if data in keys else "text"
    return Did(at, kind, data if kind == "tap" else typed)


def _wanted(flow: Flow, name: str, node: str) -> frozenset[str]:
    """Outcomes that have a way of their own: worth trying first."""
    step = flow.nodes.get(node) if name == flow.name else None
    return frozenset(rule.outcome for rule in step.rules if rule.outcome != ANY) if step is not None else frozenset()
