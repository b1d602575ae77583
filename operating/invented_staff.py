"""Staff of a demo: invented people with passwords nobody is told, on duty, whom the demo's page lets in by one click."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework.cases import holding
from casework.staff import entering, gate, joining, one_time
from casework.staff.entering import Entered
from casework.staff.factors import Shown
from casework.staff.joining import BY_COMMAND
from casework.staff.roles import READERS, Role
from operating.clock import now
from operating.parts import Hamraz
from storage.database import Unit
from storage.staff import logins
from storage.vault.randomness import new_key

SHIFT = timedelta(hours=12)
INVENTED = (("Sana Baloch", Role.COUNSELLOR), ("Mehwish Memon", Role.COUNSELLOR), ("Rabia Shah", Role.ADMIN))


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
    """Two counsellors on duty and an admin."""
    with ThreadPoolExecutor(len(INVENTED)) as beside:  # each password is stretched, which takes no lock of ours
        return tuple(beside.map(lambda one: _join(hamraz, one[0], one[1], now()), INVENTED))


def _join(hamraz: Hamraz, name: str, role: Role, moment: datetime) -> InventedStaff:
    office, password = hamraz.office, new_key().hex()
    code = joining.invite(office, name, role, BY_COMMAND, moment)
    invited = joining.look(office, code, moment)
    factor = joining.offer(office, invited, moment)
    shown = Shown(code=one_time.app_shows(factor.secret, moment), ticket=factor.ticket)
    joining.accept(office, code, password, shown, moment)
    if role in READERS:
        holding.be_on_duty(hamraz.room, invited.id, moment + SHIFT, moment)
    return InventedStaff(name, role, hamraz, password)
