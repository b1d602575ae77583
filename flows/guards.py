"""Guards: the small closed language that decides between two ways on.

    path = 'witness' and not (channel = 'sms' or staffed)
    wants has 'talk'          story filled          language != 'ur'

Read by this file, never by eval. A guard sees slots, channel, language and whether somebody reads now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

ENVIRONMENT = frozenset({"channel", "language"})  # names that are not slots


class Facts(Protocol):
    """What a guard may look at."""

    @property
    def slots(self) -> Mapping[str, object]: ...
    @property
    def channel(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def staffed(self) -> bool: ...


class BadGuard(ValueError):
    """The text is not a guard; the message says where it stops making sense."""


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison. `relation` is "=", "!=", "has", "filled" or "staffed"."""

    name: str
    relation: str
    value: str = ""

    def holds(self, facts: Facts) -> bool:
        if self.relation == "staffed":
            return facts.staffed
        if self.name in ENVIRONMENT:
            found: object = facts.channel if self.name == "channel" else facts.language
        else:
            found = facts.slots.get(self.name)
        if self.relation == "filled":
            return found not in (None, "", [], {})
        if self.relation == "has":
            return isinstance(found, (list, tuple)) and self.value in found
        return (plain(found) == self.value) == (self.relation == "=")

    def tests(self) -> Iterator[Test]:
        yield self


@dataclass(frozen=True, slots=True)
class Not:
    inner: Guard

    def holds(self, facts: Facts) -> bool:
        return not self.inner.holds(facts)

    def tests(self) -> Iterator[Test]:
        yield from self.inner.tests()


@dataclass(frozen=True, slots=True)
class Both:
    left: Guard
    right: Guard

    def holds(self, facts: Facts) -> bool:
        return self.left.holds(facts) and self.right.holds(facts)

    def tests(self) -> Iterator[Test]:
        yield from self.left.tests()
        yield from self.right.tests()


@dataclass(frozen=True, slots=True)
class Either:
    left: Guard
    right: Guard

    def holds(self, facts: Facts) -> bool:
        return self.left.holds(facts) or self.right.holds(facts)

    def tests(self) -> Iterator[Test]:
        yield from self.left.tests()
        yield from self.right.tests()


Guard = Test | Not | Both | Either

_LONGEST = 500  # characters
_DEEPEST = 20  # brackets and nots in one guard; each goes a step deeper here
_NOT = re.compile(r"\bnot\b")
_TOKEN = re.compile(r"\s*(?:(?P<value>'[^']*')|(?P<word>[a-z_][a-z0-9_]*)|(?P<sign>!=|=|\(|\)))")


def plain(slot: object) -> str:
    """A slot as the one word a guard compares: a choice's id, a consent's yes or no."""
    if isinstance(slot, Mapping) and "given" in slot:
        return "yes" if slot["given"] else "no"
    return slot if isinstance(slot, str) else ""


def read_guard(text: object) -> Guard:
    """Read one guard. Raises BadGuard, naming the column where it goes wrong."""
    if not isinstance(text, str):
        raise BadGuard("a guard is text in quotes")
    return _read(text)


@lru_cache(maxsize=1024)  # wordings of questions are chosen by guards, at every message
def _read(text: str) -> Guard:
    if len(text) > _LONGEST:
        raise BadGuard(f"a guard of over {_LONGEST} characters")
    if text.count("(") + len(_NOT.findall(text)) > _DEEPEST:
        raise BadGuard(f"{text!r}: more brackets and nots than anybody can read")
    tokens = list(_tokens(text))
    guard, rest = _either(tokens, text)
    if rest:
        raise BadGuard(f"{text!r}: {rest[0]!r} is one word too many")
    return guard


def _tokens(text: str) -> Iterator[str]:
    position = 0
    while text[position:].strip():
        found = _TOKEN.match(text, position)
        if found is None:
            raise BadGuard(f"{text!r}: cannot read it from column {position + 1} on")
        yield found.group().strip()
        position = found.end()


def _either(tokens: list[str], text: str) -> tuple[Guard, list[str]]:
    left, rest = _both(tokens, text)
    while rest and rest[0] == "or":
        right, rest = _both(rest[1:], text)
        left = Either(left, right)
    return left, rest


def _both(tokens: list[str], text: str) -> tuple[Guard, list[str]]:
    left, rest = _one(tokens, text)
    while rest and rest[0] == "and":
        right, rest = _one(rest[1:], text)
        left = Both(left, right)
    return left, rest


def _one(tokens: list[str], text: str) -> tuple[Guard, list[str]]:
    match tokens:
        case ["not", *rest]:
            inner, rest = _one(rest, text)
            return Not(inner), rest
        case ["(", *rest]:
            inner, rest = _either(rest, text)
            if rest[:1] != [")"]:
                raise BadGuard(f"{text!r}: a bracket is not closed")
            return inner, rest[1:]
        case ["staffed", *rest]:
            return Test("", "staffed"), rest
        case [name, "filled", *rest] if _is_name(name):
            return Test(name, "filled"), rest
        case [name, ("=" | "!=" | "has") as relation, value, *rest] if _is_name(name) and value.startswith("'"):
            return Test(name, relation, value[1:-1]), rest
    raise BadGuard(f"{text!r}: expected a comparison such as path = 'witness'")


def _is_name(token: str) -> bool:
    return token[0].isalpha() or token[0] == "_"
