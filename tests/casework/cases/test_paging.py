"""Who is on call is called for a red case: at once, by her own door, again until somebody takes it; never with a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from casework.cases import holding, relay
from casework.cases.case import Case
from casework.cases.news import FILED, LEFT, WAITS, WROTE, News
from casework.paging import door, refusals
from casework.paging.pager import ROUNDS, Pager
from casework.seeding import load
from casework.shifts import keeping
from casework.shifts.plan import CALL, DESK
from casework.staff import leaving
from casework.staff.roles import Role
from casework.triage import Level
from operating.parts import Hamraz
from storage import outbox, reports
from storage.database import Unit
from storage.staff import doors
from tests.bot.test_conversation import begin
from tests.casework.cases.conftest import Colleague, Desk
from tests.casework.cases.phones_and_desk import Team
from tests.casework.cases.test_institutions import belong
from tests.phones import Clock, Phone

ALL = ("sms", "whatsapp", "telegram", "telegram-staff")
EVERY = timedelta(minutes=5)
Phones = Callable[..., Phone]


class Calls:
    """The pager of a desk, and what it sends."""

    def __init__(self, desk: Desk, channels: tuple[str, ...] = ALL) -> None:
        self.desk = desk
        self.pager = Pager.of(desk.room, channels, EVERY)
        desk.room = replace(desk.room, heralds=(self.pager,))

    def hire(
        self, name: str, number: int, way: str = "sms", *, role: Role = Role.COUNSELLOR, kind: str = CALL
    ) -> Colleague:
        """Somebody on call, or at the desk, with a door; "" for neither."""
        who = self.desk.hire(name, role)
        now = self.desk.clock()
        if kind:
            keeping.add_change(self.desk.room, who.id, who.id, now, now + timedelta(hours=20), kind, now)
        if way:
            door.choose(self.pager, who.id, way, f"0300 000000{number}", "en", now)
        return who

    def file(self, **meta: object) -> bytes:
        """A red report, and the news of it."""
        report_id = self.desk.file(**{"status": "new", "priority": "red", "language": "ur", "channel": "sms"} | meta)
        self.happens(FILED, report_id)
        return report_id

    def happens(self, what: str, report_id: bytes) -> None:
        def work(unit: Unit) -> None:
            report = reports.fetch(unit, self.desk.room.keyring, report_id)
            assert report is not None
            self.desk.room.tell(unit, News(what, Case(report), self.desk.clock()))

        self.desk.room.work(work)

    def out(self) -> list[tuple[str, str, str]]:
        """What goes out now: channel, address, words. It leaves the outbox."""
        found = []

        def work(unit: Unit) -> None:
            for channel in ALL:
                while items := outbox.lease(unit, self.desk.room.keyring, "w", channel, 20, self.desk.clock()):
                    for item in items:
                        found.append((channel, item.address, str(item.payload["text"])))
                        outbox.done(unit, item.id)

        self.desk.room.work(work)
        return sorted(found)

    def addresses(self) -> list[str]:
        return [address for _, address, _ in self.out()]

    def later(self, minutes: int = 5) -> list[str]:
        self.desk.clock.forward(minutes=minutes)
        return list(self.pager.again(self.desk.clock()))


@pytest.fixture
def calls(desk: Desk) -> Calls:
    desk.room.work(load)
    return Calls(desk)


AMINA, BANO, SARA, ZOYA = (f"+92300000000{number}" for number in (1, 2, 3, 4))


def test_everybody_on_call_is_called_at_once_with_level_language_and_channel_and_nothing_else(calls: Calls) -> None:
    calls.hire("Amina", 1, kind=DESK)
    calls.hire("Bano", 2)
    calls.hire("Off", 5, kind="")
    calls.hire("Doorless", 6, way="")

    report_id = calls.file()

    words = "Red: somebody is needed now. Urdu, SMS. Please look at your desk."
    assert calls.out() == [("sms", AMINA, words), ("sms", BANO, words)]
    assert calls.desk.case(report_id).code not in words
    calls.happens(WROTE, report_id)
    assert calls.out() == []  # once


def test_a_light_case_calls_nobody_until_it_is_red(calls: Calls) -> None:
    bano = calls.hire("Bano", 2)
    report_id = calls.file(priority="amber")
    assert calls.out() == []

    holding.set_risk(calls.desk.room, bano.id, report_id, Level.RED, calls.desk.clock())

    assert calls.addresses() == [BANO]


@pytest.mark.parametrize("status", ["private", "withdrawn", "left"])
def test_what_is_hers_alone_or_left_calls_nobody(calls: Calls, status: str) -> None:
    calls.hire("Bano", 2)

    calls.file(status=status)
    calls.later()

    assert calls.out() == []


def test_until_somebody_takes_it_it_calls_again_with_supervisors_and_then_no_more(calls: Calls) -> None:
    amina = calls.hire("Amina", 1)
    calls.hire("Sara", 3, role=Role.SUPERVISOR, kind="")
    calls.hire("Zoya", 4, way="", role=Role.ADMIN, kind="")
    report_id = calls.file()
    assert calls.addresses() == [AMINA]

    assert calls.later(4) == [] and calls.out() == []
    assert calls.later(1) == []
    assert [(address, words[:36]) for _, address, words in calls.out()] == [
        (AMINA, "Red, and nobody has answered yet. Ur"),
        (SARA, "Red, and nobody has answered yet. Ur"),
    ]
    assert calls.later(1) == [] and calls.out() == []

    calls.desk.claim(amina, report_id)
    calls.later()
    assert calls.out() == []


def test_a_case_that_was_given_by_itself_still_calls_until_it_is_answered(calls: Calls) -> None:
    amina = calls.hire("Amina", 1, kind=DESK)
    report_id = calls.file(status="waiting")
    calls.out()
    holding_now = calls.desk.case(report_id)
    assert holding_now.holder is None

    def give(unit: Unit) -> None:
        case = calls.desk.room.held(unit, report_id, amina.id)
        case.give(amina.id)
        calls.desk.room.keep(unit, case, calls.desk.clock())
        calls.desk.room.log(unit, "case given", case, amina.id, calls.desk.clock())

    calls.desk.room.work(give)
    calls.later()
    assert calls.addresses() == [AMINA]

    relay.reply(calls.desk.room, amina.id, report_id, "I am here", calls.desk.clock(), keep=True)
    calls.later()
    assert calls.out() == []


def test_a_case_that_is_let_go_again_calls_again(calls: Calls) -> None:
    amina = calls.hire("Amina", 1)
    report_id = calls.file()
    calls.desk.claim(amina, report_id)
    calls.out()

    holding.release(calls.desk.room, amina.id, report_id, calls.desk.clock())
    calls.later()

    assert calls.addresses() == [AMINA]


def test_it_does_not_call_for_ever(calls: Calls) -> None:
    calls.hire("Amina", 1)
    calls.file()

    for _ in range(ROUNDS + 3):
        calls.later()

    assert len(calls.out()) == ROUNDS


def test_with_nobody_on_call_supervisors_and_admins_are_told_so(calls: Calls) -> None:
    calls.hire("Sara", 3, role=Role.SUPERVISOR, kind="")
    calls.hire("Zoya", 4, "whatsapp", role=Role.ADMIN, kind="")
    calls.hire("Amina", 1, kind="")

    calls.file()

    found = calls.out()
    assert {address for _, address, _ in found} == {SARA, ZOYA, f"whatsapp:{ZOYA}"}
    assert all("nobody is on call" in words for _, _, words in found)


def test_with_nobody_to_be_called_at_all_the_chore_says_so(calls: Calls) -> None:
    calls.hire("Amina", 1, way="")
    calls.file()

    assert calls.later() == ["a red case waits, and nobody could be called for it"]


def test_nobody_is_called_for_a_case_about_her_own_place(calls: Calls) -> None:
    amina = calls.hire("Amina", 1)
    calls.hire("Bano", 2)
    belong(calls.desk, amina, "inst001")

    calls.file(institution="inst001")

    assert calls.addresses() == [BANO]


def test_telegram_is_one_door_and_whatsapp_goes_by_sms_too_since_it_may_bring_nothing(calls: Calls) -> None:
    bano = calls.hire("Bano", 2, way="")
    calls.hire("Amina", 1, "whatsapp")

    def pair(unit: Unit) -> None:
        her = doors.fetch(unit, calls.desk.room.keyring, bano.id)
        her.telegram = 777
        doors.save(unit, calls.desk.room.keyring, her)

    calls.desk.room.work(pair)
    door.choose(calls.pager, bano.id, "telegram", "", "ur", calls.desk.clock())
    calls.file(language="ur_Latn", channel="whatsapp")

    found = calls.out()
    assert [(channel, address) for channel, address, _ in found] == [
        ("sms", AMINA),
        ("telegram-staff", "777"),
        ("whatsapp", f"whatsapp:{AMINA}"),
    ]
    assert found[1][2].startswith("سرخ") and "WhatsApp" in found[1][2]


def test_a_closed_case_that_is_dangerous_again_calls_again(calls: Calls) -> None:
    amina = calls.hire("Amina", 1)
    report_id = calls.file()
    calls.desk.claim(amina, report_id)
    relay.close(calls.desk.room, amina.id, report_id, "answered", calls.desk.clock())
    calls.out()

    def again(unit: Unit) -> None:
        report = reports.fetch(unit, calls.desk.room.keyring, report_id)
        assert report is not None
        case = Case(report)
        case.to_queue(calls.desk.clock())
        calls.desk.room.keep(unit, case, calls.desk.clock())

    calls.desk.room.work(again)
    calls.happens(WROTE, report_id)

    assert calls.addresses() == [AMINA]


@pytest.mark.parametrize("stays", [True, False])
def test_whoever_left_in_danger_and_is_here_again_is_called_for_once_whoever_has_her_case(
    calls: Calls, stays: bool
) -> None:
    amina = calls.hire("Amina", 1)
    report_id = calls.file(status="waiting")
    calls.desk.claim(amina, report_id)
    calls.out()

    def back(unit: Unit) -> None:
        case = calls.desk.room.held(unit, report_id, amina.id)
        (case.come_back if stays else case.to_queue)(calls.desk.clock())
        calls.desk.room.keep(unit, case, calls.desk.clock())

    if stays:
        calls.happens(LEFT, report_id)
    calls.desk.room.work(back)
    calls.happens(WAITS, report_id)
    calls.happens(WROTE, report_id)

    assert calls.addresses() == [AMINA]


def test_a_red_case_that_is_taken_up_again_calls_nobody_while_its_holder_answers(calls: Calls) -> None:
    amina = calls.hire("Amina", 1)
    report_id = calls.file(status="waiting")
    calls.desk.claim(amina, report_id)
    relay.close(calls.desk.room, amina.id, report_id, "answered", calls.desk.clock())
    calls.out()

    holding.reopen(calls.desk.room, amina.id, report_id, calls.desk.clock())
    calls.happens(WROTE, report_id)
    calls.later()

    assert calls.out() == []


def test_a_call_that_was_killed_before_it_was_kept_is_made_by_the_chore(calls: Calls) -> None:
    calls.hire("Amina", 1)
    calls.desk.file(status="new", priority="red", language="sd", channel="telegram")  # and nobody heard of it

    calls.pager.again(calls.desk.clock())

    assert [words for _, _, words in calls.out()] == [
        "Red: somebody is needed now. Sindhi, Telegram. Please look at your desk."
    ]


# --- her door -----------------------------------------------------------------------------------


def test_a_door_is_chosen_tried_and_given_up(calls: Calls) -> None:
    amina = calls.hire("Amina", 1, way="")
    with pytest.raises(refusals.NoSuchDoor):
        door.attempt(calls.pager, amina.id, calls.desk.clock())
    calls.desk.clock.forward(minutes=2)
    door.choose(calls.pager, amina.id, "sms", "٠٣٠٠-٠٠٠٠٠٠١", "ur", calls.desk.clock())

    door.attempt(calls.pager, amina.id, calls.desk.clock())
    with pytest.raises(refusals.TriedJustNow):
        door.attempt(calls.pager, amina.id, calls.desk.clock())
    (tried,) = calls.out()
    assert tried[1] == AMINA and "جب انتظار نہ ہو سکے" in tried[2]
    assert door.look(calls.pager, amina.id) == door.Door(
        "sms", AMINA, False, "ur", True, ("telegram", "sms", "whatsapp")
    )

    calls.file()
    door.choose(calls.pager, amina.id, "", "", "ur", calls.desk.clock())
    assert calls.out() == []  # nor what waited


@pytest.mark.parametrize("phone", ["1094", "0300", "landline", "021 99203443", "+1", "+92300000000000"])
def test_what_is_no_mobile_is_refused(calls: Calls, phone: str) -> None:
    with pytest.raises(refusals.BadPhone):
        door.choose(calls.pager, calls.hire("Amina", 1, way="").id, "sms", phone, "", calls.desk.clock())


def test_a_way_without_an_address_or_that_is_off_here_is_refused(desk: Desk) -> None:
    calls = Calls(desk, ("sms",))
    amina = calls.hire("Amina", 1, way="")
    for way, phone, refusal in (
        ("sms", "", refusals.NoSuchDoor),
        ("telegram", "", refusals.DoorClosed),
        ("whatsapp", "03000000001", refusals.DoorClosed),
        ("pigeon", "", refusals.DoorClosed),
    ):
        with pytest.raises(refusal):
            door.choose(calls.pager, amina.id, way, phone, "", desk.clock())


# --- from her phone -----------------------------------------------------------------------------


@pytest.fixture
def team(hamraz: Hamraz, clock: Clock) -> Team:
    return Team(hamraz, clock)


def test_danger_before_she_asks_for_anybody_calls_once_and_says_only_that_somebody_writes(
    phone: Phones, team: Team, clock: Clock
) -> None:
    pager = replace(team.hamraz.pager, open=frozenset(ALL))
    team.hamraz.counter.alarm = pager.writes
    amina = team.hire()
    door.choose(pager, amina.id, "sms", "03000000001", "", clock())
    one = phone("whatsapp", "+923001112233")
    begin(one)

    one.say("he has a knife, he will kill me now")
    one.say("he has a knife, he will kill me now")
    other = phone("sms", "+923001112244")
    begin(other)
    other.say("he has a knife, he will kill me now")
    team.deliver()

    assert team.received[AMINA] == [
        "Red: somebody is writing who may ask for a person soon. English, WhatsApp. Please be ready."
    ]


def test_whoever_leaves_is_called_no_more(hamraz: Hamraz, team: Team, clock: Clock) -> None:
    pager = replace(team.hamraz.pager, open=frozenset(ALL))
    amina, _ = team.hire(), team.hire("Bano")
    door.choose(pager, amina.id, "sms", "03000000001", "", clock())
    door.attempt(pager, amina.id, clock())

    leaving.leave(hamraz.office, amina.id, b"", None, clock())

    assert door.look(pager, amina.id).phone == ""
    team.deliver()
    assert team.received == {}  # nor by what waited
