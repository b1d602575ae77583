"""The board: cases as a list shows them, without a word of any reporter.

Whoever reads sees the cases that are granted to her key; for her the others are not there at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from casework.cases import queue
from casework.cases.case import OPEN, Case
from casework.cases.room import CaseRoom
from casework.triage import Level
from storage import cases
from storage.database import Unit
from storage.staff import people, readers

TABS = ("mine", "unassigned", "all", "longest", "closed")
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """How one case stands."""

    id: bytes
    code: str
    status: str
    risk: Level
    language: str
    channel: str
    holder: bytes | None
    joined: frozenset[bytes]
    since: int  # when it came into the queue; seconds since 1970, here and below
    asked: int | None  # since when she waits for an answer
    raised: int  # how often it went up

    @classmethod
    def of(cls, case: Case) -> Standing:
        return cls(
            id=case.id,
            code=case.code,
            status=case.status,
            risk=case.risk,
            language=case.language,
            channel=case.channel,
            holder=case.holder,
            joined=frozenset(case.joined),
            since=case.since,
            asked=case.asked,
            raised=case.raised,
        )

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def waits(self) -> int | None:
        """Since when somebody waits: she for an answer, or the case for anybody to take it."""
        if not self.is_open or self.status == "left":
            return None
        return self.since if self.holder is None else self.asked

    def is_among(self, staff_id: bytes) -> bool:
        """Whether she holds it or joined."""
        return staff_id == self.holder or staff_id in self.joined


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
    of_tab = {tab: [one for one in everything if _IN[tab](one, by)] for tab in TABS}
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
    mine = readers.granted(unit, by)
    found = (Case(report) for report in cases.everyones(unit, room.keyring) if report.id in mine)
    return [Standing.of(case) for case in found if case.status != "private"]


def called(room: CaseRoom, by: bytes, name: str) -> list[bytes]:
    """The cases of hers that a code or an id names: none, one, or several that share a code by chance."""
    wanted = name.strip().upper()
    try:
        return [bytes.fromhex(name)] if len(name) == 32 else room.read(lambda unit: _coded(unit, room, by, wanted))
    except ValueError:
        return []


def names(unit: Unit, room: CaseRoom) -> dict[bytes, str]:
    """What everybody of staff is called."""
    return {one.id: one.name for one in people.everybody(unit, room.keyring)}


def _coded(unit: Unit, room: CaseRoom, by: bytes, code: str) -> list[bytes]:
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
