"""Nobody answers a case about a place that she belongs to; and whose place is freest takes the next case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.cases import holding, queue, tending
from casework.cases.refusals import NotYours, OwnInstitution
from casework.seeding import load
from casework.shifts import keeping
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import counsellors
from storage.staff import readers
from tests.casework.cases.conftest import Colleague, Desk
from tests.casework.cases.phones_and_desk import Team
from tests.casework.institutions.test_in_a_talk import ask
from tests.phones import Clock, Phone

KARACHI = "inst001"


def belong(at: Desk | Team, who: Colleague, *institutions: str) -> None:
    room = at.room
    one = room.read(lambda unit: counsellors.look(unit, room.keyring, who.id))
    keeping.set_ways(
        room,
        who.id,
        who.id,
        languages=one.languages,
        capacity=one.capacity,
        called="",
        belongs=institutions,
        version=one.version,
        now=at.clock(),
    )


@pytest.fixture
def amina(desk: Desk) -> Colleague:
    """On duty, and of the University of Karachi."""
    desk.room.work(load)
    amina = desk.hire("Amina", duty=True)
    belong(desk, amina, KARACHI, "inst002")
    return amina


def test_the_queue_gives_her_the_next_one_instead(desk: Desk, amina: Colleague) -> None:
    about_hers = desk.file(institution=KARACHI, priority="red")
    desk.clock.forward(minutes=1)
    other = desk.file(institution="inst003")

    tending.tend(desk.room, desk.clock())

    assert desk.case(about_hers).holder is None
    assert desk.case(other).holder == amina.id


def test_a_claim_a_hand_over_to_her_joining_and_reopening_are_refused(desk: Desk, amina: Colleague) -> None:
    bano, sara = desk.hire("Bano"), desk.hire("Sara", Role.SUPERVISOR)
    belong(desk, sara, KARACHI)
    report_id = desk.file(institution=KARACHI)

    with pytest.raises(OwnInstitution):
        desk.claim(amina, report_id)
    desk.claim(bano, report_id)
    with pytest.raises(OwnInstitution):
        holding.hand_over(desk.room, bano.id, report_id, amina.id, desk.clock())
    with pytest.raises(OwnInstitution):
        holding.join(desk.room, sara.id, report_id, desk.clock())
    desk.room.work(
        lambda unit: (
            case := desk.room.held(unit, report_id, bano.id),
            setattr(case, "status", "closed"),
            desk.room.keep(unit, case, desk.clock()),
        )
    )
    with pytest.raises(OwnInstitution):
        holding.reopen(desk.room, amina.id, report_id, desk.clock())

    assert desk.case(report_id).holder == bano.id


def test_her_language_counts_as_spoken_by_nobody_where_only_she_speaks_it_and_may_not(desk: Desk) -> None:
    desk.room.work(load)
    amina = desk.hire("Amina", duty=True, languages=("ur",))
    belong(desk, amina, KARACHI)
    bano = desk.hire("Bano", duty=True, languages=("en",))
    report_id = desk.file(institution=KARACHI, language="ur")

    tending.tend(desk.room, desk.clock())

    assert desk.case(report_id).holder == bano.id


def test_whoever_learns_that_it_is_about_her_own_place_lets_go_of_it_by_saying_so(desk: Desk, amina: Colleague) -> None:
    bano, sara = desk.hire("Bano"), desk.hire("Sara", Role.SUPERVISOR)
    report_id = desk.file()
    belong(desk, sara, "inst003")
    desk.claim(amina, report_id)
    holding.join(desk.room, sara.id, report_id, desk.clock())
    with pytest.raises(LookupError):
        holding.name_institution(desk.room, amina.id, report_id, "inst999", desk.clock())
    with pytest.raises(NotYours):
        holding.name_institution(desk.room, bano.id, report_id, KARACHI, desk.clock())

    holding.name_institution(desk.room, amina.id, report_id, "inst003", desk.clock())
    assert (desk.case(report_id).holder, desk.case(report_id).joined) == (amina.id, [])
    holding.name_institution(desk.room, amina.id, report_id, KARACHI, desk.clock())

    case = desk.case(report_id)
    assert (case.holder, case.status, case.institution) == (None, "waiting", KARACHI)
    tending.tend(desk.room, desk.clock())
    assert desk.case(report_id).holder is None
    assert KARACHI not in str(desk.log())


def test_whoever_has_the_most_free_places_is_given_the_oldest(desk: Desk) -> None:
    full, free = desk.hire("Amina", duty=True, capacity=2), desk.hire("Bano", duty=True, capacity=4)
    for who in (full, free):
        desk.claim(who, desk.file())
    oldest = desk.file()
    desk.clock.now += timedelta(minutes=1)
    newer = desk.file()

    tending.tend(desk.room, desk.clock())

    assert (desk.case(oldest).holder, desk.case(newer).holder) == (free.id, full.id)
    assert desk.room.read(lambda unit: queue.load(unit, desk.room, free.id)) == 2
    assert desk.room.read(lambda unit: oldest in readers.granted(unit, free.id))


def test_whoever_asks_for_a_person_in_the_middle_of_it_gets_one_from_elsewhere(
    phone: Callable[..., Phone], hamraz: Hamraz, clock: Clock
) -> None:
    team = Team(hamraz, clock)
    hers, other = team.hire("Amina"), team.hire("Bano", capacity=1)
    belong(team, hers, "inst027")
    reporter = ask(phone())
    for said in ("MUET", "/TALK", "SKIP", "1", "1"):  # in the middle of her story
        reporter.say(said)

    assert (team.case.institution, team.case.holder) == ("inst027", other.id)
    assert "Mehran University" in str(team.body(other, team.case)["answers"])
