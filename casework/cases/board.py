"""The board: cases as a list shows them, without a word of any reporter.

Whoever reads sees the cases that are granted to her key; for her the others are not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casework.cases import queue
from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from storage.database import Unit
from storage.staff import people, readers

TABS = ("mine", "unassigned", "all", "longest", "closed")
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the board somebody wants to see."""

    tab: str = "mine"
    risk: str = ""
    language: str = ""
    channel: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of the board."""

    rows: Sequence[Standing]
    found: int  # on all pages
    pages: int
    counts: Mapping[str, int]  # of each tab, unfiltered
    languages: Sequence[str]  # that there are
    channels: Sequence[str]
    names: Mapping[bytes, str] = field(repr=False)  # of colleagues


def look(room: CaseRoom, by: bytes, wanted: Wanted) -> Shown:
    """The page of the board that she wants. Raises NotStaff."""

    def read(unit: Unit) -> tuple[list[Standing], dict[bytes, str]]:
        room.acting(unit, by)
        return hers(unit, room, by), names(unit, room)

    everything, known = room.read(read)
    of_tab = {tab: [one for one in everything if belongs(one, by)] for tab, belongs in _IN.items()}
    tab = wanted.tab if wanted.tab in TABS else TABS[0]
    rows = sorted(filter(_fits(wanted), of_tab[tab]), key=_ORDER[tab])
    pages = max(1, -(-len(rows) // A_PAGE))
    page = min(max(1, wanted.page), pages)
    return Shown(
        rows=rows[(page - 1) * A_PAGE : page * A_PAGE],
        found=len(rows),
        pages=pages,
        counts={tab: len(found) for tab, found in of_tab.items()},
        languages=_there(one.language for one in everything),
        channels=_there(one.channel for one in everything),
        names=known,
    )


def hers(unit: Unit, room: CaseRoom, by: bytes) -> list[Standing]:
    """Every case that is granted to her and no record that its reporter keeps for herself."""
    opens = readers.granted(unit, by)
    found = room.standings.all(unit, room.keyring)
    return [one for one in found if one.id in opens and one.status != "private"]


def called(room: CaseRoom, by: bytes, name: str) -> list[bytes]:
    """The cases of hers that a code or an id names: none, one, or several that share a code by chance."""
    wanted = name.strip().upper()
    try:
        return [bytes.fromhex(name)] if len(name) == 32 else room.read(lambda unit: coded(unit, room, by, wanted))
    except ValueError:
        return []


def names(unit: Unit, room: CaseRoom) -> dict[bytes, str]:
    """What everybody of staff is called."""
    return {one.id: one.name for one in people.everybody(unit, room.keyring)}


def coded(unit: Unit, room: CaseRoom, by: bytes, code: str) -> list[bytes]:
    """The cases of hers with this code."""
    return [one.id for one in hers(unit, room, by) if one.code == code]


def _there(values: Iterable[str]) -> list[str]:
    return sorted({value for value in values if value})


def _fits(wanted: Wanted) -> Callable[[Standing], bool]:
    asked = [(name, value) for name in ("risk", "language", "channel") if (value := getattr(wanted, name))]
    return lambda one: all(getattr(one, name) == value for name, value in asked)


_IN: Mapping[str, Callable[[Standing, bytes], bool]] = {
    "mine": lambda one, by: one.is_open and one.is_among(by),
    "unassigned": lambda one, by: one.is_open and one.holder is None,
    "all": lambda one, by: one.is_open,
    "longest": lambda one, by: one.waits is not None,
    "closed": lambda one, by: one.status == "closed",
}


def _whoever_waits_first(one: Standing) -> tuple[object, ...]:
    return one.waits is None, *queue.place_in(one)


def _longest_first(one: Standing) -> tuple[object, ...]:
    return one.waits or 0, one.id


def _latest_first(one: Standing) -> tuple[object, ...]:
    return -one.since, one.id


_ORDER: Mapping[str, Callable[[Standing], tuple[object, ...]]] = {
    "mine": _whoever_waits_first,
    "unassigned": _whoever_waits_first,
    "all": _whoever_waits_first,
    "longest": _longest_first,
    "closed": _latest_first,
}
