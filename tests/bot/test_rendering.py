"""Prompts into messages, on every channel, in both directions of writing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.filling import harmless
from bot.limits import SMS, TELEGRAM, TERMINAL, WHATSAPP, WHATSAPP_WITH_BUTTONS, Limits
from bot.message import Reply
from bot.rendering import page_of, render
from flows.prompt import (
    Choice,
    Lines,
    Named,
    Phrase,
    Prompt,
    ReceiptLine,
    Value,
    Verbatim,
)
from locales.phrasebook import Phrasebook
from locales.segments import cost, utf16_units
from tests.small_catalogues import write_language

ENGLISH = {
    "when.ask": "When was it? A guess is fine.",
    "when.today": "Today",
    "when.yesterday": "Yesterday",
    "when.after": "Or write a date. To leave it out: {skip}",
    "welcome": "Hello, thank you for writing.",
    "call": "In danger: police {police}.",
    "receipt": "Thank you. Your number: {receipt} Keep it like a key.",
    "review": "This is what we have:\n{lines}",
    "review.line": "{n} {what}: {answer}",
    "what.when": "When",
    "quote": "You wrote: {answer}",
    "where": "Near {place}, {count} places.",
    "dear": "Don’t worry — it’s fine…",
    "district.ask": "Which district?",
    "say.more": "More",
    "button.skip": "Leave it out",
    "button.done": "Finished",
    "control.skip": "SKIP, NEXT",
    "control.panic": "XX, EXIT",
}
URDU = {
    "when.ask": "یہ کب ہوا؟ اندازہ بھی ٹھیک ہے۔",
    "when.today": "آج",
    "when.yesterday": "کل",
    "when.after": "یا تاریخ لکھیں۔ چھوڑنا ہو تو: {skip}",
    "welcome": "سلام، لکھنے کا شکریہ۔",
    "call": "خطرہ ہو تو: پولیس {police}۔",
    "receipt": "شکریہ۔ آپ کا نمبر: {receipt} اسے چابی کی طرح سنبھالیں۔",
    "review": "{lines}",
    "review.line": "{n} {what}: {answer}",
    "what.when": "کب",
    "quote": "آپ نے لکھا: {answer}",
    "district.ask": "کون سا ضلع؟",
    "say.more": "مزید",
    "button.skip": "اگلا",
    "control.skip": "اگلا, اگلا سوال",
    "control.panic": "XX, قق",
}
SPANISH = {
    "when.ask": "¿Cuándo fue? Basta con una idea.",
    "call": "En peligro: policía {police}.",
    "welcome": "Hola.",
}

CODE = "48210937556612048830"
WHEN = Prompt(
    "when.ask",
    choices=(Choice("today", "when.today"), Choice("yesterday", "when.yesterday")),
    after="when.after",
    skippable=True,
)
DISTRICTS = tuple(Choice(f"d{number}", Named({"en": f"District {number}"})) for number in range(1, 31))
DESK: Mapping[str, Value] = {"police": "15"}


@pytest.fixture(scope="module")
def phrasebook(tmp_path_factory: pytest.TempPathFactory) -> Phrasebook:
    directory: Path = tmp_path_factory.mktemp("locales")
    for code, phrases in (("en", ENGLISH), ("ur", URDU), ("es", SPANISH)):
        write_language(directory, code, phrases)
    return Phrasebook.load(directory)


def said(
    phrasebook: Phrasebook,
    *prompts: Prompt,
    language: str = "en",
    limits: Limits = SMS,
    page: int = 0,
) -> tuple[Reply, ...]:
    return render(prompts, language, limits, phrasebook, DESK, 7, page)


@pytest.mark.parametrize("limits", [SMS, WHATSAPP, TERMINAL])
def test_without_buttons_choices_are_a_numbered_list(phrasebook: Phrasebook, limits: Limits) -> None:
    (reply,) = said(phrasebook, WHEN, limits=limits)

    assert reply.text == ("When was it? A guess is fine.\n1 Today\n2 Yesterday\nOr write a date. To leave it out: SKIP")
    assert reply.buttons == ()


def test_telegram_gets_buttons_with_the_epoch_and_the_choice(
    phrasebook: Phrasebook,
) -> None:
    (reply,) = said(phrasebook, WHEN, limits=TELEGRAM)

    assert reply.text == "When was it? A guess is fine.\nOr write a date. To leave it out: SKIP"
    assert [[(button.label, button.data) for button in row] for row in reply.buttons] == [
        [("Today", "7:today"), ("Yesterday", "7:yesterday")],
        [("Leave it out", "7:/skip")],
    ]


def test_a_story_has_a_button_to_finish(phrasebook: Phrasebook) -> None:
    (reply,) = said(phrasebook, Prompt("welcome", finishes=True, skippable=True), limits=TELEGRAM)

    assert [button.data for row in reply.buttons for button in row] == [
        "7:/done",
        "7:/skip",
    ]


def test_whatsapp_with_templates_gets_quick_replies_up_to_three(
    phrasebook: Phrasebook,
) -> None:
    (reply,) = said(phrasebook, WHEN, limits=WHATSAPP_WITH_BUTTONS)

    assert [button.data for row in reply.buttons for button in row] == [
        "7:today",
        "7:yesterday",
        "7:/skip",
    ]
    assert "1 Today" not in reply.text


def test_whatsapp_with_templates_gets_a_list_up_to_ten(phrasebook: Phrasebook) -> None:
    (reply,) = said(
        phrasebook,
        Prompt("district.ask", choices=DISTRICTS, skippable=True),
        limits=WHATSAPP_WITH_BUTTONS,
    )

    data = [button.data for row in reply.buttons for button in row]
    assert data == [*(f"7:d{number}" for number in range(1, 9)), "7:/more", "7:/skip"]


def test_a_label_too_long_for_a_whatsapp_list_makes_it_a_numbered_list(
    phrasebook: Phrasebook,
) -> None:
    long = Prompt(
        "district.ask",
        choices=(Choice("a", Named({"en": "x" * 25})), Choice("b", Named({"en": "y"}))),
    )

    (reply,) = said(phrasebook, long, limits=WHATSAPP_WITH_BUTTONS)

    assert reply.buttons == ()
    assert reply.text.endswith(f"1 {'x' * 25}\n2 y")


def test_more_than_eight_choices_come_in_pages_with_nine_for_more(
    phrasebook: Phrasebook,
) -> None:
    prompt = Prompt("district.ask", choices=DISTRICTS)

    (first,) = said(phrasebook, prompt)
    (last,) = said(phrasebook, prompt, page=3)
    (round_again,) = said(phrasebook, prompt, page=4)

    assert first.text.split("\n")[1:] == [
        *(f"{n} District {n}" for n in range(1, 9)),
        "9 More",
    ]
    assert last.text.split("\n")[1:] == [
        *(f"{n} District {n + 24}" for n in range(1, 7)),
        "9 More",
    ]
    assert round_again.text == first.text


def test_a_number_means_what_stood_beside_it_on_that_page() -> None:
    assert page_of(DISTRICTS, SMS, 2)[0].id == "d17"
    assert page_of(DISTRICTS[:8], SMS, 5) == DISTRICTS[:8]


def test_nine_choices_still_leave_nine_for_more() -> None:
    assert len(page_of(DISTRICTS[:9], SMS, 0)) == 8


@pytest.mark.parametrize("limits", [SMS, WHATSAPP, TELEGRAM])
def test_a_number_inside_urdu_is_isolated(phrasebook: Phrasebook, limits: Limits) -> None:
    (reply,) = said(phrasebook, Prompt("call"), language="ur", limits=limits)

    assert reply.text == "خطرہ ہو تو: پولیس \u206815\u2069۔"


def test_nothing_is_isolated_in_english(phrasebook: Phrasebook) -> None:
    assert said(phrasebook, Prompt("call"), limits=TELEGRAM)[0].text == "In danger: police 15."


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("limits", [SMS, WHATSAPP, TELEGRAM])
def test_a_receipt_is_a_line_of_its_own_in_groups_of_four(
    phrasebook: Phrasebook, limits: Limits, language: str
) -> None:
    prompt = Prompt("receipt", values={"receipt": ReceiptLine(CODE)}, secret=True)

    (reply,) = said(phrasebook, prompt, limits=limits, language=language)

    line = "4821 0937 5566 1204 8830"
    assert (line if language == "en" else f"\u2068{line}\u2069") in reply.text.split("\n")
    assert reply.protect


def test_a_receipt_is_not_joined_with_what_comes_before_or_after(
    phrasebook: Phrasebook,
) -> None:
    receipt = Prompt("receipt", values={"receipt": ReceiptLine(CODE)}, secret=True)

    replies = said(phrasebook, Prompt("welcome"), receipt, WHEN, limits=TELEGRAM)

    assert [reply.protect for reply in replies] == [False, True, False]


def test_prompts_of_one_turn_are_one_message_with_the_last_ones_buttons(
    phrasebook: Phrasebook,
) -> None:
    (reply,) = said(phrasebook, Prompt("welcome"), Prompt("call"), WHEN, limits=TELEGRAM)

    assert reply.text.startswith("Hello, thank you for writing.\n\nIn danger: police 15.\n\nWhen was it?")
    assert len(reply.buttons) == 2


def test_what_follows_a_keyboard_is_a_message_of_its_own(
    phrasebook: Phrasebook,
) -> None:
    replies = said(phrasebook, WHEN, Prompt("call"), limits=TELEGRAM)

    assert [bool(reply.buttons) for reply in replies] == [True, False]


def test_an_sms_is_not_joined_where_that_costs_more(phrasebook: Phrasebook) -> None:
    urdu_name = Prompt("quote", values={"answer": Verbatim("گلی میں")})
    english = [Prompt("quote", values={"answer": Verbatim("a word or two " * 9)})] * 2

    replies = said(phrasebook, *english, urdu_name)

    assert sum(cost(reply.text).parts for reply in replies) <= 3
    assert len(replies) == 2


def test_an_english_sms_stays_in_the_cheap_alphabet(phrasebook: Phrasebook) -> None:
    quoted = Prompt("quote", values={"answer": Verbatim("I\u2019m “fine”\u200b")})

    (reply,) = said(phrasebook, Prompt("dear"), quoted)

    assert cost(reply.text).alphabet == "GSM-7"
    assert reply.text == "Don't worry - it's fine...\nYou wrote: I'm \"fine\""


def test_a_spanish_sms_drops_the_accents_that_would_double_its_price(
    phrasebook: Phrasebook,
) -> None:
    sms = said(phrasebook, Prompt("when.ask"), Prompt("call"), language="es")
    chat = said(phrasebook, Prompt("when.ask"), language="es", limits=WHATSAPP)

    assert sms[0].text == "¿Cuando fue? Basta con una idea.\nEn peligro: policia 15."
    assert chat[0].text == "¿Cuándo fue? Basta con una idea."


def test_her_own_words_are_shown_isolated_and_cannot_steer_the_text(
    phrasebook: Phrasebook,
) -> None:
    nasty = Verbatim("\u202eevil\u2066 {police} \x00\x07<b>ok</b>\u2069")

    (reply,) = said(
        phrasebook,
        Prompt("quote", values={"answer": nasty}),
        language="ur",
        limits=TELEGRAM,
    )

    assert reply.text == "آپ نے لکھا: \u2068evil {police} <b>ok</b>\u2069"


def test_a_review_is_phrases_within_phrases(phrasebook: Phrasebook) -> None:
    line = Phrase(
        "review.line",
        {"n": 1, "what": Phrase("what.when"), "answer": Phrase("when.today")},
    )
    prompt = Prompt("review", values={"lines": Lines((line, line))})

    assert said(phrasebook, prompt)[0].text == "This is what we have:\n1 When: Today\n1 When: Today"
    assert said(phrasebook, prompt, language="ur")[0].text == "\u20681\u2069 کب: آج\n\u20681\u2069 کب: آج"


def test_a_name_may_be_written_otherwise_on_sms(phrasebook: Phrasebook) -> None:
    choice = Choice("ur", Named(phrasebook.own_names("ur")))

    assert said(phrasebook, Prompt("welcome", choices=(choice,)))[0].text.endswith("1 Urdu")
    assert said(phrasebook, Prompt("welcome", choices=(choice,)), language="ur")[0].text.endswith("1 اردو")
    assert said(phrasebook, Prompt("welcome", choices=(choice,)), limits=WHATSAPP)[0].text.endswith("1 اردو")


@given(
    text=st.text(min_size=1, max_size=6000),
    language=st.sampled_from(["en", "ur", "es"]),
)
@pytest.mark.parametrize("limits", [SMS, WHATSAPP, WHATSAPP_WITH_BUTTONS, TELEGRAM])
def test_whatever_she_wrote_every_message_fits(
    phrasebook: Phrasebook, limits: Limits, text: str, language: str
) -> None:
    prompt = Prompt("quote", values={"answer": Verbatim(text)}, choices=WHEN.choices, skippable=True)

    replies = said(phrasebook, Prompt("welcome"), prompt, limits=limits, language=language)

    assert all(limits.fits(reply.text, buttons=bool(reply.buttons)) for reply in replies)
    assert all(reply.text.count("\u2068") == reply.text.count("\u2069") for reply in replies)
    assert all(len(b.data.encode()) <= 64 for reply in replies for row in reply.buttons for b in row)
    if len(replies) > 1 and limits.counts == "utf16":
        assert any(f"(1/{count})" in reply.text for count in range(2, 12) for reply in replies)


def test_a_long_text_is_marked_and_its_buttons_stay_under_the_last_part(
    phrasebook: Phrasebook,
) -> None:
    prompt = Prompt(
        "quote",
        values={"answer": Verbatim("One sentence of some length. " * 200)},
        skippable=True,
    )

    replies = said(phrasebook, prompt, limits=TELEGRAM)

    assert [reply.text[-5:] for reply in replies] == ["(1/2)", "(2/2)"]
    assert [bool(reply.buttons) for reply in replies] == [False, True]
    assert all(utf16_units(reply.text) <= 4096 for reply in replies)


@given(st.text())
def test_harmless_words_have_no_control_left_and_stay_as_they_are_the_second_time(
    text: str,
) -> None:
    once = harmless(text)

    assert not set(once) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00\x1b\r\u2028")
    assert harmless(once) == once
    once.encode("utf-8")
