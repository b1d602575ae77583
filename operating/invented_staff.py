"""Staff of a demo: invented people with passwords nobody is told, on duty, whom the demo's page lets in by one click."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework.cases import holding
from casework.shifts import keeping as shifts
from casework.shifts.plan import CALL, DESK
from casework.spans import Span
from casework.staff import entering, gate, joining, one_time
from casework.staff.entering import Entered
from casework.staff.factors import Shown
from casework.staff.office import BY_COMMAND
from casework.staff.roles import READERS, Role
from operating.clock import now
from operating.parts import Hamraz
from storage import counsellors
from storage.counsellors import Shift
from storage.database import Unit
from storage.staff import logins
from storage.vault.randomness import new_key

SHIFT = timedelta(hours=12)
_WEEKDAYS, _EVERY_DAY = range(6), range(7)


@dataclass(frozen=True, slots=True)
class Invented:
    """Whom a demo needs: who she is and when she works."""

    name: str
    role: Role
    days: range = range(0)
    hours: str = ""  # "09:00-17:00"
    kind: str = DESK

    @property
    def week(self) -> tuple[Shift, ...]:
        opens, _, closes = self.hours.partition("-")
        return tuple(Shift(day, *Span.read(opens, closes), self.kind) for day in self.days)


INVENTED = (
    Invented("Sana Baloch", Role.COUNSELLOR, _WEEKDAYS, "09:00-17:00"),
    Invented("Mehwish Memon", Role.COUNSELLOR, _WEEKDAYS, "13:00-21:00"),
    Invented("Nadia Soomro", Role.SUPERVISOR, _EVERY_DAY, "21:00-09:00", CALL),
    Invented("Rabia Shah", Role.ADMIN),
)


@dataclass(frozen=True, slots=True)
class InventedStaff:
    """Somebody of the demo's staff."""

    name: str
    role: Role
    hamraz: Hamraz = field(repr=False)
    password: str = field(repr=False)

    def enter(self) -> Entered:
        """Let her in; whoever clicks has no second factor to show. Raises Busy."""
        office, moment = self.hamraz.office, now()
        member = entering.named(office, self.name)
        opened = None if member is None else entering.opened_by(office, member, self.password)
        if member is None or opened is None:
            raise LookupError(f"{self.name} has left the demo")

        def work(unit: Unit) -> bytes:
            return logins.begin(unit, office.keyring, member.id, member.epoch, opened.private, moment)

        return Entered(joining.as_text(office.work(work)), gate.new_mark(office.keyring, member.id))


def invent_staff(hamraz: Hamraz) -> tuple[InventedStaff, ...]:
    """Two counsellors at the desk, a supervisor on call, and an admin."""
    with ThreadPoolExecutor(len(INVENTED)) as beside:  # each password is stretched, which takes no lock of ours
        return tuple(beside.map(lambda one: _join(hamraz, one, now()), INVENTED))


def _join(hamraz: Hamraz, one: Invented, moment: datetime) -> InventedStaff:
    office, password = hamraz.office, new_key().hex()
    code = joining.invite(office, one.name, one.role, BY_COMMAND, moment)
    invited = joining.look(office, code, moment)
    factor = joining.offer(office, invited, moment)
    shown = Shown(code=one_time.app_shows(factor.secret, moment), ticket=factor.ticket)
    joining.accept(office, code, password, shown, moment)
    if one.role in READERS:
        shifts.set_week(hamraz.room, invited.id, invited.id, one.week, _version(hamraz, invited.id), moment)
    if one.role == Role.COUNSELLOR:  # at the desk now too, whatever the hour at which somebody tries the demo
        holding.be_on_duty(hamraz.room, invited.id, moment + SHIFT, moment)
    return InventedStaff(one.name, one.role, hamraz, password)


def _version(hamraz: Hamraz, staff_id: bytes) -> int:
    return hamraz.database.work(lambda unit: counsellors.held(unit, hamraz.keyring, staff_id).version)
