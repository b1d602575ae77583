"""What writing the words stands on, made once a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from casework.cases.room import CaseRoom
from casework.staff.roles import Role
from casework.wordings.refusals import NoWordsEditor
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


@dataclass(frozen=True, slots=True)
class WordsRoom:
    """The parts. What the conversation knows of phrases is handed in: the two rooms do not meet."""

    room: CaseRoom = field(repr=False)
    unfit: Callable[[Phrasebook, str, str], Iterable[Unfit]] = field(repr=False)  # book, language, phrase
    spots: Callable[[Phrasebook], Mapping[str, tuple[Spot, ...]]] = field(repr=False)

    @property
    def phrasebook(self) -> Phrasebook:
        return self.room.phrasebook

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
