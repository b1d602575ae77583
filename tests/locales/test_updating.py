"""Keeping translations in step loses no word, and says what changed."""

from __future__ import annotations

from pathlib import Path

import polib

from locales.catalogues import read_catalogue
from locales.check import check
from locales.languages import catalogue_path
from locales.updating import extract, update
from tests.locales.conftest import Write


def words(directory: Path, code: str) -> polib.POFile:
    """The file as another program reads it."""
    return polib.pofile(str(catalogue_path(directory, code)))


def test_a_key_a_flow_needs_is_added_to_english_once(write: Write) -> None:
    directory = write("en", {"a": "Hello"})

    assert extract({"a", "b.ask"}, directory) == ["b.ask"]
    assert extract({"a", "b.ask"}, directory) == []
    assert [entry.msgid for entry in words(directory, "en")] == ["a", "b.ask"]


def test_a_new_english_phrase_waits_in_every_translation_with_its_notes(write: Write) -> None:
    write("en", {"a": "Hello", "b # sms: 1 # Said first.": "One\ntwo"})
    directory = write("ur", {"a": "سلام"})

    assert update(directory) == ["ur: 1 to translate, 0 to look at again, 0 no longer used"]
    entry = words(directory, "ur").find("b")
    assert entry.msgstr == ""
    assert entry.comment.split("\n") == ["sms: 1", "Said first.", "en: One ⏎ two"]


def test_a_changed_english_phrase_marks_its_translations_and_shows_both(write: Write) -> None:
    write("en", {"a": "Hello"})
    directory = write("ur", {"a": "سلام"})
    update(directory)
    write("en", {"a": "Good day"})

    assert [finding.code for finding in check((), directory)] == ["W206"]
    assert update(directory) == ["ur: 0 to translate, 1 to look at again, 0 no longer used"]
    entry = words(directory, "ur").find("a")
    assert (entry.msgstr, entry.fuzzy) == ("سلام", True)
    assert entry.comment.split("\n") == ["en was: Hello", "en: Good day"]
    assert [finding.code for finding in check((), directory)] == ["W206"]


def test_a_translation_looked_at_again_is_fresh(write: Write) -> None:
    write("en", {"a": "Good day"})
    directory = write("ur", {"a # en was: Hello # en: Good day": "سلام"})

    update(directory)

    assert check((), directory) == []
    assert words(directory, "ur").find("a").comment == "en: Good day"


def test_a_phrase_english_lost_is_kept_as_obsolete(write: Write) -> None:
    write("en", {"a": "Hello"})
    directory = write("ur", {"a": "سلام", "old": "پرانا"})

    assert update(directory) == ["ur: 0 to translate, 0 to look at again, 1 no longer used"]
    assert [entry.msgid for entry in words(directory, "ur").obsolete_entries()] == ["old"]


def test_headers_plurals_and_native_notes_survive(write: Write) -> None:
    write("en", {"a": ("{n} reply", "{n} replies"), "b": "x"})
    directory = write("ur", {"a # native: is this kind?": ("{n} جواب", "{n} جوابات"), "b": "ب", "date.months": "ا"})
    before = read_catalogue(catalogue_path(directory, "ur"))

    update(directory)

    after = read_catalogue(catalogue_path(directory, "ur"))
    assert after.language == before.language
    assert after.entries["a"].forms == ("{n} جواب", "{n} جوابات")
    assert after.entries["a"].note("native") == "is this kind?"
    assert "date.months" in after.entries


def test_a_second_update_changes_nothing(write: Write) -> None:
    write("en", {"a": "Hello", "b": ("{n} reply", "{n} replies")})
    directory = write("ur", {"a": "سلام", "old": "پرانا"})
    update(directory)
    once = catalogue_path(directory, "ur").read_bytes()

    update(directory)

    assert catalogue_path(directory, "ur").read_bytes() == once
