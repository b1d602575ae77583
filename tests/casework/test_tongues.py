"""A language that an organisation brings itself: begun, off until it is whole, offered without a restart, clashing with nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.settings import Settings
from casework.staff.roles import Role
from casework.wordings import bringing
from casework.wordings.refusals import (
    BadTongue,
    NoSuchTongue,
    NotAdmin,
    NotMeant,
    TongueIncomplete,
    TongueOffered,
    TongueThere,
    WordsClash,
    WordsUnfit,
)
from casework.wordings.room import WordsRoom
from casework.wordings.tongues import Tongue
from flows.nodes.consent import _clear
from locales.borrowing import borrowed
from operating.parts import Hamraz, build
from operating.wording import words_room
from storage import audit, wordings
from storage.database import Unit
from tests.casework.cases.conftest import hired
from tests.databases import Place
from tests.phones import Clock, Phone
from tests.storage.attacker import TABLES, everyone, put

PUNJABI = Tongue("pa", "ਪੰਜਾਬੀ", "Punjabi", "ltr")
WORDS = {"panic": "XX", "menu": "0", "yes": "ਹਾਂ, 1", "no": "ਨਹੀਂ, 2"}


class Desk:
    """An admin at the words."""

    def __init__(self, hamraz: Hamraz, clock: Clock) -> None:
        self.words: WordsRoom = words_room(hamraz.room, hamraz.studio)
        self.hamraz, self.clock = hamraz, clock
        self.by = hired(hamraz.room, clock, "Rabia", Role.ADMIN).id

    def bring(self, one: Tongue = PUNJABI, **words: str) -> None:
        bringing.bring(self.words, self.by, one, {**WORDS, **words}, self.clock())

    def switch(self, on: bool = True) -> bool:
        return bringing.switch(self.words, self.by, "pa", on, self.clock())

    def translate(self, leave: int = 0) -> None:
        """Every phrase, as a translator's file would bring it; but for a few."""
        book = self.words.phrasebook
        english = {one.language.code: one for one in book.catalogues}["en"].entries
        lacking = bringing.missing(book, "pa")

        def work(unit: Unit) -> None:
            for key in lacking[: len(lacking) - leave]:
                text = f"ਪ {english[key].text}" if key == "say.panic" else english[key].text
                wordings.save(unit, self.hamraz.keyring, wordings.Wording("pa", key, said=(text,)))
            wordings.note_said(unit)

        self.hamraz.database.work(work)


@pytest.fixture
def place(sqlite: Place) -> Place:
    """What does not hang on the database runs on one."""
    return sqlite


@pytest.fixture
def desk(hamraz: Hamraz, clock: Clock) -> Desk:
    return Desk(hamraz, clock)


@pytest.fixture
def two(hamraz_on_each: Hamraz, on_each: Settings) -> Iterator[tuple[Hamraz, Hamraz]]:
    """One house, two processes."""
    second = build(on_each, hamraz_on_each.keyring)
    yield hamraz_on_each, second
    second.counter.close()
    second.database.close()


def test_it_is_offered_in_every_process_once_it_is_whole_and_nobody_hears_it_before(
    two: tuple[Hamraz, Hamraz], clock: Clock
) -> None:
    desk, phone = Desk(two[0], clock), Phone(two[1], "telegram", "77", clock)
    phone.say("hi")
    desk.bring()
    offered = phone.say("language")
    assert "English" in offered and "ਪੰਜਾਬੀ" not in offered
    assert two[1].room.phrasebook.language("pa").complete is False  # whoever looks at drafts has it already

    with pytest.raises(TongueIncomplete):
        desk.switch()
    desk.translate(leave=1)
    with pytest.raises(TongueIncomplete) as refused:
        desk.switch()
    assert refused.value.values == {"count": 1} and [one.missing for one in bringing.everything(desk.words)] == [1]
    desk.translate()
    assert desk.switch() and not desk.switch()

    assert "ਪੰਜਾਬੀ" in phone.say("language")
    phone.say("ਪੰਜਾਬੀ")
    assert phone.say("XX").startswith("ਪ ")
    assert desk.switch(on=False) and "ਪੰਜਾਬੀ" not in phone.say("language")
    log = two[0].database.read(lambda unit: [one.what for one in audit.lines(unit, two[0].keyring)])
    assert [one for one in log if one.startswith("language")] == [
        "language brought",
        "language offered",
        "language not offered",
    ]


def test_it_is_called_otherwise_everywhere_and_taken_away_only_while_nobody_was_ever_offered_it(
    two: tuple[Hamraz, Hamraz], clock: Clock
) -> None:
    desk, other = Desk(two[0], clock), two[1]
    desk.bring()
    bringing.everything(desk.words)
    desk.translate()

    def rename(one: Tongue) -> bool:
        return bringing.rename(desk.words, desk.by, one, clock())

    def take_away(meant: str) -> None:
        bringing.take_away(desk.words, desk.by, "pa", meant, clock())

    desk.switch()
    shahmukhi = replace(PUNJABI, own_name=" پنجابی ", direction="rtl")
    with pytest.raises(BadTongue) as refused:
        rename(shahmukhi)
    assert refused.value.values == {"field": "direction"}
    assert rename(replace(shahmukhi, direction="ltr"))
    desk.switch(on=False)
    assert rename(shahmukhi) and not rename(shahmukhi)
    bringing.everything(words_room(other.room, other.studio))  # as a process sees it that looks now
    named = other.room.phrasebook.language("pa")
    assert (named.own_name, named.own_name_sms, named.right_to_left) == ("پنجابی", "Punjabi", True)
    for wrong, field in (
        ({"own_name": ""}, "own_name"),
        ({"own_name": "اردو"}, "own_name"),
        ({"own_name_sms": "english"}, "own_name_sms"),
    ):
        with pytest.raises(BadTongue) as refused:
            rename(replace(PUNJABI, **wrong))  # type: ignore[arg-type]  # a form sends anything
        assert refused.value.values == {"field": field}
    with pytest.raises(NoSuchTongue):
        rename(replace(PUNJABI, code="skr"))

    with pytest.raises(TongueOffered):
        take_away("pa")
    desk.bring(replace(PUNJABI, code="skr", own_name="سرائیکی", own_name_sms="Saraiki", direction="rtl"))
    with pytest.raises(NotMeant):
        bringing.take_away(desk.words, desk.by, "skr", "", clock())
    bringing.take_away(desk.words, desk.by, "skr", " skr ", clock())
    assert [one.tongue.code for one in bringing.everything(desk.words)] == ["pa"]
    assert two[0].database.read(lambda unit: wordings.every(unit, two[0].keyring, "skr")) == ([], [])
    desk.bring(replace(PUNJABI, code="skr", own_name="سرائیکی", own_name_sms="Saraiki", direction="rtl"))  # and anew


CLASHES: tuple[tuple[Mapping[str, str], tuple[str, str, str]], ...] = (
    ({"panic": "stop"}, ("panic", "carrier", "")),
    ({"menu": "xx."}, ("menu", "panic", "English")),
    ({"panic": "0"}, ("panic", "menu", "")),
    ({"panic": "مينيو"}, ("panic", "menu", "سنڌي")),
    ({"menu": "۰۰۰۰"}, ("menu", "panic", "")),
    ({"yes": "NAHI, 1"}, ("yes", "no", "Roman Urdu")),
    ({"panic": "ਜਾਓ", "menu": "ਜਾਓ"}, ("panic", "menu", "")),
)


def test_a_word_that_steers_elsewhere_in_any_spelling_and_language_is_refused(desk: Desk) -> None:
    for words, clash in CLASHES:
        with pytest.raises(WordsClash) as refused:
            desk.bring(**words)
        assert clash in [(one.wanted, one.means, one.language) for one in refused.value.clashes], words
    assert bringing.everything(desk.words) == []


def test_what_nothing_can_be_made_of_is_refused_and_only_an_admin_brings_one(desk: Desk, clock: Clock) -> None:
    for wrong, field in (({"code": "Punjabi"}, "code"), ({"own_name": " \u200e\n"}, "own_name"), ({"own_name": "x" * 25}, "own_name"),
                         ({"own_name_sms": "ਪੰਜਾਬੀ"}, "own_name_sms"), ({"direction": "up"}, "direction")):  # fmt: skip
        with pytest.raises(BadTongue) as refused:
            desk.bring(replace(PUNJABI, **wrong))  # type: ignore[arg-type]  # a form sends anything
        assert refused.value.values == {"field": field}
    for words, field in (({"yes": ""}, "yes"), ({"no": " , "}, "no"), ({"panic": "{0.__class__}"}, "panic"), ({"menu": "!"}, "menu")):  # fmt: skip
        with pytest.raises(BadTongue) as refused:
            desk.bring(**words)
        assert refused.value.values == {"field": field}
    with pytest.raises(TongueThere):
        desk.bring(replace(PUNJABI, code="ur_Latn"))
    for panic in ("hello", "today"):  # what people say, and what is an answer
        with pytest.raises(WordsUnfit):
            desk.bring(panic=panic)
    with pytest.raises(NoSuchTongue):
        desk.switch()
    desk.by = hired(desk.hamraz.room, clock, "Zoya", Role.TRANSLATOR).id
    with pytest.raises(NotAdmin):
        desk.bring()


def test_a_language_that_was_forged_or_steers_two_ways_keeps_nobody_from_talking(
    desk: Desk, phone: Callable[..., Phone]
) -> None:
    hers, book = phone(), desk.words.phrasebook
    hers.say("hi")
    desk.bring()

    def clash(unit: Unit) -> None:
        one = wordings.fetch(unit, desk.hamraz.keyring, "pa", "control.menu")
        one.said = ("ＸＸ",)  # past every check
        wordings.save(unit, desk.hamraz.keyring, one)
        wordings.note_said(unit)

    desk.hamraz.database.work(clash)
    assert "English" in hers.say("language") and "pa control.menu" in desk.hamraz.room.wordings.refused

    def overwrite(unit: Unit, column: str, value: Any) -> None:
        row = next(row for row in everyone(unit, TABLES["papers"]) if row["kind"] == "language")
        put(unit, f"papers.{column}", (row["id"],), value)
        wordings.note_said(unit)

    for column, value in (("key_id", "of nobody"), ("sealed", b"forged")):
        desk.hamraz.database.work(partial(overwrite, column=column, value=value))
        assert "English" in hers.say("language") and "pa" not in [one.code for one in book.languages]


def test_a_clear_yes_and_no_of_the_language_count_in_a_consent(desk: Desk) -> None:
    desk.bring()
    bringing.everything(desk.words)

    class Scene:
        words = desk.words.phrasebook

    said = [_clear(Scene(), text) for text in (" ਹਾਂ! ", "ਨਹੀਂ", "ਸ਼ਾਇਦ", "", "yes")]  # type: ignore[arg-type]  # only its words
    assert said == [True, False, None, None, True]


@pytest.mark.parametrize(("code", "rtl", "cldr"), [("pa", False, "pa"), ("qaa", True, "ur"), ("qaa_Latn", False, "en")])
def test_months_and_plurals_are_borrowed_where_there_are_none(code: str, rtl: bool, cldr: str) -> None:
    found, plural = borrowed(code, rtl=rtl)

    assert (found, plural(1), plural(7)) == (cldr, 0, 1)
