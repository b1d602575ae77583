"""A flow's values as TOML, in the order in which a person writes it. Reading that text gives the same values again.

Only this file's shape is written: strings, numbers, flags, lists and tables within tables, on one line where they fit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.editing.values import Data
from flows.shape import ANY

_WIDE = 120
_FIRST = ("name", "kind", "flow", "slot", "ask", "say", "tell", "effect", "purpose", "labels")
_LAST = ("then",)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def written(data: Data, within: str = "") -> str:
    """The flow as text. within: the table of a larger text that it is."""
    head = [f"name   = {_value(data['name'])}", f"begins = {_value(data.get('begins', ''))}"]
    header = f"[[{within}.node]]" if within else "[[node]]"
    return "\n".join([*head, *(line for node in data["node"] for line in _node(node, header))]) + "\n"


def _node(node: Mapping[str, Any], header: str) -> Iterator[str]:
    order = [key for key in _FIRST if key in node]
    order += [key for key in node if key not in _FIRST and key not in _LAST]
    order += [key for key in _LAST if key in node]
    keys = [(key, _key(key)) for key in order]
    width = max(len(shown) for _, shown in keys)
    yield from ("", header)
    for key, shown in keys:
        yield f"{shown.ljust(width)} = {_spread(_ordered(node[key], node), width + 3)}"


def _ordered(one: object, node: Mapping[str, Any]) -> object:
    """A table by answer in the order of the answers, the one for every other last: an edition keeps no order of keys."""
    chosen = node.get("choose")
    if not isinstance(one, Mapping):
        return one
    known = {answer: place for place, answer in enumerate(chosen if isinstance(chosen, list) else ())}
    return {key: one[key] for key in sorted(one, key=lambda key: (key == ANY, known.get(key, len(known))))}


def _spread(one: object, indent: int) -> str:
    """A list of tables goes over several lines where it is long; TOML lets no table do so."""
    line = _value(one)
    if indent + len(line) <= _WIDE or not isinstance(one, (list, tuple)) or not one:
        return line
    return "[\n" + "".join(f"  {_value(item)},\n" for item in one) + "]"


def _value(one: object) -> str:
    if isinstance(one, bool):
        return "true" if one else "false"
    if isinstance(one, str):
        return json.dumps(one, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(one, (int, float)):
        return repr(one)
    if isinstance(one, Mapping):
        inside = ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in one.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(one, (list, tuple)):
        return f"[{', '.join(map(_value, one))}]"
    raise TypeError(f"a flow holds no {type(one).__name__}")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def value(one: object) -> str:
    """One value as it stands behind an equals sign."""
    return _value(one)
