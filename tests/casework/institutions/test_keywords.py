"""The word on a poster, and all that it must not be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.institutions import keywords, numbers
from flows.controls import NAMES, Controls
from flows.reading.fold import fold
from flows.reading.yes_no import read_yes_no
from flows.wording import CARRIER
from locales.phrasebook import Phrasebook

BOOK = Phrasebook.load()
CONTROLS = Controls({name: [word for words in BOOK.words(name).values() for word in words] for name in NAMES})
SOME = [number for number in (201, 417, 999, 2000, 10_001, 99_999) if numbers.may_be(number)]


@pytest.mark.parametrize("greeting", sorted(keywords.GREETINGS))
def test_no_greeting_with_a_number_steers_leaves_agrees_or_is_the_carriers(greeting: str) -> None:
    for number in SOME:
        for word in (f"{greeting} {number}", f"{greeting}{number}"):
            assert CONTROLS.read(word) == ""
            assert read_yes_no(word) is None
            assert not CARRIER & set(fold(word).split())


@given(
    st.integers(numbers.FIRST, numbers.LAST),
    st.sampled_from(sorted(keywords.GREETINGS)),
    st.sampled_from(["", " ", "  "]),
)
def test_every_greeting_with_a_number_is_read(number: int, greeting: str, space: str) -> None:
    assert keywords.read(f"{greeting}{space}{number}") == number
    assert keywords.read(f"/start {keywords.payload(number)}") == number


@given(st.text(max_size=70))
def test_whatever_else_is_written_is_none_or_a_number_that_posters_have(text: str) -> None:
    found = keywords.read(text)

    assert found is None or numbers.FIRST <= found <= numbers.LAST


@pytest.mark.parametrize(
    "text", ["417", "1122", "15", "help 417", "nahi 417", "hi 417 times", "hi 4 17", "0000", "", "hi"]
)
def test_a_bare_number_or_another_word_is_an_answer(text: str) -> None:
    assert keywords.read(text) is None


def test_a_telegram_link_can_carry_it() -> None:
    longest = keywords.payload(numbers.LAST)

    assert len(longest) <= 64
    assert longest.isascii() and longest.isalnum()
