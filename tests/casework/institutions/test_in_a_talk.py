"""Which college it was: asked in a report, on both databases; and the word on a poster."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from casework.cases.case import Case
from casework.reading import open_case
from operating.parts import Hamraz
from storage import institutions, reports
from storage.database import Unit
from storage.vault.keyring import Purpose
from storage.vault.receipts import ReceiptCode, derive
from tests.bot.test_conversation import begin, receipt_in
from tests.phones import TEAM_WORD, Clock, Phone

TO_THE_COLLEGE = ["1", "1", "1", "3", "1", "3"]  # menu: report; me, words, remarks, today, a college
# a story, finish, keep, count, publish … contact, review
TO_THE_END = ["it was in the corridor", "DONE", "1", "1", "1", "2", "2", "2", "1"]


@pytest.fixture
def asked(phone: Callable[..., Phone]) -> Phone:
    """Somebody who was just asked which college it was."""
    return ask(phone())


def ask(one: Phone, language: str = "en") -> Phone:
    begin(one, language)
    for answer in TO_THE_COLLEGE:
        one.say(answer)
    return one


def finish(one: Phone, hamraz: Hamraz) -> tuple[reports.Report, dict[str, Any]]:
    """Tell the rest; return the report and what its answers say of the institution."""
    said = ""
    for answer in TO_THE_END:
        said = one.say(answer)
        if "4 Something" in said:
            raise AssertionError(said)
    return filed(hamraz, receipt_in(said))


def filed(hamraz: Hamraz, number: str) -> tuple[reports.Report, dict[str, Any]]:
    code = ReceiptCode.read(number)
    assert code is not None
    keys = derive(code, hamraz.keyring.key(Purpose.PEPPER), 8, 2)

    def read(unit: Unit) -> reports.Report:
        report = reports.fetch(unit, hamraz.keyring, reports.find(unit, keys) or b"", hold=False)
        assert report is not None
        return report

    told = json.loads(open_case(hamraz.database, hamraz.keyring, number, TEAM_WORD, memory_kib=8))
    found: dict[str, Any] = told["report"]["answers"].get("institution", {})
    return hamraz.database.read(read), found


@pytest.mark.parametrize("typed", ["mehran uni", "مهراڻ يونيورسٽي", "مہران یونیورسٹی", "MUET"])
def test_a_name_she_types_is_sealed_with_the_report_and_tells_the_desk_whose_conflict_to_look_for(
    asked: Phone, hamraz: Hamraz, typed: str
) -> None:
    assert "Tell it in your own words" in asked.say(typed)

    report, told = finish(asked, hamraz)

    assert told["id"] == "inst027"
    assert told["said"] == "Mehran University of Engineering and Technology"
    assert Case(report).institution == "inst027"


def test_two_that_are_as_likely_are_asked_about(asked: Phone, hamraz: Hamraz) -> None:
    said = asked.say("sir syed")
    assert "Is it one of these?" in said
    assert "1 Sir Syed University" in said
    assert "3 Not in the list" in said

    asked.say("2")

    assert finish(asked, hamraz)[1]["id"] == "inst107"


def test_the_list_of_a_district_is_a_way_too(asked: Phone, hamraz: Hamraz) -> None:
    assert "In which district is it?" in asked.say("1")
    assert "Which one is it?" in asked.say("Larkana")
    said = asked.say("chandka")
    assert "Tell it in your own words" in said

    assert finish(asked, hamraz)[1]["id"] == "inst044"


def test_a_town_she_writes_shows_what_is_there(asked: Phone, hamraz: Hamraz) -> None:
    said = asked.say("Nawabshah")

    assert "Which one is it?" in said
    assert "People's University" in said


def test_a_long_list_comes_in_pages(asked: Phone) -> None:
    asked.say("1")
    first = asked.say("Karachi East")
    second = asked.say("9")

    assert "9 More" in first
    assert "1 " in second
    assert first.splitlines()[1] != second.splitlines()[1]


def test_one_that_is_not_in_the_list_is_noted_with_its_town_if_she_likes(asked: Phone, hamraz: Hamraz) -> None:
    assert "What is it called?" in asked.say("2")
    assert "In which town" in asked.say("Roshni Girls College")
    asked.say("Ratodero")

    report, told = finish(asked, hamraz)

    assert told == {"said": "Roshni Girls College", "city": "Ratodero"}
    assert Case(report).institution == ""


def test_a_name_nobody_knows_is_noted_only_when_she_says_so(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one, other = ask(phone("sms", "+923000000001")), ask(phone("sms", "+923000000002"))
    for each in (one, other):
        assert "We do not have that name" in each.say("Zanbil Qirmizi")

    assert "In which town" in one.say("1")
    one.say("SKIP")
    other.say("SKIP")

    assert finish(one, hamraz)[1] == {"said": "Zanbil Qirmizi"}
    assert finish(other, hamraz)[1] == {}


def test_it_can_be_left_out_at_every_step(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    ways = [["SKIP"], ["1", "SKIP"], ["1", "Larkana", "SKIP"], ["sir syed", "SKIP"], ["2", "SKIP"], ["Xqzzy", "SKIP"]]
    for number, way in enumerate(ways):
        one = ask(phone("sms", f"+92300000010{number}"))
        for answer in way:
            said = one.say(answer)
        assert "Tell it in your own words" in said, way

        assert finish(one, hamraz)[1] == {}, way


def test_a_story_told_here_is_a_story_and_the_question_stays(asked: Phone, hamraz: Hamraz) -> None:
    said = asked.say("he stood in the corridor of the college every single day and waited there for me to come out")

    assert "Which college or school was it?" in said
    asked.say("SKIP")
    code = receipt_in([asked.say(answer) for answer in TO_THE_END][-1])
    assert "stood in the corridor" in open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)


def test_the_review_shows_it_and_lets_it_be_changed(asked: Phone, hamraz: Hamraz) -> None:
    asked.say("sir syed")
    asked.say("1")
    said = ""
    for answer in TO_THE_END[:-1]:
        said = asked.say(answer)
    line = next(line for line in said.splitlines() if "College or workplace" in line)
    assert "Sir Syed University" in line

    asked.say(line.split(" ", 1)[0])
    said = asked.say("apwa college")
    assert "APWA" in said
    assert "Please have a look" in said

    assert filed(hamraz, receipt_in(asked.say("1")))[1]["id"] == "inst111"


def test_changed_at_the_review_a_name_nobody_knows_may_be_written_again(asked: Phone) -> None:
    asked.say("Zanbil Qirmizi")
    asked.say("2")  # write another name
    asked.say("sir syed")
    asked.say("1")
    said = ""
    for answer in TO_THE_END[:-1]:
        said = asked.say(answer)
    asked.say(next(line for line in said.splitlines() if "College or workplace" in line).split(" ", 1)[0])

    assert "We do not have that name" in asked.say("Qirmizi Zanbil")
    assert "Which college" in asked.say("2")
    assert "APWA" in asked.say("apwa college")


def test_after_a_grave_act_it_is_asked_only_of_whoever_tells_more(phone: Callable[..., Phone]) -> None:
    one = phone()
    begin(one)
    for answer in ["1", "1", "2", "1", "2", "1"]:  # touch, at 18 or over, today
        one.say(answer)
    assert "Tell it in your own words" in one.say("3")
    one.say("it was a teacher")
    one.say("DONE")

    assert "Which college or school was it?" in one.say("2")
    assert "Who did it" in one.say("szabist") or "Who" in one.say("REPEAT")


def test_a_workplace_is_asked_for_as_one(phone: Callable[..., Phone]) -> None:
    one = phone()
    begin(one)
    for answer in TO_THE_COLLEGE[:-1]:
        one.say(answer)

    assert "Which workplace was it?" in one.say("4")


def test_closed_between_the_list_and_the_answer_it_is_kept_as_she_said_it(asked: Phone, hamraz: Hamraz) -> None:
    asked.say("sir syed")
    close(hamraz, "inst107")

    asked.say("2")

    assert finish(asked, hamraz)[1]["id"] == "inst107"


def close(hamraz: Hamraz, row_id: str) -> None:
    def work(unit: Unit) -> None:
        row = institutions.fetch(unit, row_id)
        assert row is not None
        institutions.put(unit, replace(row, active=False))

    hamraz.database.work(work)


# --- the word on a poster -----------------------------------------------------------------------

WORDS = ["HI 227", "hi 227", "Hi227!", "Salam 227", "سلام ۲۲۷", "السلام علیکم 227", "هيلو ٢٢٧", "Hola 227"]


@pytest.mark.parametrize("word", WORDS)
def test_the_word_on_a_poster_is_greeted_like_any_stranger_and_offered_later(
    phone: Callable[..., Phone], hamraz: Hamraz, word: str
) -> None:
    one = phone()
    first = one.say(word)
    assert "15" in first and "1122" in first
    assert "Mehran" not in first and "227" not in first
    one.say("1")
    one.say("1")
    said = ""
    for answer in TO_THE_COLLEGE:
        said = one.say(answer)
    assert "Is it about this place?" in said
    assert "1 Mehran University" in said

    one.say("yes")

    assert finish(one, hamraz)[1]["id"] == "inst027"


def test_her_no_to_the_one_on_the_poster_asks_which_it_was(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = phone()
    one.say("HI 227")
    one.say("1")
    one.say("1")
    for answer in TO_THE_COLLEGE:
        one.say(answer)

    said = one.say("no")
    assert "Which college or school was it?" in said
    assert "Mehran" not in said
    one.say("apwa college")

    assert finish(one, hamraz)[1]["id"] == "inst111"


def test_telegram_brings_the_word_behind_its_start(phone: Callable[..., Phone]) -> None:
    one = phone("telegram", "77")
    one.say("/start HI227")
    one.say("1")
    one.say("1")
    said = ""
    for answer in TO_THE_COLLEGE:
        said = one.say(answer)

    assert "1 Mehran University" in said


def test_the_word_in_the_middle_of_a_talk_is_remembered_and_the_question_stands(phone: Callable[..., Phone]) -> None:
    one = phone()
    begin(one)
    for answer in TO_THE_COLLEGE[:-1]:
        one.say(answer)

    assert "Where was it?" in one.say("Salam 227")

    assert "Is it about this place?" in one.say("3")


def test_who_left_out_where_is_asked_about_the_poster_all_the_same(phone: Callable[..., Phone]) -> None:
    one = phone()
    one.say("HI 227")
    one.say("1")
    one.say("1")
    for answer in TO_THE_COLLEGE[:-1]:
        one.say(answer)

    assert "Is it about this place?" in one.say("SKIP")


@pytest.mark.parametrize("word", ["HI 999", "hi 15", "hello", "417", "HI 1122", "hi 227 years", "HI 0227", "/start"])
def test_what_is_no_word_of_a_poster_is_read_as_it_always_was(phone: Callable[..., Phone], word: str) -> None:
    one = phone()
    one.say(word)
    one.say("1")
    one.say("1")
    said = ""
    for answer in TO_THE_COLLEGE:
        said = one.say(answer)

    assert "Which college or school was it?" in said


def test_a_poster_of_one_that_has_closed_is_no_more_than_a_greeting(
    phone: Callable[..., Phone], hamraz: Hamraz
) -> None:
    close(hamraz, "inst027")
    one = phone()
    one.say("HI 227")
    one.say("1")
    one.say("1")
    said = ""
    for answer in TO_THE_COLLEGE:
        said = one.say(answer)

    assert "Which college or school was it?" in said


def test_panic_forgets_the_poster_too(phone: Callable[..., Phone], clock: Clock) -> None:
    one = phone()
    one.say("HI 227")
    one.say("XX")
    said = ask(one).say("REPEAT")

    assert "Which college or school was it?" in said
