"""Safety tips: every one short, sourced and looked at lately in every language, told one by one, found by her own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.limits import SMS, TELEGRAM, WHATSAPP, Limits
from bot.rendering import render
from casework.tips import editing
from casework.tips.asking import shipped_tip_asker
from casework.tips.editing import TipRefused
from casework.tips.shelf import load
from casework.tips.table import TABLE, BrokenTips, choices, is_old, phrase_of, read_table
from flows.controls import Controls
from flows.library import shipped_flows
from flows.nodes.browse import Browse
from flows.prompt import Prompt
from flows.scene import Scene
from locales.phrasebook import Phrasebook
from locales.segments import cost, plain
from operating.paper_desk import PaperDesk
from operating.parts import Hamraz
from storage import tips
from storage.tips import Tip
from tests.bot.test_conversation import begin
from tests.databases import Place
from tests.phones import Phone

Phones = Callable[..., Phone]
BOOK = Phrasebook.load()
LANGUAGES = [language.code for language in BOOK.languages]
TIPS = read_table().tips
TODAY = date(2026, 11, 25)
FLOW = next(flow for flow in shipped_flows() if flow.name == "tips")
MENU_TIPS = "2"


def asked(tip: Tip, situation: str, language: str) -> Prompt:
    """A tip as the flow asks it, with its answers."""
    slots = {"situation": situation, "tip": [tip.id]}
    scene = Scene(slots, "", language, datetime(2026, 11, 25, tzinfo=UTC), PaperDesk(), BOOK, Controls({}), ())
    return Browse().ask(FLOW.nodes["tip"], scene)


# --- the table ------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [SMS, WHATSAPP, TELEGRAM], ids=lambda limits: limits.channel)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tip_with_its_answers_is_one_message_and_at_most_three_parts_by_sms(
    language: str, limits: Limits
) -> None:
    values = PaperDesk().values(language)
    for tip in TIPS:
        for situation in tip.situations:
            replies = render([asked(tip, situation, language)], language, limits, BOOK, values, 1)
            assert len(replies) == 1, tip.id
            if limits is SMS:
                assert cost(replies[0].text).parts <= 3, tip.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_editor_counts_is_never_less_than_what_is_sent(language: str) -> None:
    values = PaperDesk().values(language)
    for tip in TIPS:
        sent = render([asked(tip, tip.situations[0], language)], language, SMS, BOOK, values, 1)
        counted = editing.sms_parts(editing.text_of(tip, language, BOOK), language, BOOK)
        assert sum(cost(reply.text).parts for reply in sent) <= counted <= 3, tip.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tip_and_situation_has_its_own_words_in_every_language(language: str) -> None:
    for key in (*(phrase_of(tip.id) for tip in TIPS), *(one.phrase for one in read_table().situations)):
        assert BOOK.forms(key).get(language, "").strip(), key


def test_every_tip_has_a_source_and_was_looked_at_within_two_years_of_today() -> None:
    for tip in TIPS:
        assert len(tip.source) > 10, tip.id
        assert not is_old(tip, datetime.now(UTC).date()), f"{tip.id}: look again whether it holds, and date it"


def test_a_tip_is_old_after_two_years_and_when_nobody_ever_looked() -> None:
    looked = replace(TIPS[0], reviewed_on=(TODAY - date(1970, 1, 1)).days)

    assert not is_old(looked, TODAY + timedelta(days=730))
    assert is_old(looked, TODAY + timedelta(days=731))
    assert is_old(replace(looked, reviewed_on=None), TODAY)


def test_the_places_and_situations_that_were_asked_for_are_all_there() -> None:
    assert {one.id for one in read_table().situations} >= {
        "following", "bus", "rickshaw", "street", "college", "work", "online", "image", "home", "friend", "bystander",
        "law", "complaint", "evidence", "medical", "phone",
    }  # fmt: skip


def test_the_law_is_never_told_without_whom_to_ask() -> None:
    for tip in TIPS:
        if tip.id.startswith("law_"):
            for language in LANGUAGES:
                assert "{lawyer}" in editing.text_of(tip, language, BOOK) or "{cyber}" in editing.text_of(
                    tip, language, BOOK
                ), (tip.id, language)


# What no tip may do: tell how to dress, how to behave, where not to be, or that something was avoidable.
_BLAME = re.compile(
    r"\b(dress|clothing|modest|avoid|never go|do not go|don't go|stay away|stay home|you should|should have (known|stayed|gone|left|said)|be careful|provok"
    r"|kapre pehn|na jayen|bahar na|ehtiyat karein|dupatta|parda|evita ir|no vayas|no salgas|vístete|ropa adecuada)\w*"
    r"|باہر نہ|احتیاط کریں|پردہ|دوپٹہ|لباس|نہ جائیں|ٻاهر نه|پردو|لباس|نه وڃو|احتياط ڪريو",
    re.IGNORECASE,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_tip_tells_how_to_dress_behave_or_stay_away(language: str) -> None:
    blamed = [tip.id for tip in TIPS if _BLAME.search(editing.text_of(tip, language, BOOK))]

    assert blamed == []


def test_once_danger_was_heard_the_urgent_situations_come_first() -> None:
    urgent = {one.id for one in read_table().situations if one.urgent}

    assert {one.id for one in choices(danger=True)[: len(urgent)]} == urgent
    assert {one.id for one in choices(danger=True)} == {one.id for one in choices(danger=False)}


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (('help = "cyber"', 'help = "cybr"'), "no kind of help 'cybr'"),
        (('situations = ["following"]', 'situations = ["flying"]'), "in no situation, or in one that there is not"),
        (('id = "again"', 'id = "door"'), "two entries have one id"),
        (("reviewed_on = 2026-11-25", 'reviewed_on = "soon"'), "unsupported operand"),
        (("[[situation]]", "[[situation]"), "tips.toml"),
    ],
    ids=range(5),
)
def test_a_broken_table_is_refused_in_one_line(tmp_path: Path, change: tuple[str, str], trouble: str) -> None:
    broken = tmp_path / "tips.toml"
    broken.write_text(TABLE.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")

    with pytest.raises(BrokenTips, match=re.escape(trouble)):
        read_table(broken)


# --- her own words --------------------------------------------------------------------------------

FOLLOWED = {
    "en": "someone is following me",
    "ur": "کوئی میرا پیچھا کر رہا ہے",
    "sd": "ڪو منهنجي پٺيان لڳو آهي",
    "ur_Latn": "koi mera peecha kar raha hai",
    "es": "un hombre me está siguiendo",
}
BUS = {
    "en": "tips for the bus",
    "ur": "بس کے مشورے",
    "sd": "بس جون صلاحون",
    "ur_Latn": "bus mein tips",
    "es": "consejos para el bus",
}


def first_words(tip_id: str, language: str) -> str:
    return editing.text_of(next(tip for tip in TIPS if tip.id == tip_id), language, BOOK)[:25].split("{")[0]


def at_tips(phone: Phone, language: str = "en") -> str:
    begin(phone, language)
    return phone.say(MENU_TIPS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_the_menu_a_word_for_tips_and_a_place_leads_to_its_first_tip(phone: Phones, language: str) -> None:
    one = phone()
    begin(one, language)

    assert first_words("aloud", language) in one.say(BUS[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_followed_gets_the_numbers_first_and_then_what_helps(phone: Phones, language: str) -> None:
    one = phone()
    at_tips(one, language)

    said = one.say(FOLLOWED[language])

    assert 0 <= said.find("1122") < said.find(first_words("people", language))


def test_at_the_menu_too_a_short_cry_that_names_a_situation_leads_there_after_the_numbers(phone: Phones) -> None:
    one = phone()
    begin(one)

    said = one.say("someone is following me")

    assert 0 <= said.find("1122") < said.find(first_words("people", "en"))


@pytest.mark.parametrize(
    "story",
    [
        "my boss touched me in the office and the police did nothing about it for weeks",
        "police ne mujhe tang kiya",
        "a man touched me on the bus today",
    ],
)
def test_a_story_at_the_menu_stays_a_story(phone: Phones, story: str) -> None:
    one = phone()
    begin(one)

    said = one.say(story)

    assert "Shall we begin from it?" in said


def test_at_the_menu_help_is_found_by_her_words_as_well(phone: Phones) -> None:
    one, other = phone(), phone(number="+923001112299")
    begin(one)
    begin(other)

    assert "Qasimabad, Hyderabad, Hospitals:" in one.say("hospital near Qasimabad")
    assert "Where?" in other.say("police")


def test_control_words_at_the_menu_still_steer(phone: Phones) -> None:
    one = phone()
    begin(one)

    assert "Nobody is reading" in one.say("TALK")


@pytest.mark.parametrize(
    ("typed", "situation"),
    [
        ("my boss", "work"),
        ("rickshaw wala tang karta hai", "rickshaw"),
        ("he threatens me with photos", "image"),
        ("شوہر مارتا ہے", "home"),
        ("سهیلی", "friend"),
        ("ساهيڙي", "friend"),
        ("qué dice la ley", "law"),
        ("how do I delete this chat", "phone"),
        ("saboot", "evidence"),
        ("i like mangoes", ""),
        ("", ""),
        ("x" * 5_000, ""),
    ],
)
def test_a_situation_is_read_from_a_few_words(typed: str, situation: str) -> None:
    assert shipped_tip_asker().read(typed).situation == situation


# --- the talk -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_tip_at_a_time_more_goes_on_and_the_last_offers_no_more(phone: Phones, language: str) -> None:
    one = phone()
    at_tips(one, language)
    here = [tip.id for tip in TIPS if "bus" in tip.situations]

    said = [one.say("3"), *(one.say("1") for _ in here[1:])]

    for tip_id, text in zip(here, said, strict=True):
        assert first_words(tip_id, language) in text
    more = plain(BOOK.say("tips.next.more", language), BOOK.language(language).sms_plain)
    assert [f"1 {more}" in text for text in said] == [True] * (len(here) - 1) + [False]


def test_back_is_one_tip_back_and_then_the_list(phone: Phones) -> None:
    one = phone()
    at_tips(one)
    first, second = one.say("3"), one.say("1")

    assert one.say("#") == first != second
    assert "Tips for what?" in one.say("#")


def test_from_a_tip_to_help_and_back_to_the_same_tip(phone: Phones) -> None:
    one = phone()
    at_tips(one)
    one.say("9")
    one.say("1")  # medical
    second = one.say("1")

    found = one.say("3")
    assert "Where?" in found  # the kind of help that fits is known: a hospital
    assert "Larkana, Hospitals:" in one.say("larkana")
    assert one.say("SKIP").endswith(second)


def test_from_a_tip_to_a_person_and_back_when_nobody_reads(phone: Phones) -> None:
    one = phone()
    at_tips(one)
    tip = one.say("3")

    assert "Nobody is reading" in one.say("4")
    assert one.say("SKIP").endswith(tip)


def test_a_person_asked_for_in_tips_that_were_offered_instead_of_one_is_not_a_closed_circle(phone: Phones) -> None:
    one = phone()
    begin(one)
    one.say("TALK")
    one.say("2")  # tips instead
    one.say("3")  # the bus

    assert "Nobody is reading" in one.say("4")
    assert "Tips for what?" in one.say("2")


def test_the_menu_word_and_the_way_back_keep_her_place_among_the_tips(phone: Phones) -> None:
    one = phone()
    at_tips(one)
    one.say("3")
    second = one.say("1")
    one.say("0")

    assert second in one.say("1")  # go back to where I was


@pytest.mark.parametrize("language", LANGUAGES)
def test_tips_from_inside_a_report_and_back_to_its_question(phone: Phones, language: str) -> None:
    one = phone()
    begin(one, language)
    one.say("1")
    question = one.say("1")
    one.say("0")
    one.say("3")  # tips: the menu of a digression has one more in front
    one.say("3")

    assert question in one.say("SKIP")


def test_a_question_in_a_tips_own_words_that_is_none_is_asked_again(phone: Phones) -> None:
    one = phone()
    at_tips(one)
    tip = one.say("3")

    assert one.say("asdkjh").endswith(tip)


# --- an admin's hand ------------------------------------------------------------------------------


def texts(said: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, said)


def test_an_admins_own_tip_is_told_at_once_and_in_every_language(phone: Phones, hamraz: Hamraz) -> None:
    mine = Tip("mine", ("bus",), "our own conductors' training", (TODAY - date(1970, 1, 1)).days, texts("زيب {police}"))
    one = phone()
    at_tips(one)

    hamraz.database.work(lambda unit: editing.save(unit, BOOK, mine, TODAY))
    hamraz.database.work(lambda unit: editing.reorder(unit, ["mine"]))

    assert "زيب 15" in one.say("3")
    assert first_words("aloud", "en") in one.say("1")


def test_words_of_her_own_take_the_place_of_the_catalogues_and_can_be_taken_back(phone: Phones, hamraz: Hamraz) -> None:
    changed = replace(next(tip for tip in TIPS if tip.id == "aloud"), words={"en": "Say it loud."})
    hamraz.database.work(lambda unit: editing.save(unit, BOOK, changed, TODAY))
    one, other = phone(), phone(number="+923001112299")
    at_tips(one)
    at_tips(other, "ur")

    assert "Say it loud." in one.say("3")
    assert first_words("aloud", "ur") in other.say("3")

    hamraz.database.work(lambda unit: editing.save(unit, BOOK, replace(changed, words={}), TODAY))
    again = phone(number="+923001112277")
    at_tips(again)
    assert first_words("aloud", "en") in again.say("3")


def test_a_tip_that_is_hidden_while_she_reads_it_leads_to_the_first_one(phone: Phones, hamraz: Hamraz) -> None:
    one = phone()
    at_tips(one)
    one.say("3")
    one.say("1")  # the second: seat
    seat = next(tip for tip in TIPS if tip.id == "seat")

    hamraz.database.work(lambda unit: editing.save(unit, BOOK, replace(seat, shown=False), TODAY))

    assert first_words("aloud", "en") in one.say("asdkjh")


REFUSED = [
    ({"id": "Two Words"}, "id"),
    ({"situations": ()}, "situations"),
    ({"situations": ("flying",)}, "situations"),
    ({"source": " "}, "source"),
    ({"reviewed_on": None}, "reviewed_on"),
    ({"reviewed_on": 30_000}, "reviewed_on"),
    ({"reviewed_on": 18_000}, "reviewed_on"),
    ({"words": {"en": "Only in English"}}, "ur"),
    ({"words": texts("x" * 460)}, "en"),
    ({"words": texts("یہ {phone} ہے")}, "ur"),
    ({"words": texts("a { b")}, "en"),
    ({"words": {**texts("a"), "ur": "پولیس 15"}}, "ur"),
    ({"words": {**texts("a"), "sd": "ا" * 160}}, "sd"),
]


@pytest.mark.parametrize(("change", "about"), REFUSED, ids=range(len(REFUSED)))
def test_a_tip_that_cannot_be_told_is_refused_and_says_why(place: Place, change: dict[str, object], about: str) -> None:
    database = place.open()
    database.work(load)
    good = Tip("mine", ("bus",), "told by our team", (TODAY - date(1970, 1, 1)).days, texts("a"))

    with pytest.raises(TipRefused) as refused:
        database.work(lambda unit: editing.save(unit, BOOK, replace(good, **change), TODAY))  # type: ignore[arg-type]  # one field or another

    assert about in [fault.about for fault in refused.value.faults]
    assert database.read(tips.everything) == list(TIPS)


def test_the_last_tip_of_a_situation_cannot_be_hidden(place: Place) -> None:
    database = place.open()
    database.work(load)
    for tip in [tip for tip in TIPS if "rickshaw" in tip.situations][:-1]:
        database.work(lambda unit, tip=tip: editing.save(unit, BOOK, replace(tip, shown=False), TODAY))
    last = [tip for tip in TIPS if "rickshaw" in tip.situations][-1]

    with pytest.raises(TipRefused, match="nothing would be left for rickshaw"):
        database.work(lambda unit: editing.save(unit, BOOK, replace(last, shown=False), TODAY))


def test_what_an_admin_changed_is_not_overwritten_by_the_next_version(place: Place) -> None:
    database = place.open()
    assert database.work(load) == len(TIPS)
    changed = replace(TIPS[0], words={"en": "Mine."})
    database.work(lambda unit: editing.save(unit, BOOK, changed, TODAY))

    database.work(load)

    assert database.read(tips.everything)[0] == changed
