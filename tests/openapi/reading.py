"""Which fields a view reads, found in its code: it is followed through the functions that it calls.

What is followed is small on purpose: `request.form`, `request.args`, `request.files` and `request.values`, names that hold
one of them, functions that are handed one, names of fields that stand in the code, and the template of a page. Where a name is put together, `*`
stands for what is not known. The walk (tests.openapi.running) says of each field that was read without being found here.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from textwrap import dedent
from types import FunctionType
from typing import Any

from flask import request
from werkzeug.local import LocalProxy

from web.console import pages
from web.console.pages import page

PLACES = {"form": {"form"}, "args": {"query"}, "files": {"file"}, "values": {"query", "form"}}
ONE_OF = {"get", "getlist", "pop"}
ALL_OF = {"items", "lists", "keys", "values", "to_dict"}
OURS = ("web.", "casework.")
ANY = "*"
TEMPLATES = Path(pages.__file__).with_name("templates") / "console"
_ASKED = re.compile(r'request\.(args|form)\.get\("([^"]+)"')
MOST_NAMES = 60  # of one loop; what is longer is data, not fields

Read = tuple[str, str]  # place, name


@dataclass(frozen=True)
class Held:
    """What a name holds, as far as it matters."""

    places: frozenset[str] = frozenset()  # it is what was sent there
    names: frozenset[str] = frozenset()  # it is one of these texts
    asks: bool = False  # it is a function that looks into `places`


NOTHING = Held()


def reads(view: Any) -> frozenset[Read]:
    """Every field that a view may read: where it stands, and its name."""
    return _reads(_bare(view))


@cache
def _reads(view: FunctionType) -> frozenset[Read]:
    walk = _Walk()
    walk.function(view, {})
    return frozenset(walk.found)


@dataclass
class _Walk:
    found: set[Read] = field(default_factory=set)
    seen: set[tuple[object, ...]] = field(default_factory=set)

    def function(self, function: FunctionType, given: dict[str, Held]) -> None:
        key = (function, *sorted((name, held.places, held.names) for name, held in given.items() if held != NOTHING))
        if key in self.seen:
            return
        self.seen.add(key)
        tree = _tree(function)
        if tree is not None:
            _Function(self, function, dict(given)).body(tree)


@cache
def _tree(function: FunctionType) -> ast.FunctionDef | None:
    try:
        made = ast.parse(dedent(inspect.getsource(function))).body[0]
    except (OSError, SyntaxError):
        return None
    return made if isinstance(made, ast.FunctionDef) else None


def _bare(thing: Any) -> FunctionType:
    while isinstance(thing, partial):
        thing = thing.func
    return inspect.unwrap(thing)  # type: ignore[return-value]  # a view is a function


@cache
def _in_template(name: str) -> frozenset[Read]:
    if ANY in name:
        return frozenset()
    text = (TEMPLATES / f"{name}.html").read_text(encoding="utf-8")
    return frozenset((place, field) for kind, field in _ASKED.findall(text) for place in PLACES[kind])


class _Function:
    """One function, with what its parameters hold."""

    def __init__(self, walk: _Walk, function: FunctionType, held: dict[str, Held]) -> None:
        self._walk, self._function, self._held = walk, function, held

    def body(self, tree: ast.FunctionDef) -> None:
        for node in _in_order(tree):
            match node:
                case ast.Assign(targets=[target], value=value):
                    self._assign(target, value)
                case ast.NamedExpr(target=target, value=value):
                    self._assign(target, value)
                case ast.For(target=target, iter=each) | ast.comprehension(target=target, iter=each):
                    self._loop(target, each)
        for node in ast.walk(tree):
            match node:
                case ast.Call():
                    self._call(node)
                case ast.Subscript(value=base, slice=name):
                    self._read(self._of(base).places, name)
                case ast.Compare(left=name, ops=[ast.In() | ast.NotIn()], comparators=[base]):
                    self._read(self._of(base).places, name)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=True):
                self._assign(one, its)
        elif isinstance(target, ast.Name):
            self._held[target.id] = self._of(value)

    def _loop(self, target: ast.expr, each: ast.expr) -> None:
        names = self._names_in(each)
        if isinstance(target, ast.Name):
            self._held[target.id] = Held(names=names)

    def _call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            places = self._of(node.func.value).places
            if places and node.func.attr in ONE_OF and node.args:
                self._read(places, node.args[0])
            elif places and node.func.attr in ALL_OF:
                self._walk.found |= {(place, ANY) for place in places}
        asked = self._of(node.func)
        if asked.asks and node.args:
            self._read(asked.places, node.args[0])
        called = self._thing(node.func)
        if called is page and node.args:
            for template in self._named(node.args[0]):
                self._walk.found |= _in_template(template)
        for one in (called, *(self._thing(each) for each in node.args)):
            if _is_ours(one):
                given = self._bound(_bare(one), node) if one is called else {}
                if _bare(one).__module__.startswith("web.") or any(held.places for held in given.values()):
                    self._walk.function(_bare(one), given)

    def _bound(self, function: FunctionType, node: ast.Call) -> dict[str, Held]:
        names = list(inspect.signature(function).parameters)
        given = dict(zip(names, map(self._of, node.args), strict=False))
        return given | {one.arg: self._of(one.value) for one in node.keywords if one.arg}

    def _read(self, places: Iterable[str], name: ast.expr) -> None:
        for place in places:
            self._walk.found |= {(place, one) for one in self._named(name)}

    def _named(self, name: ast.expr) -> Iterable[str]:
        if isinstance(name, ast.JoinedStr):
            made = [""]
            for part in name.values:
                ends = {str(part.value)} if isinstance(part, ast.Constant) else self._of(_inner(part)).names or {ANY}
                made = [begun + end for begun in made for end in sorted(ends)]
            return made
        return self._of(name).names or {ANY}

    def _names_in(self, each: ast.expr) -> frozenset[str]:
        if isinstance(each, ast.Tuple | ast.List | ast.Set):
            return frozenset().union(*(self._of(one).names for one in each.elts))
        thing = self._thing(each)
        try:
            known = [one for one in thing if isinstance(one, str)] if not isinstance(thing, str) else []
        except TypeError:
            return frozenset()
        return frozenset(known) if len(known) <= MOST_NAMES else frozenset()

    def _of(self, node: ast.expr) -> Held:
        match node:
            case ast.Constant(value=str(text)):
                return Held(names=frozenset({text}))
            case ast.Name(id=name) if name in self._held:
                return self._held[name]
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                found, or_else = self._of(one), self._of(other)
                return Held(found.places | or_else.places, found.names | or_else.names)
            case ast.Attribute(value=base, attr=attr):
                if self._thing(base) is request:
                    return Held(places=frozenset(PLACES.get(attr, ())))
                if attr in ONE_OF and self._of(base).places:
                    return Held(places=self._of(base).places, asks=True)
        thing = self._thing(node)
        return Held(names=frozenset({thing})) if isinstance(thing, str) else NOTHING

    def _thing(self, node: ast.expr) -> Any:
        """What a name of the module stands for."""
        match node:
            case ast.Name(id=name) if name not in self._held:
                return self._function.__globals__.get(name)
            case ast.Attribute(value=base, attr=attr):
                found = self._thing(base)
                # What Flask knows only within a request (g, session) is not looked into.
                return None if found is None or type(found) is LocalProxy else getattr(found, attr, None)
        return None


def _is_ours(thing: Any) -> bool:
    bare = thing.func if isinstance(thing, partial) else thing
    return inspect.isfunction(bare) and bare.__module__.startswith(OURS)


def _inner(part: ast.expr) -> ast.expr:
    return part.value if isinstance(part, ast.FormattedValue) else part


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    """As it stands in the text: what is assigned first is known first."""
    for child in ast.iter_child_nodes(tree):
        yield child
        yield from _in_order(child)
