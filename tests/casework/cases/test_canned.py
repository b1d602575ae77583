"""Canned replies: in her language or not at all, filled with what is on the list and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.canned import shelf, variables
from casework.canned.refusals import NoSuchReply, NoSuchVariable, NotInHerLanguage, StrayBrace
from casework.canned.variables import Variables
from casework.cases import canned
from casework.cases.refusals import CaseGone, NotStaff
from casework.hours import OpeningHours
from casework.seeding import load
from locales.phrasebook import Phrasebook
from locales.segments import cost, plain
from storage import counsellors
from storage.database import Unit
from tests.casework.cases.conftest import Colleague, Desk

LANGUAGES = ("en", "ur", "sd", "ur_Latn", "es")
BOOK = Phrasebook.load()
OFFICE = OpeningHours.read("Mon-Fri 09:00-17:00; Sat 10:00-14:00", "Asia/Karachi")
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def amina(desk: Desk) -> Colleague:
    desk.room.work(load)
    return desk.hire("Amina")


def call_herself(desk: Desk, who: Colleague, called: str) -> None:
    def work(unit: Unit) -> None:
        one = counsellors.held(unit, desk.room.keyring, who.id)
        one.called = called
        counsellors.save(unit, desk.room.keyring, one)

    desk.room.work(work)


@pytest.mark.parametrize("language", LANGUAGES)
def test_twelve_replies_are_there_in_her_language_and_every_variable_is_filled(
    desk: Desk, amina: Colleague, language: str
) -> None:
    offers = canned.offered(desk.room, amina.id, desk.file(language=language))

    assert len(offers) >= 12
    assert all(offer.text and offer.draft for offer in offers)
    assert not [offer.name for offer in offers if "{" in offer.text or "}" in offer.text]
    assert "1094" in next(offer.text for offer in offers if offer.name == "numbers")


def test_she_goes_by_the_name_she_chose_and_by_none_before(desk: Desk, amina: Colleague) -> None:
    report_id = desk.file(language="es")
    assert canned.render(desk.room, amina.id, report_id, "hello").startswith("Hola, soy una consejera.")

    call_herself(desk, amina, "Noor {panic}")

    said = canned.render(desk.room, amina.id, report_id, " Hello ")
    assert said.startswith("Hola, soy Noor {panic}.")  # put in as it stands
    assert "Amina" not in said


def test_a_language_that_is_missing_is_refused_and_those_there_are_named(desk: Desk, amina: Colleague) -> None:
    report_id = desk.file(language="ps")

    with pytest.raises(NotInHerLanguage) as refused:
        canned.render(desk.room, amina.id, report_id, "hello")

    assert "سنڌي" in str(refused.value.values["there"]) and "ps" in str(refused.value.values["language"])
    offer = canned.offered(desk.room, amina.id, report_id)[0]
    assert (offer.text, offer.there) == ("", LANGUAGES)


def test_no_reply_of_that_name_a_case_that_is_gone_and_a_stranger_are_refused(desk: Desk, amina: Colleague) -> None:
    with pytest.raises(NoSuchReply):
        canned.render(desk.room, amina.id, desk.file(), "hullo")
    with pytest.raises(CaseGone):
        canned.render(desk.room, amina.id, bytes(16), "hello")
    with pytest.raises(NotStaff):
        canned.render(desk.room, bytes(16), desk.file(), "hello")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_reply_costs_three_parts_of_an_sms_at_most(desk: Desk, amina: Colleague, language: str) -> None:
    folding = BOOK.language(language).sms_plain
    room = replace(desk.room, hours=OFFICE)
    call_herself(desk, amina, "Shahr Bano Noor")

    def parts(unit: Unit) -> dict[str, int]:
        variables = Variables(unit, room, amina.id, language)
        filled = {one.name: variables.fill(one.texts[language].text) for one in shelf.shipped().values()}
        return {name: cost(plain(text, folding)).parts for name, text in filled.items()}

    found = room.read(parts)

    assert len(found) >= 12
    assert {name: count for name, count in found.items() if count > 3} == {}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("{0.__class__}", StrayBrace),
        ("{counsellor.__class__}", StrayBrace),
        ("{counsellor!r}", StrayBrace),
        ("{counsellor:>99999999}", StrayBrace),
        ("{}", StrayBrace),
        ("{{counsellor}}", StrayBrace),
        ("{ counsellor }", StrayBrace),
        ("open {", StrayBrace),
        ("close }", StrayBrace),
        ("{Counsellor}", StrayBrace),
        ("{receipt}", NoSuchVariable),
        ("{erase}", NoSuchVariable),
    ],
)
def test_a_brace_that_is_no_variable_of_the_list_is_refused(text: str, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        variables.check(text)


@given(st.text("{}counseloraptih_.:!0[] ", max_size=40))
def test_what_passes_the_check_has_no_brace_left_once_it_is_filled(text: str) -> None:
    try:
        variables.check(text)
    except (NoSuchVariable, StrayBrace):
        return

    filled = BOOK.fill(text, "en", dict.fromkeys(variables.VARIABLES, "x"))

    assert not {"{", "}"} & set(filled)


def test_every_shipped_reply_is_in_every_language_and_passes_the_check() -> None:
    for one in shelf.shipped().values():
        assert tuple(one.texts) == LANGUAGES
        assert one.category in shelf.CATEGORIES
        for text in one.texts.values():
            variables.check(text.text)
