"""Reading a flow: text or data in, a `Flow` out, or a refusal that names the node and the mend.

What is checked here is form: every node has a known kind, its fields, a readable `then`.
Whether the flow as a whole makes sense is the work of `flows.inspection`.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from flows.errors import BrokenFlow
from flows.guards import BadGuard, read_guard
from flows.nodes import KINDS
from flows.nodes.kind import variants
from flows.shape import ANY, Flow, Node, Rule

MOST_NODES = 2_000  # a flow file from elsewhere may be hostile; ours have under a hundred
MOST_BYTES = 1_000_000

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COMMON = frozenset({"name", "kind", "then"})


def parse(text: str, name: str) -> Flow:
    """Read a flow from TOML. `name` is the file's, for messages. Raises BrokenFlow."""
    if len(text.encode()) > MOST_BYTES:
        raise BrokenFlow(name, "", f"larger than {MOST_BYTES:,} bytes")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BrokenFlow(name, "", f"not TOML: {error}") from None
    return from_data(data, name)


def from_source(source: str) -> Flow:
    """Read a flow from the canonical JSON of an edition. Raises BrokenFlow."""
    try:
        data = json.loads(source)
    except ValueError as error:
        raise BrokenFlow("?", "", f"not JSON: {error}") from None
    return from_data(data, str(data.get("name", "?")) if isinstance(data, dict) else "?")


def from_data(data: Any, name: str) -> Flow:
    """Read a flow from plain values. Raises BrokenFlow."""
    if not isinstance(data, dict) or set(data) - {"name", "begins", "node"}:
        raise BrokenFlow(name, "", "a flow has name, begins and [[node]]s, and nothing else")
    if data.get("name") != name:
        raise BrokenFlow(name, "", f"its name is {data.get('name')!r}; name it as its file")
    written = data.get("node")
    if not isinstance(written, list) or not 1 <= len(written) <= MOST_NODES:
        raise BrokenFlow(name, "", f"needs 1 to {MOST_NODES} [[node]]s")
    names = [item.get("name") if isinstance(item, dict) else None for item in written]
    nodes: dict[str, Node] = {}
    for position, item in enumerate(written):
        following = names[position + 1] if position + 1 < len(names) else None
        node = _node(item, name, following)
        if node.name in nodes:
            raise BrokenFlow(name, node.name, "E106 two nodes have this name; rename one")
        nodes[node.name] = node
    source = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Flow(name, str(data.get("begins", "")), nodes, hashlib.sha256(source.encode()).hexdigest(), source)


def _node(item: Any, flow: str, following: str | None) -> Node:
    name = item.get("name") if isinstance(item, dict) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BrokenFlow(flow, str(name), "a node's name is a-z, 0-9 and _, at most 40, beginning with a letter")
    kind = KINDS.get(item.get("kind", ""))
    if kind is None:
        raise BrokenFlow(flow, name, f"no kind {item.get('kind')!r}; there are {', '.join(KINDS)}")
    keys = {key: value for key, value in item.items() if key not in _COMMON}
    if unknown := set(keys) - kind.fields:
        raise BrokenFlow(flow, name, f"a {kind.name} has no field {', '.join(sorted(unknown))}")
    if missing := {field for field in kind.needs if not keys.get(field)}:
        raise BrokenFlow(flow, name, f"a {kind.name} needs {', '.join(sorted(missing))}")
    try:
        variants(Node(name, kind.name, (), {"ask_if": keys.get("ask_if", keys.get("say_if", ()))}))
        rules = _rules(item.get("then"), following, ends=kind.name == "end")
    except BadGuard as trouble:
        raise BrokenFlow(flow, name, f"E107 {trouble}") from None
    except ValueError as trouble:
        raise BrokenFlow(flow, name, str(trouble)) from None
    return Node(name, kind.name, rules, keys)


def _rules(then: Any, following: str | None, *, ends: bool) -> tuple[Rule, ...]:
    """`then` in its three spellings, as one ordered list. Raises ValueError or BadGuard."""
    if then is None:
        return (Rule(following),) if following and not ends else ()
    if isinstance(then, str):
        return (Rule(then),)
    if isinstance(then, Mapping):
        named = [rule for outcome, target in then.items() if outcome != ANY for rule in _branch(target, outcome)]
        return (*named, *(_branch(then[ANY], ANY) if ANY in then else ()))
    if isinstance(then, list):
        return tuple(_branch(then, ANY))
    raise ValueError("`then` is a node, a table of answers, or a list of { if = …, go = … }")


def _branch(target: Any, outcome: str) -> list[Rule]:
    if isinstance(target, str):
        return [Rule(target, outcome)]
    if isinstance(target, list) and target:
        rules = []
        for item in target:
            if not isinstance(item, dict) or not isinstance(item.get("go"), str) or set(item) - {"if", "go"}:
                raise ValueError('each of the list in `then` is { if = "guard", go = "node" }')
            guard = read_guard(item["if"]) if "if" in item else None
            rules.append(Rule(item["go"], outcome, guard))
        return rules
    raise ValueError(f"`then`: {outcome!r} leads nowhere; name a node")
