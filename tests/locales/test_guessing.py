"""The language of a first text."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales.phrasebook import Phrasebook
from tests.small_catalogues import write_language

WORDS = {
    "en": "the, is, my, was, hello, hi, please, need, want, someone, you",
    "ur": "ہے, میں, کی, کا, مجھے, کیا, سلام, نہیں",
    "sd": "آهي, جو, جي, مون, سان, ڇا, ناهي, ڀليڪار",
    "ur_Latn": "mujhe, nahi, hai, kya, mera, meri, mein, ne, kiya, salam, kal, ghar, chahiye, se, ke, ko",
    "es": "hola, me, el, la, que, un, una, necesito, por, favor, quiero, ayer, mi, en",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Phrasebook:
    directory: Path = tmp_path_factory.mktemp("guessing")
    for code, words in WORDS.items():
        write_language(directory, code, {"guess.words": words, "control.menu": "0, MENU"})
    return Phrasebook.load(directory)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, someone followed me, please", "en"),
        ("kal meri dost ke saath kuch hua", "ur_Latn"),
        ("mujhe madad chahiyee", "ur_Latn"),
        ("SALAM", "ur_Latn"),
        ("hola necesito hablar", "es"),
        ("¿qué pasa?", "es"),
        ("Salam, police ne kuch nahi kiya, please help", "ur_Latn"),
        ("مجھے مدد چاہیے", "ur"),
        ("میرے ساتھ کچھ ہوا ہے", "ur"),
        ("مون سان هڪ ڳالهه ٿي آهي", "sd"),
        ("ڇا ڪجي", "sd"),
        ("سلام", "ur"),
        ("مون جي", "sd"),
    ],
)
def test_a_first_text_is_answered_in_its_language(book: Phrasebook, text: str, language: str) -> None:
    assert book.guess(text) == language


@pytest.mark.parametrize("text", ["", "1", "ok", "😢", "0300 1234567", "...", "xyzzy"])
def test_nothing_to_tell_by_is_no_guess(book: Phrasebook, text: str) -> None:
    assert book.guess(text) is None
