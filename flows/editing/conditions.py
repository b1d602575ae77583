"""A guard as rows of a form: all of them hold, or any of them does. What is deeper than that stays text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flows.guards import Both, Either, Guard, Not, Test, read_guard

ALL, ANY_OF = "and", "or"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison, or its contrary."""

    name: str  # a slot, "channel" or "language"; "" for whether somebody reads now
    relation: str  # "=", "!=", "has", "filled" or "staffed"
    value: str = ""
    denied: bool = False


def conditions_of(text: str) -> tuple[str, list[Condition]] | None:
    """How they are joined, and each of them; None where the guard is deeper than a list. Raises BadGuard."""
    guard = read_guard(text)
    join = ANY_OF if isinstance(guard, Either) else ALL
    found = [_condition(part) for part in _parts(guard, Either if join == ANY_OF else Both)]
    return None if None in found else (join, [one for one in found if one is not None])


def guard_of(join: str, conditions: Sequence[Condition]) -> str:
    """The guard that says so, as it is written; "" for no conditions."""
    return f" {join} ".join(_written(one) for one in conditions)


def _parts(guard: Guard, join: type[Both] | type[Either]) -> Iterator[Guard]:
    if isinstance(guard, join):
        yield from _parts(guard.left, join)
        yield from _parts(guard.right, join)
    else:
        yield guard


def _condition(guard: Guard) -> Condition | None:
    match guard:
        case Test(name, relation, value):
            return Condition(name, relation, value)
        case Not(Test(name, relation, value)):
            return Condition(name, relation, value, denied=True)
    return None


def _written(one: Condition) -> str:
    said = {"staffed": "staffed", "filled": f"{one.name} filled"}.get(
        one.relation, f"{one.name} {one.relation} '{one.value}'"
    )
    return f"not {said}" if one.denied else said
