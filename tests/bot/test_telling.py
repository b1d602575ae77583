"""Who tells at once is heard: words that came before their question are never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot import conversation
from casework.reading import open_case
from flows.scene import Heard
from flows.state import State, to_json
from flows.telling import tells
from operating.parts import Hamraz
from tests.bot.test_conversation import receipt_in
from tests.phones import TEAM_WORD, Clock, Phone

TOLD = "zanbil a man touched me on the bus today"
OFFER = "What you wrote first is here"
# path, happened, finer, under 18, when, where
TO_STORY = ["1", "2", "1", "2", "1", "2"]
# finish, keep, count, publish, contact, review
TO_RECEIPT = ["1", "1", "1", "2", "2", "1"]


def opened(hamraz: Hamraz, said: str) -> str:
    return open_case(hamraz.database, hamraz.keyring, receipt_in(said), TEAM_WORD, memory_kib=8)


def say(phone: Phone, texts: list[str]) -> str:
    said = ""
    for text in texts:
        said = phone.say(text)
    return said


def test_a_story_told_in_the_first_message_begins_the_report(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    her = phone()
    assert "This is not an emergency service" in her.say(TOLD)
    assert OFFER in say(her, ["1", "1"])

    assert "What you wrote so far is here" in say(her, ["1", *TO_STORY])
    said = say(her, ["qirmizi and nobody helped", "DONE", *TO_RECEIPT])

    report = opened(hamraz, said)
    assert report.index("zanbil") < report.index("qirmizi")


def test_a_voice_note_that_comes_first_begins_the_report(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    her = phone("whatsapp")
    her.voice()
    assert OFFER in say(her, ["1", "1"])

    said = say(her, ["1", *TO_STORY, "DONE", *TO_RECEIPT])

    assert "audio/ogg" in opened(hamraz, said)


@pytest.mark.parametrize("stage", [0, 1])
def test_a_story_told_instead_of_the_first_answers_is_kept_and_the_question_comes_again(
    phone: Callable[..., Phone], stage: int
) -> None:
    her = phone()
    her.say("hi")
    say(her, ["1"] * stage)

    said = her.say(TOLD)
    assert "What you wrote is here" in said
    assert ("Is it safe to write" if stage == 0 else "Which language") in said
    assert OFFER in say(her, ["1"] * (2 - stage))


def test_a_story_told_at_the_menu_is_offered_at_once(phone: Callable[..., Phone]) -> None:
    her = phone()
    say(her, ["hi", "1", "1"])

    assert OFFER in her.say(TOLD)
    assert "Which fits best?" in her.say("1")


def test_a_story_told_after_a_talk_has_ended_is_offered_at_once(phone: Callable[..., Phone]) -> None:
    her = phone()
    say(her, ["hi", "1", "1", "4"])

    assert OFFER in her.say(TOLD)


def test_a_story_told_at_another_question_is_kept_with_her_own_words(
    phone: Callable[..., Phone], hamraz: Hamraz
) -> None:
    her = phone()
    say(her, ["hi", "1", "1", "1", "1"])

    said = her.say("zanbil qirmizi 4417 nobody would ever choose this answer from that list of ours")
    assert "What you wrote is here" in said
    assert "What happened?" in said
    assert "zanbil" in opened(hamraz, say(her, [*TO_STORY[1:], "DONE", *TO_RECEIPT]))


def test_a_story_told_in_the_menu_on_the_way_joins_the_one_under_way(
    phone: Callable[..., Phone], hamraz: Hamraz
) -> None:
    her = phone()
    say(her, ["hi", "1", "1", "1", *TO_STORY, "qirmizi one", "/0"])

    assert OFFER in her.say(TOLD)
    assert "What you wrote so far is here" in her.say("1")
    report = opened(hamraz, say(her, ["DONE", *TO_RECEIPT]))
    assert report.index("qirmizi") < report.index("zanbil")


def test_a_no_lets_the_words_go_and_the_menu_comes(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    her = phone()
    say(her, [TOLD, "1", "1"])

    assert "What would you like to do?" in her.say("2")
    assert "What you wrote so far" not in say(her, ["1", *TO_STORY])
    assert "zanbil" not in opened(hamraz, say(her, ["DONE", "1", "1", "1", "2", "1"]))


def test_words_told_first_survive_a_look_at_the_menu(phone: Callable[..., Phone]) -> None:
    her = phone()
    say(her, [TOLD, "0"])

    assert "Is it safe to write" in her.say("1")
    assert OFFER in say(her, ["1", "1"])


def test_what_was_filed_lies_in_the_talk_no_longer(
    phone: Callable[..., Phone], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []

    def kept_as_json(state: State) -> dict[str, Any]:
        kept.append(str(to_json(state)))
        return to_json(state)

    monkeypatch.setattr(conversation, "to_json", kept_as_json)

    receipt_in(say(phone(), [TOLD, "1", "1", "1", *TO_STORY, "DONE", *TO_RECEIPT]))

    assert ["zanbil" in one for one in kept[-2:]] == [True, False]


@pytest.mark.parametrize("cry", ["please help me", "salam, mujhe madad chahiye"])
def test_a_cry_for_help_brings_the_numbers_and_is_no_story(phone: Callable[..., Phone], cry: str) -> None:
    her = phone()
    say(her, ["hi", "1", "1", "4"])

    said = her.say(cry)
    assert "1094" in said
    assert OFFER not in said


def test_not_now_forgets_what_was_told(phone: Callable[..., Phone]) -> None:
    her = phone()
    assert "Nothing was kept" in say(her, [TOLD, "2"])

    assert OFFER not in say(her, ["hi", "1", "1"])


def test_words_told_first_wait_through_a_pause(phone: Callable[..., Phone], clock: Clock) -> None:
    her = phone()
    her.say(TOLD)
    clock.forward(hours=3)

    assert OFFER in say(her, ["1", "1"])


@pytest.mark.parametrize(
    ("text", "alarming", "told"),
    [
        ("hi", False, False),
        ("salam, mujhe madad chahiye", False, False),
        ("سلام، کیا حال ہے", False, False),
        ("he raped me", True, True),
        ("کل بس میں ایک آدمی نے مجھے چھوا", False, True),
        ("مون کي روز هڪ ماڻهو تنگ ڪري ٿو", False, True),
        ("un hombre me sigue desde ayer", False, True),
        ("4821 0937 5566 1204 8830", False, False),
        ("?? !! 👍👍👍 1 2 3 4 5", False, False),
    ],
)
def test_a_story_is_told_from_a_greeting(text: str, alarming: bool, told: bool) -> None:
    assert tells(Heard(text=text), alarming=alarming) == told
