"""Standings: how each case stands, kept in memory so that a list of ten thousand need not be opened again and again.

What the service may know of a report lies under its seal, and opening one takes some 20 µs. So each process keeps what it
has opened, by the version of its row, and opens only what has changed since. Never written anywhere, and never a word of
a reporter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from sys import intern
from typing import Any

from casework.cases.case import OPEN, Case
from casework.triage import Level
from storage import cases
from storage.cases import Row
from storage.database import Unit
from storage.vault.keyring import Keyring


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
    raised_at: int
    alarm: Mapping[str, Any] | None  # what the pager keeps of its calls
    institution: str  # that it is about; "" for none
    asks: bool  # somebody asked here for what takes two, and nobody has answered

    @classmethod
    def of(cls, case: Case) -> Standing:
        return cls(
            id=case.id,
            code=case.code,
            status=intern(case.status),  # once for all cases: each was read out of a seal of its own
            risk=case.risk,
            language=intern(case.language),
            channel=intern(case.channel),
            holder=case.holder,
            joined=frozenset(case.joined),
            since=case.since,
            asked=case.asked,
            raised=case.raised,
            raised_at=case.raised_at,
            alarm=case.alarm,
            institution=intern(case.institution),
            asks=case.asks,
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


class Standings:
    """What one process knows of how cases stand. Safe to use from many threads."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[int, Standing]] = {}  # by case: the version of its row, and how it stood then

    def all(self, unit: Unit, keyring: Keyring) -> Sequence[Standing]:
        """Every report. For a unit that reads: what it sees is committed, and is kept."""
        if not self._known:  # the first look: one after the other is twice as fast as each by its id
            self._known = {one.id: (one.version, Standing.of(Case(one))) for one in cases.everyones(unit, keyring)}
            return [standing for _, standing in self._known.values()]
        rows = cases.all_rows(unit)
        opened = self._opened(unit, keyring, rows)
        # Anew and not on top: what was erased goes.
        self._known = {row.id: known for row in rows if (known := opened.get(row.id)) is not None}
        return [standing for _, standing in self._known.values()]

    def nobodys(self, unit: Unit, keyring: Keyring) -> Sequence[Standing]:
        """Those that nobody holds. In any unit: what is not committed yet is opened and not kept."""
        return [standing for _, standing in self._opened(unit, keyring, cases.free_rows(unit)).values()]

    def held_by(self, unit: Unit, keyring: Keyring, holder: bytes) -> Sequence[Standing]:
        """One counsellor's, closed ones too. In any unit, as above."""
        return [standing for _, standing in self._opened(unit, keyring, cases.rows_of(unit, holder)).values()]

    def _opened(self, unit: Unit, keyring: Keyring, rows: Iterable[Row]) -> dict[bytes, tuple[int, Standing]]:
        found, lacking = {}, []
        for row in rows:
            known = self._known.get(row.id)
            # Her id stands in clear beside the seal: one that was put there by somebody else does not open.
            if known is not None and known[0] == row.version and known[1].holder == row.holder:
                found[row.id] = known
            else:
                lacking.append(row.id)
        for report in cases.opened(unit, keyring, lacking):
            found[report.id] = report.version, Standing.of(Case(report))
        return found
