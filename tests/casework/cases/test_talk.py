"""A person answers: asked for, handed over with what she agreed to, answered, ended; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.cases import delivery, hearing, holding, notes, refusals, relay, tending
from operating.parts import Hamraz
from storage import cases, outbox, reports
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in, tell
from tests.casework.cases.conftest import Colleague
from tests.casework.cases.phones_and_desk import Team, ask_for_a_person
from tests.phones import Clock, Phone

Phones = Callable[..., Phone]


@pytest.fixture
def team(hamraz: Hamraz, clock: Clock) -> Team:
    return Team(hamraz, clock)


@pytest.fixture
def amina(team: Team) -> Colleague:
    return team.hire()


def in_talk(phone: Phone, **how: str) -> str:
    begin(phone)
    return receipt_in(ask_for_a_person(phone, **how))


def plain(text: str) -> str:
    """Without the marks that hold her and our words apart on a screen."""
    return text.replace("\u2068", "").replace("\u2069", "")


# --- asking for a person ------------------------------------------------------------------------


def test_nobody_on_duty_is_said_and_nothing_is_kept(phone: Phones, hamraz: Hamraz, team: Team, clock: Clock) -> None:
    one = phone()
    begin(one)
    assert "Nobody is reading right now" in one.say("TALK")

    team.hire()
    clock.forward(hours=13)  # at night, her shift is over
    assert "We read again" in one.say("TALK")

    assert hamraz.database.read(reports.count) == 0


def test_a_no_to_handing_over_keeps_nothing_and_the_report_under_way_is_still_there(
    phone: Phones, hamraz: Hamraz, amina: Colleague
) -> None:
    one = phone("telegram")
    begin(one)
    one.say("1")
    for answer in SHORT[:5]:
        one.say(answer)
    one.say("TALK")
    one.say("SKIP")

    said = one.say("2")

    assert "nothing was passed on" in said
    assert "Where was it?" in said
    assert hamraz.database.read(reports.count) == 0


@pytest.mark.parametrize("language", ["en", "ur", "sd", "ur_Latn", "es"])
def test_what_she_told_so_far_is_shown_and_handed_over_after_a_yes(
    phone: Phones, team: Team, amina: Colleague, language: str
) -> None:
    one = phone()
    begin(one, language)
    one.say("1")
    for answer in SHORT[:7]:  # in the middle of her story
        one.say(answer)
    one.say("/TALK")
    shown = one.say("about the bus, marmalade")
    assert STORY in shown and "marmalade" in shown

    one.say("1")
    said = one.say("1")

    case = team.case
    assert receipt_in(said)
    body = team.body(amina, case)
    assert STORY in str(body["answers"]) and "marmalade" in str(body["answers"])
    assert body["consents"]["keep"]["given"] is True  # type: ignore[index]  # a table
    assert (case.language, case.status, case.holder) == (language, "held", amina.id)


def test_that_her_name_goes_along_is_said_where_she_gave_one(phone: Phones, hamraz: Hamraz) -> None:
    room = hamraz.room
    told = {"about": {"words": ["the bus"], "media": []}}

    unnamed, named = hearing.summary(room, told), hearing.summary(room, {**told, "name": {"words": ["Nargis"]}})

    assert "human.summary.name" not in str(unnamed.values)
    assert "human.summary.name" in str(named.values) and named.values != unnamed.values


def test_her_place_in_the_line_is_the_true_one_and_a_free_place_takes_the_oldest(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    holding.be_on_duty(team.hamraz.room, amina.id, clock() + timedelta(hours=3), clock(), capacity=1)
    said = []
    for number in range(3):
        one = phone("sms", f"+92300000000{number}")
        begin(one)
        said.append(ask_for_a_person(one))
        clock.forward(minutes=1)

    assert "You are next." in said[0] and "You are next." in said[1]
    assert "Your place in line: 2." in said[2]
    (first,) = [case for case in team.open_cases() if case.holder == amina.id]
    relay.close(team.hamraz.room, amina.id, first.id, "answered", clock())
    tending.tend(team.hamraz.room, clock())
    held = [case for case in team.open_cases() if case.holder == amina.id]
    assert [case.since for case in held] == [min(case.since for case in team.open_cases())]


# --- both ways ----------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_words_go_both_ways_in_order_and_the_program_is_silent(
    phone: Phones, team: Team, amina: Colleague, channel: str
) -> None:
    one = phone(channel, "+923001112233")
    in_talk(one)

    assert one.say("are you there") == ""
    for number in range(3):
        team.reply(amina, team.case, f"answer {number}")
    assert one.say("menu please, I mean it") == ""
    team.deliver()

    assert team.received["+923001112233"] == ["answer 0", "answer 1", "answer 2"]
    assert team.thread(amina, team.case) == [
        "her: are you there", "us: answer 0", "us: answer 1", "us: answer 2", "her: menu please, I mean it",
    ]  # fmt: skip
    assert {kept["state"] for kept in team.case.sent.values()} == {"sent"}


def test_a_voice_note_goes_into_the_case_whole(phone: Phones, team: Team, amina: Colleague) -> None:
    one = phone("telegram", "77")
    in_talk(one)
    voice = b"OggS" + bytes(range(200))

    assert one.voice(voice) == ""

    def files(unit: object) -> list[bytes]:
        half = reports.half_granted(unit, team.case.id, amina.id, amina.pair.private)  # type: ignore[arg-type]  # a unit
        report = reports.fetch(unit, team.hamraz.keyring, team.case.id)  # type: ignore[arg-type]  # a unit
        assert half is not None and report is not None
        return list(reports.read_media(unit, report, half).values())  # type: ignore[arg-type]  # a unit

    case_id = team.case.id
    assert case_id
    assert voice in team.hamraz.room.work(files)


def test_what_the_provider_says_later_is_seen_with_the_reply(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    in_talk(phone())
    seq = str(team.reply(amina, team.case, "hello").seq)
    about = delivery.about(team.case, int(seq))
    assert team.case.sent[seq]["state"] == "queued"

    for state, seen in (("taken", "sent"), ("delivered", "delivered"), ("sent", "delivered"), ("read", "read")):
        team.hamraz.room.work(lambda unit, state=state: team.hamraz.counter.told(unit, about, state, clock()))
        assert team.case.sent[seq]["state"] == seen
        assert delivery.fate(team.case, int(seq), clock()) == delivery.Fate(seen)


def test_danger_in_the_talk_shows_the_numbers_and_makes_the_case_red(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    one = phone()
    in_talk(one)

    said = one.say("he has a knife, he will kill me now")

    assert "1122" in said
    assert team.case.risk == "red"


# --- what cannot be sent ------------------------------------------------------------------------


def test_after_stop_a_reply_is_refused_and_can_be_kept_for_her_number(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    one = phone()
    in_talk(one)
    case = team.case
    one.send("STOP", opt_out="STOP")
    assert team.case.status == "left"

    with pytest.raises(refusals.NotOpen) as told:
        team.reply(amina, case, "still here")

    assert "keep" in told.value.can
    assert team.reply(amina, case, "still here", keep=True).state == "waiting"
    team.deliver()
    assert team.received == {}


def test_whom_the_carrier_opted_out_is_not_written_to(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    in_talk(phone())
    tag = team.hamraz.conversation._parts.senders.of("sms", "+923001112233", clock()).outbox_tag
    team.hamraz.room.work(lambda unit: outbox.stop(unit, tag, "sms", clock()))

    with pytest.raises(refusals.OptedOut) as told:
        team.reply(amina, team.case, "hello")

    assert told.value.can == ("keep",)


def test_a_day_after_her_last_whatsapp_message_a_reply_is_refused_and_can_be_kept(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    code = in_talk(phone("whatsapp"))
    clock.forward(hours=24)

    with pytest.raises(refusals.WindowClosed):
        team.reply(amina, team.case, "hello")
    team.reply(amina, team.case, "hello", keep=True)

    assert "This came for you:\nhello" in phone("sms", "other").say(code)


def test_to_an_erased_case_nothing_is_sent_and_staff_see_that_it_was_erased(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    one = phone()
    code = in_talk(one)
    case = team.case
    notes.add(team.hamraz.room, amina.id, case.id, "private", team.clock())
    team.reply(amina, case, "on its way")
    other = phone("telegram", "88")
    other.say(code)
    other.say("erase")
    assert "erased" in other.say("1")

    with pytest.raises(refusals.CaseGone):
        team.reply(amina, case, "hello")
    team.deliver()

    assert team.received == {}
    assert team.hamraz.room.read(lambda unit: cases.erased(unit, team.hamraz.keyring, amina.id)) == [case.code]
    assert "no longer here" in one.say("hello?")
    assert team.open_cases() == []


def test_only_who_holds_it_or_joined_answers(phone: Phones, team: Team, amina: Colleague) -> None:
    bano = team.hire("Bano", duty=False)
    in_talk(phone())

    with pytest.raises(refusals.NotYours):
        team.reply(bano, team.case, "hello")
    with pytest.raises(refusals.NothingSaid):
        team.reply(amina, team.case, "  ")


# --- without call-back, and from another phone --------------------------------------------------


def test_where_she_wants_no_call_back_answers_wait_for_her_number_and_come_once(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    one = phone()
    code = in_talk(one, back="2")
    for number in range(2):
        assert team.reply(amina, team.case, f"answer {number}").state == "waiting"
    team.deliver()
    assert team.received == {}

    said = plain(phone("telegram", "99").say(code))

    assert "This came for you:\nanswer 0\n\nanswer 1" in said
    assert "This came for you" not in phone("telegram", "99").say(code)
    assert {kept["state"] for kept in team.case.sent.values()} == {"shown"}


def test_what_was_on_its_way_comes_once_to_whoever_sends_the_number(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    code = in_talk(phone())
    team.reply(amina, team.case, "hello")

    assert "This came for you:\nhello" in plain(phone("telegram", "99").say(code))
    team.deliver()

    assert team.received == {}


def test_what_did_not_go_out_in_a_day_waits_for_her_number(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    code = in_talk(phone())
    seq = team.reply(amina, team.case, "hello").seq
    clock.forward(hours=25)
    team.hamraz.room.work(lambda unit: outbox.expire(unit, clock()))
    assert delivery.stands(team.case, seq, clock()) == "waiting"

    assert "This came for you:\nhello" in phone().say(code)


def test_an_answer_on_its_way_comes_all_the_same_when_she_ends_the_news(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    one = phone()
    in_talk(one)
    clock.forward(hours=23, minutes=30)
    assert team.reply(amina, team.case, "hello").state == "queued"
    clock.forward(hours=1)  # her own words are let go of by now

    assert "Nothing more of this comes" in one.say("nonews")
    team.deliver()

    assert team.received == {one.number: ["hello"]}


def test_she_goes_on_from_another_phone_by_her_number_in_the_same_case(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    code = in_talk(phone())
    other = phone("whatsapp", "+923009998877")
    begin(other)
    other.say(code)
    assert "You are next" in ask_for_a_person(other, about="it is me again")
    assert other.say("on my own phone now") == ""

    team.reply(amina, team.case, "good")
    team.deliver()

    assert team.received == {"+923009998877": ["good"]}
    assert team.thread(amina, team.case)[-2:] == ["her: on my own phone now", "us: good"]


def test_what_waited_goes_first_once_she_can_be_reached_again(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    one = phone()
    in_talk(one)
    clock.forward(hours=23)
    one.say("still here")
    clock.forward(hours=23, minutes=30)
    team.reply(amina, team.case, "first", keep=True)
    assert one.say("hello") == ""

    assert team.reply(amina, team.case, "locked", locked=True).state == "waiting"
    team.reply(amina, team.case, "third")
    team.deliver()

    assert team.received[one.number] == ["first", "locked", "third"]


# --- the end ------------------------------------------------------------------------------------


def test_when_it_is_closed_she_is_asked_once_whether_it_helped(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    one = phone()
    in_talk(one)
    case = team.case
    relay.close(team.hamraz.room, amina.id, case.id, "answered", clock())
    team.deliver()
    assert "Was it helpful?\n1 Yes\n2 No" in team.received[one.number][0]
    assert "Was it helpful?" in one.say("/repeat")  # the question again, not words for the team

    assert "Thank you for telling us." in one.say("1")

    report = team.hamraz.room.read(lambda unit: reports.fetch(unit, team.hamraz.keyring, case.id, hold=False))
    assert report is not None
    assert (report.meta["status"], report.meta["desk"]["helped"]) == ("closed", "yes")


def test_a_new_message_after_the_end_opens_the_same_case_again(
    phone: Phones, team: Team, amina: Colleague, clock: Clock
) -> None:
    one = phone()
    in_talk(one)
    case = team.case
    relay.close(team.hamraz.room, amina.id, case.id, "answered", clock())

    assert "Our team has it again" in one.say("there is more")

    assert team.case.id == case.id
    assert team.thread(amina, team.case) == ["her: there is more"]


def test_she_ends_the_talk_herself_and_nothing_is_sent_after(phone: Phones, team: Team, amina: Colleague) -> None:
    one = phone()
    in_talk(one)
    team.reply(amina, team.case, "too late")

    assert "End the talk here?" in one.say("0")
    assert "Was it helpful?" in one.say("1")
    assert "Was it helpful?" in one.say("/repeat")
    assert "Thank you for telling us." in one.say("2")
    assert team.thread(amina, team.case) == ["us: too late"]
    team.deliver()

    assert team.received == {}
    assert team.case.desk["helped"] == "no"


def test_a_talk_that_she_would_rather_not_end_goes_on(phone: Phones, team: Team, amina: Colleague) -> None:
    one = phone()
    in_talk(one)
    one.say("0")

    assert "it goes on" in one.say("2")
    assert one.say("so") == ""

    assert team.thread(amina, team.case) == ["her: so"]


@pytest.mark.parametrize("word", ["XX", "0000"])
def test_panic_ends_the_talk_with_one_calm_line_and_the_case_says_that_she_left(
    phone: Phones, team: Team, amina: Colleague, word: str
) -> None:
    one = phone()
    code = in_talk(one)
    team.reply(amina, team.case, "on its way")

    assert one.say(word) == "OK, thank you."
    team.deliver()

    assert team.received == {}
    assert team.case.status == "left"
    assert "Hello, thank you for writing." in one.say("who is this")
    assert "This came for you:\non its way" in one.say(code)


def test_after_a_panic_she_comes_back_by_her_number_to_the_same_counsellor(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    one = phone()
    code = in_talk(one)
    one.say("XX")
    other = phone("whatsapp", "+923009998877")
    begin(other)
    other.say(code)
    other.say("he has a knife, he will kill me now")
    ask_for_a_person(other, about="it is me again")

    assert (team.case.status, team.case.holder, team.case.risk) == ("held", amina.id, "red")
    team.reply(amina, team.case, "good")
    team.deliver()
    assert team.received == {"+923009998877": ["good"]}

    other.say("XX")
    assert team.case.status == "left"
    begin(other)
    for said in (code, "1", "one more thing", "DONE"):
        other.say(said)
    assert (team.case.status, team.case.holder) == ("held", amina.id)


def test_a_report_filed_before_joins_no_talk_by_the_phone_number_alone(
    phone: Phones, team: Team, amina: Colleague
) -> None:
    one = phone("telegram", "77")
    tell(one, answers=[*SHORT[:11], "1", "1", "1", "SKIP", "2", "1"])  # may be written to

    receipt_in(ask_for_a_person(one))

    assert len(team.open_cases()) == 2
