"""Whose account it is: said once by a code from the console; everybody else is a stranger, and learns nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.cases.refusals import NotStaff
from casework.chat import pairing
from casework.staff import leaving
from casework.staff.roles import Role
from storage import audit
from storage.staff import doors, people
from tests.staffroom import Account, Staffroom

NEUTRAL = "This bot is for its own team only."


def told(room: Staffroom, account: Account) -> list[str]:
    room.deliver()
    return account.reads()


def log(room: Staffroom) -> list[str]:
    office = room.hamraz.office
    return office.read(lambda unit: [line.what for line in audit.lines(unit, office.keyring)])


def test_a_code_from_the_console_pairs_her_account_once_and_it_is_on_record(room: Staffroom) -> None:
    amina = room.hire()
    code = pairing.issue(room.hamraz.office, amina.id, "en", room.clock())
    hers, other = room.account(), room.account()

    hers.say(f"/start {code}")
    other.say(f"/start {code}")

    assert told(room, hers) == [
        "Done: this chat is yours now, Amina. Each case gets a topic here. /help says what you can do."
    ]
    assert told(room, other) == ["That code does not fit, or it is too old."]
    assert log(room).count("Telegram paired") == 1
    assert pairing.state(room.hamraz.office, amina.id).paired


@pytest.mark.parametrize("typed", ["{0}", "{0} ", "/start {1}", "/start@hamraz_bot {0}", "{2}"])
def test_a_code_may_be_typed_in_any_way(room: Staffroom, typed: str) -> None:
    amina, hers = room.hire(), room.account()
    code = pairing.issue(room.hamraz.office, amina.id, "en", room.clock())

    hers.say(typed.format(code, code.replace("-", ""), code.lower()))

    assert told(room, hers)[0].startswith("Done")


def test_a_code_is_too_old_after_ten_minutes(room: Staffroom) -> None:
    amina, hers = room.hire(), room.account()
    code = pairing.issue(room.hamraz.office, amina.id, "en", room.clock())
    room.clock.forward(minutes=11)

    hers.say(f"/start {code}")

    assert told(room, hers) == ["That code does not fit, or it is too old."]
    assert not pairing.state(room.hamraz.office, amina.id).paired


def test_codes_cannot_be_tried_out_and_a_right_one_is_refused_then_too(room: Staffroom) -> None:
    amina, thief = room.hire(), room.account()
    code = pairing.issue(room.hamraz.office, amina.id, "en", room.clock())
    for number in range(9):
        thief.say(f"AAAA-AAA{number}")
    thief.say(code)

    said = told(room, thief)

    assert said == ["That code does not fit, or it is too old."] * 5 + ["Too many tries. Again in 15 minutes."]
    assert not pairing.state(room.hamraz.office, amina.id).paired
    room.clock.forward(minutes=9)
    friend = room.account()
    friend.say(code)
    assert told(room, friend)[0].startswith("Done")  # a stranger's tries lock nobody out


def test_a_stranger_gets_one_neutral_line_in_a_quarter_of_an_hour_in_her_language_and_no_tap_works(
    room: Staffroom,
) -> None:
    stranger, other = room.account(), room.account(language="ur-PK")
    for text in ("/start", "/queue", "hello", "/take K7F3X", "//note"):
        assert stranger.say(text) == 200
    other.say("/help")

    assert told(room, stranger) == [NEUTRAL]
    assert told(room, other) == ["یہ بوٹ صرف اپنی ٹیم کے لیے ہے۔"]
    assert stranger.tap_data(room.screen(stranger.number)[0], "take:K7F3X") == ""
    room.clock.forward(minutes=16)
    stranger.say("hello?")
    assert told(room, stranger) == [NEUTRAL, NEUTRAL]


def test_only_who_reads_reports_can_pair(room: Staffroom) -> None:
    admin = room.hire("Zara", Role.ADMIN)

    with pytest.raises(NotStaff):
        pairing.issue(room.hamraz.office, admin.id, "en", room.clock())


def test_another_account_of_hers_takes_the_place_of_the_first_and_the_first_goes_silent(room: Staffroom) -> None:
    amina = room.hire()
    room.staffed()
    old = room.paired(amina)
    _, case, topic = room.taken(amina, old)
    assert topic

    new = room.paired(amina)
    old.say("/queue")
    room.deliver()

    assert "no longer paired" in old.reads()[-2]
    assert old.reads()[-1] == NEUTRAL
    assert old.topics() == {}  # what lay in it is deleted
    new.say(f"Is this safe? {case.code}")
    assert told(room, new)[-1].startswith("Which case is this for?")


def test_an_account_is_one_persons_until_she_unpairs_it(room: Staffroom) -> None:
    amina, sana = room.hire(), room.hire("Sana")
    hers = room.paired(amina)
    code = pairing.issue(room.hamraz.office, sana.id, "en", room.clock())

    hers.say(f"/start {code}")

    assert "already paired with somebody else" in told(room, hers)[-1]
    assert not pairing.state(room.hamraz.office, sana.id).paired
    pairing.unpair(room.hamraz.office, amina.id, room.clock())
    hers.say(f"/start {code}")
    assert "yours now, Sana" in told(room, hers)[-1]


def test_unpairing_in_the_console_ends_it_at_once_and_is_on_record(room: Staffroom) -> None:
    amina = room.hire()
    room.staffed()
    hers = room.paired(amina)
    room.taken(amina, hers)

    pairing.unpair(room.hamraz.office, amina.id, room.clock())
    pairing.unpair(room.hamraz.office, amina.id, room.clock())
    hers.say("/queue")

    assert told(room, hers)[-2:] == ["This chat is no longer paired. Nothing comes here any more.", NEUTRAL]
    assert hers.topics() == {}
    assert log(room).count("Telegram unpaired") == 1


def test_who_leaves_is_obeyed_no_more_and_her_chat_goes_silent(room: Staffroom) -> None:
    amina, sana = room.hire(), room.hire("Sana")
    room.staffed()
    hers = room.paired(amina)
    phone, case, topic = room.taken(amina, hers)
    phone.say("are you still there")  # waits to go into her topic
    leaving.leave(room.hamraz.office, amina.id, sana.id, None, room.clock())
    room.deliver()

    before = hers.reads()
    phone.say("hello?")
    hers.say("Do not worry.", topic=topic)
    hers.say(f"/take {case.code}")
    room.deliver()

    assert hers.topics() == {}
    assert hers.reads() == [*before, NEUTRAL]
    assert room.case(case).holder is None
    assert "Do not worry." not in str(room.team.received)
    assert case.code in room.group()[-1]


@pytest.mark.parametrize("status", [people.INVITED, people.LEFT])
def test_who_is_not_active_is_a_stranger_whatever_the_pairing_says(room: Staffroom, status: str) -> None:
    amina = room.hire()
    hers = room.paired(amina)
    office = room.hamraz.office

    def work(unit: object) -> None:
        member = people.fetch(unit, office.keyring, amina.id)  # type: ignore[arg-type]  # a unit
        assert member is not None
        member.status = status
        people.save(unit, office.keyring, member)  # type: ignore[arg-type]  # a unit

    office.work(work)
    hers.say("/queue")

    assert told(room, hers)[-1] == NEUTRAL


def test_an_update_that_comes_twice_pairs_once_and_answers_once(room: Staffroom) -> None:
    amina, hers = room.hire(), room.account()
    code = pairing.issue(room.hamraz.office, amina.id, "en", room.clock())
    update = {"message": hers.message(f"/start {code}")}

    assert [room.post(update, number=5), room.post(update, number=5)] == [200, 200]

    assert len(told(room, hers)) == 1


def test_what_she_chose_is_kept_apart_from_her_phone_and_her_paging(room: Staffroom) -> None:
    amina, office = room.hire(), room.hamraz.office
    office.work(
        lambda unit: doors.save(unit, office.keyring, doors.Doors(amina.id, phone="+923005550001", page_by="sms"))
    )
    room.paired(amina, language="ur")
    pairing.prefer(office, amina.id, content=True, language="en")
    pairing.unpair(office, amina.id, room.clock() + timedelta(hours=1))

    hers = office.read(lambda unit: doors.fetch(unit, office.keyring, amina.id, hold=False))
    assert (hers.phone, hers.page_by, hers.content, hers.language, hers.telegram) == (
        "+923005550001",
        "sms",
        True,
        "en",
        None,
    )
