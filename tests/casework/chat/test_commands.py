"""What a counsellor may ask for in her chat, by a word or a button, in a topic or with a case's code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from casework.cases import holding, tending
from casework.staff import changing
from casework.staff.roles import Role
from casework.triage import Level
from tests.casework.chat.conftest import ON_BOTH
from tests.staffroom import GROUP, Account, Staffroom


@pytest.fixture
def hers(room: Staffroom) -> Account:
    room.staffed()
    return room.paired(room.hire())


def answer(room: Staffroom, account: Account, text: str, topic: int | None = None) -> str:
    """What she is told last, after a command."""
    account.say(text, topic=topic or None)
    room.deliver()
    return account.reads(topic)[-1]


# --- the queue --------------------------------------------------------------------------------------


def test_the_queue_shows_who_waits_gravest_first_with_a_button_each_and_what_is_hers(
    room: Staffroom, hers: Account
) -> None:
    assert answer(room, hers, "/queue") == "Nobody is waiting."
    hers.say("hello", reply_to_message=room.shown_json(room.screen(hers.number)[-1]))
    room.deliver()
    assert hers.reads()[-1].startswith("Which case is this for?")
    _, first, _ = room.asks()
    _, grave, _ = room.asks(about="he has a gun", channel="whatsapp")
    room.clock.forward(minutes=125)

    said = answer(room, hers, "/queue").splitlines()

    assert said[0] == "Waiting: 2"
    assert said[1] == f"{grave.code} · English · WhatsApp · red · waits 2 h"
    assert said[2] == f"{first.code} · English · SMS · green · waits 2 h"
    hers.reply(room.screen(hers.number)[-1], "Are you safe?")  # to a list of two
    room.deliver()
    assert hers.reads()[-1].startswith("Which case is this for?")
    late = room.paired(room.hire("Late"))  # nobody has shared with her yet what came before
    assert answer(room, late, "/queue") == "Nobody is waiting."
    assert answer(room, late, f"/take {first.code}") == f"There is no open case {first.code}."
    hers.tap(f"Take {grave.code}")
    assert (
        answer(room, hers, "/queue").splitlines()[-1] == f"{grave.code} · English · WhatsApp · red · unanswered for 2 h"
    )


def test_a_long_queue_is_cut_and_says_how_many_more(room: Staffroom, hers: Account) -> None:
    for _ in range(10):
        room.asks()

    said = answer(room, hers, "/queue").splitlines()

    assert (said[0], said[-1], len(said)) == ("Waiting: 10", "and 2 more", 10)


# --- taking -----------------------------------------------------------------------------------------


@ON_BOTH
def test_of_two_who_tap_take_at_once_one_has_it_and_the_other_is_told_who(room: Staffroom) -> None:
    room.staffed()
    accounts = [room.paired(room.hire(name)) for name in ("Amina", "Sana")]
    _, case, _ = room.asks()
    room.deliver()
    (posted,) = room.screen(GROUP)

    with ThreadPoolExecutor(2) as both:
        toasts = list(both.map(lambda one: one.tap_data(posted, f"take:{case.code}"), accounts))
    room.deliver()

    won = toasts.index(f"{case.code} is yours.")
    winner = ("Amina", "Sana")[won]
    assert toasts[1 - won] == f"{winner} has {case.code} already. Ask her, or let a supervisor join."
    assert [list(one.topics()) for one in accounts] == ([[case.code], []] if won == 0 else [[], [case.code]])
    assert room.group() == [f"{case.code}: taken."]
    assert room.screen(GROUP)[0].markup is None


def test_who_types_take_too_late_is_told_in_words(room: Staffroom, hers: Account) -> None:
    sanas = room.paired(room.hire("Sana"))
    _, case, _ = room.asks()
    answer(room, hers, f"/take {case.code.lower()}")

    assert (
        answer(room, sanas, f"/take {case.code}")
        == f"Amina has {case.code} already. Ask her, or let a supervisor join."
    )
    assert answer(room, hers, f"/take {case.code}") == f"{case.code} is yours."


def test_whoever_carries_as_many_as_she_may_takes_no_more(room: Staffroom) -> None:
    room.staffed()
    hers = room.paired(room.hire(capacity=1))
    room.taken(room.hire("Other"), hers)
    _, second, _ = room.asks()

    assert answer(room, hers, f"/take {second.code}").startswith("You carry 1 cases")


@pytest.mark.parametrize(
    "text", ["/take", "/release", "/give", "/close", "/note", "/risk", "/say", "/templates", "/hide"]
)
def test_a_command_that_needs_a_case_asks_which(room: Staffroom, hers: Account, text: str) -> None:
    assert answer(room, hers, text).startswith("Which case?")


def test_a_code_of_no_case_and_an_unknown_command_are_said(room: Staffroom, hers: Account) -> None:
    assert answer(room, hers, "/take K7F3X") == "There is no open case K7F3X."
    assert answer(room, hers, "/dance") == "I do not know that command. /help says which there are."


def test_help_names_every_command_in_her_language(room: Staffroom) -> None:
    hers, other = room.paired(room.hire()), room.paired(room.hire("Sana"), language="ur")
    names = ("queue", "take", "release", "give", "note", "risk", "say", "templates", "close", "hide", "help")

    for one in (hers, other):
        said = answer(room, one, "/help@hamraz_staff_bot")
        assert all(f"/{name} – " in said for name in names)
    assert "قطار" in other.reads()[-1]


# --- giving and letting go --------------------------------------------------------------------------


def test_a_released_case_is_back_in_the_queue_and_in_the_group(room: Staffroom, hers: Account) -> None:
    _, case, topic = room.taken(room.hire("Other"), hers)

    hers.say("/release", topic=topic)
    room.deliver()

    assert room.case(case).holder is None
    assert hers.topics() == {}
    assert hers.reads()[-1] == f"{case.code} is back in the queue. Its topic here is deleted."
    assert room.group()[-1] == f"{case.code} · English · SMS · green"
    assert "is not yours" in answer(room, hers, f"/release {case.code}")


def test_a_case_is_given_by_name_by_its_beginning_or_by_a_button(room: Staffroom, hers: Account) -> None:
    sana, sara = room.hire("Sana"), room.hire("Sara")
    sanas = room.paired(sana)
    _, case, topic = room.taken(room.hire("Other"), hers)

    assert answer(room, hers, "/give nobody", topic) == "Nobody here is called that."
    assert answer(room, hers, "/give sa", topic) == "Several are called that:"
    assert hers.tap("Sara") == f"{case.code} goes to Sara."
    assert room.case(case).holder == sara.id
    _, second, _ = room.taken(room.hire("More"), hers)
    hers.say(f"/give {second.code} SANA")
    room.deliver()
    assert room.case(second).holder == sana.id
    assert second.code in sanas.topics()


def test_nobody_gives_what_is_a_colleagues(room: Staffroom, hers: Account) -> None:
    sanas = room.paired(room.hire("Sana"))
    _, case, _ = room.taken(room.hire("Other"), hers)

    said = answer(room, sanas, f"/give {case.code} Other")

    assert said == f"{case.code} is not yours. /take {case.code} takes it, if it is free."


def test_a_colleague_who_carries_enough_is_given_no_more(room: Staffroom, hers: Account) -> None:
    room.hire("Full", capacity=0)
    _, _, topic = room.taken(room.hire("Other"), hers)

    assert answer(room, hers, "/give Full", topic) == "Full carries as many cases as she may."


# --- the case ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "typed"), [("en", "amber"), ("ur", "زرد"), ("ur", "Amber")])
def test_how_grave_it_is_may_be_said_in_her_language(room: Staffroom, language: str, typed: str) -> None:
    room.staffed()
    hers = room.paired(room.hire(), language=language)
    _, case, topic = room.taken(room.hire("Other"), hers)

    hers.say(f"/risk {typed}", topic=topic)
    room.deliver()

    assert room.case(case).risk == Level.AMBER


def test_without_a_level_there_are_buttons(room: Staffroom, hers: Account) -> None:
    _, case, topic = room.taken(room.hire("Other"), hers)
    assert answer(room, hers, "/risk", topic) == f"How grave is {case.code}?"

    assert hers.tap("red") == f"{case.code} is red now."
    assert room.case(case).risk == Level.RED


def test_a_case_is_closed_for_a_reason_by_its_holder_only(room: Staffroom, hers: Account) -> None:
    sanas = room.paired(room.hire("Sana"))
    _, case, topic = room.taken(room.hire("Other"), hers)
    room.deliver()
    assert answer(room, sanas, f"/close {case.code} answered").startswith(f"{case.code} is not yours")

    answer(room, hers, "/close", topic)
    hers.tap("Referred to others")

    assert room.case(case).desk["closed_for"] == "referred"
    assert answer(room, hers, f"/close {case.code} answered") == f"{case.code} is not open: closed."


@ON_BOTH
def test_hide_clears_her_screen_and_the_case_stays_hers(room: Staffroom, hers: Account) -> None:
    phone, case, topic = room.taken(room.hire("Other"), hers)

    hers.say("/hide", topic=topic)
    room.deliver()
    assert hers.topics() == {}
    assert hers.reads()[-1].startswith(f"The topic of {case.code} is deleted here")
    phone.say("are you there?")
    room.deliver()

    assert hers.reads(hers.topics()[case.code]) == [f"New message in case {case.code}."]


def test_a_ready_answer_is_shown_before_it_goes(room: Staffroom, hers: Account) -> None:
    phone, case, topic = room.taken(room.hire("Other"), hers, language="ur")

    said = answer(room, hers, "/say safe", topic)
    assert said.startswith("safe, as she will read it:\n\nکیا اس وقت لکھنا آپ کے لیے محفوظ ہے؟")
    assert phone.number not in room.team.received
    shown = room.screen(hers.number)[-1]
    assert [hers.tap_data(shown, f"send:{case.code}:safe") for _ in range(2)] == ["Done.", ""]
    room.deliver()

    assert room.screen(hers.number)[-1].markup is None
    assert [said[:15] for said in room.team.received[phone.number]] == ["کیا اس وقت لکھن"]  # once


def test_a_ready_answer_that_cannot_go_now_is_kept_and_one_that_was_changed_is_shown_again(
    room: Staffroom,
) -> None:
    room.staffed()
    amina = room.hire()
    hers = room.paired(amina)
    phone, case, topic = room.taken(amina, hers)
    answer(room, hers, "/say safe", topic)
    shown = room.screen(hers.number)[-1]
    assert (
        hers.tap_data(replace(shown, text="safe, as she will read it:\n\nother words"), f"send:{case.code}:safe") == ""
    )
    room.deliver()
    assert hers.reads(topic)[-1] == shown.text
    phone.say("XX")

    assert hers.tap("Send it") == ""
    room.deliver()
    assert "she left. It can wait for her number" in hers.reads(topic)[-1]
    assert hers.tap("Keep it for her number") == "Done."
    room.deliver()

    assert hers.reads(topic)[-1] == "Kept: it waits here until she sends her number."
    (kept,) = room.team.thread(amina, case)
    assert shown.text.endswith(kept.removeprefix("us: "))


def test_words_that_were_deleted_above_the_button_are_said_to_be_gone(room: Staffroom, hers: Account) -> None:
    phone, case, topic = room.taken(room.hire("Other"), hers)
    phone.say("XX")
    said = answer(room, hers, "Come back!", topic)
    assert "It can wait for her number" in said
    hers.texts.clear()

    assert hers.tap("Keep it for her number").startswith("The words that stood above this button are gone.")
    assert room.case(case).sent == {}


def test_all_ready_answers_are_buttons_and_a_missing_one_is_said(room: Staffroom, hers: Account) -> None:
    _, case, topic = room.taken(room.hire("Other"), hers)

    assert answer(room, hers, "/templates", topic).startswith(f"Ready answers for {case.code}")
    hers.tap("not-alone")
    room.deliver()
    assert "What happened is not your fault" in hers.reads(topic)[-1]
    assert (
        answer(room, hers, "/say nonsense", topic) == "There is no ready answer called nonsense. /templates shows all."
    )


@ON_BOTH
def test_a_supervisor_reads_along_and_is_told_what_colleagues_do(room: Staffroom, hers: Account) -> None:
    sana, sara = room.hire("Sana", Role.SUPERVISOR), room.hire("Sara", Role.SUPERVISOR)
    sanas, saras = room.paired(sana), room.paired(sara)
    _, case, topic = room.taken(room.hire("Other"), hers)
    for who in (sana, sara):
        holding.join(room.hamraz.room, who.id, case.id, room.clock())
    hers.say("// he is her teacher", topic=topic)
    hers.say("/risk red", topic=topic)
    room.deliver()

    assert sanas.reads(sanas.topics()[case.code])[1:] == [
        f"Amina wrote a private note in case {case.code}: it stands in the console.",
        f"Amina set case {case.code} to red.",
    ]
    assert "teacher" not in sanas.everything()

    changing.change_role(room.hamraz.office, sana.id, Role.COUNSELLOR, hers.number.to_bytes(16), room.clock())
    changing.change_role(room.hamraz.office, sara.id, Role.ANALYST, hers.number.to_bytes(16), room.clock())
    room.deliver()
    assert room.case(case).joined == []
    assert (sanas.topics(), saras.topics()) == ({}, {})
    assert list(hers.topics()) == [case.code]


def test_an_unanswered_case_goes_back_and_its_holder_and_the_group_hear_of_it(room: Staffroom, hers: Account) -> None:

    phone, case, _ = room.taken(room.hire("Other"), hers, about="he has a gun")
    phone.say("please")
    room.clock.forward(minutes=16)
    tending.tend(room.hamraz.room, room.clock())
    room.deliver()

    assert hers.topics() == {}
    assert hers.reads()[-1] == (
        f"{case.code} went back to the queue: it was not answered in time. Its topic here is deleted."
    )
    assert case.code in room.group()[-1]
    room.clock.forward(minutes=16)
    tending.tend(room.hamraz.room, room.clock())
    room.deliver()
    assert room.group()[-1].startswith(f"{case.code} · English · SMS · red · waits too long")
    assert sum(case.code in one for one in room.group()) == 1
