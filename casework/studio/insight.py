"""Insight: how conversations go at each question of a flow, in figures in which nobody can be found.

Only whole weeks are shown, and none that is not over: who looks every minute sees no single answer arrive. What fewer than
FEW were asked is withheld, and the rest is rounded, so that two looks (with a channel and without it) tell nothing by
their difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from casework.studio.room import StudioRoom
from casework.studio.shelf import Standing
from flows.nodes import KINDS
from flows.shape import Flow, Node
from storage import editions, passages
from storage.database import Unit
from storage.passages import Passage

FEW = 10  # askings; of fewer nothing is said
ROUND = 5  # counts to the nearest of these, shares to as many per cent
WEEKS = (1, 4, 13, 52)
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened at one question; shares in per cent of the askings."""

    node: str
    asked: int = 0
    withheld: bool = False  # too few to say more
    answered: int = 0
    skipped: int = 0
    misread: int = 0
    left: int = 0
    usual: str = ""  # within what time the one in the middle answered: one of passages.TOOK, or TOOK_LONGER

    @property
    def loses(self) -> str:
        """How much is lost here, as a name for its colour: "", "some" (a tenth left), "many" (a quarter)."""
        return "many" if self.left >= 25 else "some" if self.left >= 10 else ""


@dataclass(frozen=True, slots=True)
class Through:
    """How many went through a step, or along a way from one to another."""

    count: int = 0  # rounded; nothing of a few
    withheld: bool = False  # too few to say more
    level: int = 0  # how much that is beside the busiest, from 1 to LEVELS; 0: nobody, or a few


Way = tuple[str, str]  # two steps, the second reached from the first


@dataclass(frozen=True, slots=True)
class Insight:
    """One flow over some weeks."""

    figures: Mapping[str, Figures]  # by node, in the flow's order; questions only
    nodes: Mapping[str, Through]  # every one
    ways: Mapping[Way, Through]
    channels: tuple[str, ...]  # of which anything was counted in these weeks
    languages: tuple[str, ...]
    since: date  # the Monday they begin with
    until: date  # the Monday after


def seen(room: StudioRoom, standing: Standing, weeks: int, channel: str, language: str, now: datetime) -> Insight:
    """How a flow went in the last whole weeks, in all its editions together.

    channel, language  only these; "" for all
    """
    last = passages.week_of(now) - 1
    first = last - weeks + 1

    def read(unit: Unit) -> list[passages.Week]:
        own = {*editions.named(unit, standing.name), standing.flow.hash}
        return [one for one in passages.between(unit, room.keyring, first, last) if one.edition in own]

    counted: Counter[Passage] = Counter()
    for week in room.read(read):
        counted.update(week.counted)
    wanted = {
        passage: count
        for passage, count in counted.items()
        if channel in ("", passage.channel) and language in ("", passage.language)
    }
    return Insight(
        {node.name: figures(node, wanted) for node in _questions(standing.flow)},
        *traffic(standing.flow, wanted),
        tuple(sorted({passage.channel for passage in counted})),
        tuple(sorted({passage.language for passage in counted})),
        passages.first_day(first),
        passages.first_day(last + 1),
    )


def _questions(flow: Flow) -> Iterable[Node]:
    return (node for node in flow.nodes.values() if KINDS[node.kind].waits)


def figures(node: Node, counted: Mapping[Passage, int]) -> Figures:
    """What may be said of one question."""
    what: Counter[str] = Counter()
    for passage, count in counted.items():
        if passage.node == node.name:
            what[passage.what] += count
    asked = what[passages.REACHED]
    if asked < FEW:
        return Figures(node.name, withheld=asked > 0)

    def share(name: str) -> int:
        return min(100, rounded(100 * what[name] / asked))

    return Figures(
        node.name,
        rounded(asked),
        answered=share(passages.ANSWERED),
        skipped=share(passages.SKIPPED),
        misread=share(passages.MISREAD),
        left=share(passages.LEFT),
        usual=_usual(what),
    )


def traffic(flow: Flow, counted: Mapping[Passage, int]) -> tuple[dict[str, Through], dict[Way, Through]]:
    """How many went through each step and along each way. A question counts whom it was asked, an end whoever came there,
    anything else whoever went on from it."""
    asked: Counter[str] = Counter()
    ways: Counter[Way] = Counter({(node.name, rule.target): 0 for node in flow.nodes.values() for rule in node.rules})
    for passage, count in counted.items():
        if passage.what == passages.REACHED:
            asked[passage.node] += count
        elif (way := (passage.node, passages.target_of(passage.what))) in ways:  # an earlier edition had others
            ways[way] += count
    nodes: Counter[str] = Counter()
    for node in flow.nodes.values():
        side = 1 if node.kind == "end" else 0
        along = sum(count for way, count in ways.items() if way[side] == node.name)
        nodes[node.name] = asked[node.name] if KINDS[node.kind].waits else along
    busiest = max((*nodes.values(), *ways.values()), default=0)
    return (
        {name: _through(count, busiest) for name, count in nodes.items()},
        {way: _through(count, busiest) for way, count in ways.items()},
    )


def _through(count: int, busiest: int) -> Through:
    if count < FEW:
        return Through(withheld=count > 0)
    return Through(rounded(count), level=max(1, -(-LEVELS * rounded(count) // rounded(busiest))))


def _usual(what: Mapping[str, int]) -> str:
    """The middle one of the times that answers took; "" where there are too few."""
    took = [(name, what[name]) for name in (*passages.TOOK.values(), passages.TOOK_LONGER)]
    total, seen_so_far = sum(count for _, count in took), 0
    if total < FEW:
        return ""
    for name, count in took:
        seen_so_far += count
        if 2 * seen_so_far >= total:
            return name
    return passages.TOOK_LONGER


def rounded(number: float) -> int:
    """To the nearest ROUND."""
    return ROUND * round(number / ROUND)
