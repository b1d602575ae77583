"""Where a node leads, as rows: on this answer, if this holds, go there. And what follows where nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flows.editing.values import Data, Written
from flows.shape import ANY


@dataclass(frozen=True, slots=True)
class Row:
    """One way on."""

    target: str
    outcome: str = ANY
    guard: str = ""  # as it is written; "" for none


def rows_of(then: Any) -> list[Row]:
    """`then`, in any of its spellings, in the order in which it is followed."""
    if isinstance(then, str):
        return [Row(then)]
    if isinstance(then, list):
        return list(_branch(then, ANY))
    if isinstance(then, Mapping):
        named = [row for outcome, way in then.items() if outcome != ANY for row in _branch(way, outcome)]
        return [*named, *(_branch(then[ANY], ANY) if ANY in then else ())]
    return []


def then_of(rows: Sequence[Row]) -> Any:
    """Rows in the shortest spelling; None for no rows: the node below follows."""
    ways = {row.outcome: [one for one in rows if one.outcome == row.outcome] for row in rows}
    if not ways:
        return None
    if list(ways) == [ANY]:
        return _way(ways[ANY])
    named = {outcome: _way(way) for outcome, way in ways.items() if outcome != ANY}
    return {**named, ANY: _way(ways[ANY])} if ANY in ways else named


def led(node: Written, change: Callable[[str], str]) -> Written:
    """The node with every target of its `then` changed."""
    if node.get("then") is None:
        return node
    return {**node, "then": _changed(node["then"], change)}


def targets(node: Written) -> set[str]:
    """Where its `then` leads; nothing where none is written."""
    return {row.target for row in rows_of(node.get("then"))}


def followers(nodes: Sequence[Written]) -> dict[str, str]:
    """For each node that writes no `then` and is no end: the node below it."""
    pairs = pairwise(nodes)
    return {node["name"]: below["name"] for node, below in pairs if is_silent(node)}


def is_silent(node: Written) -> bool:
    """Whether it writes no `then`, so that the node below it follows."""
    return node.get("then") is None and node["kind"] != "end"


def kept(was: Mapping[str, str], after: Iterable[Written]) -> list[Written]:
    """The nodes in their new order, none leading elsewhere than before: where another now lies below, `then` is written.

    was  who silently led to whom
    """
    now = list(after)
    is_now = followers(now)
    moved = {name for name in was if was[name] != is_now.get(name)}
    return [{**one, "then": was[one["name"]]} if one["name"] in moved and is_silent(one) else one for one in now]


def spelled_out(data: Data) -> list[Written]:
    """Every node with its `then` written."""
    below = followers(data["node"])
    return [{**node, "then": below[node["name"]]} if node["name"] in below else dict(node) for node in data["node"]]


def _branch(way: Any, outcome: str) -> Iterator[Row]:
    if isinstance(way, str):
        yield Row(way, outcome)
    elif isinstance(way, list):
        yield from (Row(str(item["go"]), outcome, str(item.get("if", ""))) for item in way)


def _way(rows: Sequence[Row]) -> Any:
    if len(rows) == 1 and not rows[0].guard:
        return rows[0].target
    return [{"if": row.guard, "go": row.target} if row.guard else {"go": row.target} for row in rows]


def _changed(then: Any, change: Callable[[str], str]) -> Any:
    if isinstance(then, str):
        return change(then)
    if isinstance(then, list):
        return [{**item, "go": change(item["go"])} for item in then]
    return {outcome: _changed(way, change) for outcome, way in then.items()}
