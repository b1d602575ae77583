"""What the flow studio stands on, made once a process; and who may do anything here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from casework.staff.office import BY_COMMAND, Office, short
from casework.staff.roles import Role
from casework.studio.refusals import NotHers
from flows.findings import Finding
from flows.shape import Flow
from storage import audit, marks
from storage.database import Unit
from storage.staff import people
from storage.vault.keyring import Keyring

T = TypeVar("T")
Prove = Callable[[Sequence[Flow], Mapping[str, Flow]], Sequence[Finding]]  # flows, and everything there is


class Walk(Protocol):
    """The conversations that go every way of a flow."""

    def findings(self) -> Sequence[Finding]:
        """What no answers lead to, and where somebody is left standing."""
        ...

    def kept(self) -> str:
        """As it is kept with the edition."""
        ...


Walker = Callable[[Flow, Mapping[str, Flow]], Walk]


@dataclass(frozen=True, slots=True)
class StudioRoom:
    """The parts."""

    office: Office = field(repr=False)
    shipped: Mapping[str, Flow] = field(repr=False)  # what came with this version, by name
    prove: Prove = field(repr=False)
    renew: Callable[[Unit], None] = field(repr=False)  # whatever staff have changed of the words is what is proved
    walk: Walker | None = field(default=None, repr=False)  # None: nothing is published from here

    @property
    def keyring(self) -> Keyring:
        return self.office.keyring

    def read(self, function: Callable[[Unit], T]) -> T:
        return self.office.read(function)

    def work(self, by: bytes, function: Callable[[Unit], T]) -> T:
        """One unit of work of an admin's, or of whoever runs the command on the server, while no other changes anything here.

        Raises NotHers.
        """

        def held(unit: Unit) -> T:
            member = people.fetch(unit, self.keyring, by, hold=False) if by != BY_COMMAND else None
            hers = member is not None and member.status == people.ACTIVE and member.role == Role.ADMIN
            if not hers and by != BY_COMMAND:
                raise NotHers
            marks.hold(unit, "flows")
            return function(unit)

        return self.office.work(held)

    def log(self, unit: Unit, what: str, about: str, by: bytes, now: datetime) -> None:
        """On record: which flow and which number, by whom; last in a unit."""
        audit.append(unit, self.keyring, f"flow {what}", now, f"{about} by {short(by)}".strip())
