"""JSON from anywhere, read without trusting it: bounded before it is read, and nothing in it may mean two things.

Python's reader takes a key that stands twice, NaN, and numbers without end. Each is refused here, with its path.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from flows.exchange.bundle import NotTaken

MOST_DEEP = 30  # brackets within brackets; what we read has under ten
MOST_VALUES = 300_000
_LONGEST_NUMBER = 30
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*+(?:"|$)|[\[{]|[\]}]', re.DOTALL
)  # a string to its end, so that no start is tried twice

_HALF = re.compile("[\ud800-\udfff]")  # half of a letter, which no file can be written with


class _Bad:
    """Stands in the values where something was that may not be."""

    def __init__(self, code: str, said: str) -> None:
        self.code, self.said = code, said[:40]


def read_json(text: str) -> Any:
    """The values of a text. Raises NotTaken."""
    _bound(text)
    try:
        found = json.loads(
            text, object_pairs_hook=_table, parse_constant=_constant, parse_int=_whole, parse_float=_broken
        )
    except json.JSONDecodeError as error:
        raise NotTaken("not_json", f"line {error.lineno}", said=error.msg) from None
    except (ValueError, RecursionError):  # the bound above lets neither through; whoever changes it is still safe
        raise NotTaken("too_deep", "line 1") from None
    for count, (path, value) in enumerate(walked(found)):
        if count > MOST_VALUES:
            raise NotTaken("too_many_values", most=f"{MOST_VALUES:,}")
        if isinstance(value, _Bad):
            raise NotTaken(value.code, path, said=value.said)
        if isinstance(value, str) and _HALF.search(value):
            raise NotTaken("half_letter", path)
    return found


def walked(value: Any) -> Iterator[tuple[str, Any]]:
    """Every value with its path, from the outside in."""
    waiting = [("", value)]
    while waiting:
        path, one = waiting.pop()
        yield path, one
        if isinstance(one, dict):
            waiting += [(at(path, key), inner) for key, inner in one.items()]
        elif isinstance(one, list):
            waiting += [(f"{path}[{number}]", inner) for number, inner in enumerate(one)]


def at(path: str, key: str) -> str:
    """The path of what stands under a key."""
    shown = key if re.fullmatch(r"[A-Za-z0-9_.@-]{1,100}", key) else json.dumps(key[:40])
    return f"{path}.{shown}" if path else shown


def _bound(text: str) -> None:
    deep = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            deep += 1
            if deep > MOST_DEEP:
                line = text.count("\n", 0, token.start()) + 1
                raise NotTaken("too_deep", f"line {line}")
        elif token[0] in "]}":
            deep -= 1


def _table(pairs: list[tuple[str, Any]]) -> Any:
    found: dict[str, Any] = {}
    for key, inner in pairs:
        if key in found:
            return _Bad("twice", key)
        found[key] = inner
    return found


def _constant(said: str) -> _Bad:
    return _Bad("no_number", said)


def _whole(said: str) -> Any:
    return int(said) if len(said) <= _LONGEST_NUMBER else _Bad("no_number", said)


def _broken(said: str) -> Any:
    number = float(said) if len(said) <= _LONGEST_NUMBER else math.inf
    return number if math.isfinite(number) else _Bad("no_number", said)
