"""Words that tell something before anybody asked for them: they are never lost.

A first message is often the story itself. It is gathered into the slot of her own words that the flow has, and the question
that was due is asked all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flows.library import Library
from flows.scene import Heard
from flows.shape import Flow, Node
from flows.state import State

_WORD = re.compile(r"[^\W\d_]{2,}")
_MANY = 5  # words; a greeting or an answer has fewer
_SOME = 3  # … of something alarming

Own = dict[str, list[Any]]  # {"words": [text…], "media": [described…]}, as a text node keeps them


def tells(heard: Heard, *, alarming: bool) -> bool:
    """Whether this message tells something, and does not just greet or answer."""
    words = len(_WORD.findall(heard.text))
    return bool(heard.media) or words >= (_SOME if alarming else _MANY)


def told(heard: Heard, before: Mapping[str, Any] | None = None) -> Own:
    """Her own words, as a text node keeps them, after those that were there before."""
    typed, kept = heard.text.strip(), before or {}
    return {
        "words": [*kept.get("words", ()), *([typed] if typed else [])],
        "media": [*kept.get("media", ()), *heard.media],
    }


def gatherer(flow: Flow) -> Node | None:
    """The node of a flow whose slot takes words that come too early; None when it has none."""
    return next((node for node in flow.nodes.values() if node.kind == "offer" or node.keys.get("gathers")), None)


def gathered(state: State, heard: Heard, library: Library) -> State | None:
    """The state with her words gathered; None where the flow on top takes none, or the question has another use for them.

    Inside a menu they are offered at once. A gate and the language come before everything.
    """
    frame = state.top
    flow = library.machine(frame.flow, frame.edition).flow
    node, asking = gatherer(flow), flow.nodes[frame.node]
    if node is None or asking.kind in ("consent", "review", "media", "offer"):
        return None
    grown = frame.fill({node.slot: told(heard, frame.slots.get(node.slot))})
    if node.kind == "offer" and asking.kind in ("choice", "find"):
        grown = replace(grown, node=node.name)
    return state.on_top(grown)


def joined(slots: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Slots with more of her own words in them: what is given is put after what was there."""
    both = dict(slots)
    for name, value in given.items():
        before = both.get(name)
        if isinstance(before, dict) and isinstance(value, dict) and "words" in value:
            value = {key: [*before.get(key, ()), *value.get(key, ())] for key in ("words", "media")}
        both[name] = value
    return both
