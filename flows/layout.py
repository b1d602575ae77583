"""Where each node of a flow stands on paper: rows from the beginning down, ways drawn between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.shape import ANY, Flow

WIDE, HIGH = 168, 48  # of a box
ACROSS, DOWN = 24, 40  # between boxes
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """One node."""

    name: str
    kind: str
    x: int  # of its corner
    y: int


@dataclass(frozen=True, slots=True)
class Way:
    """One line from a box to another."""

    source: str
    target: str
    outcomes: tuple[str, ...]  # on which answers; () for any
    path: str  # as SVG writes it
    back: bool  # up, or along the same row


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole flow."""

    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    width: int
    height: int


def drawn(flow: Flow) -> Drawing:
    """The flow as boxes and lines. What leads to nodes that are not there is left out."""
    onward = {
        name: list(dict.fromkeys(rule.target for rule in node.rules if rule.target in flow.nodes))
        for name, node in flow.nodes.items()
    }
    row_of = _rows(flow, onward)
    rows = _ordered(row_of, onward)
    widest = max(len(row) for row in rows)
    places = {
        name: (place * (WIDE + ACROSS) + (widest - len(row)) * (WIDE + ACROSS) // 2, number * (HIGH + DOWN))
        for number, row in enumerate(rows)
        for place, name in enumerate(row)
    }
    boxes = tuple(
        Box(name, node.kind, places[name][0] + ACROSS, places[name][1] + DOWN // 2) for name, node in flow.nodes.items()
    )
    at = {box.name: box for box in boxes}
    ways = tuple(
        _way(at[source], at[target], tuple(rule.outcome for rule in flow.nodes[source].rules if rule.target == target))
        for source, targets in onward.items()
        for target in targets
    )
    return Drawing(boxes, ways, widest * (WIDE + ACROSS) + ACROSS * 2, len(rows) * (HIGH + DOWN))


def _rows(flow: Flow, onward: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How far down each node stands: as far as the longest way that does not go back; what nothing reaches is below."""
    order: list[str] = []
    state: dict[str, int] = {}
    back: set[tuple[str, str]] = set()

    def visit(first: str) -> None:
        stack = [(first, iter(onward[first]))]
        state[first] = 1
        while stack:
            name, rest = stack[-1]
            target = next(rest, None)
            if target is None:
                state[name] = 2
                order.append(name)
                stack.pop()
            elif state.get(target) == 1:
                back.add((name, target))
            elif target not in state:
                state[target] = 1
                stack.append((target, iter(onward[target])))

    if flow.begins in flow.nodes:
        visit(flow.begins)
    row_of = _longest(order[::-1], onward, back, 0)
    below = max(row_of.values(), default=-1) + 1
    first = len(order)
    for name in flow.nodes:
        if name not in state:
            visit(name)
    for name, row in _longest(order[first:][::-1], onward, back, below).items():
        row_of.setdefault(name, row)
    return row_of


def _longest(
    order: Sequence[str], onward: Mapping[str, Sequence[str]], back: set[tuple[str, str]], top: int
) -> dict[str, int]:
    row_of: dict[str, int] = {}
    for name in order:
        row = row_of.setdefault(name, top)
        for target in onward[name]:
            if (name, target) not in back:
                row_of[target] = max(row_of.get(target, top), row + 1)
    return row_of


def _ordered(row_of: Mapping[str, int], onward: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The rows, each in an order in which few lines cross: every node near the middle of those that lead to it."""
    rows: list[list[str]] = [[] for _ in range(max(row_of.values()) + 1)]
    for name, row in row_of.items():
        rows[row].append(name)
    above: dict[str, list[str]] = {name: [] for name in row_of}
    for name, targets in onward.items():
        for target in targets:
            above[target].append(name)
    for sweep in range(_SWEEPS):
        near = above if sweep % 2 == 0 else onward
        place = {name: (number + 0.5) / len(row) for row in rows for number, name in enumerate(row)}

        def middle(
            name: str, near: Mapping[str, Sequence[str]] = near, place: Mapping[str, float] = place
        ) -> tuple[float, str]:
            around = [place[one] for one in near[name]]
            return (sum(around) / len(around) if around else place[name]), name

        rows = [sorted(row, key=middle) for row in rows]
    return [row for row in rows if row]


def _way(source: Box, target: Box, outcomes: tuple[str, ...]) -> Way:
    named = () if ANY in outcomes else tuple(dict.fromkeys(outcomes))
    start, end = (source.x + WIDE // 2, source.y + HIGH), (target.x + WIDE // 2, target.y)
    if target.y > source.y:
        bend = max(DOWN, (end[1] - start[1]) // 2)
        path = f"M{start[0]} {start[1]} C{start[0]} {start[1] + bend} {end[0]} {end[1] - bend} {end[0]} {end[1]}"
        return Way(source.name, target.name, named, path, back=False)
    side = max(source.x, target.x) + WIDE
    from_y, to_y = source.y + HIGH // 2, target.y + HIGH // 2
    path = f"M{source.x + WIDE} {from_y} C{side + 40} {from_y} {side + 40} {to_y} {target.x + WIDE} {to_y}"
    return Way(source.name, target.name, named, path, back=True)
