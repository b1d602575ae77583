"""What the fields of a node may hold, whatever its kind. A flow file may come from anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from flows.desk import EFFECTS, HEARD, SOURCES, TOLD
from flows.nodes.consent import PURPOSES
from flows.nodes.kind import OTHER_WORDING

ONLY_COMMIT = frozenset({"effect", "takes", "seals", "counts"})

_TEXTS = frozenset(
    {"ask", "say", "slot", "labels", "choose_from", "hears", "also", "tell", "effect", "purpose", "flow", "value"}
)
_LISTS = frozenset({"choose", "of", "takes", "seals", "counts", "clears"})
_FLAGS = frozenset({"skippable", "first", "secret", "sensitive", "voice", "one", "gathers", "forgets"})
_TABLES = frozenset({"answers", "named", "with", "gives", "choose_if", OTHER_WORDING})
_CLOSED = {
    "also": ("text", "date", "place"),
    "choose_from": SOURCES,
    "hears": tuple(HEARD),
    "effect": EFFECTS,
    "purpose": PURPOSES,
    "tell": TOLD,
}
_SHAPES = {"text": _TEXTS, "list": _LISTS, "flag": _FLAGS, "table": _TABLES, "number": frozenset({"version"})}
_ID = re.compile(r"[a-z0-9_-]{1,100}")
_KEY = re.compile(r"[A-Za-z0-9_.@-]{1,100}")
_FEW, _SUCH = 8, 4  # names shown to whoever got one wrong
_MOST_LISTED = 100  # a question with more answers is a search
FEWEST, MOST = 20, 100_000  # asked with each of two wordings
LONGEST = 52  # weeks of a comparison


class WrongField(ValueError):
    """A field holds what it may not hold."""

    def __init__(self, trouble: str, mend: str) -> None:
        super().__init__(trouble)
        self.trouble, self.mend = trouble, mend


def check_field(field: str, value: Any) -> None:
    """Raises WrongField. `ask_if` and `say_if` are read where they are used."""
    if field in _TEXTS:
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            raise WrongField(f"`{field}` is one name in quotes", "letters, digits, dot and _, at most 100")
        if field in _CLOSED and value not in _CLOSED[field]:
            raise WrongField(f"there is no {field} {value!r}", _one_of(value, _CLOSED[field]))
    elif field in _LISTS:
        if not isinstance(value, list) or not all(isinstance(one, str) and _ID.fullmatch(one) for one in value):
            raise WrongField(f"`{field}` is a list of names in quotes", "a-z, 0-9, _ and -")
        if len(value) > _MOST_LISTED:
            raise WrongField(f"`{field}` lists over {_MOST_LISTED}", "ask in two questions")
        if len(set(value)) < len(value):
            raise WrongField(f"`{field}` names one twice", "take one out")
    elif field in _FLAGS and not isinstance(value, bool):
        raise WrongField(f"`{field}` is true or false", "write it without quotes")
    elif field == "version" and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise WrongField("`version` counts from 1", "write a number without quotes")
    elif field in _TABLES and not isinstance(value, dict):
        raise WrongField(f"`{field}` is a table {{ name = … }}", "write it in braces")
    elif field == OTHER_WORDING and not _is_comparison(value):
        raise WrongField(
            "`other_wording` is { ask = …, most = …, weeks = … }",
            "a phrase in quotes, 20 to 100000 asked with each, 1 to 52 weeks",
        )


def shape_of(field: str) -> str:
    """What a field holds: "text", "list", "flag", "number", "table", or "wordings" for `ask_if` and `say_if`."""
    return next((shape for shape, fields in _SHAPES.items() if field in fields), "wordings")


def closed(field: str) -> Sequence[str]:
    """The only words that a field may hold; none where it may hold any."""
    return _CLOSED.get(field, ())


def _is_comparison(value: dict[str, Any]) -> bool:
    if set(value) != {"ask", "most", "weeks"}:
        return False
    ask, most, weeks = value["ask"], value["most"], value["weeks"]
    named = isinstance(ask, str) and _KEY.fullmatch(ask) is not None
    return named and type(most) is int and FEWEST <= most <= MOST and type(weeks) is int and 1 <= weeks <= LONGEST


def _one_of(value: str, known: Sequence[str]) -> str:
    """Which name it may have been: all of a short list, of a long one those that look most like it."""
    if len(known) <= _FEW:
        return f"name one of {', '.join(known)}"
    return f"name one that there is, such as {', '.join(get_close_matches(value, known, _SUCH, cutoff=0))}"
