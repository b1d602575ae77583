"""What she may send at a question: one move for each difference that it could make to where she comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.walkthrough.goals import may_be_left_out
from bot.walkthrough.stage import OWN, Says
from flows import promises
from flows.graph import closure
from flows.guards import Both, Either, Guard, Not, Test
from flows.nodes.kind import conditions
from flows.prompt import Choice
from flows.shape import ANY, Flow, Node

Move = tuple[Says, ...]  # the messages of one answer
_DONE, _WORDS, _ASKS = Says("done"), Says("words"), Says("asks")
_HELD = ("=", "!=", "has")


class Tests:
    """Every comparison that decides something in a flow, and those that may still be made from each step on.

    Several answers that are asked for in one breath ("street or bus or work") are one comparison.
    """

    def __init__(self, flow: Flow) -> None:
        own = {
            node.name: _once(unit for guard in guards_of(node) for unit in _units(guard))
            for node in flow.nodes.values()
        }
        onward = {node.name: {rule.target for rule in node.rules} for node in flow.nodes.values()}
        self.units = _once(unit for units in own.values() for unit in units)
        self.ahead = {name: _once(unit for one in closure({name}, onward) for unit in own[one]) for name in onward}
        self.to_end = _distances(flow, onward)

    def single(self) -> Iterator[Test]:
        """Each comparison by itself."""
        return (test for unit in self.units for test in unit.tests())

    def of(self, slot: str) -> list[Guard]:
        """Those that look at one slot, for what it holds."""
        return [
            unit for unit in self.units if any(test.name == slot and test.relation in _HELD for test in unit.tests())
        ]


def _units(guard: Guard) -> Iterator[Guard]:
    match guard:
        case Not(inner):
            yield from _units(inner)
        case Either(left, right) if len({(test.name, test.relation) for test in guard.tests()}) > 1 or not _plain(
            guard
        ):
            yield from (*_units(left), *_units(right))
        case Both(left, right):
            yield from (*_units(left), *_units(right))
        case _:
            yield guard


def _plain(guard: Guard) -> bool:
    """Whether it only asks for one answer or another."""
    match guard:
        case Either(left, right):
            return _plain(left) and _plain(right)
        case Test(_, "="):
            return True
    return False


def _distances(flow: Flow, onward: Mapping[str, set[str]]) -> dict[str, int]:
    """How many steps it is from each to the nearest end; many from where there is none."""
    far = {node.name: 0 for node in flow.nodes.values() if node.kind == "end"}
    for distance in range(1, len(onward) + 1):
        far |= {name: distance for name, targets in onward.items() if name not in far and targets & far.keys()}
    return dict.fromkeys(onward, len(onward)) | far


def guards_of(node: Node) -> tuple[Guard, ...]:
    """Whatever decides where it leads and what it offers."""
    return (*(rule.guard for rule in node.rules if rule.guard is not None), *conditions(node).values())


def moves(node: Node, tests: Tests, offered: Sequence[Choice], language: str, before: object = None) -> Iterator[Move]:
    """Every answer worth a try.

    tests    those of its flow
    offered  what the question offers now
    before   what its slot holds already: files are not sent twice, a second tap would take a choice away, and where she
             has written something a word for leaving out would be one more of hers
    """
    ids = [choice.id for choice in offered]
    match node.kind:
        case "text":
            yield (_WORDS,) if node.keys.get("one") else (_WORDS, _DONE)
        case "media":
            yield (_DONE,) if before else (Says("photo"), _DONE)
        case "multi":
            chosen = before if isinstance(before, list) else []
            fresh = [one for one in ids if one not in chosen]
            yield from ((Says("choice", one), _DONE) for one in _differing(node, tests, fresh))
            yield (*(Says("choice", one) for one in fresh), _DONE)
        case "language":
            compared = {test.value for test in tests.single() if test.name == "language"}
            yield (Says("choice", OWN),)
            yield from ((Says("choice", one),) for one in ids if one in compared and one != language)
        case "review":
            yield (Says("choice", "send"),)
        case _:
            yield from ((Says("choice", one),) for one in _differing(node, tests, ids))
            if node.kind == "find" and promises.UNDERSTOOD.get(node.text("hears") or node.text("choose_from")):
                yield (_ASKS,)
            elif node.kind in ("date", "place") or node.text("also"):
                yield (Says("date") if "date" in (node.kind, node.text("also")) else _WORDS,)
    if may_be_left_out(node) and not (before and node.kind == "text" and not node.keys.get("one")):
        yield (Says("skip"),)


def _differing(node: Node, tests: Tests, ids: Sequence[str]) -> list[str]:
    """One of all choices that lead the same way and look the same to every guard."""
    looking, named = tests.of(node.slot), {rule.outcome for rule in node.rules}
    seen: dict[object, str] = {}
    for one in ids:
        held = _Held({node.slot: [one] if node.kind == "multi" else one})
        way = one if one in named and node.kind != "multi" else ANY
        seen.setdefault((way, tuple(unit.holds(held) for unit in looking)), one)
    return list(seen.values())


@dataclass(frozen=True, slots=True)
class _Held:
    """One slot as a guard sees it."""

    slots: Mapping[str, object]
    channel: str = ""
    language: str = ""
    staffed: bool = True


def _once(units: Iterable[Guard]) -> tuple[Guard, ...]:
    return tuple(sorted(set(units), key=repr))
