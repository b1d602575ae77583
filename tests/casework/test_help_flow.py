"""Finding help in the conversation: her own words, pins, places of one name, places nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import h3
import pytest

from operating.parts import Hamraz
from storage.exposed import rows
from tests.bot.test_conversation import begin
from tests.phones import Clock, Phone

Phones = Callable[..., Phone]
FIND = "3"

ASKED = {
    "en": "hospital near Qasimabad",
    "ur": "قاسم آباد کے قریب ہسپتال",
    "sd": "قاسم آباد ڀرسان اسپتال",
    "ur_Latn": "qasimabad ke paas aspatal",
    "es": "hospital cerca de Qasimabad",
}


def at_help(phone: Phone, language: str = "en") -> str:
    begin(phone, language)
    return phone.say(FIND)


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
@pytest.mark.parametrize("language", ASKED)
def test_she_writes_it_all_at_once_and_gets_three_places(phone: Phones, language: str, channel: str) -> None:
    one = phone(channel)
    at_help(one, language)

    said = one.say(ASKED[language])

    assert any(name in said for name in ("Liaquat University Hospital Hyderabad", "لیاقت یونیورسٹی", "لياقت يونيورسٽي"))
    assert sum(year in said for year in ("2022", "2023")) == 2
    assert "km" not in said


@pytest.mark.parametrize("words", ["hyderabad", "2", "صدر حیدرآباد"])
def test_two_places_of_one_name_are_asked_about(phone: Phones, words: str) -> None:
    one = phone()
    at_help(one)
    assert "1 Saddar, Karachi South\n2 Saddar, Hyderabad\n3 Another place" in one.say("saddar police")

    assert "Saddar, Hyderabad, Police:" in one.say(words)


def test_after_the_numbers_she_asks_for_the_next_thing_in_her_own_words(phone: Phones) -> None:
    one = phone()
    at_help(one)
    assert "Anything else?" in one.say("hospital near Qasimabad")

    assert "Larkana, Hospitals:" in (larkana := one.say("hospital larkana"))
    assert "Anything else?" in larkana
    assert "Larkana, Police:" in one.say("aur police?")  # where she last asked
    assert "Which one do you mean?" in one.say("saddar police")
    assert "Saddar, Hyderabad, Police:" in one.say("2")
    assert "Anything else?" in (lost := one.say("how are you all"))
    assert "Police:" not in lost


def test_where_she_left_the_place_out_another_kind_is_for_anywhere_too(phone: Phones) -> None:
    one = phone()
    at_help(one)
    one.say("lawyer")
    assert "Anything else?" in one.say("skip")

    assert "All of Sindh, Hospitals:" in one.say("hospital")


def test_a_kind_alone_is_asked_where_and_a_place_alone_is_asked_what(phone: Phones) -> None:
    first, second = phone(), phone(number="+923001112299")
    at_help(first)
    at_help(second)

    assert "Where?" in first.say("wakeel chahiye")
    assert "Larkana, Free legal help:" in first.say("larkana mein")
    assert "What kind of help there?" in second.say("larkana")
    assert "Larkana, Free legal help:" in second.say("lawyer")


def test_a_place_nobody_knows_gives_two_near_guesses_and_the_list_of_districts(phone: Phones) -> None:
    one = phone()
    at_help(one)
    one.say("hospital")

    said = one.say("nawbasaha")

    assert "I do not know that place" in said
    assert "1 Nawabshah" in said
    assert "3 Another place" in said
    assert "1 Badin" in one.say("3")


def test_another_kind_keeps_the_place_and_another_place_keeps_the_kind(phone: Phones) -> None:
    one = phone()
    at_help(one)
    one.say("hospital larkana")

    assert "What kind of help there?" in one.say("2")
    assert "Larkana, Shelters:" in one.say("shelter")
    one.say("3")
    assert "Sukkur, Shelters:" in one.say("sukkur")


def test_more_goes_on_where_it_stopped_and_a_new_question_begins_anew(phone: Phones) -> None:
    one = phone()
    at_help(one)
    first = one.say("hospital karachi")
    second = one.say("1")

    assert first.splitlines()[1] != second.splitlines()[1]
    one.say("3")
    assert one.say("karachi").splitlines()[1] == first.splitlines()[1]


def test_the_list_still_works_by_numbers(phone: Phones) -> None:
    one = phone()
    at_help(one)

    one.say("4")
    assert "Hyderabad, Hospitals:" in one.say("4")


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
def test_a_pin_is_enough_to_say_where(phone: Phones, channel: str) -> None:
    one = phone(channel, "77")
    at_help(one)
    one.say("hospital")

    assert "Qasimabad, Hyderabad, Hospitals:" in one.pin(25.405, 68.327)


@pytest.mark.parametrize(
    ("latitude", "longitude", "said"),
    [(24.0, 66.0, "at sea or outside"), (28.6, 77.2, "at sea or outside"), (31.55, 74.34, "only for Sindh")],
)
def test_a_pin_at_sea_abroad_or_elsewhere_is_said_kindly_with_numbers(
    phone: Phones, latitude: float, longitude: float, said: str
) -> None:
    one = phone("whatsapp", "77")
    at_help(one)
    one.say("hospital")

    answer = one.pin(latitude, longitude)

    assert said in answer
    assert "1099" in answer
    assert "Larkana, Hospitals:" in one.say("larkana")


def test_a_town_elsewhere_in_the_country_is_known_as_such(phone: Phones) -> None:
    one = phone()
    at_help(one)
    one.say("hospital")

    assert "only for Sindh" in one.say("lahore")


def test_what_asks_for_nothing_leads_to_the_list_again(phone: Phones) -> None:
    one = phone()
    at_help(one)

    said = one.say("i like mangoes")

    assert "1 Helplines" in said


def test_where_she_asked_for_help_is_nowhere_in_clear(phone: Phones, hamraz: Hamraz) -> None:
    one = phone("whatsapp", "77")
    at_help(one)
    one.say("hospital")
    one.pin(25.405, 68.327)

    kept = repr(rows(hamraz.database))

    assert "sessions" in kept
    assert h3.latlng_to_cell(25.405, 68.327, 8) not in kept
    assert "cell:" not in kept


def test_help_for_a_child_is_whom_children_are_brought_to_and_stays_so_with_the_next_question(phone: Phones) -> None:
    one = phone()
    at_help(one)

    assert "National Institute of Child Health" in one.say("hospital for my daughter in saddar karachi")
    one.say("2")
    assert "(for women)" in one.say("helpline")


def test_a_holiday_that_the_team_keeps_is_said_of_offices(phone: Phones, hamraz: Hamraz, clock: Clock) -> None:
    one = phone()
    clock.now = datetime(2026, 12, 25, 9, 0, tzinfo=UTC)
    at_help(one)

    assert "today is a holiday" in one.say("wakeel larkana")
