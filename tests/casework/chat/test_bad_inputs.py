"""What nobody means well with, and what goes wrong: nothing is done, nobody learns anything, and no door fails."""

from __future__ import annotations

import logging
from io import StringIO

import pytest
import structlog

from bot.settings import Settings
from casework.chat import taking
from operating import serving
from operating.logs import set_up_logs
from storage.errors import StorageAway
from tests.handlers import hostile
from tests.handlers import payloads as real
from tests.phones import Clock
from tests.staffroom import GROUP, STAFF_SECRET, Account, Staffroom, staffroom

FORWARDED = {"forward_origin": {"type": "hidden_user", "sender_user_name": "X", "date": 1}}


@pytest.fixture
def hers(room: Staffroom) -> Account:
    room.staffed()
    return room.paired(room.hire())


def test_the_door_opens_to_telegrams_own_secret_only(room: Staffroom, hers: Account) -> None:
    update = {"message": hers.message("/queue")}

    assert room.post(update, secret="wrong") == 403
    assert room.post(update, secret="") == 403
    assert room.client.post("/webhooks/telegram-staff/guess", data=b"{}").status_code == 403
    room.deliver()
    assert len(hers.reads()) == 1  # the greeting


def test_the_reporters_secret_does_not_open_it_nor_this_one_theirs(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = type(settings.telegram_webhook_secret)
    more = {"telegram_bot_token": secret("9:" + "C" * 35), "telegram_webhook_secret": secret("reporters-secret")}
    with staffroom(settings, clock, monkeypatch, **more) as room:
        update = {"message": room.account().message("/queue")}

        assert room.post(update, secret="reporters-secret") == 403
        headers = {"X-Telegram-Bot-Api-Secret-Token": STAFF_SECRET}
        assert room.client.post("/webhooks/telegram", json={"update_id": 1}, headers=headers).status_code == 403


def test_a_reporter_who_types_commands_of_staff_is_a_reporter(room: Staffroom, hers: Account) -> None:
    _, case, _ = room.asks()
    other = room.phone("telegram", str(hers.number))  # even from a counsellor's own account

    said = [other.say(text) for text in (f"/take {case.code}", "/queue", f"/close {case.code} answered")]

    assert all(case.code not in one for one in said)
    assert room.case(case).holder is None and room.case(case).is_open


@pytest.mark.parametrize("text", ["/take {0}", "/close {0} answered", "/release {0}", "/queue"])
def test_a_forwarded_command_is_nothing(room: Staffroom, hers: Account, text: str) -> None:
    _, case, topic = room.taken(room.hire("Other"), hers)
    before = hers.everything()

    hers.say(text.format(case.code), topic=topic, **FORWARDED)
    room.deliver()

    assert hers.everything() == before
    assert room.case(case).is_open


def test_forwarded_words_are_not_passed_on(room: Staffroom, hers: Account) -> None:
    phone, _, topic = room.taken(room.hire("Other"), hers)

    hers.say("From my cousin Ali", topic=topic, **FORWARDED)
    room.deliver()

    assert hers.reads(topic)[-1].startswith("Forwarded messages are not passed on")
    assert phone.number not in room.team.received


def test_an_edited_command_is_nothing(room: Staffroom, hers: Account) -> None:
    _, case, topic = room.taken(room.hire("Other"), hers)
    hers.say("/help", topic=topic)
    hers.edit("/release", topic=topic)
    hers.edit(f"/close {case.code} answered")
    room.deliver()

    assert room.case(case).holder is not None


def test_in_the_group_nothing_is_heard_and_only_a_counsellors_tap_on_take_works(room: Staffroom, hers: Account) -> None:
    stranger = room.account()
    _, case, _ = room.asks()
    room.deliver()
    (posted,) = room.screen(GROUP)

    for one in (hers, stranger):
        assert room.post({"message": one.message(f"/take {case.code}", chat=GROUP)}) == 200
    assert stranger.tap_data(posted, f"take:{case.code}") == ""
    for data in (f"close:{case.code}:answered", f"risk:{case.code}:green", f"all:{case.id.hex()}", "show:00", ""):
        assert hers.tap_data(posted, data) == ""
    room.deliver()
    assert room.case(case).holder is None
    assert room.group() == [posted.text]

    assert hers.tap_data(posted, f"take:{case.code}") == f"{case.code} is yours."


def test_a_group_that_is_not_the_teams_is_left_without_a_word(room: Staffroom, hers: Account) -> None:
    room.post({"message": hers.message("hello", chat=-777)})
    member = {"chat": {"id": -778, "type": "group"}, "from": hers.user, "new_chat_member": {"status": "member"}}
    room.post({"my_chat_member": member})
    room.post({"message": hers.message("hello", chat=GROUP)})
    room.settle(lambda: room.api.bot.left == {-777, -778})

    assert room.api.bot.left == {-777, -778}
    assert not room.screen(-777) and not room.screen(-778)


def test_somebody_elses_buttons_do_nothing_in_another_chat(room: Staffroom, hers: Account) -> None:
    _, case, _ = room.taken(room.hire("Other"), hers)
    shown = room.screen(hers.number)[-1]
    stranger = room.account()

    for data in (f"close:{case.code}:answered", f"keep:{case.id.hex()}", f"send:{case.code}:hello"):
        assert stranger.tap_data(shown, data) == ""

    assert room.case(case).is_open


@pytest.mark.parametrize(
    "data",
    [
        "",
        ":",
        "show:",
        "show:zz",
        "all:zz",
        "keep:",
        "give::",
        "take:",
        "take:K7F3X:",
        "risk:K7F3X:purple",
        "send:K7F3X:",
        "é",
        "x" * 64,
    ],
)
def test_a_button_that_nobody_made_does_nothing(room: Staffroom, hers: Account, data: str) -> None:
    shown = room.screen(hers.number)[0]

    hers.tap_data(shown, data)
    room.deliver()

    assert len(hers.reads()) == 1


def test_no_hostile_word_of_a_counsellor_a_stranger_or_a_forger_makes_the_door_fail_or_reaches_a_log(
    room: Staffroom, hers: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    log = StringIO()
    with monkeypatch.context() as patched:
        patched.setattr("sys.stderr", log)
        set_up_logs("DEBUG")
    try:
        _, case, topic = room.taken(room.hire("Other"), hers)
        stranger = room.account()
        for text in hostile.TEXTS.values():
            for one, where in ((hers, topic), (stranger, None)):
                for said in (text, f"/give {text}", f"//{text}", f"/start {text}"):
                    assert one.say(said[:4096], topic=where) == 200
        ground = {"update_id": 1, "message": hers.message("hi", topic=topic)}
        for place in hostile.places(ground["message"]):
            for junk in (*hostile.JUNK[::3], hostile.GONE):
                assert room.post({"message": hostile.changed(ground["message"], place, junk)}) in (200, 400)
        for body in hostile.RAW.values():
            headers = {"X-Telegram-Bot-Api-Secret-Token": STAFF_SECRET}
            assert room.client.post("/webhooks/telegram-staff", data=body, headers=headers).status_code in (
                200,
                400,
                413,
            )
        assert room.case(case).is_open
    finally:
        structlog.reset_defaults()
        logging.basicConfig(level=logging.WARNING, force=True)
    logged = log.getvalue() + "".join(capfd.readouterr())
    for secret in (hostile.MARK, str(hers.number), STAFF_SECRET, "Traceback", real.HER_NUMBER):
        assert secret not in logged


# --- what goes wrong --------------------------------------------------------------------------------


def test_while_the_storage_is_away_telegram_keeps_the_update_and_it_works_afterwards(
    room: Staffroom, hers: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _, topic = room.taken(room.hire("Other"), hers)
    update = {"message": hers.message("Are you safe?", topic=topic)}

    def away(*_: object) -> None:
        raise StorageAway("away")

    with monkeypatch.context() as patched:
        patched.setattr(serving, "take", away)
        assert room.post(update, number=77) == 503
    assert room.post(update, number=77) == 200
    assert room.post(update, number=77) == 200  # and once more, as Telegram does when our answer was lost
    room.deliver()

    assert room.team.received[phone.number] == ["Are you safe?"]


def test_a_mistake_of_ours_is_said_and_told_as_nothing_sent(
    room: Staffroom, hers: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, case, topic = room.taken(room.hire("Other"), hers)

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("her words")

    monkeypatch.setattr(taking.writing, "write", fails)
    assert hers.say("Are you safe?", topic=topic) == 200
    room.settle(lambda: len(hers.reads(topic)) == 2)

    assert hers.reads(topic)[-1] == "That did not work just now. Nothing was sent. Please try again."
    monkeypatch.setattr(taking.commands, "tap", fails)
    assert hers.tap_data(room.screen(hers.number)[0], f"take:{case.code}").startswith("That did not work")
    assert phone.number not in room.team.received


def test_a_notes_repeat_is_one_note(room: Staffroom, hers: Account) -> None:
    _, case, topic = room.taken(room.hire("Other"), hers)
    update = {"message": hers.message("// once", topic=topic)}

    for _ in range(3):
        assert room.post(update, number=78) == 200

    assert room.case(case).report.meta["notes"] == 1


def test_telegram_away_or_slowing_down_loses_nothing(room: Staffroom, hers: Account) -> None:
    phone, case, topic = room.taken(room.hire("Other"), hers)
    room.api.bot.slow_down = 30
    phone.say("still here")
    room.drain()
    assert hers.reads(topic)[-1].startswith(f"{case.code} is yours now")

    room.api.bot.slow_down = 0
    room.clock.forward(seconds=50)
    room.deliver()

    assert hers.reads(topic)[-1] == f"New message in case {case.code}."


def test_a_counsellor_who_blocked_the_bot_stops_nobody_elses_news(room: Staffroom, hers: Account) -> None:
    sanas = room.paired(room.hire("Sana"))
    room.api.bot.blocked.add(hers.number)
    room.taken(room.hire("Other"), hers)
    phone, case, topic = room.taken(room.hire("More"), sanas)
    phone.say("hello")
    room.deliver()
    assert sanas.reads(topic)[-1] == f"New message in case {case.code}."

    room.api.bot.blocked.clear()
    hers.say("/queue")
    room.deliver()
    assert hers.reads()[-1].startswith("Nobody is waiting.")
