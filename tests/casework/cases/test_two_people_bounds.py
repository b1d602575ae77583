"""What takes two stays shut: once she took her report back, to whoever belongs to the place, and where something was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from casework.casefile import asking, copies, plans, referrals
from casework.casefile.asking import EXPORT, REVEAL, SHRED
from casework.cases import holding, refusals, relay
from casework.seeding import load
from casework.staff.roles import Role
from storage import cases
from storage.database import Unit
from storage.reports import Report
from storage.tables import casebook, entries
from storage.vault.keyring import Keyring
from tests.casework.cases.conftest import Colleague, Desk
from tests.casework.cases.test_institutions import KARACHI, belong
from tests.casework.cases.test_two_people import agree, agreed_referral, amina, ask, case, look, reader, sana, state
from tests.storage.attacker import everyone, remove

__all__ = ["amina", "case", "sana"]  # the fixtures: a case of hers, and a colleague who can open it


def change(desk: Desk, case: bytes, who: Colleague, status: str = "", institution: str = "") -> None:
    def work(unit: Unit) -> None:
        held = desk.room.held(unit, case, who.id)
        held.status = status or held.status
        held.report.meta["institution"] = institution
        desk.room.keep(unit, held, desk.clock())

    desk.room.work(work)


def copy(desk: Desk, who: Colleague, case: bytes, request: str) -> bytes:
    return copies.made(desk.room, reader(who), case, request, "lemon tree 77", "en", desk.clock())


# --- once she took it back ------------------------------------------------------------------------


def test_what_she_took_back_is_neither_asked_for_nor_agreed_to(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request = ask(desk, amina, case)
    assert asking.waiting_for(desk.room, reader(sana), desk.clock())

    change(desk, case, amina, "withdrawn")

    assert asking.waiting_for(desk.room, reader(sana), desk.clock()) == []
    for step in (
        lambda: ask(desk, amina, case, SHRED),
        lambda: agree(desk, sana, case, request),
        lambda: asking.refuse(desk.room, reader(sana), case, request, desk.clock()),
    ):
        with pytest.raises(refusals.CaseGone):
            step()


def test_what_two_agreed_to_before_she_took_it_back_opens_no_more(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    reveal = ask(desk, amina, case)
    export = ask(desk, amina, case, EXPORT, referral=agreed_referral(desk, amina, case))
    for request in (reveal, export):
        agree(desk, sana, case, request)

    change(desk, case, amina, "withdrawn")

    for open_, request in ((look, reveal), (copy, export)):
        with pytest.raises(refusals.CaseGone):
            open_(desk, amina, case, request)
    assert not [what for what, _ in desk.log() if what in ("reveal looked at", "export made")]


# --- to whoever belongs to the place, or has the case no more ----------------------------------------


def test_whoever_belongs_to_the_place_neither_asks_nor_agrees_nor_sees_what_is_asked(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    desk.room.work(load)
    change(desk, case, amina, institution=KARACHI)
    boss = desk.hire("Rabia", Role.SUPERVISOR)
    own = desk.file(institution=KARACHI)
    belong(desk, boss, KARACHI)
    belong(desk, sana, KARACHI)
    request = ask(desk, amina, case)

    with pytest.raises(refusals.OwnInstitution):
        ask(desk, boss, own)
    with pytest.raises(refusals.OwnInstitution):
        agree(desk, sana, case, request)

    assert asking.waiting_for(desk.room, reader(sana), desk.clock()) == []
    assert state(desk, case, request) == "asked"


def test_nothing_opens_to_who_belongs_to_the_place_that_it_turned_out_to_be_about(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    desk.room.work(load)
    request = ask(desk, amina, case)
    agree(desk, sana, case, request)
    belong(desk, amina, KARACHI)

    change(desk, case, amina, institution=KARACHI)

    with pytest.raises(refusals.OwnInstitution):
        look(desk, amina, case, request)


def test_nothing_opens_to_who_has_the_case_no_more(desk: Desk, amina: Colleague, sana: Colleague, case: bytes) -> None:
    request = ask(desk, amina, case)
    agree(desk, sana, case, request)

    holding.hand_over(desk.room, amina.id, case, sana.id, desk.clock())

    with pytest.raises(refusals.NotYours):
        look(desk, amina, case, request)


# --- where something was changed by somebody outside --------------------------------------------------


def broken(desk: Desk, case: bytes) -> None:
    """A row is taken from its casebook."""
    rows = desk.room.read(lambda unit: everyone(unit, casebook))
    row = next(one for one in rows if one["report_id"] == case)
    desk.room.work(lambda unit: remove(unit, casebook, row))


def test_one_broken_case_does_not_hide_what_waits_in_the_others(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    other = desk.file()
    desk.claim(amina, other)
    ask(desk, amina, case)
    request = ask(desk, amina, other)

    broken(desk, case)

    assert [one.id for _, one in asking.waiting_for(desk.room, reader(sana), desk.clock())] == [request]


STEPS: dict[str, Callable[[Desk, Colleague, bytes, str], object]] = {
    "ask": lambda desk, who, case, request: ask(desk, who, case, EXPORT, referral=request),
    "copy": copy,
    "offer": lambda desk, who, case, _: referrals.offer(desk.room, reader(who), case, "to", "", "", desk.clock()),
    "step": lambda desk, who, case, one: referrals.move(
        desk.room, reader(who), case, one, "declined", "", desk.clock()
    ),
    "send": lambda desk, who, case, _: plans.send(desk.room, reader(who), case, desk.clock(), keep=True),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_was_changed_outside_is_said_and_goes_on_record(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes, step: str
) -> None:
    request = ask(desk, amina, case, EXPORT, referral=agreed_referral(desk, amina, case))
    agree(desk, sana, case, request)
    if step == "ask":
        asking.refuse(desk.room, reader(amina), case, request, desk.clock())
    broken(desk, case)

    with pytest.raises(refusals.CaseBroken):
        STEPS[step](desk, amina, case, request)

    what, where = desk.log()[-1]
    assert (what, where.partition(":")[0]) == ("fault", "casebook.sealed")


def test_a_second_yes_and_a_look_say_so_too(desk: Desk, amina: Colleague, sana: Colleague, case: bytes) -> None:
    export = ask(desk, amina, case, EXPORT, referral=agreed_referral(desk, amina, case))
    reveal = ask(desk, amina, case)
    agree(desk, sana, case, reveal)
    relay.reply(desk.room, amina.id, case, "We are here", desk.clock(), keep=True)
    broken(desk, case)
    with pytest.raises(refusals.CaseBroken):
        agree(desk, sana, case, export)

    (entry,) = desk.room.read(lambda unit: everyone(unit, entries))
    desk.room.work(lambda unit: remove(unit, entries, entry))
    with pytest.raises(refusals.CaseBroken):
        look(desk, amina, case, reveal)

    assert [what for what, _ in desk.log()][-2:] == ["fault", "fault"]


# --- what is opened for it ----------------------------------------------------------------------------


def test_a_look_at_the_inbox_opens_only_cases_in_which_something_is_asked(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        desk.file()
    ask(desk, amina, case, REVEAL)
    assert asking.waiting_for(desk.room, reader(sana), desk.clock())
    seen: list[bytes] = []
    opened = cases.opened

    def watched(unit: Unit, keyring: Keyring, ids: Sequence[bytes]) -> Iterator[Report]:
        seen.extend(ids)
        return opened(unit, keyring, ids)

    monkeypatch.setattr(cases, "opened", watched)
    monkeypatch.setattr(cases, "everyones", lambda *_: pytest.fail("all of them were opened"))

    asking.waiting_for(desk.room, reader(sana), desk.clock())

    assert seen == [case]
