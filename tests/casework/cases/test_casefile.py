"""Referrals, the safety plan and what was done with a case: sealed in it, each step kept, none without her yes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.casefile import history, plans, referrals
from casework.casefile.referrals import Consent, Referral
from casework.cases import holding, notes, refusals, relay
from casework.staff.roles import Role
from casework.triage import Level
from storage import casebook, reports
from storage.database import Unit
from storage.staff.readers import Reader
from storage.tables import casebook as rows
from storage.vault.errors import Tampered
from tests.casework.cases.conftest import Colleague, Desk
from tests.storage.attacker import everyone, remove

YES = Consent("chat", date(2026, 11, 20))


def reader(who: Colleague) -> Reader:
    return Reader(who.id, who.pair.private)


def written(desk: Desk, who: Colleague, case: bytes) -> list[dict[str, object]]:
    def look(unit: Unit) -> list[dict[str, object]]:
        report = reports.fetch(unit, desk.room.keyring, case, hold=False)
        half = reports.half_granted(unit, case, who.id, who.pair.private, hold=False)
        assert report is not None and half is not None
        return casebook.read(unit, report, half)

    return desk.room.read(look)


def standing(desk: Desk, who: Colleague, case: bytes) -> list[Referral]:
    return referrals.standing(written(desk, who, case))


def offered(desk: Desk, who: Colleague, case: bytes, to: str = "Panah shelter, Karachi") -> str:
    return referrals.offer(desk.room, reader(who), case, to, "res010", "", desk.clock())


def agreed(desk: Desk, who: Colleague, case: bytes, one: str, shared: tuple[str, ...] = ("name", "report")) -> None:
    referrals.agree(desk.room, reader(who), case, one, shared, YES, "", desk.clock())


def move(desk: Desk, who: Colleague, case: bytes, one: str, state: str) -> None:
    referrals.move(desk.room, reader(who), case, one, state, "", desk.clock())


@pytest.fixture
def amina(desk: Desk) -> Colleague:
    return desk.hire()


@pytest.fixture
def case(desk: Desk, amina: Colleague) -> bytes:
    case = desk.file()
    desk.claim(amina, case)
    return case


# --- referrals ----------------------------------------------------------------------------------


def test_a_referral_goes_from_offered_to_attended_and_keeps_what_she_agreed_to(
    desk: Desk, amina: Colleague, case: bytes
) -> None:
    one = offered(desk, amina, case)
    agreed(desk, amina, case, one, ("report", "name", "nonsense"))
    move(desk, amina, case, one, "contacted")
    move(desk, amina, case, one, "attended")

    (found,) = standing(desk, amina, case)

    assert (found.to, found.row, found.state) == ("Panah shelter, Karachi", "res010", "attended")
    assert (found.shared, found.consent) == (("name", "report"), YES)
    assert found.may_share
    assert [what for what, _ in desk.log()][-4:] == [
        "referral offered", "referral accepted", "referral contacted", "referral attended",
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["accepted", "contacted", "attended"])
def test_nobody_is_told_of_her_before_she_agreed(desk: Desk, amina: Colleague, case: bytes, state: str) -> None:
    one = offered(desk, amina, case)

    with pytest.raises((refusals.NoConsent, refusals.StepTaken)):
        move(desk, amina, case, one, state)

    assert [(each.state, each.may_share) for each in standing(desk, amina, case)] == [("offered", False)]


@pytest.mark.parametrize("consent", [Consent("telepathy", YES.day), Consent("chat", date(2027, 1, 1))])
def test_a_yes_needs_a_way_and_a_day_that_has_come(desk: Desk, amina: Colleague, case: bytes, consent: Consent) -> None:
    one = offered(desk, amina, case)

    with pytest.raises(refusals.NoConsent):
        referrals.agree(desk.room, reader(amina), case, one, ("name",), consent, "", desk.clock())


def test_a_no_at_any_time_ends_it_and_what_she_agreed_to_before_counts_no_more(
    desk: Desk, amina: Colleague, case: bytes
) -> None:
    one = offered(desk, amina, case)
    agreed(desk, amina, case, one)
    move(desk, amina, case, one, "declined")

    assert not standing(desk, amina, case)[0].may_share
    for state in referrals.STATES[2:]:
        with pytest.raises(refusals.StepTaken):
            move(desk, amina, case, one, state)


def test_a_step_taken_twice_is_refused(desk: Desk, amina: Colleague, case: bytes) -> None:
    one = offered(desk, amina, case)
    agreed(desk, amina, case, one)
    move(desk, amina, case, one, "contacted")

    with pytest.raises(refusals.StepTaken):
        move(desk, amina, case, one, "contacted")
    with pytest.raises(refusals.StepTaken):
        move(desk, amina, case, "00" * 16, "declined")


def test_only_who_has_the_case_writes_into_it(desk: Desk, amina: Colleague) -> None:
    sana, case = desk.hire("Sana"), desk.file()
    later = desk.hire("Late")
    desk.claim(amina, case)

    with pytest.raises(refusals.NotYours):
        offered(desk, sana, case)
    holding.release(desk.room, amina.id, case, desk.clock())
    with pytest.raises(refusals.NotYours):
        offered(desk, amina, case)
    with pytest.raises(refusals.CaseGone):  # she came after it was filed, and it was not shared with her
        offered(desk, later, case)
    assert len(everyone_of(desk)) == 2  # what was done with it, and nothing else


def everyone_of(desk: Desk) -> list[dict[str, object]]:
    return desk.room.read(lambda unit: everyone(unit, rows))


@pytest.mark.parametrize(("to", "words"), [("", ""), ("  ", ""), ("x" * 501, ""), ("a clinic", "x" * 501)])
def test_an_empty_or_endless_referral_is_refused(
    desk: Desk, amina: Colleague, case: bytes, to: str, words: str
) -> None:
    with pytest.raises(refusals.NothingSaid):
        referrals.offer(desk.room, reader(amina), case, to, "", words, desk.clock())


# --- the safety plan ----------------------------------------------------------------------------


def plan_of(desk: Desk, who: Colleague, case: bytes) -> plans.Plan:
    return plans.standing(written(desk, who, case))


def test_a_plan_is_written_anew_and_the_latest_stands(desk: Desk, amina: Colleague, case: bytes) -> None:
    assert plan_of(desk, amina, case).number == 0

    plans.write(desk.room, reader(amina), case, {"signs": "He slams the door", "word": "lemon"}, 0, desk.clock())
    plans.write(desk.room, reader(amina), case, {"signs": "He is silent ", "people": "\n"}, 1, desk.clock())

    plan = plan_of(desk, amina, case)
    assert (plan.number, dict(plan.parts)) == (2, {"signs": "He is silent"})


def test_of_two_who_write_it_at_once_the_second_is_told(desk: Desk, amina: Colleague, case: bytes) -> None:
    sana = desk.hire("Sana", Role.SUPERVISOR)
    with pytest.raises(refusals.CaseGone):
        holding.join(desk.room, sana.id, case, desk.clock())
    plans.write(desk.room, reader(amina), case, {"signs": "one"}, 0, desk.clock())

    with pytest.raises(refusals.PlanChanged):
        plans.write(desk.room, reader(amina), case, {"signs": "two"}, 0, desk.clock())

    assert plan_of(desk, amina, case).parts == {"signs": "one"}


@pytest.mark.parametrize("parts", [{}, {"signs": "  "}, {"other": "words"}, {"signs": "x" * 601}])
def test_an_empty_or_endless_plan_is_refused(desk: Desk, amina: Colleague, case: bytes, parts: dict[str, str]) -> None:
    with pytest.raises(refusals.NothingSaid):
        plans.write(desk.room, reader(amina), case, parts, 0, desk.clock())


@pytest.mark.parametrize("language", ["en", "ur", "sd", "ur_Latn", "es"])
def test_she_gets_the_plan_in_her_language_with_her_own_words(desk: Desk, amina: Colleague, language: str) -> None:
    case = desk.file(language=language, desk={"back": "number"})
    desk.claim(amina, case)
    plans.write(desk.room, reader(amina), case, {"signs": "He slams the door", "word": "lemon"}, 0, desk.clock())

    sent = plans.send(desk.room, reader(amina), case, desk.clock(), keep=True)

    text = str(desk.thread(amina, case)[sent.seq - 1]["text"])
    assert sent.state == "waiting"
    assert "He slams the door" in text and "lemon" in text
    assert text.count("\n\n") == 2  # a question without an answer is left out


def test_there_is_no_plan_to_send_before_one_was_written(desk: Desk, amina: Colleague, case: bytes) -> None:
    with pytest.raises(refusals.NothingSaid):
        plans.send(desk.room, reader(amina), case, desk.clock())


def test_a_form_that_was_sent_twice_lets_her_have_the_plan_once(desk: Desk, amina: Colleague, case: bytes) -> None:
    plans.write(desk.room, reader(amina), case, {"signs": "one"}, 0, desk.clock())

    sent = [plans.send(desk.room, reader(amina), case, desk.clock(), keep=True, once="ab" * 16) for _ in range(2)]

    assert sent[0] == sent[1]
    assert len(desk.thread(amina, case)) == 1


def test_no_plan_is_written_into_a_case_that_is_closed(desk: Desk, amina: Colleague, case: bytes) -> None:
    relay.close(desk.room, amina.id, case, "answered", desk.clock())

    with pytest.raises(refusals.NotOpen):
        plans.write(desk.room, reader(amina), case, {"signs": "one"}, 0, desk.clock())

    assert plan_of(desk, amina, case).number == 0


# --- history ------------------------------------------------------------------------------------


def test_everything_done_with_a_case_is_in_its_history_in_order(desk: Desk, amina: Colleague, case: bytes) -> None:
    holding.set_risk(desk.room, amina.id, case, Level.RED, desk.clock())
    notes.add(desk.room, amina.id, case, "a note", desk.clock())
    desk.clock.forward(minutes=5)
    offered(desk, amina, case)
    plans.write(desk.room, reader(amina), case, {"signs": "one"}, 0, desk.clock())
    holding.release(desk.room, amina.id, case, desk.clock())

    found = history.read(written(desk, amina, case))

    assert [(one.kind, one.what) for one in found] == [
        ("event", "case released"), ("plan", ""), ("referral", "offered"), ("event", "case risk"), ("event", "case claimed"),
    ]  # fmt: skip
    assert found[3].more == "green to red"
    assert found[0].at - found[4].at == timedelta(minutes=5)
    assert {one.by for one in found} == {amina.id.hex()[:8]}


def test_the_casebook_lies_sealed_and_a_row_taken_from_it_is_missed(desk: Desk, amina: Colleague, case: bytes) -> None:
    offered(desk, amina, case, to="Zanbilqirmizi")
    found = everyone_of(desk)
    assert not [row for row in found if b"Zanbil" in bytes(row["sealed"])]  # type: ignore[call-overload]  # bytes

    for row in (found[0], found[-1]):
        desk.room.work(lambda unit, row=row: remove(unit, rows, row))
        with pytest.raises(Tampered):
            written(desk, amina, case)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_tried_no_referral_shares_anything_without_a_standing_yes(
    desk: Desk, amina: Colleague, case: bytes, data: st.DataObject
) -> None:
    one = offered(desk, amina, case)
    said_yes = False
    for _ in range(data.draw(st.integers(1, 6), "steps")):
        step = data.draw(st.sampled_from(["agree", *referrals.STATES]), "step")
        try:
            agreed(desk, amina, case, one) if step == "agree" else move(desk, amina, case, one, step)
        except refusals.CaseRefusal:
            continue
        said_yes = step == "agree" or (said_yes and step != "declined")

    found = next(each for each in standing(desk, amina, case) if each.id == one)
    assert found.may_share == said_yes
    assert found.state in (("accepted", "contacted", "attended") if said_yes else ("offered", "declined"))
