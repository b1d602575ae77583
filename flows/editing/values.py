"""What an edition keeps, as plain values, and every way of saying no to a change of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flows.definition import from_data, parse_data
from flows.errors import FlowError
from flows.shape import Flow

Data = Mapping[str, Any]  # {"name", "begins", "node": [{"name", "kind", …}]}
Written = dict[str, Any]  # one node, as it stands in a file


class EditRefused(FlowError):
    """A step cannot be taken here. `reason` is a key of the console's words; nothing was changed."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(f"{reason}{': ' if values else ''}{', '.join(values.values())}")
        self.reason, self.values = reason, values


def of_flow(flow: Flow) -> Data:
    """A flow as plain values; they are the caller's own."""
    data: Data = json.loads(flow.source)
    return data


def of_text(text: str, name: str) -> Data:
    """The values that a text holds. Comments go: an edition keeps none. Raises BrokenFlow."""
    data = parse_data(text, name)
    return of_flow(from_data(data, name))


def as_flow(data: Data) -> Flow:
    """The flow, read as any other is. Raises BrokenFlow."""
    return from_data(data, str(data.get("name", "?")))


def names(data: Data) -> list[str]:
    """Every node's name, in order."""
    return [node["name"] for node in data["node"]]


def node_of(data: Data, name: str) -> Written:
    """One node as it is written. Raises EditRefused."""
    found: Written | None = next((node for node in data["node"] if node["name"] == name), None)
    if found is None:
        raise EditRefused("no_such_node", node=name)
    return found


def same(one: object, other: object) -> bool:
    """Whether two values are written alike: 1, 1.0 and true are not."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
