"""What settings stand on, made once a process; and who may decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from casework.cases.room import CaseRoom
from casework.deployment.face import Face, FaceShelf
from casework.deployment.refusals import NotHersToSet
from casework.deployment.table import KIND
from casework.staff.roles import Role
from casework.studio.room import StudioRoom
from casework.wordings.room import WordsRoom
from storage import papers
from storage.database import Unit
from storage.staff import people
from storage.vault.keyring import Keyring
from storage.vault.senders import SenderBook

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SettingsRoom:
    """The parts."""

    room: CaseRoom = field(repr=False)
    studio: StudioRoom = field(repr=False)
    words: WordsRoom = field(repr=False)
    senders: SenderBook = field(repr=False)
    channels: frozenset[str] = frozenset()  # those that are on
    faces: FaceShelf = field(default_factory=FaceShelf, repr=False)

    @property
    def keyring(self) -> Keyring:
        return self.room.keyring

    def read(self, function: Callable[[Unit], T]) -> T:
        return self.room.read(function)

    def face(self) -> Face:
        """How the console looks by now."""
        return self.read(lambda unit: self.faces.face(unit, self.keyring))

    def work(self, by: bytes, function: Callable[[Unit], T]) -> T:
        """One unit of work of an admin's, while nobody else decides anything. Raises NotHersToSet."""

        def whole(unit: Unit) -> T:
            member = people.fetch(unit, self.keyring, by, hold=False)
            if member is None or member.status != people.ACTIVE or member.role != Role.ADMIN:
                raise NotHersToSet
            papers.hold(unit, KIND)
            return function(unit)

        return self.room.work(whole)
