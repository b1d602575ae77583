"""Sharing: reports of before are granted to who came later, by somebody who can open them.

She does it herself, by a click: who appoints a counsellor is not yet who opens the archive to her.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from casework.staff.office import Office, short
from casework.staff.refusals import OnlyHers
from casework.staff.roles import READERS
from storage import audit, teams
from storage.database import Unit
from storage.staff import people, readers
from storage.staff.people import Member
from storage.staff.readers import Reader
from storage.vault.errors import KeyringError, Tampered
from storage.vault.grants import open_private

BATCH = 50  # reports in one unit of work, some 20 ms


@dataclass(frozen=True, slots=True)
class Owed:
    """Somebody who cannot open every earlier report yet."""

    id: bytes
    name: str = field(repr=False)
    reports: int


def owed(office: Office) -> list[Owed]:
    """Who still lacks earlier reports, and how many."""

    def read(unit: Unit) -> list[Owed]:
        waiting = [one for one in people.everybody(unit, office.keyring) if one.status == people.ACTIVE and one.owed]
        found = [Owed(one.id, one.name, readers.ungranted(unit, one.id)) for one in waiting]
        return [one for one in found if one.reports]

    return office.read(read)


def share(office: Office, giver: Reader, now: datetime, *, most: int = 2_000) -> int:
    """Grant what `giver` can open to everybody it is owed to; return how many grants were made.

    most  reports for one colleague; call again while it returns any
    May be killed and called again, and by several at once.
    """
    waiting = office.read(
        lambda unit: [one for one in people.everybody(unit, office.keyring) if one.status == people.ACTIVE and one.owed]
    )
    return sum(_share_with(office, giver, one, most, now) for one in waiting if one.id != giver.id)


def share_by_team(office: Office, passphrase: str, now: datetime) -> int:
    """The same by whoever holds the team's passphrase. Raises LookupError when it opens no team's key."""
    made, opened = 0, False
    for team in office.read(lambda unit: teams.keys(unit, office.keyring)):
        try:
            giver = Reader(team.id, open_private(team.sealed_private, passphrase))
        except KeyringError:
            continue
        opened = True
        while some := share(office, giver, now):
            made += some
    if not opened:
        raise LookupError("the team's passphrase does not open its key")
    return made


def _share_with(office: Office, giver: Reader, to: Member, most: int, now: datetime) -> int:
    lacking = office.read(lambda unit: readers.lacking(unit, giver.id, to.id, most))
    made = 0
    for at in range(0, len(lacking), BATCH):
        work = partial(_share_batch, office, giver=giver, to_id=to.id, reports=lacking[at : at + BATCH], now=now)
        made += office.work(work)
    office.work(lambda unit: _note(office, unit, giver, to.id, made, now))
    return made


def _share_batch(
    office: Office, unit: Unit, giver: Reader, to_id: bytes, reports: Sequence[bytes], now: datetime
) -> int:
    held = people.fetch(unit, office.keyring, to_id)
    if held is None or held.status != people.ACTIVE:  # she left meanwhile
        return 0
    made = 0
    for one in reports:
        try:
            made += readers.share(unit, one, giver, held.id, held.public)
        except Tampered as fault:  # it stops nobody else's
            audit.note_fault(unit, office.keyring, str(fault), now)
    return made


def _note(office: Office, unit: Unit, giver: Reader, to_id: bytes, made: int, now: datetime) -> None:
    held = people.fetch(unit, office.keyring, to_id)
    if held is not None and held.owed and not readers.ungranted(unit, to_id):
        held.owed = False
        people.save(unit, office.keyring, held)
    if made:
        audit.append(unit, office.keyring, "shared", now, f"{made} reports with {short(to_id)} by {short(giver.id)}")


def retire_team(office: Office, now: datetime) -> int:
    """The team's key of the beginning opens nothing any more; return how many grants were taken back.

    Raises OnlyHers when it alone opens some reports, or when nobody else reads.
    """

    def work(unit: Unit) -> int:
        taken = 0
        if not any(
            one.role in READERS and one.status == people.ACTIVE for one in people.everybody(unit, office.keyring)
        ):
            raise OnlyHers(count=0)
        for team in teams.keys(unit, office.keyring):
            if alone := readers.hers_alone(unit, team.id):
                raise OnlyHers(count=alone)
            taken += readers.leave(unit, team.id, now)
        audit.append(unit, office.keyring, "team key retired", now, f"{taken} grants")
        return taken

    return office.work(work)
