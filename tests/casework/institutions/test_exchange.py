"""The list of institutions in and out of files, on both databases."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.institutions import numbers
from casework.institutions.asking import short
from casework.institutions.exchange import Batch, against, exported, merged, read_batch, told
from casework.institutions.rows import KINDS
from casework.institutions.shelf import Shelf, finder_of
from casework.places.gazetteer import read_country
from casework.seeding import load, shipped, shipped_institutions
from storage import institutions
from storage.institutions import Institution
from tests.databases import Place

COUNTRY = read_country()
GOOD = {"id": "x1", "kind": "girls_college", "name_en": "New College", "district": "Larkana", "city": "Larkana"}


def table(*rows: dict[str, str]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def read(content: bytes) -> Batch:
    return read_batch(content, COUNTRY)


def faults(batch: Batch) -> list[str]:
    return [str(fault) for fault in batch.faults]


def test_the_shipped_list_has_nothing_to_mend_and_every_name_in_three_languages() -> None:
    assert faults(shipped_institutions()) == []
    assert all({"en", "ur", "sd"} <= row.names.keys() for row in shipped_institutions().rows)


def test_import_export_import_loses_nothing_in_the_database(place: Place) -> None:
    database = place.open()
    database.work(load)
    before = database.read(institutions.every)
    text = exported(before, COUNTRY)

    database.work(lambda unit: institutions.replace_all(unit, merged(before, read(text.encode()), close=False)))

    assert database.read(institutions.every) == before == list(shipped_institutions().rows)
    assert exported(database.read(institutions.every), COUNTRY) == text


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text and not text.startswith(("=", "@", "'"))
)


@given(
    st.lists(
        st.builds(
            Institution,
            id=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,29}", fullmatch=True),
            names=st.fixed_dictionaries({"en": NAMES}, optional={"ur": NAMES, "ur_Latn": NAMES}),
            kind=st.sampled_from(KINDS),
            others=st.lists(NAMES.filter(lambda text: "|" not in text), max_size=3).map(tuple),
            city=st.just("") | NAMES,
            district=st.sampled_from(["", "larkana"]),
            active=st.booleans(),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda one: one.id,
    )
)
def test_whatever_a_row_holds_comes_back_as_it_was(rows: list[Institution]) -> None:
    given_numbers = merged((), Batch(tuple(rows), ()), close=False)

    again = read(exported(given_numbers, COUNTRY).encode())

    assert [fault for fault in again.faults if fault.blocks] == []
    assert [replace(row, names=dict(row.names)) for row in again.rows] == [
        replace(row, names=_normal(row.names), others=tuple(map(_nfc, row.others)), city=_nfc(row.city))
        for row in given_numbers
    ]


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _normal(names: object) -> dict[str, str]:
    assert isinstance(names, dict)
    return {language: _nfc(name) for language, name in names.items()}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": "X 1"}, "E line 2, id: it is no id"),
        ({"kind": "girls_colege"}, "E line 2, kind: there is no kind 'girls_colege'; perhaps girls_college"),
        ({"name_en": ""}, "E line 2, name_en: it is empty"),
        ({"name_en": "=HYPERLINK(1)"}, "E line 2, name_en: it looks like a formula"),
        ({"name_ur": "x\u0007"}, "E line 2, name_ur: it holds characters that cannot be seen"),
        ({"name_ur": "x" * 161}, "E line 2, name_ur: 161 characters"),
        ({"district": "Larkanna"}, "E line 2, district: there is no district 'Larkanna'; perhaps Larkana"),
        ({"active": "maybe"}, "E line 2, active: 'maybe' is neither yes nor no"),
        ({"number": "376"}, "E line 2, number: '376' can be no number of a poster"),
        ({"number": "1094"}, "E line 2, number: '1094' can be no number of a poster"),
        ({"number": "٣٠٠"}, "E line 2, number: '٣٠٠' can be no number of a poster"),
        ({"number": "9" * 30}, "E line 2, number:"),
        ({"alt_names": "|".join("abcdefghijklmnopqrstuvwxyz")}, "E line 2, alt_names: over 20 other names"),
    ],
)
def test_a_fault_is_named_with_its_line_column_and_mend(row: dict[str, str], said: str) -> None:
    batch = read(table(GOOD | row))

    assert not batch.sound
    assert [one for one in faults(batch) if one.startswith(said)]


def test_two_rows_of_one_id_or_number_are_refused_and_two_of_one_name_are_told() -> None:
    batch = read(table(GOOD | {"number": "400"}, GOOD | {"number": "400"}))

    assert [str(fault).split(":")[0] for fault in batch.faults] == [
        "E line 3, id",
        "E line 3, number",
        "W line 3, name_en",
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\xfa", b"id,kind\n", b'id,kind,name_en\n"open', b"id,kind,name_en\n"]
)
def test_what_is_no_such_file_is_a_fault_and_never_an_error(content: bytes) -> None:
    assert not read(content).sound


def test_cells_with_semicolons_or_tabs_between_are_read_too() -> None:
    for between in (";", "\t"):
        text = table(GOOD).decode().replace(",", between)
        assert read(text.encode("utf-16")).rows == read(table(GOOD)).rows


def test_a_number_is_given_once_and_is_never_anothers() -> None:
    first = merged((), read(table(GOOD)), close=False)
    closed = merged(first, read(table(GOOD | {"id": "x2"})), close=True)

    assert [(row.id, row.active, row.number) for row in closed] == [("x1", False, 201), ("x2", True, 202)]
    assert merged(closed, read(table(GOOD)), close=False)[0].number == 201
    changed = list(against(closed, read(table(GOOD | {"number": "300"}))))
    taken = list(against(closed, read(table(GOOD | {"id": "x3", "number": "202"}))))
    assert "x1 has 201 on its posters, not 300" in str(changed[0])
    assert "202 of x3 is on the posters of x2" in str(taken[0])


def test_numbers_that_are_dialled_or_tell_something_are_nobodys() -> None:
    dialled = {int(phone) for row in shipped().rows for phone in row.phones if phone.isdigit() and len(phone) < 6}
    given_out = {number for number in range(100_500) if numbers.may_be(number)}

    assert len(dialled) > 10
    assert not dialled & given_out
    assert not numbers.TELLING & given_out
    assert numbers.free(range(302)) == 303


def test_a_short_name_is_short_says_which_it_is_and_ends_in_no_joining_word() -> None:
    for row in shipped_institutions().rows:
        for name in row.names.values():
            cut = short(name)
            assert 0 < len(cut) <= 44
            assert cut.split()[-1].casefold() not in ("and", "of", "اینڈ", "آف", "اينڊ")
    names = {short(row.name) for row in shipped_institutions().rows}
    assert len(names) >= 0.97 * len(shipped_institutions().rows)


def test_what_changes_is_said_line_by_line() -> None:
    before = merged((), read(table(GOOD)), close=False)
    after = merged(
        before, read(table(GOOD | {"city": "Ratodero"}, GOOD | {"id": "x2", "name_en": "Other"})), close=False
    )

    assert list(told(before, after)) == ["~ x1 New College: city Larkana → Ratodero", "+ x2 Other, number 202"]


def test_what_was_changed_here_is_not_overwritten_by_the_next_version_and_numbers_stay(place: Place) -> None:
    database = place.open()
    database.work(load)
    mine = replace(database.read(institutions.every)[0], city="Elsewhere")
    database.work(lambda unit: institutions.put(unit, mine))

    database.work(load)

    assert database.read(lambda unit: institutions.fetch(unit, mine.id)) == mine
    assert database.read(lambda unit: institutions.fetch(unit, "nobody")) is None


def test_whoever_keeps_the_list_in_memory_sees_that_it_changed(place: Place) -> None:
    database, shelf = place.open(), Shelf()
    database.work(load)
    first = database.read(shelf.register)
    assert database.read(shelf.register) is first
    gone = replace(first.all[0], active=False)

    database.work(lambda unit: institutions.put(unit, gone))

    register = database.read(shelf.register)
    assert gone.number not in register.by_number
    assert gone.id in register.by_id
    assert gone not in register.by_district[gone.district]
    assert register.finder.find(gone.name).one is None or register.finder.find(gone.name).one != gone


def test_one_among_ten_thousand_is_found() -> None:
    many = [
        Institution(f"i{number}", {"en": f"Govt College {''.join(chr(97 + int(d)) for d in f'{number:05}')}"}, "other")
        for number in range(10_000)
    ]
    found = finder_of(many).find("govt college abcde")

    assert found.one is not None
    assert found.one.name == "Govt College abcde"


@given(st.lists(st.text("abdfgkmnprstz", min_size=5, max_size=9), min_size=4, max_size=9, unique=True))
def test_a_name_that_is_said_whole_fits_wholly_whichever_way_its_words_are_added_up(words: list[str]) -> None:
    others = [Institution(f"o{number}", {"en": " ".join(words[:number])}, "other") for number in range(1, len(words))]
    found = finder_of([*others, Institution("whole", {"en": " ".join(words)}, "other")]).find(" ".join(reversed(words)))

    assert found.candidates[0].score == 1
