"""What no one of us does alone: who she is, a copy for somebody else, the end of a case."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from casework.casefile import asking, referrals, revealing
from casework.casefile.asking import EXPORT, REVEAL, SHRED, Request
from casework.casefile.referrals import Consent
from casework.cases import hearing, refusals
from casework.cases.case import Case
from casework.staff import leaving
from casework.staff.office import Office
from casework.staff.roles import Role
from storage import casebook, cases, reports, ways_back
from storage.database import Unit
from storage.staff import people, readers
from storage.staff.readers import Reader
from storage.tables import main_metadata
from storage.vault.keyring import Purpose
from storage.vault.receipts import ReceiptCode, derive
from tests.casework.cases.conftest import Colleague, Desk
from tests.storage.attacker import copied

WHY = "The court in Larkana asks for it today."


def reader(who: Colleague) -> Reader:
    return Reader(who.id, who.pair.private)


@pytest.fixture
def amina(desk: Desk) -> Colleague:
    return desk.hire()


@pytest.fixture
def sana(desk: Desk) -> Colleague:
    return desk.hire("Sana")


@pytest.fixture
def case(desk: Desk, amina: Colleague, sana: Colleague) -> bytes:
    """Hers, told with a name, and a way back for a month."""
    room, now = desk.room, desk.clock()
    receipt = derive(ReceiptCode.mint(), room.keyring.key(Purpose.PEPPER), 8, 1)
    meta = {"status": "waiting", "language": "ur", "channel": "sms", "priority": "green", "filed": now.isoformat()}

    def work(unit: Unit) -> bytes:
        body = {"answers": {"name": {"words": ["Zanbilqirmizi"], "media": []}}, "filed": now.isoformat()}
        report, pair = reports.begin(unit, room.keyring, receipt, body, meta, now)
        route = {"channel": "sms", "address": "+923001112233"}
        ways_back.add_contact(unit, room.keyring, report, route, int(now.timestamp()) // 86_400 + 30)
        reports.file(unit, room.keyring, report, pair, now)
        return report.id

    case = room.work(work)
    desk.claim(amina, case)
    return case


def ask(desk: Desk, who: Colleague, case: bytes, what: str = REVEAL, **more: str) -> str:
    return asking.ask(desk.room, reader(who), case, what, more.pop("reason", WHY), desk.clock(), **more)


def agree(desk: Desk, who: Colleague, case: bytes, request: str) -> Request:
    return asking.agree(desk.room, reader(who), case, request, desk.clock())


def look(desk: Desk, who: Colleague, case: bytes, request: str) -> revealing.Identity:
    return revealing.look(desk.room, reader(who), case, request, desk.clock())


def state(desk: Desk, case: bytes, request: str) -> str:
    def read(unit: Unit) -> str:
        report = reports.fetch(unit, desk.room.keyring, case, hold=False)
        assert report is not None
        return asking.found(unit, desk.room, Case(report), request, desk.clock()).state

    return desk.room.read(read)


def agreed_referral(desk: Desk, who: Colleague, case: bytes) -> str:
    one = referrals.offer(desk.room, reader(who), case, "a clinic", "", "", desk.clock())
    yes = Consent("chat", date(2026, 11, 20))
    referrals.agree(desk.room, reader(who), case, one, ("report",), yes, "", desk.clock())
    return one


def test_who_asked_sees_it_once_another_agreed_and_each_step_and_look_is_on_record(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request = ask(desk, amina, case)
    agree(desk, sana, case, request)

    seen = look(desk, amina, case, request)
    look(desk, amina, case, request)

    assert (seen.names, seen.channel, seen.address) == (("Zanbilqirmizi",), "sms", "+923001112233")
    a, s = amina.id.hex()[:8], sana.id.hex()[:8]
    code = desk.case(case).code
    assert desk.log()[-4:] == [
        ("reveal asked", f"{code} by {a}"), ("reveal agreed", f"{code} by {s}"),
        ("reveal looked at", f"{code} by {a}"), ("reveal looked at", f"{code} by {a}"),
    ]  # fmt: skip


def test_nothing_is_revealed_before_and_only_to_who_asked(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request = ask(desk, amina, case)
    for who in (amina, sana):
        with pytest.raises((refusals.StepTaken, refusals.NotYours)):
            look(desk, who, case, request)

    agree(desk, sana, case, request)

    with pytest.raises(refusals.NotYours):
        look(desk, sana, case, request)


@pytest.mark.parametrize("what", [REVEAL, EXPORT, SHRED])
def test_who_asked_cannot_agree_from_whatever_browser(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes, what: str
) -> None:
    more = {"referral": agreed_referral(desk, amina, case)} if what == EXPORT else {}
    request = ask(desk, amina, case, what, **more)

    with pytest.raises(refusals.NotYou):
        agree(desk, amina, case, request)

    assert state(desk, case, request) == "asked"


def test_an_admin_and_who_cannot_open_the_case_can_neither_ask_nor_agree(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    admin, later = desk.hire("Zara", Role.ADMIN), desk.hire("Late")
    request = ask(desk, amina, case)

    for who, refused in ((admin, refusals.NotStaff), (later, refusals.CaseGone)):
        with pytest.raises(refused):
            agree(desk, who, case, request)
        with pytest.raises(refused):
            ask(desk, who, case, SHRED)
    with pytest.raises(refusals.NotYours):  # a colleague who does not have it
        ask(desk, sana, case, SHRED)


def test_a_supervisor_may_ask_and_a_counsellor_agree(desk: Desk, amina: Colleague) -> None:
    boss, case = desk.hire("Rabia", Role.SUPERVISOR), desk.file()
    desk.claim(amina, case)

    request = ask(desk, boss, case, SHRED)

    assert agree(desk, amina, case, request).state == "agreed"


def test_a_request_and_a_yes_end_by_themselves(desk: Desk, amina: Colleague, sana: Colleague, case: bytes) -> None:
    late = ask(desk, amina, case)
    desk.clock.forward(hours=24)
    assert state(desk, case, late) == "late"
    with pytest.raises(refusals.StepTaken):
        agree(desk, sana, case, late)

    request = ask(desk, amina, case)
    desk.clock.forward(hours=23, minutes=59)
    agree(desk, sana, case, request)
    desk.clock.forward(minutes=59)
    look(desk, amina, case, request)
    desk.clock.forward(minutes=1)

    with pytest.raises(refusals.StepTaken):
        look(desk, amina, case, request)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("who", ["amina", "sana"])
def test_it_can_be_taken_back_before_and_after_it_was_agreed_to(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes, who: str, after: bool
) -> None:
    request = ask(desk, amina, case)
    if after:
        agree(desk, sana, case, request)

    asking.refuse(desk.room, reader({"amina": amina, "sana": sana}[who]), case, request, desk.clock())

    assert state(desk, case, request) == ("withdrawn" if who == "amina" else "refused")
    with pytest.raises(refusals.StepTaken):
        look(desk, amina, case, request)
    with pytest.raises(refusals.StepTaken):
        agree(desk, sana, case, request)
    with pytest.raises(refusals.StepTaken):
        asking.refuse(desk.room, reader(sana), case, request, desk.clock())


def test_a_second_yes_and_a_yes_to_what_was_never_asked_are_refused(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    rabia = desk.hire("Rabia")
    request = ask(desk, amina, case)
    agree(desk, sana, case, request)

    with pytest.raises(refusals.StepTaken):
        agree(desk, sana, case, request)
    with pytest.raises(refusals.StepTaken):
        agree(desk, sana, case, "00" * 16)
    with pytest.raises(refusals.CaseGone):
        agree(desk, rabia, case, request)


def test_of_two_who_agree_and_refuse_at_once_one_comes_first(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request, both = ask(desk, amina, case), Barrier(4)

    def act(number: int) -> str:
        both.wait()
        try:
            if number % 2:
                return agree(desk, sana, case, request).state
            asking.refuse(desk.room, reader(amina), case, request, desk.clock())
            return "withdrawn"
        except refusals.StepTaken:
            return ""

    with ThreadPoolExecutor(4) as pool:
        outcomes = [one for one in pool.map(act, range(4)) if one]

    # Taken back after it was agreed to counts as well; agreed twice, or after it was taken back, never.
    assert outcomes.count("agreed") <= 1 and outcomes.count("withdrawn") <= 1 and outcomes
    assert state(desk, case, request) == ("withdrawn" if "withdrawn" in outcomes else "agreed")


def test_of_two_who_agree_to_a_shredding_at_once_one_does_it(desk: Desk, amina: Colleague) -> None:
    others, case = [desk.hire(f"C{n}") for n in range(3)], desk.file()
    desk.claim(amina, case)
    request, both = ask(desk, amina, case, SHRED), Barrier(3)

    def act(who: Colleague) -> str:
        both.wait()
        try:
            return agree(desk, who, case, request).state
        except refusals.CaseGone:
            return "gone"

    with ThreadPoolExecutor(3) as pool:
        outcomes = sorted(pool.map(act, others))

    assert outcomes == ["agreed", "gone", "gone"]


@pytest.mark.parametrize("left", [False, True])
def test_what_a_leaver_asked_is_void_also_once_it_was_agreed_to(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes, left: bool
) -> None:
    request = ask(desk, amina, case)
    if left:
        agree(desk, sana, case, request)
    office = Office(desk.room.database, desk.room.keyring, None, None)  # type: ignore[arg-type]  # no password is asked

    leaving.leave(office, amina.id, amina.id, reader(amina), desk.clock())

    assert state(desk, case, request) == "void"
    with pytest.raises(refusals.StepTaken):
        agree(desk, sana, case, request)
    with pytest.raises(refusals.NotStaff):
        look(desk, amina, case, request)


def test_somebody_who_became_an_admin_meanwhile_asked_in_vain(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request = ask(desk, amina, case)

    def promote(unit: Unit) -> None:
        member = people.fetch(unit, desk.room.keyring, amina.id)
        assert member is not None
        member.role = Role.ADMIN
        people.save(unit, desk.room.keyring, member)

    desk.room.work(promote)

    with pytest.raises(refusals.StepTaken):
        agree(desk, sana, case, request)


@pytest.mark.parametrize("reason", ["", "   ", "too short", "x" * 501])
def test_a_reason_that_says_nothing_or_everything_is_refused(
    desk: Desk, amina: Colleague, case: bytes, reason: str
) -> None:
    with pytest.raises(refusals.NoReason):
        ask(desk, amina, case, reason=reason)


def test_the_same_is_not_asked_twice_while_it_waits(desk: Desk, amina: Colleague, sana: Colleague, case: bytes) -> None:
    request = ask(desk, amina, case)
    with pytest.raises(refusals.AskedAlready):
        ask(desk, amina, case)
    ask(desk, amina, case, SHRED)

    asking.refuse(desk.room, reader(sana), case, request, desk.clock())

    ask(desk, amina, case)


def test_the_reason_is_read_by_both_and_stands_nowhere_in_clear(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request = ask(desk, amina, case, reason="Zanbilqirmizi must be found")

    def read(unit: Unit) -> str:
        report = reports.fetch(unit, desk.room.keyring, case, hold=False)
        half = reports.half_granted(unit, case, sana.id, sana.pair.private, hold=False)
        assert report is not None and half is not None
        assert b"Zanbil" not in str(report.meta).encode()
        written = casebook.read(unit, report, half)
        return asking.standing(unit, desk.room, Case(report), desk.clock(), written)[0].reason

    assert desk.room.read(read) == "Zanbilqirmizi must be found"
    assert not [line for line in desk.log() if "Zanbil" in str(line)]
    ((waits, one),) = asking.waiting_for(desk.room, reader(sana), desk.clock())
    assert (waits.id, one.id, one.reason) == (case, request, "Zanbilqirmizi must be found")
    assert asking.waiting_for(desk.room, reader(amina), desk.clock()) == []


# --- who she is ---------------------------------------------------------------------------------


def test_where_no_way_back_is_kept_none_is_shown(desk: Desk, amina: Colleague, sana: Colleague, case: bytes) -> None:
    desk.clock.forward(days=31)
    request = ask(desk, amina, case)
    agree(desk, sana, case, request)

    seen = look(desk, amina, case, request)

    assert (seen.names, seen.address) == (("Zanbilqirmizi",), "")


def test_once_she_left_in_a_hurry_no_way_leads_to_her(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request = ask(desk, amina, case)
    agree(desk, sana, case, request)

    def leave(unit: Unit) -> None:
        held = desk.room.held(unit, case, amina.id)
        ways_back.let_go(unit, held.report)
        held.status = "left"
        desk.room.keep(unit, held, desk.clock())

    desk.room.work(leave)

    assert look(desk, amina, case, request).address == ""


# --- an export ----------------------------------------------------------------------------------


def test_an_export_needs_her_standing_yes_when_asked_and_when_agreed_to(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    for referral in ("", referrals.offer(desk.room, reader(amina), case, "a clinic", "", "", desk.clock())):
        with pytest.raises(refusals.NoConsent):
            ask(desk, amina, case, EXPORT, referral=referral)
    one = agreed_referral(desk, amina, case)
    request = ask(desk, amina, case, EXPORT, referral=one)

    referrals.move(desk.room, reader(amina), case, one, "declined", "", desk.clock())

    with pytest.raises(refusals.NoConsent):
        agree(desk, sana, case, request)


# --- the end of a case --------------------------------------------------------------------------


def test_the_second_yes_to_a_shredding_ends_the_case_for_good(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    code = desk.case(case).code
    before = copied(desk.room.database)
    assert before["casebook"] and before["contacts"]
    request = ask(desk, amina, case, SHRED)

    agree(desk, sana, case, request)

    rows = copied(desk.room.database, main_metadata.tables)
    empty = ("reports", "casebook", "contacts", "grants", "entries", "notes", "report_media")
    assert {name: len(rows[name]) for name in empty} == dict.fromkeys(empty, 0)
    assert desk.room.read(lambda unit: reports.fetch(unit, desk.room.keyring, case, hold=False)) is None
    both = " and ".join(one.id.hex()[:8] for one in (amina, sana))
    assert desk.log()[-1] == ("case shredded", f"{code} by {both}")
    assert desk.room.read(lambda unit: cases.erased(unit, desk.room.keyring, amina.id)) == []


def test_a_case_that_its_reporter_erased_meanwhile_takes_what_was_asked_along(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes
) -> None:
    request = ask(desk, amina, case)

    def erase(unit: Unit) -> None:
        report = reports.fetch(unit, desk.room.keyring, case)
        assert report is not None
        hearing.erase(unit, desk.room, report, desk.clock())

    desk.room.work(erase)

    with pytest.raises(refusals.CaseGone):
        agree(desk, sana, case, request)
    assert asking.waiting_for(desk.room, reader(sana), desk.clock()) == []


STEPS: dict[str, Callable[[Desk, Colleague, bytes, str], object]] = {
    "agree": agree,
    "look": look,
    "refuse": lambda desk, who, case, request: asking.refuse(desk.room, reader(who), case, request, desk.clock()),
}


@pytest.mark.parametrize("step", STEPS)
def test_whoever_lost_her_grant_does_nothing_with_it(
    desk: Desk, amina: Colleague, sana: Colleague, case: bytes, step: str
) -> None:
    request = ask(desk, amina, case)
    if step == "look":
        agree(desk, sana, case, request)
    who = amina if step == "look" else sana
    desk.room.work(lambda unit: readers.leave(unit, who.id, desk.clock()))

    with pytest.raises(refusals.CaseGone):
        STEPS[step](desk, who, case, request)
