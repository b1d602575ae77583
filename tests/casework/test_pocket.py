"""What she takes with her from the numbers she was shown: a question asked tomorrow, an SMS, numbers kept for later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.message import Address
from casework.directory import dialling, feedback
from casework.directory.choosing import today
from casework.directory.stock import Shelf, Stock
from casework.pocket import safe_hours, texting
from operating.parts import Hamraz
from storage import directory, outbox
from storage import feedback as counts
from storage.database import Unit
from storage.exposed import rows
from storage.outbox import Leased
from tests.asked_later import comes, waiting
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in, tell
from tests.databases import Place
from tests.phones import Clock, Phone

Phones = Callable[..., Phone]
ASKED = "May I ask a small question?"
AMBULANCE = "ambulance larkana"  # 1122, 115 and 1020
HER_NUMBER = "+923001112233"


@pytest.fixture
def place(sqlite: Place) -> Place:
    """SQL and locks of this are tested in tests/storage, on both."""
    return sqlite


def at_numbers(phone: Phone, asks: str = AMBULANCE) -> str:
    begin(phone)
    phone.say("3")
    return phone.say(asks)


def agrees(phone: Phone, asks: str = AMBULANCE) -> str:
    at_numbers(phone, asks)
    phone.say("ask me tomorrow")
    return phone.say("1")


def stock(hamraz: Hamraz) -> Stock:
    return hamraz.database.read(Shelf().stock)


def one_address(phone: Phone) -> Address:
    return Address(phone.channel, phone.number)


def said(hamraz: Hamraz) -> list[tuple[str, int, int, int]]:
    found = hamraz.database.read(lambda unit: counts.since(unit, 0))
    return [(one.number, one.answered, one.silent, one.wrong) for one in found]


def is_kept(hamraz: Hamraz) -> bool:
    """Whether anything of anybody is there still."""
    found = rows(hamraz.database)
    return "outbox" in found["main"] or "shred_keys" in found["keys"]


# --- the question -------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_she_is_asked_a_day_later_in_words_that_say_nothing_and_once(
    phone: Phones, clock: Clock, hamraz: Hamraz, channel: str
) -> None:
    one = phone(channel, HER_NUMBER)
    assert "Thank you" in agrees(one)

    clock.forward(hours=22, minutes=59)
    assert comes(one) == ""
    clock.forward(minutes=1)
    item = waiting(one)
    assert item is not None
    text = str(item.payload["text"])
    assert ASKED in text
    assert not any(word in text.casefold() for word in ("number", "call", "help", "1122", "ambulance", "hamraz"))
    assert bool(item.payload["buttons"]) == (channel == "telegram")
    assert waiting(one) is None  # in hand

    clock.forward(minutes=1)
    assert ASKED in comes(one)
    assert comes(one) == ""
    assert "Which of these did you call?" in one.say("yes")
    assert "Did the number" in one.say("2")
    assert "Thank you" in one.say("1")
    assert said(hamraz) == [("115", 1, 0, 0)]


def test_a_tap_is_enough_where_there_are_buttons(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one = phone("telegram", "77")
    agrees(one)
    clock.forward(hours=23)
    item = waiting(one)
    assert item is not None
    epoch, _, choice = item.payload["buttons"][0][0][1].partition(":")
    assert hamraz.afterwards.may_ask(one_address(one), item.id, clock())

    assert "Which of these did you call?" in one.tap(int(epoch), choice)
    one.say("1")
    one.say("2")
    assert said(hamraz) == [("1122", 0, 1, 0)]
    assert "That question has passed" in one.tap(int(epoch), choice)


def test_it_is_answered_by_whoever_is_a_stranger_again(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one = phone()
    agrees(one)
    clock.forward(hours=23)
    comes(one)
    clock.forward(hours=3)  # her talk is forgotten by now

    one.say("1")
    one.say("3")
    one.say("3")

    assert said(hamraz) == [("1020", 0, 0, 1)]
    assert "What would you like to do?" in one.say("hello")


@pytest.mark.parametrize("answer", ["2", "hospital larkana", "hello"])
def test_no_and_anything_else_let_it_go(phone: Phones, clock: Clock, hamraz: Hamraz, answer: str) -> None:
    one = phone()
    agrees(one)
    clock.forward(hours=25)
    assert comes(one) == ""  # late by an outage: it is not asked any more
    two = phone(number="+923001112244")
    agrees(two)
    clock.forward(hours=23)
    comes(two)

    two.say(answer)
    clock.forward(hours=2)

    assert "Did the number" not in two.say("1") + two.say("1")
    assert said(hamraz) == []


@pytest.mark.parametrize("how", ["panic", "stop", "erase"])
def test_panic_stop_and_erasing_leave_nothing_to_ask_and_nothing_kept(
    phone: Phones, clock: Clock, hamraz: Hamraz, how: str
) -> None:
    one = phone()
    agrees(one)
    one.say("keep these numbers")

    if how == "panic":
        one.say("xx")
    elif how == "stop":
        one.say("STOP", opt_out="STOP")
    else:
        one.say("erase")
        one.say("1")

    found = rows(hamraz.database)
    assert "sessions" not in found["main"] or how == "erase"
    assert not any(row["kind"] == outbox.KINDS["ask"] for row in found["main"].get("outbox", {"rows": []})["rows"])
    clock.forward(hours=23)
    assert comes(one) == ""
    begin(one)
    assert "Saved numbers" not in one.say("0")


def test_one_question_stands_at_a_time_and_it_waits_while_she_writes(
    phone: Phones, clock: Clock, hamraz: Hamraz
) -> None:
    one = phone()
    agrees(one)
    one.say("2")
    assert "Ask me tomorrow" not in one.say("4")

    clock.forward(hours=22, minutes=55)
    one.say("0")
    clock.forward(minutes=6)
    item = waiting(one)
    assert item is not None
    assert hamraz.afterwards.may_ask(one_address(one), item.id, clock()) is None
    assert "call?" not in one.say("1")  # not taken for an answer to what was not asked


def test_one_person_counts_once_for_a_row_and_two_twice(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one, two = phone(), phone(number="+923001112244")
    for who in (one, one, two):
        agrees(who)
        clock.forward(hours=23)
        comes(who)
        who.say("1")
        who.say("1")
        who.say("3")
        who.say("xx")

    assert said(hamraz)[0][1:] == (0, 0, 1)  # the day of the first, and the second time of hers is not counted
    assert sum(wrong for *_, wrong in said(hamraz)) == 2
    assert HER_NUMBER not in repr(rows(hamraz.database))


def test_a_wrong_number_comes_first_among_the_calls_of_the_day_until_it_is_dialled(
    hamraz: Hamraz, clock: Clock
) -> None:
    day = today(clock())

    def work(unit: Unit) -> None:
        for row, number, when in (
            ("res001", "1094", day),
            ("res002", "15", day - 1),
            ("res002", "999", day),
            ("x", "1", day),
        ):
            counts.count(unit, row, number, when, "wrong")
            counts.count(unit, row, number, when, "answered")

    hamraz.database.work(work)
    offices = stock(hamraz).offices
    found = hamraz.database.read(lambda unit: counts.since(unit, 0))

    assert feedback.wrong_of(offices, found) == {"res001": 1, "res002": 1}  # not of a number it has no more
    wrong = feedback.wrong_of(offices, found)
    assert {call.number for call in dialling.work(offices, {}, wrong, day).due[:2]} == {"1094", "15"}
    dialled = [replace(row, verified_on=day) if row.id in ("res001", "res002") else row for row in offices]
    assert feedback.wrong_of(dialled, found) == {}
    hamraz.database.work(lambda unit: counts.expire(unit, day + counts.LIVES))
    assert len(said(hamraz)) == 3


NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # two in the afternoon in Karachi


@pytest.mark.parametrize(
    ("named", "when"),
    [
        ([], NOW + timedelta(hours=23)),
        (["any", None], NOW + timedelta(hours=23)),
        (["afternoon"], NOW + timedelta(hours=23)),
        (["morning"], NOW + timedelta(hours=21, minutes=45)),
        (["evening"], NOW + timedelta(hours=6, minutes=45)),
        (["night"], NOW + timedelta(hours=9, minutes=45)),
        (["morning", "evening"], None),
        ([{"said": "only on fridays"}], None),
    ],
)
def test_she_is_asked_in_hours_that_suit_her_or_not_at_all(named: list[object], when: datetime | None) -> None:
    assert safe_hours.moment(NOW, named, "Asia/Karachi") == when


def test_the_hours_she_gave_with_a_report_hold_here_too(phone: Phones, clock: Clock) -> None:
    one = phone()
    calm = [answer if answer != STORY else "he made remarks" for answer in SHORT[:-2]]
    receipt_in(tell(one, answers=[*calm, "1", "1", "SKIP", "1", "1"]))  # she may be written to, in the morning
    one.say("0")
    one.say("find help near you")
    one.say(AMBULANCE)

    assert "only in the hours you gave us" in one.say("ask me tomorrow")
    one.say("1")
    clock.forward(hours=21, minutes=44)
    assert comes(one) == ""
    clock.forward(minutes=1)
    assert ASKED in comes(one)


def test_whoever_may_be_in_danger_is_not_asked_about_numbers(phone: Phones) -> None:
    one = phone()
    begin(one)
    one.say("he has a knife, help me")
    one.say("find help near you")

    assert "Ask me tomorrow" not in one.say(AMBULANCE)


def test_whoever_tells_of_danger_meanwhile_is_not_asked_any_more(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one = phone()
    agrees(one)
    one.say("he has a knife, help me")
    clock.forward(hours=23)
    item = waiting(one)

    assert item is not None
    assert hamraz.afterwards.may_ask(one_address(one), item.id, clock()) is False


def test_a_question_whose_time_is_over_stands_in_the_way_of_no_other(phone: Phones, clock: Clock) -> None:
    one = phone()
    agrees(one)
    clock.forward(hours=49)

    assert "Ask me tomorrow" in at_numbers(one)


# --- by SMS -------------------------------------------------------------------------------------


def to_sms(phone: Phone, asks: str = AMBULANCE) -> str:
    phone.hamraz.counter.texts = True
    at_numbers(phone, asks)
    return phone.say("send me these by sms")


def sent(hamraz: Hamraz, clock: Clock) -> list[tuple[str, str]]:
    """What goes out by SMS, and where to."""
    leased: list[Leased] = []
    while found := hamraz.database.work(lambda unit: outbox.lease(unit, hamraz.keyring, "w", "sms", 50, clock())):
        for item in found:
            hamraz.database.work(lambda unit, item=item: outbox.done(unit, item.id))  # type: ignore[misc]  # typed above
        leased += found
    return [(item.address, str(item.payload["text"])) for item in leased if item.kind == "send"]


def test_on_whatsapp_it_goes_to_her_own_number_after_a_word_of_warning(
    phone: Phones, clock: Clock, hamraz: Hamraz
) -> None:
    one = phone("whatsapp", "whatsapp:+923001112233")

    asked = to_sms(one)
    assert "0300 1112233" in asked
    assert "whoever looks at it can read it" in asked
    assert sent(hamraz, clock) == []
    assert "on its way" in one.say("1")

    [(address, text)] = sent(hamraz, clock)
    assert address == "+923001112233"
    assert text.startswith("Larkana, Ambulance:\n")
    assert "1122" in text


def test_on_telegram_only_to_a_mobile_number_that_she_writes(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one = phone("telegram", "77")
    assert "Which number" in to_sms(one)

    for wrong in ("hello", "021 99213081", "+1 202 555 0143", "1122", "0900 12345"):
        assert "no mobile number" in one.say(wrong)
    assert "0300 1112233" in one.say("۰۳۰۰-۱۱۱۲۲۳۳")
    assert "Which number" in one.say("another number")
    one.say("03001112244")
    one.say("1")

    assert [address for address, _ in sent(hamraz, clock)] == ["+923001112244"]
    assert "3001112244" not in repr(rows(hamraz.database))
    one.say("send me these by sms")
    assert "Anything else?" in one.say("skip")


def test_an_app_that_hides_her_number_is_asked_for_one(phone: Phones) -> None:
    assert "Which number" in to_sms(phone("whatsapp", "whatsapp:PK.4f2a9"))


def test_no_sends_nothing_and_on_sms_it_is_not_offered(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one, two = phone("whatsapp", "whatsapp:+923001112233"), phone(number="+923001112244")
    to_sms(one)
    assert "Anything else?" in one.say("3")

    assert "by SMS" not in at_numbers(two)
    hamraz.counter.texts = False
    assert "by SMS" not in one.say("more of these") + one.say("2") + one.say("5")
    assert sent(hamraz, clock) == []


def test_a_few_a_day_from_one_person_and_to_one_number(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one, two = phone("telegram", "77"), phone("telegram", "78")
    to_sms(one)
    answers = []
    for number in ["03001112233"] * texting.FROM_HER + ["03001112244"]:
        one.say(number)
        answers.append(one.say("1"))
        one.say("send me these by sms")
    to_sms(two)
    two.say("03001112233")

    assert ["on its way" in answer for answer in answers] == [True] * texting.FROM_HER + [False]
    assert "No more SMS can go today" in two.say("1")
    assert len(sent(hamraz, clock)) == texting.FROM_HER
    clock.forward(days=1)
    to_sms(two)
    two.say("03001112233")
    assert "on its way" in two.say("1")


def test_whoever_said_stop_gets_none(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    phone(number="+923001112233").say("STOP", opt_out="STOP")
    one = phone("telegram", "77")
    to_sms(one)
    one.say("03001112233")

    assert "wants no messages from here" in one.say("1")
    assert sent(hamraz, clock) == []


def test_the_same_yes_brought_twice_sends_one(phone: Phones, clock: Clock, hamraz: Hamraz) -> None:
    one = phone("whatsapp", "whatsapp:+923001112233")
    to_sms(one)
    first = one.say("1")
    assert one.last is not None
    again = one.deliver(one.last)

    assert [reply.text for reply in again] == [first]
    assert len(sent(hamraz, clock)) == 1


# --- kept for later -----------------------------------------------------------------------------


def test_what_she_keeps_is_shown_by_one_line_of_the_menu_as_it_is_on_that_day(
    phone: Phones, clock: Clock, hamraz: Hamraz
) -> None:
    one, other = phone(), phone(number="+923001112244")
    at_numbers(one)
    assert "Saved numbers" not in one.say("0")
    one.say("1")
    assert "Kept for 30 days" in one.say("4")
    begin(other)
    assert "Saved numbers" not in other.say("0")

    kept = stock(hamraz)
    edhi = next(row for row in kept.offices if row.phones[:1] == ("115",))
    chhipa = next(row for row in kept.offices if row.phones[:1] == ("1020",))

    def change(unit: Unit) -> None:
        directory.put_office(unit, replace(edhi, phones=("021-111-222-333",)))
        directory.put_office(unit, replace(chhipa, verified="no"))

    hamraz.database.work(change)
    clock.forward(days=2)
    begin(one)
    shown = one.say("saved numbers")

    assert "1122" in shown
    assert "021-111-222-333" in shown
    assert "Chhipa" not in shown
    assert "Some that you kept are no longer in our list" in shown
    assert "cleared" in one.say("1")
    assert not is_kept(hamraz) or "Saved numbers" not in one.say("0")


def test_the_word_that_ends_news_takes_nothing_that_she_kept(phone: Phones, clock: Clock) -> None:
    one = phone()
    at_numbers(one)
    one.say("4")
    clock.forward(days=2)

    assert "Nothing more of this comes" in one.say("nonews")

    begin(one)
    assert "1122" in one.say("saved numbers")


def test_all_that_she_kept_may_be_gone_from_the_list(phone: Phones, hamraz: Hamraz) -> None:
    one = phone()
    at_numbers(one)
    one.say("4")
    gone = [row for row in stock(hamraz).offices if row.kind != "ambulance"]
    hamraz.database.work(lambda unit: directory.replace_offices(unit, gone))
    one.say("0")

    assert "no longer in our list" in one.say("saved numbers")
    assert "Saved numbers" not in one.say("0")


def test_the_last_six_are_kept_each_once(phone: Phones) -> None:
    one = phone()
    at_numbers(one)
    one.say("4")
    for kind in ("police", "helpline", "ambulance"):
        one.say("2")
        one.say(kind)
        one.say("keep these numbers")
    one.say("0")

    shown = one.say("saved numbers")

    assert len([line for line in shown.splitlines() if "Checked" in line]) == 6
    assert shown.count("Edhi") == 1
