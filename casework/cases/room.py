"""What everything about cases stands on, made once a process; and who may do anything here at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from casework.casefile import history
from casework.cases.case import Case
from casework.cases.news import Herald, News
from casework.cases.refusals import CaseBroken, CaseGone, NotStaff
from casework.cases.standings import Standings
from casework.hours import OpeningHours
from casework.shifts.rota import Rota, RotaShelf
from casework.staff.office import short
from casework.staff.roles import READERS
from casework.wordings.shelf import WordingShelf
from locales.phrasebook import Phrasebook
from storage import audit, cases, reports
from storage.database import Database, Unit
from storage.staff import people, readers
from storage.staff.people import Member
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CaseRoom:
    """The parts."""

    database: Database = field(repr=False)
    keyring: Keyring = field(repr=False)
    hours: OpeningHours  # of the settings: they hold while the team keeps none of its own
    phrasebook: Phrasebook = field(repr=False)
    bare: Callable[[bytes], bytes | None] = field(default=lambda picture: None, repr=False)  # its pixels alone, as JPEG
    heralds: tuple[Herald, ...] = ()  # who tell counsellors what happens to cases
    standings: Standings = field(default_factory=Standings, repr=False)
    also: Callable[[Unit, Any], None] | None = field(default=None, repr=False)
    templates: frozenset[str] = frozenset()  # names of those that WhatsApp has approved: "again_ur"
    rotas: RotaShelf = field(default_factory=RotaShelf, repr=False)
    wordings: WordingShelf = field(default_factory=WordingShelf, repr=False)

    def together(self, also: Callable[[Unit, Any], None]) -> CaseRoom:
        """This room, in which whatever is done is done together with something else: both, or neither.

        also  gets the unit of work and what was done in it returned
        """
        return replace(self, also=also)

    def read(self, function: Callable[[Unit], T]) -> T:
        return self.database.read(function)

    def work(self, function: Callable[[Unit], T]) -> T:
        """One unit of work, done again when two added to the log at once."""
        also = self.also

        def whole(unit: Unit) -> T:
            self.renew(unit)
            value = function(unit)
            if also is not None:
                also(unit, value)
            return value

        return audit.logged_work(self.database, whole)

    def renew(self, unit: Unit) -> None:
        """Have the phrasebook say what the organisation says as of this unit of work."""
        self.wordings.renew(unit, self.keyring, self.phrasebook)

    def sound(self, function: Callable[[], T], now: datetime) -> T:
        """Do something with a case in units of work of its own. Where something of it does not open, that goes on record.

        Raises CaseBroken.
        """
        try:
            return function()
        except Tampered as fault:
            place = str(fault)
        audit.logged_work(self.database, lambda unit: audit.note_fault(unit, self.keyring, place, now))
        raise CaseBroken

    def acting(self, unit: Unit, staff_id: bytes) -> Member:
        """Whoever does something. Raises NotStaff for anybody who is no counsellor, or was."""
        member = people.fetch(unit, self.keyring, staff_id, hold=False)
        if member is None or member.status != people.ACTIVE or member.role not in READERS:
            raise NotStaff
        return member

    def rota(self, unit: Unit) -> Rota:
        """Who is on when, as it is in this unit of work. Raises Tampered."""
        return self.rotas.rota(unit, self.keyring, self.hours)

    def held(self, unit: Unit, report_id: bytes, by: bytes) -> Case:
        """A case that is granted to her, and nobody else changes it until this unit ends. Raises CaseGone."""
        report = reports.fetch(unit, self.keyring, report_id)
        if report is None or report.meta.get("status") == "private" or not readers.is_granted(unit, by, report_id):
            raise CaseGone
        return Case(report)

    def seen(self, unit: Unit, report_id: bytes, by: bytes) -> Case:
        """The same, only to look at."""
        report = reports.fetch(unit, self.keyring, report_id, hold=False)
        if report is None or report.meta.get("status") == "private" or not readers.is_granted(unit, by, report_id):
            raise CaseGone
        return Case(report)

    def keep(self, unit: Unit, case: Case, now: datetime) -> None:
        reports.save(unit, self.keyring, case.report, now)

    def tell(self, unit: Unit, news: News) -> None:
        """Let counsellors know. The case was kept."""
        for herald in self.heralds:
            herald.tell(unit, news)

    def log(
        self,
        unit: Unit,
        what: str,
        case: Case,
        by: bytes | None,
        now: datetime,
        more: str = "",
        *,
        said: Mapping[str, Any] | None = None,
        seq: int = 0,
    ) -> None:
        """Let counsellors know, and put on record. Last in a unit.

        said, seq  of a reply: its words, for those who may see them, and its place in the thread; neither is put on record
        """
        self.tell(unit, News(what, case, now, by, said or {}, seq=seq))
        self.record(unit, what, case, by, now, more)

    def record(self, unit: Unit, what: str, case: Case, by: bytes | None, now: datetime, more: str = "") -> None:
        """Write it into the case's own history, and put it on record. Last in a unit."""
        if history.note(unit, case, what, by, now, more):
            self.keep(unit, case, now)
        who = f" by {short(by)}" if by is not None else ""
        cases.log(unit, self.keyring, what, f"{case.code}{who}{' ' + more if more else ''}", now)
