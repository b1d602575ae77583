"""Writing ready answers: by whom, what is kept of before, and of two at once none is lost; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from casework.canned import editing, refusals
from casework.canned.shelf import DRAFT, REVIEWED, Reply
from casework.cases import canned
from casework.seeding import load
from casework.staff.roles import Role
from storage.tables import papers
from tests.casework.cases.conftest import Colleague, Desk

SECRET = "marmaladewords"


@pytest.fixture
def tahira(desk: Desk) -> Colleague:
    return desk.hire("Tahira", Role.TRANSLATOR)


def reply(desk: Desk, name: str = "hello") -> Reply:
    return editing.look(desk.room, name)[0]


def rows(desk: Desk) -> list[tuple[object, ...]]:
    return desk.room.read(lambda unit: unit.main.all(select(papers)))


def write(desk: Desk, who: Colleague, text: str, *, name: str = "hello", language: str = "en", seen: str = "?") -> None:
    if seen == "?":
        there = reply(desk, name).texts.get(language)
        seen = there.digest if there else ""
    editing.write(desk.room, who.id, name, language, text, seen, desk.clock())


def test_new_words_are_what_counsellors_get_and_a_draft_until_somebody_else_looked_them_over(
    desk: Desk, tahira: Colleague
) -> None:
    desk.room.work(load)
    amina, sara = desk.hire("Amina"), desk.hire("Sara", Role.SUPERVISOR)
    write(desk, tahira, "  Hello\r\nthere, from {counsellor}\u202e. ")
    offer = next(one for one in canned.offered(desk.room, amina.id, desk.file()) if one.name == "hello")
    assert (offer.text, offer.draft) == ("Hello\nthere, from a counsellor.", True)

    seen = reply(desk).texts["en"].digest
    with pytest.raises(refusals.OwnReview):
        editing.review(desk.room, tahira.id, "hello", "en", seen, desk.clock())
    editing.review(desk.room, sara.id, "hello", "en", seen, desk.clock())
    assert reply(desk).texts["en"].state == REVIEWED

    write(desk, sara, "Hello again.")
    assert reply(desk).texts["en"].state == DRAFT
    with pytest.raises(refusals.ChangedMeanwhile):
        editing.review(desk.room, tahira.id, "hello", "en", seen, desk.clock())


def test_what_it_said_before_is_kept_with_who_wrote_it(desk: Desk, tahira: Colleague) -> None:
    shipped = reply(desk).texts["en"].text
    for text in ("one", "two"):
        desk.clock.forward(minutes=1)
        write(desk, tahira, text)

    _, earlier, names = editing.look(desk.room, "hello")

    assert [(each.text, each.by) for each in earlier] == [("one", "Tahira"), (shipped, "")]
    assert names[reply(desk).texts["en"].by] == "Tahira"


def test_a_language_whose_english_changed_is_behind_until_it_is_looked_over(desk: Desk, tahira: Colleague) -> None:
    assert not reply(desk).is_behind("ur")
    write(desk, tahira, "Something else.")
    assert reply(desk).is_behind("ur") and not reply(desk).is_behind("en")

    seen = reply(desk).texts["ur"].digest
    editing.review(desk.room, desk.hire("Sara", Role.SUPERVISOR).id, "hello", "ur", seen, desk.clock())

    assert not reply(desk).is_behind("ur")


def test_without_words_a_language_is_not_offered(desk: Desk, tahira: Colleague) -> None:
    amina = desk.hire("Amina")
    write(desk, tahira, " \n", language="es")

    with pytest.raises(refusals.NotInHerLanguage):
        canned.render(desk.room, amina.id, desk.file(language="es"), "hello")
    assert "Hola" in editing.look(desk.room, "hello")[1][0].text


def test_of_two_who_write_at_once_one_is_told(desk: Desk, tahira: Colleague) -> None:
    sara, seen = desk.hire("Sara", Role.SUPERVISOR), reply(desk).texts["en"].digest

    def attempt(who: Colleague) -> str:
        try:
            write(desk, who, who.id.hex(), seen=seen)
        except refusals.ChangedMeanwhile:
            return "told"
        return who.id.hex()

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(attempt, (tahira, sara)))

    assert said.count("told") == 1
    assert reply(desk).texts["en"].text in said


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.ADMIN, Role.ANALYST])
def test_nobody_else_writes(desk: Desk, role: Role) -> None:
    who = desk.hire("Somebody", role)

    for act in (
        lambda: write(desk, who, "x"),
        lambda: editing.create(desk.room, who.id, "mine", "talk", desk.clock()),
        lambda: editing.review(desk.room, who.id, "hello", "en", "", desk.clock()),
        lambda: editing.take_away(desk.room, who.id, "hello", desk.clock()),
    ):
        with pytest.raises(refusals.NoEditor):
            act()


@pytest.mark.parametrize("name", ["", "x", "Über", "two words", "../x", "1st", "a" * 25, "-x"])
def test_a_shortcut_that_nobody_could_type_is_refused(desk: Desk, tahira: Colleague, name: str) -> None:
    with pytest.raises(refusals.BadShortcut):
        editing.create(desk.room, tahira.id, name, "talk", desk.clock())


def test_a_new_one_is_begun_filled_and_taken_away_with_all_it_ever_said(desk: Desk, tahira: Colleague) -> None:
    editing.create(desk.room, tahira.id, " Bus-Stop ", "talk", desk.clock())
    with pytest.raises(refusals.ShortcutTaken):
        editing.create(desk.room, tahira.id, "bus-stop", "talk", desk.clock())
    for text in ("one", "two"):
        write(desk, tahira, text, name="bus-stop")
    editing.file_under(desk.room, tahira.id, "bus-stop", "safety", desk.clock())
    assert reply(desk, "bus-stop").category == "safety"

    editing.take_away(desk.room, tahira.id, "bus-stop", desk.clock())

    with pytest.raises(refusals.NoSuchReply):
        reply(desk, "bus-stop")
    assert rows(desk) == []


def test_a_shipped_one_taken_away_is_gone_and_comes_back_by_its_name(desk: Desk, tahira: Colleague) -> None:
    editing.take_away(desk.room, tahira.id, "hello", desk.clock())
    assert "hello" not in {one.name for one in editing.every(desk.room)}

    editing.create(desk.room, tahira.id, "hello", "talk", desk.clock())

    assert reply(desk).texts["es"].text.startswith("Hola")


def test_too_many_words_a_language_nobody_writes_in_and_a_brace_are_refused(desk: Desk, tahira: Colleague) -> None:
    for text, language, refusal in (
        ("x" * 1001, "en", refusals.BadText),
        ("x", "fr", refusals.BadText),
        ("{0.__class__}", "en", refusals.StrayBrace),
        ("{receipt}", "en", refusals.NoSuchVariable),
    ):
        with pytest.raises(refusal):
            write(desk, tahira, text, language=language, seen="" if language == "fr" else "?")


def test_a_thief_of_the_tables_finds_no_word_of_it(desk: Desk, tahira: Colleague) -> None:
    for text in (SECRET, "and then something else"):
        write(desk, tahira, text)

    stolen = [bytes(value) for row in rows(desk) for value in row if isinstance(value, (bytes, memoryview))]

    assert len(rows(desk)) == 3
    assert not [value for value in stolen if SECRET.encode() in value or b"something else" in value]
    assert SECRET not in str(desk.log())
