"""The register: who there is, for those who may invite and remove."""

from __future__ import annotations

from dataclasses import dataclass, field

from casework.staff.entering import named
from casework.staff.office import Office
from casework.staff.roles import READERS, Role
from storage.staff import people


@dataclass(frozen=True, slots=True)
class Entry:
    """One of staff."""

    id: bytes
    name: str = field(repr=False)
    role: Role
    status: str  # "invited", "active" or "left"
    factors: tuple[str, ...]  # "code", "passkey"
    owed: bool  # earlier reports are still to be shared with her

    @property
    def reads(self) -> bool:
        return self.role in READERS


def entries(office: Office) -> list[Entry]:
    """All staff, by name."""
    return [_entry(one) for one in office.read(lambda unit: people.everybody(unit, office.keyring))]


def entry(office: Office, name: str) -> Entry | None:
    """Whoever has this name."""
    member = named(office, name)
    return None if member is None else _entry(member)


def _entry(member: people.Member) -> Entry:
    kinds = (("code", "totp"), ("passkey", "passkeys"))
    found = tuple(shown for shown, kept in kinds if member.proofs.get(kept))
    return Entry(member.id, member.name, Role(member.role), member.status, found, member.owed)
