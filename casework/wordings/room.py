"""What writing the words stands on, made once a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from casework.cases.room import CaseRoom
from casework.staff.roles import Role
from casework.wordings.refusals import NoWordsEditor
from flows.shape import Flow
from locales.phrasebook import Phrasebook
from storage.database import Unit
from storage.staff import people

EDITORS = frozenset({Role.ADMIN, Role.TRANSLATOR})
T = TypeVar("T")


class Spot(Protocol):
    """One place where a phrase is said."""

    @property
    def flow(self) -> str: ...
    @property
    def node(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def answers(self) -> tuple[str, ...]: ...
    @property
    def before(self) -> tuple[str, ...]: ...
    @property
    def then(self) -> tuple[str, ...]: ...


class Unfit(Protocol):
    """Why a question does not fit with a phrase in it."""

    @property
    def code(self) -> str: ...
    @property
    def flow(self) -> str: ...
    @property
    def node(self) -> str: ...
    @property
    def trouble(self) -> str: ...
    @property
    def mend(self) -> str: ...


class Talk(Protocol):
    """What the conversation knows of phrases; it is handed in, for the two rooms do not meet."""

    def unfit(self, flows: Sequence[Flow], book: Phrasebook, language: str, phrase: str) -> Iterable[Unfit]:
        """What does not fit where a phrase is said, or anywhere where none is named."""
        ...

    def spots(self, flows: Sequence[Flow], book: Phrasebook) -> Mapping[str, tuple[Spot, ...]]:
        """Where each phrase is said."""
        ...

    def rings(self, text: str) -> bool:
        """Whether these words tell of danger."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Every flow that holds now or is being written, and where it says which phrase."""

    flows: tuple[Flow, ...] = field(repr=False)
    spots: Mapping[str, tuple[Spot, ...]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class WordsRoom:
    """The parts."""

    room: CaseRoom = field(repr=False)
    talk: Talk = field(repr=False)
    flows: Callable[[Unit], Sequence[Flow]] = field(repr=False)

    @property
    def phrasebook(self) -> Phrasebook:
        return self.room.phrasebook

    def asked(self, unit: Unit) -> Asked:
        """The flows as of a unit of work."""
        flows = tuple(self.flows(unit))
        return Asked(flows, self.talk.spots(flows, self.phrasebook))

    def read(self, function: Callable[[Unit], T]) -> T:
        """Look at something, with the words as they are by now."""

        def whole(unit: Unit) -> T:
            self.room.renew(unit)
            return function(unit)

        return self.room.read(whole)

    def work(self, by: bytes, function: Callable[[Unit], T]) -> T:
        """One unit of work of somebody who may write. Raises NoWordsEditor."""

        def whole(unit: Unit) -> T:
            member = people.fetch(unit, self.room.keyring, by, hold=False)
            if member is None or member.status != people.ACTIVE or member.role not in EDITORS:
                raise NoWordsEditor
            return function(unit)

        return self.room.work(whole)
