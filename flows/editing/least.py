"""What a new node of each kind begins with: its needs filled so that it can be read at once, and nothing more."""

from __future__ import annotations

from typing import Any

from flows.editing.values import Data, EditRefused, Written
from flows.nodes import KINDS
from flows.shape import Node


def least(kind: str, name: str, data: Data) -> Written:
    """A node of this kind. Its phrases are named after flow and node, as those of shipped flows are. Raises EditRefused."""
    if kind not in KINDS:
        raise EditRefused("no_such_kind", kind=kind)
    begun: dict[str, Any] = {
        "ask": f"{data['name']}.{name}.ask",
        "choose": ["more", "done"] if kind == "browse" else ["yes", "no"],
        "purpose": "count",  # what it may be used for; keeping is asked once
        "slot": name,
        "value": "yes",
        "flow": "menu",
        "effect": "read_replies",  # changes nothing of hers
        "tell": "post",
        "of": slots(data),
    }
    needs = KINDS[kind].needs | ({"choose"} if kind in ("choice", "gate", "find") else frozenset())
    if "of" in needs and not begun["of"]:
        raise EditRefused("nothing_to_review", node=name)
    node: Written = {"name": name, "kind": kind, **{field: begun[field] for field in begun if field in needs}}
    return {**node, "say": f"{data['name']}.{name}.say"} if kind in ("say", "end") else node


def slots(data: Data) -> list[str]:
    """What is learnt in this flow, each once, in order."""
    asked = (Node(one["name"], one["kind"], (), one) for one in data["node"] if KINDS[one["kind"]].slot_type)
    return list(dict.fromkeys(node.slot for node in asked))
