"""Cutting what is too long: nothing lost, nothing too long, no letter cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.limits import SMS, TELEGRAM
from bot.splitting import split
from locales.segments import graphemes, utf16_units

LETTERS = st.sampled_from(
    [*"abc .?!\n\r[", *"ہی؟", "\u0650", "۔ ", "\u2068", "\u2069", "🙂", "👩🏽‍⚕️", "🇵🇰", "e\u0301",
     "word ", "lines\n", "نہیں "]
)  # fmt: skip
TEXTS = st.lists(LETTERS, max_size=400).map("".join)
RECEIPT = "4821 0937 5566 1204 8830"


@given(TEXTS, st.integers(12, 120))
def test_joined_again_the_pieces_are_the_text(text: str, limit: int) -> None:
    assert "".join(split(text, lambda piece: utf16_units(piece) <= limit)) == text


@given(TEXTS, st.integers(12, 120))
def test_no_piece_is_longer_than_the_channel_takes(text: str, limit: int) -> None:
    longest = max(map(utf16_units, graphemes(text)), default=0)

    pieces = split(text, lambda piece: utf16_units(piece) <= limit)

    assert all(utf16_units(piece) <= max(limit, longest) for piece in pieces)


@given(TEXTS, st.integers(1, 3))
def test_no_sms_takes_more_parts_than_it_may(text: str, parts: int) -> None:
    assert all(SMS.size(piece) <= parts for piece in split(text, lambda piece: SMS.size(piece) <= parts))


@given(TEXTS, st.integers(5, 120))
def test_no_letter_is_cut_in_two(text: str, limit: int) -> None:
    pieces = split(text, lambda piece: utf16_units(piece) <= limit)

    assert [letter for piece in pieces for letter in graphemes(piece)] == graphemes(text)


@given(TEXTS, TEXTS, st.integers(40, 80))
def test_a_receipt_is_never_cut(before: str, after: str, limit: int) -> None:
    text = f"{before}\n\u2068{RECEIPT}\u2069\n{after}"

    pieces = split(text, lambda piece: utf16_units(piece) <= limit)

    assert any(RECEIPT in piece for piece in pieces)


def test_a_text_is_cut_at_the_end_of_a_line_before_the_end_of_a_sentence() -> None:
    text = "One two three.\nFour five. Six seven eight nine"

    assert split(text, lambda piece: len(piece) <= 26) == [
        "One two three.\n",
        "Four five. Six seven ",
        "eight nine",
    ]


def test_a_text_of_one_line_is_cut_between_sentences() -> None:
    assert split("یہ ایک ہے۔ یہ دو ہے", lambda piece: len(piece) <= 15) == [
        "یہ ایک ہے۔ ",
        "یہ دو ہے",
    ]


def test_a_long_text_for_telegram_is_cut_at_its_4096_units() -> None:
    pieces = split("🙂" * 3000, lambda piece: TELEGRAM.fits(piece))

    assert [utf16_units(piece) for piece in pieces] == [4096, 1904]
