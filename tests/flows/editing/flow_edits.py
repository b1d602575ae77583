"""Edits of flows as hypothesis invents them: of every kind, on what is there and on what is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from flows.editing import operations
from flows.editing.operations import Step
from flows.editing.values import Data, names
from flows.nodes import KINDS

NEW = ("asked_more", "new_one", "another")


def steps_on(draw: Callable[[Any], Any], data: Data) -> Step:
    """A step that may be taken, or refused, on these values."""
    there = st.sampled_from([*names(data), "nowhere"])
    node = draw(there)
    match draw(st.sampled_from(["add", "move", "rename", "delete", "begin", "set", "rules"])):
        case "add":
            return operations.add(draw(st.sampled_from([*KINDS])), draw(st.sampled_from([*NEW, node])), node)
        case "move":
            return operations.move(node, draw(st.sampled_from([*names(data), ""])))
        case "rename":
            return operations.rename(node, draw(st.sampled_from([*NEW, *names(data)])))
        case "delete":
            return operations.delete(node, draw(st.sampled_from([*names(data), ""])))
        case "begin":
            return operations.begin(node)
        case "set":
            field, value = draw(
                st.sampled_from([
                    ("skippable", False), ("ask", "some.words.ask"), ("say", "some.words.say"), ("secret", True), ("labels", None),
                ])
            )  # fmt: skip
            return operations.change(node, {field: value})
    return operations.change(node, {"then": draw(st.sampled_from([None, draw(there), {"*": draw(there)}]))})
