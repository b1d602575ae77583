"""An organisation's own words: said at once in every process, and never able to break a turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from operating.doctor import examine_words
from operating.parts import Hamraz
from storage import wordings
from storage.database import Unit
from tests.phones import Phone
from tests.storage.attacker import TABLES, everyone, put


def say(hamraz: Hamraz, language: str, phrase: str, *forms: str) -> None:
    def work(unit: Unit) -> None:
        one = wordings.fetch(unit, hamraz.keyring, language, phrase)
        one.said = forms
        wordings.save(unit, hamraz.keyring, one)
        wordings.note_said(unit)

    hamraz.database.work(work)


def test_own_words_are_said_from_the_next_message_on_and_the_shipped_ones_again_where_they_cannot_be(
    hamraz: Hamraz, phone: Callable[..., Phone]
) -> None:
    hers = phone()
    shipped = hers.say("XX")
    say(hamraz, "en", "say.panic", "Fine, thanks.")
    say(hamraz, "en", "control.panic", "XX, EXIT, 0000, BLUE KITE")

    assert hers.say("blue kite") == "Fine, thanks."

    say(hamraz, "en", "say.panic", "Fine {0.__class__} {nobody}")

    assert hers.say("xx") == shipped
    assert hamraz.room.wordings.refused == ("en say.panic",)

    def overwrite(unit: Unit, column: str, value: Any) -> None:
        row = next(row for row in everyone(unit, TABLES["wordings"]) if row["phrase"] == "control.panic")
        put(unit, f"wordings.{column}", (row["id"],), value)
        wordings.note_said(unit)

    for column, value in (("key_id", "of nobody"), ("sealed", b"forged")):
        hamraz.database.work(partial(overwrite, column=column, value=value))

        assert hers.say("blue kite") != shipped
        assert hers.say("XX") == shipped
        assert hamraz.room.wordings.refused == ("en control.panic", "en say.panic")
    told = list(examine_words(hamraz.settings, hamraz.keyring))
    assert [sound for sound, _, _ in told] == [False, False] and "say.panic cannot be said" in told[1][1]


def test_a_word_that_would_steer_to_two_places_leaves_nobody_without_an_answer(
    hamraz: Hamraz, phone: Callable[..., Phone]
) -> None:
    hers = phone()
    shipped = hers.say("XX")
    say(hamraz, "en", "say.panic", "Fine, thanks.")
    say(hamraz, "en", "control.panic", "XX, EXIT, 0000, BLUE KITE")
    say(hamraz, "en", "control.back", "#, BACK, blue  kite.")  # as an upgrade may bring it

    assert hers.say("xx") == "Fine, thanks." != shipped
    assert hers.say("blue kite") != "Fine, thanks."
    assert hamraz.room.wordings.refused == ("en control.back", "en control.panic")

    say(hamraz, "en", "control.back", "#, BACK")
    assert hers.say("blue kite") == "Fine, thanks."
    assert hamraz.room.wordings.refused == ()


def test_whatever_is_written_into_a_wording_no_phrase_is_left_without_words(hamraz: Hamraz) -> None:
    book = hamraz.room.phrasebook
    for number, forms in enumerate([("",), ("x" * 5_000,), ("{", "a", "b"), ("{n} {other}",), ()]):
        say(hamraz, "ur", f"say.nothing{number}", *forms)
        say(hamraz, "ur", "report.when.ask", *forms)
        say(hamraz, "xx", "report.when.ask", "no such language")

        hamraz.database.work(hamraz.room.renew)

        assert book.say("report.when.ask", "ur") == "یہ کب ہوا؟ اندازہ بھی ٹھیک ہے۔"
