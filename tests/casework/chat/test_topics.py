"""A case is a topic in its counsellor's chat: her words go to the reporter, the reporter's come to her."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.cases import holding, relay
from casework.staff.roles import Role
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in, tell
from tests.casework.cases.conftest import Colleague
from tests.casework.cases.test_institutions import belong
from tests.casework.chat.conftest import ON_BOTH
from tests.casework.institutions.test_in_a_talk import ask
from tests.staffroom import Account, Staffroom

YOURS = (
    "{code} is yours now.\n{code} · English · SMS · green\n"
    "What you write here goes to her. // at the start makes it a private note."
)


def opened(room: Staffroom, **how: bool) -> tuple[Colleague, Account]:
    amina = room.hire()
    room.staffed()
    return amina, room.paired(amina, **how)  # type: ignore[arg-type]  # content


@ON_BOTH
def test_a_case_that_is_taken_opens_a_topic_and_words_go_both_ways(room: Staffroom) -> None:
    amina, hers = opened(room)
    phone, case, topic = room.taken(amina, hers)

    hers.say("Are you safe now?", topic=topic)
    room.deliver()
    phone.say("yes, I am at my sister's")
    room.deliver()

    assert room.team.received[phone.number] == ["Are you safe now?"]
    assert hers.marks() == [("Are you safe now?", "👌")]
    assert hers.reads(topic) == [YOURS.format(code=case.code), f"New message in case {case.code}."]
    assert hers.tap("Show") == ""
    room.deliver()
    assert hers.reads(topic)[-1] == "💬 yes, I am at my sister's"
    assert all(shown.protected for shown in room.screen(hers.number))


def test_her_words_come_at_once_to_who_chose_that(room: Staffroom) -> None:
    amina, hers = opened(room, content=True)
    phone, case, topic = room.taken(amina, hers, about="it was at the bus stop")

    phone.say("he is here again")
    room.deliver()

    assert hers.reads(topic) == [YOURS.format(code=case.code), "💬 it was at the bus stop", "💬 he is here again"]


def test_an_answer_that_does_not_go_at_once_says_when_and_why(room: Staffroom) -> None:
    _, hers = opened(room)
    phone = room.phone("sms")
    begin(phone)
    for answer in ("1", *SHORT[:11], "1", "1", "3", "SKIP", "2", "1"):  # evenings
        phone.say(answer)
    (agreed,) = room.all_cases()
    tell(room.phone("sms"))  # somebody who did not agree
    (silent,) = [case for case in room.all_cases() if case.id != agreed.id]
    for case in (agreed, silent):
        hers.say(f"/take {case.code}")
    room.deliver()

    topics = hers.topics()
    hers.say("How are you?", topic=topics[agreed.code])
    hers.say("How are you?", topic=topics[silent.code])
    room.deliver()

    assert hers.reads(topics[agreed.code])[-1] == (
        "Not sent yet: it goes on 25 November 2026, 17:00, in the hours she chose."
    )
    assert "she did not agree to be written to" in hers.reads(topics[silent.code])[-1]
    assert room.team.received == {}
    room.clock.forward(hours=8)
    room.deliver()
    assert room.team.received == {phone.number: ["How are you?"]}


def told_with_a_name(room: Staffroom, code: str = "") -> str:
    """She tells what happened and who she is, then asks for a person; return what she was told at the end."""
    one = room.phone()
    begin(one)
    for answer in (
        "1",
        *SHORT[:8],
        "2",
        "SKIP",
        "SKIP",
        "3",
        "Gulnargis",
        *([code] if code else []),
        "/TALK",
        "SKIP",
        "1",
    ):
        one.say(answer)
    return one.say("1")


@pytest.mark.parametrize("content", [False, True])
def test_the_name_that_she_gave_comes_to_no_chat_when_she_is_handed_over(room: Staffroom, content: bool) -> None:
    _, hers = opened(room, content=content)
    code = receipt_in(told_with_a_name(room))
    (case,) = room.team.open_cases()
    hers.say(f"/take {case.code}")
    room.deliver()
    told_with_a_name(room, code)  # again, from another phone and into the same case
    room.deliver()
    if not content:
        hers.tap("Show")
        hers.tap("Show what she wrote (1)")
        room.deliver()

    assert len(room.team.open_cases()) == 1
    assert hers.everything().count(STORY) == (2 if content else 3)
    assert "Gulnargis" not in hers.everything()


def test_whoever_has_her_case_lets_go_of_it_when_she_names_a_place_that_both_belong_to(room: Staffroom) -> None:
    amina, hers = opened(room)
    sara = room.hire("Sara", Role.SUPERVISOR)
    saras = room.paired(sara)
    number = receipt_in(room.asks()[2])
    (case,) = room.team.open_cases()
    hers.say(f"/take {case.code}")
    holding.join(room.hamraz.room, sara.id, case.id, room.clock())
    room.deliver()
    assert hers.topics() and saras.topics()
    for who in (amina, sara):
        belong(room.team, who, "inst027")

    again = ask(room.phone())
    for said in ("MUET", number, "/TALK", "SKIP", "1", "1"):  # what she was about to tell goes into the same case
        again.say(said)
    room.deliver()

    case = room.case(case)
    assert (case.institution, case.status, case.holder, case.joined) == ("inst027", "waiting", None, [])
    assert (hers.topics(), saras.topics()) == ({}, {})
    assert all(
        phone.reads()[-1] == f"{case.code} is back in the queue. Its topic here is deleted." for phone in (hers, saras)
    )


def test_what_she_wrote_before_anybody_took_it_is_shown_on_demand_and_only_to_its_holder(room: Staffroom) -> None:
    _, hers = opened(room)
    sanas = room.paired(room.hire("Sana"))
    phone, case, _ = room.asks(about="it was at the bus stop")
    phone.say("and he has my number")
    hers.say(f"/take {case.code}")
    room.deliver()
    button = replace(room.screen(hers.number)[-1], chat_id=sanas.number)

    assert (
        sanas.tap_data(button, f"all:{case.id.hex()}")
        == f"{case.code} is not yours. /take {case.code} takes it, if it is free."
    )
    hers.tap("Show what she wrote (2)")
    room.deliver()

    topic = hers.topics()[case.code]
    assert hers.reads(topic)[1:] == ["💬 it was at the bus stop", "💬 and he has my number"]
    assert "bus stop" not in sanas.everything() + "\n".join(room.group())


def test_after_a_day_her_words_are_in_the_console_only(room: Staffroom) -> None:
    amina, hers = opened(room)
    phone, case, topic = room.taken(amina, hers)
    phone.say("it is me")
    room.deliver()
    room.clock.forward(hours=24)

    hers.tap("Show")
    room.deliver()

    assert hers.reads(topic)[-1] == f"It is no longer kept here. Open {case.code} in the console."


def test_a_note_goes_to_nobody_but_colleagues_and_is_marked(room: Staffroom) -> None:
    amina, hers = opened(room)
    phone, case, topic = room.taken(amina, hers)

    hers.say("// her brother must not know", topic=topic)
    hers.say("/note she moved", topic=topic)
    room.deliver()

    assert room.team.notes(amina, case) == ["her brother must not know", "she moved"]
    assert hers.marks() == [("// her brother must not know", "✍"), ("/note she moved", "✍")]
    assert phone.number not in room.team.received


def test_what_was_sent_stays_sent_when_she_edits_it(room: Staffroom) -> None:
    amina, hers = opened(room)
    phone, case, topic = room.taken(amina, hers)
    hers.say("Go to the police", topic=topic)
    room.deliver()

    hers.edit("Do not go to the police", topic=topic)
    hers.say("// a note", topic=topic)
    hers.edit("// another note", topic=topic)
    hers.edit("/close", topic=topic)
    room.deliver()

    assert hers.reads(topic)[1:] == [
        "What was sent stays as it was: she may have read it. To put it right, write again.",
        "The note stays as it was written. To put it right, write another.",
    ]
    assert room.team.received[phone.number] == ["Go to the police"]
    assert room.case(case).is_open


def test_what_became_of_an_answer_is_a_mark_on_it_or_a_line_beneath(room: Staffroom) -> None:
    amina, hers = opened(room)
    _, case, topic = room.taken(amina, hers)
    hers.say("first", topic=topic)
    hers.say("second", topic=topic)
    room.deliver()

    def became(seq: int, state: str, why: str = "") -> None:
        counter, about = room.hamraz.counter, f"{case.id.hex()}:{seq}"
        room.hamraz.database.work(lambda unit: counter.told(unit, about, state, room.clock(), why))

    became(1, "delivered")
    became(2, "failed", "30003 unreachable")
    room.deliver()
    assert hers.marks() == [("first", "👍"), ("second", "👌")]
    line = room.screen(hers.number)[-1]
    assert line.text == "Not delivered: her phone cannot be reached. She gets it when she sends her number."
    assert hers.texts[line.reply_to] == "second"
    became(1, "read")
    room.deliver()
    assert hers.marks()[0] == ("first", "👀")


def test_a_topic_that_she_deleted_is_made_anew_and_nothing_is_lost(room: Staffroom) -> None:
    amina, hers = opened(room, content=True)
    phone, case, topic = room.taken(amina, hers)
    del room.api.bot.topics[topic]

    phone.say("first")
    phone.say("second")
    room.deliver()

    anew = hers.topics()[case.code]
    assert anew != topic
    assert hers.reads(anew) == ["💬 first", "💬 second"]
    assert hers.reads() == hers.reads()[:2]  # none beside it
    hers.say("I am here.", topic=anew)
    room.deliver()
    assert room.team.received[phone.number] == ["I am here."]


def test_a_message_that_telegram_puts_beside_a_deleted_topic_is_taken_from_there(room: Staffroom) -> None:
    amina, hers = opened(room, content=True)
    phone, case, topic = room.taken(amina, hers)
    del room.api.bot.topics[topic]
    room.api.bot.lenient = True  # as it did for weeks: no refusal, but another place

    phone.say("not for the locked screen's main chat")
    room.deliver()

    assert "locked screen" not in "\n".join(hers.reads())
    assert hers.reads(hers.topics()[case.code]) == ["💬 not for the locked screen's main chat"]


@ON_BOTH
def test_without_topics_each_case_is_a_thread_of_replies_and_that_is_said_once(flat_room: Staffroom) -> None:
    room = flat_room
    amina, hers = opened(room)
    phone, case, _ = room.taken(amina, hers)
    other, second, _ = room.taken(amina, hers)
    phone.say("it is me")
    room.deliver()

    assert hers.topics() == {}
    assert sum("Topics are switched off" in one for one in hers.reads()) == 1
    shown = next(one for one in room.screen(hers.number) if one.text == f"New message in case {case.code}.")
    hers.reply(shown, "Are you safe?")
    hers.reply(
        next(one for one in room.screen(hers.number) if one.text.startswith(f"{second.code} is yours")), "And you?"
    )
    hers.say("To whom?")
    room.deliver()

    assert room.team.received == {phone.number: ["Are you safe?"], other.number: ["And you?"]}
    assert hers.reads()[-1].startswith("Which case is this for?")
    hers.tap("Show")
    room.deliver()
    assert f"{case.code}\n💬 it is me" in hers.reads()
    hers.say("/close answered", reply_to_message=room.shown_json(room.api.bot.shown[shown.message_id]))
    room.deliver()
    assert not room.case(case).is_open
    assert "it is me" not in hers.everything()
    assert not [
        one for one in hers.reads() if f"{case.code} is yours now" in one or f"message in case {case.code}" in one
    ]


def test_a_reply_to_somebody_elses_message_names_no_case(flat_room: Staffroom) -> None:
    amina, hers = opened(flat_room)
    phone, case, _ = flat_room.taken(amina, hers)
    forged = hers.message(f"{case.code} is yours now.")

    hers.say("Are you safe?", reply_to_message=forged)
    flat_room.deliver()

    assert phone.number not in flat_room.team.received


def test_what_is_done_in_the_console_shows_in_the_chat_and_the_reverse(room: Staffroom) -> None:
    amina, hers = opened(room)
    sana = room.hire("Sana", Role.SUPERVISOR)
    sanas = room.paired(sana, content=True)
    _, case, topic = room.taken(amina, hers)
    holding.join(room.hamraz.room, sana.id, case.id, room.clock())
    room.deliver()

    relay.reply(room.hamraz.room, amina.id, case.id, "From the console", room.clock())
    room.deliver()
    hers.say("From the chat", topic=topic)
    room.deliver()

    assert hers.reads(topic)[1:] == ["You answered in the console."]
    assert sanas.reads(sanas.topics()[case.code])[1:] == [
        f"Amina answered in case {case.code}:\nFrom the console",
        f"Amina answered in case {case.code}:\nFrom the chat",
    ]
    assert room.team.thread(amina, case)[-2:] == ["us: From the console", "us: From the chat"]


@ON_BOTH
def test_a_case_that_is_handed_over_leaves_one_chat_and_stands_in_the_other(room: Staffroom) -> None:
    amina, hers = opened(room)
    sanas = room.paired(room.hire("Sana"), language="ur")
    phone, case, topic = room.taken(amina, hers)
    phone.say("I am afraid")

    hers.say("/give sana", topic=topic)
    room.deliver()

    assert hers.topics() == {}
    assert hers.reads()[-1] == f"{case.code} is Sana's now. Its topic here is deleted."
    (first, *_) = sanas.reads(sanas.topics()[case.code])
    assert first.startswith(f"{case.code} اب آپ کا ہے۔\n{case.code} · انگریزی · ایس ایم ایس · سبز")
    hers.say("Still me?", topic=topic)
    room.deliver()
    assert phone.number not in room.team.received


# --- how it ends ------------------------------------------------------------------------------------


@ON_BOTH
def test_at_closing_the_topic_is_deleted_and_the_thread_is_kept(room: Staffroom) -> None:
    amina, hers = opened(room)
    _, case, topic = room.taken(amina, hers)
    hers.say("Good luck!", topic=topic)
    room.deliver()

    hers.say("/close", topic=topic)
    room.deliver()
    hers.tap("Her question is answered")
    room.deliver()

    assert hers.topics() == {}
    assert hers.reads()[-1] == f"{case.code} is closed. Its topic here is deleted."
    assert room.team.thread(amina, case) == ["us: Good luck!"]
    hers.say("One more thing", topic=topic)
    room.deliver()
    assert "One more thing" not in str(room.team.received)


def test_she_leaves_in_a_hurry_and_what_nobody_saw_is_gone(room: Staffroom) -> None:
    amina, hers = opened(room)
    sana = room.hire("Sana", Role.SUPERVISOR)
    sanas = room.paired(sana, content=True)
    phone, case, topic = room.taken(amina, hers)
    holding.join(room.hamraz.room, sana.id, case.id, room.clock())
    phone.say("shown already")
    room.deliver()
    phone.say("not seen by anybody")
    phone.say("XX")
    room.deliver()

    assert (
        hers.reads(topic)[-1] == f"{case.code}: she left. What she wrote and nobody has seen is gone. The case stays."
    )
    assert sanas.reads(sanas.topics()[case.code])[1:] == ["💬 shown already", hers.reads(topic)[-1]]
    hers.tap("Show")
    room.deliver()
    assert "no longer kept" in "\n".join(hers.reads(topic))
    assert "not seen by anybody" not in hers.everything() + sanas.everything()
    hers.say("Come back!", topic=topic)
    room.deliver()
    assert "she left. It can wait for her number" in hers.reads(topic)[-1]
    hers.tap("Keep it for her number")
    room.deliver()
    assert hers.reads(topic)[-1] == "Kept: it waits here until she sends her number."
    assert phone.number not in room.team.received


def test_erased_by_its_reporter_nothing_of_it_stays_in_any_chat(room: Staffroom) -> None:
    _, hers = opened(room, content=True)
    phone, case, said = room.asks()
    hers.say(f"/take {case.code}")
    room.deliver()
    topic = hers.topics()[case.code]
    phone.say("secret words")
    room.deliver()
    other = room.phone()
    other.say(receipt_in(said))
    other.say("erase")
    assert "erased" in other.say("1")
    room.deliver()

    assert hers.topics() == {}
    assert "secret words" not in hers.everything()
    assert hers.reads()[-1] == f"{case.code} was erased by its reporter. Nothing of it is left, here or with us."
    hers.say("Are you there?", topic=topic)
    room.deliver()
    assert phone.number not in room.team.received


def test_an_answer_that_must_wait_says_so(room: Staffroom) -> None:
    amina, hers = opened(room)
    phone, _, topic = room.taken(amina, hers, back="2")

    hers.say("Call 1094", topic=topic)
    room.deliver()

    assert hers.reads(topic)[-1] == "Not sent: it waits here until she sends her number."
    assert phone.number not in room.team.received
