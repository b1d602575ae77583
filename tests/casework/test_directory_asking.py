"""What people ask for in their own words: which kind of help, and where."""

from __future__ import annotations

import pytest

from casework.asking_words import shipped_words
from casework.directory.asking import Asked, Asker, shipped_asker
from casework.directory.kinds import read_kinds, row_kinds
from casework.seeding import shipped
from locales.phrasebook import Phrasebook
from tests.corpora_reading import lines


@pytest.fixture(scope="module")
def asker() -> Asker:
    return shipped_asker()


def kind(asked: Asked) -> str:
    return asked.kind.id if asked.kind else "-"


def place(asked: Asked) -> str:
    return f"{asked.places.one.name}, {asked.places.one.district}" if asked.places.one else ""


@pytest.mark.parametrize(("corpus", "least"), [("asks.tsv", 0.9), ("asks_development.tsv", 0.97)])
def test_what_is_asked_for_in_any_language_is_read_as_it_is_meant(asker: Asker, corpus: str, least: float) -> None:
    typed = lines(corpus)

    wrong = [text for text, wanted, _ in typed if kind(asker.read(text)) not in wanted.split(" | ")]

    assert len(wrong) <= (1 - least) * len(typed), wrong


@pytest.mark.parametrize("corpus", ["asks.tsv", "asks_development.tsv"])
def test_the_place_beside_it_is_read_as_well_and_none_is_invented(asker: Asker, corpus: str) -> None:
    typed = lines(corpus)

    wrong = [text for text, _, wanted in typed if place(asker.read(text)) != wanted]

    assert len(wrong) <= 0.03 * len(typed), wrong


def test_the_corpus_that_is_held_out_is_large_enough_to_say_something() -> None:
    assert len(lines("asks.tsv")) >= 200


def test_the_number_of_a_block_is_no_call_for_the_police(asker: Asker) -> None:
    assert kind(asker.read("hospital gulistan e johar block 15")) == "hospital"
    assert kind(asker.read("15")) == "police"


def test_a_town_whose_name_holds_a_kind_is_the_town(asker: Asker) -> None:
    asked = asker.read("thana bula khan")

    assert (kind(asked), place(asked)) == ("-", "Thano Bula Khan, Jamshoro")


def test_two_places_of_one_name_are_left_to_be_asked_about(asker: Asker) -> None:
    asked = asker.read("saddar police station")

    assert kind(asked) == "police"
    assert asked.places.equal == 2


def test_what_told_the_kind_is_shown_so_that_a_translator_can_mend_it(asker: Asker) -> None:
    assert "muft wakeel" in asker.read("muft wakeel chahiye").why


@pytest.mark.parametrize(
    "typed", ["", " ", "\x00", "🚑🚓", "؟؟؟", "‮", "x" * 10_000, "hospital " * 2_000, "'; DROP TABLE resources; --"]
)
def test_hostile_text_breaks_nothing(asker: Asker, typed: str) -> None:
    assert asker.read(typed).places.one is None


def test_every_kind_has_its_words_in_every_language_and_its_phrase() -> None:
    known = {kind.id for kind in read_kinds()}
    phrasebook = Phrasebook.load()

    assert {phrase.kind for phrase in shipped_words().phrases} == known
    for one in read_kinds():
        assert phrasebook.has(one.phrase)
        assert one.icon


def test_every_kind_of_row_that_is_shipped_is_shown_under_some_kind() -> None:
    assert {row.kind for row in shipped().rows} <= row_kinds()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("someone broke into my house", "police"),
        ("forced marriage of 13 year old girl", "child_protection"),
        ("13 saal ki bachi ki shadi", "child_protection"),
        ("13 سال کی بچی کی شادی", "child_protection"),
        ("15", "police"),
        ("police 15", "police"),
    ],
)
def test_a_childs_age_is_no_number_to_call_and_a_break_in_is_for_the_police(
    asker: Asker, typed: str, meant: str
) -> None:
    assert kind(asker.read(typed)) == meant
