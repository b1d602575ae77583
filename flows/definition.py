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
from flows.nodes.fields import ONLY_COMMIT, WrongField, check_field
from flows.nodes.kind import OTHER_WORDING, Kind, conditions, variants
from flows.shape import ANY, Flow, Node, Rule

MOST_NODES = 2_000  # a flow file from elsewhere may be hostile; ours have under a hundred
MOST_BYTES = 1_000_000

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_COMMON = frozenset({"name", "kind", "then"})
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
# A key of more parts than 40: tomllib's time grows with their square, and a key of ours has one. Wherever a key may begin,
# for it may stand in braces, and a part in quotes may hold anything; whatever is within a string besides does no harm.
_DOTTED = re.compile(
    r"""(?<![^\s{,\[])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){41}""",
)


def parse(text: str, name: str) -> Flow:
    """Read a flow from TOML. `name` is the file's, for messages. Raises BrokenFlow."""
    return from_data(parse_data(text, name), name)


def parse_data(text: str, name: str, most: int = MOST_BYTES) -> dict[str, Any]:
    """The values that a text holds, whatever they are. Raises BrokenFlow."""
    if len(text.encode(errors="replace")) > most:
        raise BrokenFlow(name, "", f"it is larger than {most:,} bytes", "part it into flows that call each other")
    if dotted := _DOTTED.search(text):
        number = text.count("\n", 0, dotted.start()) + 1
        raise BrokenFlow(name, "", "a key with more dots than anybody can read", "mend this line", line=number)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BrokenFlow(name, "", "brackets lie too deep within each other", "write it as flat TOML") from None
    except ValueError as error:  # a TOMLDecodeError, or Python's own limit on the length of a number
        said = str(error)
        found = _AT_LINE.search(said)
        trouble = f"it is not TOML ({_AT_LINE.sub('', said)})"
        raise BrokenFlow(name, "", trouble, "mend this line", line=int(found[1]) if found else 0) from None


def from_source(source: str) -> Flow:
    """Read a flow from the canonical JSON of an edition. Raises BrokenFlow."""
    try:
        data = json.loads(source)
    except (ValueError, RecursionError) as error:
        raise BrokenFlow("?", "", f"it is not JSON ({error})", "publish it again") from None
    return from_data(data, str(data.get("name", "?")) if isinstance(data, dict) else "?")


def from_data(data: Any, name: str) -> Flow:
    """Read a flow from plain values. Raises BrokenFlow."""
    if not isinstance(data, dict) or set(data) - {"name", "begins", "node"}:
        trouble = "a flow has name, begins and [[node]]s, and nothing else"
        raise BrokenFlow(name, "", trouble, "take out what is more")
    if data.get("name") != name or not NAME.fullmatch(name):
        trouble = f"its name is {_shown(data.get('name'))}, its file's {_shown(name)}"
        raise BrokenFlow(name, "", trouble, "give both the same name of a-z, 0-9 and _")
    written = data.get("node")
    if not isinstance(written, list) or not 1 <= len(written) <= MOST_NODES:
        raise BrokenFlow(name, "", "it has no nodes, or too many", f"write 1 to {MOST_NODES:,} [[node]]s")
    names = [item.get("name") if isinstance(item, dict) else None for item in written]
    nodes: dict[str, Node] = {}
    for position, item in enumerate(written):
        following = names[position + 1] if position + 1 < len(names) else None
        node = _node(item, name, following if isinstance(following, str) else None)
        if node.name in nodes:
            raise BrokenFlow(name, node.name, "two nodes have this name", "rename one", code="E106")
        nodes[node.name] = node
    begins = data.get("begins", "")
    if not isinstance(begins, str):
        raise BrokenFlow(name, "", "`begins` is no text", "name the first node in it")
    try:
        source = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        edition = hashlib.sha256(source.encode()).hexdigest()
    except (TypeError, ValueError):
        trouble = "it holds a date or a number that an edition cannot keep"
        raise BrokenFlow(name, "", trouble, "write it in quotes") from None
    return Flow(name, begins, nodes, edition, source)


def _node(item: Any, flow: str, following: str | None) -> Node:
    name = item.get("name") if isinstance(item, dict) else None
    if not isinstance(name, str) or not NAME.fullmatch(name):
        trouble = f"{_shown(name)} is no name for a node"
        raise BrokenFlow(flow, "", trouble, "begin with a letter; a-z, 0-9 and _, at most 40")
    kind = _kind(item, flow, name)
    keys = {key: value for key, value in item.items() if key not in _COMMON}
    _check_fields(keys, kind, flow, name)
    try:
        variants(Node(name, kind.name, (), {"ask_if": keys.get("ask_if", keys.get("say_if", ()))}))
        conditions(Node(name, kind.name, (), keys))
        rules = _rules(item.get("then"), following, ends=kind.name == "end")
    except BadGuard as trouble:
        raise BrokenFlow(flow, name, str(trouble), "write it as docs/adding.md shows", code="E107") from None
    except ValueError as trouble:
        raise BrokenFlow(flow, name, str(trouble), "write it as docs/adding.md shows") from None
    return Node(name, kind.name, rules, keys)


def _kind(item: Mapping[str, Any], flow: str, name: str) -> Kind:
    written = item.get("kind", "")
    kind = KINDS.get(written) if isinstance(written, str) else None
    if kind is None:
        raise BrokenFlow(flow, name, f"there is no kind {_shown(written)}", f"name one of {', '.join(KINDS)}")
    return kind


def _check_fields(keys: Mapping[str, Any], kind: Kind, flow: str, name: str) -> None:
    unknown = sorted(set(keys) - kind.fields)
    if set(unknown) & ONLY_COMMIT:
        raise BrokenFlow(flow, name, "an effect outside a commit", "move it to a node of kind commit", code="E109")
    if OTHER_WORDING in unknown:
        trouble = f"a {kind.name} is asked in one wording only"
        raise BrokenFlow(flow, name, trouble, "take `other_wording` out", code="E116")
    if unknown:
        trouble = f"a {kind.name} has no field {', '.join(map(_shown, unknown))}"
        raise BrokenFlow(flow, name, trouble, f"it may have {', '.join(sorted(kind.fields)) or 'none'}")
    if missing := sorted(field for field in kind.needs if not keys.get(field)):
        raise BrokenFlow(flow, name, f"a {kind.name} needs {' and '.join(missing)}", "write it")
    for field, value in keys.items():
        try:
            check_field(field, value)
        except WrongField as wrong:
            raise BrokenFlow(flow, name, wrong.trouble, wrong.mend) from None


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
    raise ValueError(f"`then`: {_shown(outcome)} leads nowhere")


def _shown(value: object) -> str:
    """Something written in a flow, short enough for one line."""
    said = repr(value)
    return said if len(said) <= 60 else said[:60] + "…"
