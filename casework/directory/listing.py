"""The directory as a list: searched, filtered by kind, district and state, sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from casework.directory.choosing import is_stale
from flows.reading.fold import digits, fold
from storage.directory import Resource
from storage.unanswered import Tries

# In the order in which the page offers them.
STATES = ("fresh", "stale", "never", "silent", "no_number", "hidden", "sensitive")
SORTS = ("name", "kind", "district", "dialled")
SILENT_AFTER = 3  # days on which nobody answered
_TAIL = 10  # digits of a number by which it is found, with its country's code or without


@dataclass(frozen=True, slots=True)
class Wanted:
    """What she looks for."""

    text: str = ""
    kind: str = ""
    district: str | None = None  # id; "" is what serves the whole country; None: any
    state: str = ""
    sort: str = "name"


def states_of(row: Resource, tries: Mapping[str, Tries], day: int) -> tuple[str, ...]:
    """Every state of a row that holds on `day`, the one that matters most first."""
    there = {
        "hidden": row.verified != "yes",
        "silent": bool(row.phones) and row.phones[0] in tries and tries[row.phones[0]].times >= SILENT_AFTER,
        "no_number": not row.phones,
        "never": row.verified_on is None and bool(row.phones),
        "stale": row.verified_on is not None and is_stale(row, day),
        "fresh": not is_stale(row, day),
        "sensitive": row.sensitive,
    }
    return tuple(state for state, holds in there.items() if holds)


def listed(rows: Iterable[Resource], wanted: Wanted, tries: Mapping[str, Tries], day: int) -> list[Resource]:
    """The rows that fit, in the order asked for."""
    found = [
        row
        for row in rows
        if (not wanted.kind or row.kind == wanted.kind)
        and (wanted.district is None or row.district == wanted.district)
        and (not wanted.state or wanted.state in states_of(row, tries, day))
        and _holds(row, wanted.text)
    ]
    return sorted(found, key=_ORDER.get(wanted.sort, _ORDER["name"]))


def _holds(row: Resource, text: str) -> bool:
    """Whether every word of the text stands somewhere in the row; numbers in whatever style they are typed."""
    words = fold(text).split()
    if not words:
        return True
    said = fold(" ".join((row.id, row.kind, *row.names.values(), row.address, row.audience, row.notes, row.source)))
    if all(word in said for word in words):
        return True
    if any(letter.isalpha() for letter in text):
        return False
    number = _digits(digits(text))[-_TAIL:]
    return bool(number) and any(number in _digits(phone) for phone in row.phones)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _name(row: Resource) -> str:
    return row.names["en"].casefold()


_ORDER: Mapping[str, Callable[[Resource], tuple[object, ...]]] = {
    "name": lambda row: (_name(row), row.id),
    "kind": lambda row: (row.kind, _name(row), row.id),
    "district": lambda row: (row.district, _name(row), row.id),
    "dialled": lambda row: (row.verified_on if row.verified_on is not None else -1, _name(row), row.id),
}
