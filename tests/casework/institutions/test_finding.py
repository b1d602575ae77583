"""Names of institutions as people type them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.institutions.exchange import merged
from casework.institutions.finding import Finder, Found
from casework.institutions.shelf import finder_of
from casework.seeding import shipped_institutions
from storage.institutions import Institution
from tests.corpora_reading import lines


@pytest.fixture(scope="module")
def finder() -> Finder:
    return finder_of(merged((), shipped_institutions(), close=False))


def is_right(found: Found, wanted: str) -> bool:
    if " + " in wanted:
        likely = [one.institution.id for one in found.candidates[: found.equal]]
        return found.equal > 1 and set(likely) == set(wanted.split(" + "))
    return (found.one.id if found.one else "-") in wanted.split(" | ")


def test_typed_names_in_three_scripts_are_the_institution_that_is_meant(finder: Finder) -> None:
    typed = lines("institutions.tsv")

    wrong = [text for text, wanted in typed if not is_right(finder.find(text), wanted)]

    assert len(typed) >= 180
    assert len(wrong) <= 0.05 * len(typed), wrong


def test_every_name_and_short_name_that_is_kept_finds_its_institution(finder: Finder) -> None:
    wrong = [
        (one.id, said)
        for one in finder.institutions
        for said in (*one.names.values(), *one.others)
        if one.id not in [found.institution.id for found in finder.find(said).candidates[:2]]
    ]

    assert wrong == []


def test_a_name_misspelt_beyond_certainty_is_told_as_a_guess_only(finder: Finder) -> None:
    found = finder.find("harvard university")

    assert found.one is None
    assert [one.institution.name for one in found.candidates] == ["Hamdard University"]


def test_the_town_tells_two_of_a_name_apart() -> None:
    of_a_name = Institution("a", {"en": "Roshni Girls College"}, "girls_college", city="Larkana", district="larkana")
    finder = finder_of([of_a_name, replace(of_a_name, id="b", city="Sukkur", district="sukkur")])

    assert finder.find("roshni girls college").equal == 2
    for text in ("roshni girls college sukkur", "سکر roshni girls college"):
        found = finder.find(text).one
        assert found is not None
        assert found.id == "b"


def test_an_empty_list_finds_nothing() -> None:
    assert finder_of([]).find("karachi university") == Found()


@given(st.text(max_size=80))
def test_no_text_at_all_breaks_the_search_or_is_certain_of_two(finder: Finder, text: str) -> None:
    found = finder.find(text)

    assert found.equal <= len(found.candidates)
    assert all(0 < one.score <= 1.001 for one in found.candidates)
    assert [one.score for one in found.candidates] == sorted((one.score for one in found.candidates), reverse=True)
