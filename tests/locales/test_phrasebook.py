"""What the phrasebook says, in which language, and how it fills it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from locales import catalogues
from locales.phrasebook import MissingPhrase, MissingValue, Phrasebook
from locales.pofile import BrokenCatalogue
from tests.locales.conftest import Write


def test_a_phrase_is_said_in_her_language_and_in_english_where_it_is_not_translated(write: Write) -> None:
    write("en", {"a": "Hello", "b": "Bye"})
    book = Phrasebook.load(write("ur", {"a": "سلام", "b": ""}))

    assert [book.say("a", "ur"), book.say("b", "ur"), book.say("a", "xx")] == ["سلام", "Bye", "Hello"]


def test_roman_urdu_never_falls_back_to_urdu(write: Write) -> None:
    write("en", {"a": "Hello"})
    write("ur", {"a": "سلام"})
    book = Phrasebook.load(write("ur_Latn", {}))

    assert book.say("a", "ur_Latn") == "Hello"
    assert not book.language("ur_Latn").right_to_left


def test_a_channel_has_its_own_wording_where_one_is_written(write: Write) -> None:
    write("en", {"a": "Open the app", "a@sms": "Send an SMS"})
    book = Phrasebook.load(write("es", {"a": "Abre la app"}))

    assert book.say("a", "en", channel="sms") == "Send an SMS"
    assert book.say("a", "en", channel="telegram") == "Open the app"
    assert book.say("a", "es", channel="sms") == "Abre la app"


def test_braces_in_a_value_stay_as_they_are(write: Write) -> None:
    book = Phrasebook.load(write("en", {"a": "You: {x} {y}"}))

    assert book.say("a", "en", {"x": "{y} {0.__class__} %s", "y": "end"}) == "You: {y} {0.__class__} %s end"


def test_left_to_right_values_are_isolated_in_urdu_once(write: Write) -> None:
    write("en", {"a": "{x}"})
    book = Phrasebook.load(write("ur", {"a": "پولیس {x} اور \u2068{x}\u2069", "b": "{x}"}))

    assert book.say("a", "ur", {"x": "15"}) == "پولیس \u206815\u2069 اور \u206815\u2069"
    assert book.say("a", "ur", {"x": "لاہور"}) == "پولیس لاہور اور \u2068لاہور\u2069"
    assert book.say("a", "ur", {"x": "فون \u206815\u2069"}).startswith("پولیس فون \u206815\u2069 اور")


def test_a_control_word_fills_any_phrase(write: Write) -> None:
    write("en", {"a": "Send {panic}", "control.panic": "XX, EXIT, 0000"})
    book = Phrasebook.load(write("ur", {"a": "بھیجیں {panic}", "control.panic": "XX، قق"}))

    assert book.say("a", "en") == "Send XX"
    assert book.say("a", "ur") == "بھیجیں \u2068XX\u2069"
    assert book.words("panic") == {"en": ("XX", "EXIT", "0000"), "ur": ("XX", "قق")}


def test_a_number_chooses_the_plural(write: Write) -> None:
    book = Phrasebook.load(write("en", {"a": ("{n} reply", "{n} replies")}))

    assert [book.say("a", "en", {"n": n}) for n in (1, 0, 2, 1234)] == [
        "1 reply",
        "0 replies",
        "2 replies",
        "1,234 replies",
    ]


def test_dates_and_hours_are_said_in_the_languages_own_order(write: Write) -> None:
    dates = {"date.moment": "{weekday} {part} {hour} بجے", "date.parts": "رات, صبح, دوپہر, شام, رات"}
    write("en", {"a": "{x}", "date.moment": "{weekday} {hour} {part}", "date.parts": "am, am, pm, pm, pm"})
    write("ur", {"a": "{x} کو", **dates})
    write("sd", {"a": "{x} تي"})
    book = Phrasebook.load(
        write("ur_Latn", {"a": "{x} ko", "date.weekdays": "peer, mangal, budh, jumerat, juma, hafta, itwar"})
    )

    monday = datetime(2026, 11, 30, 9, 0)
    assert book.say("a", "en", {"x": monday}) == "Monday 9 am"
    assert book.say("a", "ur", {"x": monday}) == "\u2068پیر صبح 9 بجے\u2069 کو"
    assert book.say("a", "ur_Latn", {"x": monday}) == "peer 9:00 ko"
    assert book.say("a", "sd", {"x": date(2026, 11, 25)}) == "\u206825 نومبر 2026\u2069 تي"
    assert book.say("a", "en", {"x": datetime(2026, 11, 30, 0, 5)}) == "Monday 12:05 am"


def test_what_nobody_wrote_is_an_error_that_names_it(write: Write) -> None:
    book = Phrasebook.load(write("en", {"a": "{who}"}))

    with pytest.raises(MissingPhrase, match="'b'"):
        book.say("b", "en")
    with pytest.raises(MissingValue, match="who"):
        book.say("a", "en")
    assert not book.has("b")


def test_every_wording_of_a_label_may_be_typed(write: Write) -> None:
    write("en", {"a": "Bus, rickshaw, van", "a@sms": "Bus"})
    book = Phrasebook.load(write("es", {"a": "Mototaxi"}))

    assert book.spoken("a") == {"Bus, rickshaw, van", "Bus", "Mototaxi"}
    assert book.forms("a") == {"en": "Bus, rickshaw, van", "es": "Mototaxi"}


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ("X-Own-Name: X|X-Direction: up", "X-Direction"),
        ("X-Order: 1", "X-Own-Name"),
        ("X-Own-Name: X|X-CLDR: klingon", "X-CLDR"),
        ("X-Own-Name: X|X-SMS-Plain: á", "X-SMS-Plain"),
        ("X-Own-Name: X|X-Order: one", "X-Order"),
        ("X-Own-Name: X|Plural-Forms: nplurals=2; plural=os.system(1);", "Plural-Forms"),
    ],
)
def test_a_wrong_header_is_named(write: Write, headers: str, said: str) -> None:
    with pytest.raises(BrokenCatalogue, match=said):
        Phrasebook.load(write("en", {"a": "Hello"}, headers))


def test_a_file_that_is_no_catalogue_is_refused_with_its_line(write: Write) -> None:
    directory = write("en", {"a": "Hello"})
    path = directory / "en" / "LC_MESSAGES" / "messages.po"
    path.write_text(path.read_text(encoding="utf-8") + '\nmsgid "b"\nnonsense here\n', encoding="utf-8")

    with pytest.raises(BrokenCatalogue, match="line"):
        Phrasebook.load(directory)


def test_without_english_there_is_no_phrasebook(write: Write) -> None:
    with pytest.raises(BrokenCatalogue, match="English"):
        Phrasebook.load(write("ur", {"a": "سلام"}))


def test_a_catalogue_is_read_again_only_when_its_file_changed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    read = catalogues.read_pofile
    monkeypatch.setattr(catalogues, "read_pofile", lambda path: reads.append(path) or read(path))
    directory = write("en", {"a": "Hello"})

    for _ in range(2):
        Phrasebook.load(directory)
    assert len(reads) == 1

    write("en", {"a": "Good day"})
    assert Phrasebook.load(directory).say("a", "en", {}) == "Good day"
    assert len(reads) == 2


def test_each_language_has_its_own_days_whoever_asks_first() -> None:
    thursday, book = datetime(2026, 11, 26, 9), Phrasebook.load()  # the clock as it stands there

    said = {code: book.say("say.nobody", code, {"hour": thursday}) for code in ("ur", "sd", "es", "ur_Latn", "en")}

    days = {"ur": "جمعرات", "sd": "خميس", "es": "jueves", "ur_Latn": "jumerat", "en": "Thursday"}
    assert all(day in said[code] for code, day in days.items()), said
