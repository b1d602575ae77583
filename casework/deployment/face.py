"""How the console looks to the team: its own name and colour. Nobody outside sees either."""

from __future__ import annotations

from dataclasses import dataclass

from casework.deployment import shelf
from casework.deployment.table import FACE, KIND
from storage import papers
from storage.database import Unit
from storage.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Face:
    """What every page shows."""

    name: str  # "" while the team has given none
    accent: str


class FaceShelf:
    """Keeps the latest for one process; a page reads twelve bytes a setting to know."""

    def __init__(self) -> None:
        self._known: tuple[object, Face | None] = (None, None)

    def face(self, unit: Unit, keyring: Keyring) -> Face:
        """As it is in this unit of work."""
        edition, face = self._known
        now = papers.edition(unit, KIND)
        if face is None or now != edition:
            face = Face(**shelf.standing(unit, keyring, FACE).value)
            self._known = now, face
        return face
