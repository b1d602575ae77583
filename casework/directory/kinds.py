"""The kinds of help there are: `seed/kinds.toml`. Menu, console, map legend and text queries all read this table."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

KINDS = Path(__file__).parent.parent / "seed" / "kinds.toml"
URGENCIES = ("now", "soon", "later")


class BrokenKinds(Exception):
    """The table of kinds cannot be used; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of help, as she may ask for it."""

    id: str
    icon: str
    urgency: str  # "now": a life may hang on it; "soon"; "later"
    rows: tuple[str, ...]  # kinds of rows shown under it, the nearest to what was asked first
    first: str  # id of the row told before any other, "" for none

    @property
    def phrase(self) -> str:
        """What it is called in the list."""
        return f"resource.kind.{self.id}"


@cache
def read_kinds(path: Path = KINDS) -> tuple[Kind, ...]:
    """Every kind, in the order the chat lists them. Raises BrokenKinds."""
    try:
        found = tuple(_kind(entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["kind"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenKinds(f"{path.name}: {error}") from None
    if len({kind.id for kind in found}) < len(found):
        raise BrokenKinds(f"{path.name}: two kinds have one id")
    return found


def kind_of(kind_id: str) -> Kind | None:
    """The kind with this id, if there is one."""
    return next((kind for kind in read_kinds() if kind.id == kind_id), None)


def row_kinds() -> frozenset[str]:
    """What a row of the directory may be."""
    return frozenset(name for kind in read_kinds() for name in kind.rows)


def in_order(*, danger: bool) -> tuple[Kind, ...]:
    """The kinds as they are listed; once danger was heard, those that a life may hang on come first."""
    if not danger:
        return read_kinds()
    return tuple(sorted(read_kinds(), key=lambda kind: kind.urgency != "now"))


def _kind(entry: dict[str, Any]) -> Kind:
    if entry["urgency"] not in URGENCIES:
        raise ValueError(f"kind {entry['id']}: urgency is one of {', '.join(URGENCIES)}")
    if not entry["rows"]:
        raise ValueError(f"kind {entry['id']}: it shows no rows")
    return Kind(entry["id"], entry["icon"], entry["urgency"], tuple(entry["rows"]), entry.get("first", ""))
