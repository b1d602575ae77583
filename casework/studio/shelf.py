"""Which editions there are of each flow, which one holds, and whether a newer Hamraz brings another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casework.studio.refusals import NoSuchEdition, NoSuchFlow
from casework.studio.room import StudioRoom
from flows.definition import from_source
from flows.errors import FlowError
from flows.shape import Flow
from storage import editions, publications
from storage.database import Unit
from storage.publications import Publication
from storage.vault.errors import Tampered

SHIPPED = 0  # the number of what came with Hamraz


@dataclass(frozen=True, slots=True)
class Standing:
    """One flow as it holds now."""

    name: str
    flow: Flow
    past: Sequence[Publication] = field(repr=False)  # the first first; empty while nobody published anything
    sound: bool = True  # False: what was published is not as we left it, and what came with Hamraz is shown
    readable: bool = True  # False: this Hamraz cannot read what was published, and its own holds instead
    newer: bool = False  # an organisation's own holds, and what comes with Hamraz has changed since

    @property
    def number(self) -> int:
        """Of the publication that holds."""
        return self.past[-1].number if self.past else SHIPPED

    @property
    def own(self) -> bool:
        """Whether an organisation's own edition holds."""
        return bool(self.past) and not self.past[-1].follows and self.readable and self.sound


def everything(room: StudioRoom) -> dict[str, Standing]:
    """Every flow, by name."""
    return room.read(lambda unit: standing(unit, room))


def one(room: StudioRoom, name: str) -> Standing:
    """Raises NoSuchFlow."""
    return among(everything(room), name)


def among(flows: Mapping[str, Standing], name: str) -> Standing:
    """Raises NoSuchFlow."""
    if name not in flows:
        raise NoSuchFlow
    return flows[name]


def edition_of(room: StudioRoom, name: str, number: int) -> Flow:
    """One edition, for whoever looks. Raises NoSuchFlow, NoSuchEdition."""
    return room.read(lambda unit: edition(unit, room, among(standing(unit, room), name).past, number, name))


def standing(unit: Unit, room: StudioRoom) -> dict[str, Standing]:
    """The same within a unit of work."""
    names = {*room.shipped, *(name for name, *_ in publications.seal(unit))}
    found = (_standing(unit, room, name) for name in sorted(names))
    return {each.name: each for each in found if each is not None}


def edition(unit: Unit, room: StudioRoom, past: Sequence[Publication], number: int, name: str) -> Flow:
    """An earlier edition. Raises NoSuchEdition."""
    if number == SHIPPED and name in room.shipped:
        return room.shipped[name]
    wanted = next((each for each in past if each.number == number), None)
    flow = None if wanted is None else _read(unit, wanted)
    if flow is None:
        raise NoSuchEdition
    return flow


def _standing(unit: Unit, room: StudioRoom, name: str) -> Standing | None:
    shipped = room.shipped.get(name)
    try:
        past = publications.held(unit, room.keyring, name)
    except Tampered:
        return None if shipped is None else Standing(name, shipped, (), sound=False)
    if not past or past[-1].follows:
        return None if shipped is None else Standing(name, shipped, past)
    flow = _read(unit, past[-1])
    newer = shipped is not None and shipped.hash not in (past[-1].shipped, past[-1].edition)
    if flow is None:
        return None if shipped is None else Standing(name, shipped, past, readable=False, newer=newer)
    return Standing(name, flow, past, newer=newer)


def _read(unit: Unit, one: Publication) -> Flow | None:
    try:
        return from_source(editions.fetch(unit, one.edition) or "")
    except FlowError:
        return None
