"""The whole way: told on a phone, opened by a counsellor who logged in, and by nobody who left."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from casework.staff import joining, leaving
from casework.staff.office import Office
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import reports
from storage.database import Database, Unit
from storage.tables import grants
from storage.tables import reports as report_table
from tests.bot.test_conversation import STORY, receipt_in, tell
from tests.casework.staff.conftest import Human, accepted
from tests.databases import Place
from tests.phones import Clock, Phone


def opened(human: Human) -> list[str]:
    """Every report that she can open, with nothing but her cookie."""
    person = human.person

    def work(unit: Unit) -> list[str]:
        found = []
        for (report_id,) in unit.main.all(select(report_table.c.id)):
            half = reports.half_granted(unit, report_id, person.id, person.private)
            report = reports.fetch(unit, human.office.keyring, report_id)
            if half is not None and report is not None:
                found.append(str(reports.read_body(report, half)))
        return found

    return human.office.work(work)


def test_what_she_told_opens_for_each_counsellor_by_her_cookie_in_every_process_until_she_leaves_or_it_is_erased(
    hamraz: Hamraz, phone: Callable[..., Phone], clock: Clock, place: Place
) -> None:
    office = hamraz.office
    amina, sana, admin = (
        accepted(office, joining.invite(office, name, role, b"", clock()), clock, name)
        for name, role in (("Amina", Role.COUNSELLOR), ("Sana", Role.SUPERVISOR), ("Zoya", Role.ADMIN))
    )
    reporter = phone()
    code = receipt_in(tell(reporter))

    another: Database = place.open()
    sana.office = Office(another, office.keyring, office.stretcher, None)
    assert [STORY in text for text in opened(amina) + opened(sana)] == [True, True]
    assert opened(admin) == []

    sanas = sana.person
    leaving.leave(office, sana.id, admin.id, None, clock())
    assert sana.who() is None
    assert another.work(lambda unit: _granted(unit, sanas.id)) == []

    for said in (code, "erase", "1"):
        reporter.say(said)
    assert opened(amina) == []
    assert another.work(lambda unit: unit.main.all(select(grants.c.holder_id))) == []


def _granted(unit: Unit, holder: bytes) -> list[tuple[object, ...]]:
    return unit.main.all(select(grants.c.report_id).where(grants.c.holder_id == holder))
