"""An export as values with their paths, checked for form only. Whoever reads on may take every field for what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.exchange.bundle import NotTaken
from flows.exchange.strict import at

VERSIONS = ("13", "14")  # of a flow's definition; earlier ones have another form
MOST_NODES = 1_000  # of all flows of a file; each may become a few steps
_MOST_FLOWS = 50
_MOST_LISTED = 100  # actions of a node, tests of a router


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a node does."""

    path: str
    uuid: str
    type: str
    raw: Mapping[str, Any] = field(repr=False)

    def text(self, key: str) -> str:
        """A field, "" where there is none."""
        return _text(self.raw, key, self.path)

    def reference(self, key: str) -> tuple[str, str]:
        """What is referred to, by uuid (a field: by key) and by name."""
        found = _table(self.raw, key, self.path)
        path = at(self.path, key)
        return _text(found, "uuid", path) or _text(found, "key", path), _text(found, "name", path)


@dataclass(frozen=True, slots=True)
class Case:
    """One test."""

    path: str
    uuid: str
    type: str
    arguments: tuple[str, ...]
    category: str


@dataclass(frozen=True, slots=True)
class Category:
    """What an answer counts as, and by which exit it leads on."""

    uuid: str
    name: str
    exit: str


@dataclass(frozen=True, slots=True)
class Router:
    """Where a node chooses its exit."""

    path: str
    type: str
    operand: str
    cases: tuple[Case, ...]
    categories: Mapping[str, Category]
    default: str
    result: str
    waits: bool
    timeout: str  # the category of no answer in time; "" where it waits for ever
    hint: str  # "image", "audio", "location"…


@dataclass(frozen=True, slots=True)
class Point:
    """One node."""

    path: str
    uuid: str
    actions: tuple[Action, ...]
    router: Router | None
    exits: Mapping[str, str]  # exit → node; "" where the flow ends

    def goes(self, category: str) -> str:
        """The node that a category leads to; "" for the end."""
        found = self.router.categories.get(category) if self.router is not None else None
        return self.exits.get(found.exit, "") if found is not None else ""

    @property
    def onward(self) -> str:
        """The node behind its first exit."""
        return next(iter(self.exits.values()), "")


@dataclass(frozen=True, slots=True)
class Foreign:
    """One flow of theirs."""

    path: str
    uuid: str
    name: str
    type: str
    language: str
    expires: int  # minutes after which it ends by itself; 0: never
    points: Mapping[str, Point]  # the first is where it begins
    translations: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]] = field(
        repr=False
    )  # language, uuid, property


def is_export(data: Mapping[str, Any]) -> bool:
    """Whether it looks like one: a whole export, or the definition of one flow."""
    return "flows" in data or "nodes" in data or "action_sets" in data


def flows_of(data: Mapping[str, Any]) -> Iterator[Foreign]:
    """Every flow of a file. Raises NotTaken."""
    if "flows" not in data:
        yield _flow(data, "")
        return
    listed = _list(data, "flows", "", _MOST_FLOWS)
    nodes = sum(len(one["nodes"]) for one in listed if isinstance(one, dict) and isinstance(one.get("nodes"), list))
    if nodes > MOST_NODES:
        raise NotTaken("too_many_nodes", "flows", count=f"{nodes:,}", most=f"{MOST_NODES:,}")
    for number, one in enumerate(listed):
        path = f"flows[{number}]"
        if not isinstance(one, dict):
            raise NotTaken("no_such_form", path)
        yield _flow(one, path)


def _flow(data: Mapping[str, Any], path: str) -> Foreign:
    version = _text(data, "spec_version", path)
    if "action_sets" in data or version.partition(".")[0] not in VERSIONS:
        raise NotTaken("old_rapidpro", path, said=version or "11")
    points: dict[str, Point] = {}
    for number, node in enumerate(_list(data, "nodes", path, MOST_NODES)):
        point = _point(node, f"{at(path, 'nodes')}[{number}]")
        if point.uuid in points:
            raise NotTaken("no_such_form", at(point.path, "uuid"))
        points[point.uuid] = point
    if not points:
        raise NotTaken("no_such_form", at(path, "nodes"))
    for point in points.values():
        for target in point.exits.values():
            if target and target not in points:
                raise NotTaken("leads_nowhere", at(point.path, "exits"))
    return Foreign(
        path,
        _text(data, "uuid", path),
        _text(data, "name", path),
        _text(data, "type", path),
        _text(data, "language", path),
        _minutes(data, path),
        points,
        _translations(data, path),
    )


def _point(node: Any, path: str) -> Point:
    if not isinstance(node, dict):
        raise NotTaken("no_such_form", path)
    exits: dict[str, str] = {}
    for number, one in enumerate(_list(node, "exits", path, _MOST_LISTED)):
        where = f"{at(path, 'exits')}[{number}]"
        if not isinstance(one, dict):
            raise NotTaken("no_such_form", where)
        exits[_text(one, "uuid", where)] = _text(one, "destination_uuid", where)
    actions = tuple(
        _action(one, f"{at(path, 'actions')}[{number}]")
        for number, one in enumerate(_list(node, "actions", path, _MOST_LISTED))
    )
    router = _router(_table(node, "router", path), at(path, "router"), exits) if node.get("router") else None
    return Point(path, _text(node, "uuid", path), actions, router, exits)


def _action(one: Any, path: str) -> Action:
    if not isinstance(one, dict):
        raise NotTaken("no_such_form", path)
    return Action(path, _text(one, "uuid", path), _text(one, "type", path), one)


def _router(data: Mapping[str, Any], path: str, exits: Mapping[str, str]) -> Router:
    categories: dict[str, Category] = {}
    for number, one in enumerate(_list(data, "categories", path, _MOST_LISTED)):
        where = f"{at(path, 'categories')}[{number}]"
        if not isinstance(one, dict):
            raise NotTaken("no_such_form", where)
        category = Category(_text(one, "uuid", where), _text(one, "name", where), _text(one, "exit_uuid", where))
        if category.exit not in exits:
            raise NotTaken("leads_nowhere", at(where, "exit_uuid"))
        categories[category.uuid] = category
    if not categories:
        raise NotTaken("no_such_form", at(path, "categories"))
    cases = tuple(
        _case(one, f"{at(path, 'cases')}[{number}]", categories)
        for number, one in enumerate(_list(data, "cases", path, _MOST_LISTED))
    )
    wait = _table(data, "wait", path) if data.get("wait") else {}
    timeout = _table(wait, "timeout", at(path, "wait")) if wait.get("timeout") else {}
    hint = _table(wait, "hint", at(path, "wait")) if wait.get("hint") else {}
    default = _text(data, "default_category_uuid", path)
    waiting = at(at(path, "wait"), "timeout")
    late = _text(timeout, "category_uuid", waiting)
    for chosen, where in ((default, at(path, "default_category_uuid")), (late, at(waiting, "category_uuid"))):
        if chosen and chosen not in categories:
            raise NotTaken("leads_nowhere", where)
    return Router(
        path,
        _text(data, "type", path),
        _text(data, "operand", path).strip(),
        cases,
        categories,
        default,
        _text(data, "result_name", path),
        bool(wait),
        late,
        _text(hint, "type", at(path, "wait")),
    )


def _case(one: Any, path: str, categories: Mapping[str, Category]) -> Case:
    if not isinstance(one, dict):
        raise NotTaken("no_such_form", path)
    category = _text(one, "category_uuid", path)
    if category not in categories:
        raise NotTaken("leads_nowhere", at(path, "category_uuid"))
    arguments = tuple(str(each) for each in _list(one, "arguments", path, _MOST_LISTED) if isinstance(each, (str, int)))
    return Case(path, _text(one, "uuid", path), _text(one, "type", path), arguments, category)


def _translations(data: Mapping[str, Any], path: str) -> dict[str, dict[str, dict[str, tuple[str, ...]]]]:
    found: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    top = at(path, "localization")
    for language, items in _table(data, "localization", path).items():
        if not isinstance(items, dict):
            raise NotTaken("no_such_form", at(top, language))
        for uuid, properties in items.items():
            if not isinstance(properties, dict):
                raise NotTaken("no_such_form", at(at(top, language), uuid))
            found.setdefault(language, {})[uuid] = {
                str(name): tuple(_reply(one) for one in said)
                for name, said in properties.items()
                if isinstance(said, list)
            }
    return found


def replies(action: Action) -> tuple[str, ...]:
    """The quick replies of a message: texts, since 14.0 also tables with a text."""
    return tuple(_reply(one) for one in _list(action.raw, "quick_replies", action.path, _MOST_LISTED))


def _reply(one: Any) -> str:
    said = one.get("text", "") if isinstance(one, dict) else one
    return said if isinstance(said, str) else ""


def _minutes(data: Mapping[str, Any], path: str) -> int:
    found = data.get("expire_after_minutes") or 0
    if not isinstance(found, int):
        raise NotTaken("no_such_form", at(path, "expire_after_minutes"))
    return found


def _text(data: Mapping[str, Any], key: str, path: str) -> str:
    found = data.get(key)
    if found is not None and not isinstance(found, str):
        raise NotTaken("no_such_form", at(path, key))
    return found or ""


def _table(data: Mapping[str, Any], key: str, path: str) -> Mapping[str, Any]:
    found = data.get(key)
    if found is not None and not isinstance(found, dict):
        raise NotTaken("no_such_form", at(path, key))
    return found or {}


def _list(data: Mapping[str, Any], key: str, path: str, most: int) -> list[Any]:
    found = data.get(key)
    if found is not None and (not isinstance(found, list) or len(found) > most):
        raise NotTaken("no_such_form", at(path, key))
    return found or []
