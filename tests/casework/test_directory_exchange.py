"""Rows of the directory in and out of files, on both databases."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.directory.details import SERVES
from casework.directory.exchange import Batch, compare, exported, lacking, merged, read_batch
from casework.directory.formats import FORMATS
from casework.directory.phones import read_phone, read_phones
from casework.places.gazetteer import read_country
from casework.seeding import load, shipped
from casework.sheets import MOST_BYTES, neutral, plain
from storage import directory
from storage.database import Unit
from tests.databases import Place

TODAY = date(2026, 11, 25)
COUNTRY = read_country()
GOOD = {
    "id": "x1",
    "kind": "hospital",
    "name_en": "Civil Hospital",
    "district": "Larkana",
    "verified": "yes",
    "phone": "074-9410457",
    "phone_kind": "own",
    "lat": "27.559",
    "lon": "68.212",
    "source": "told",
}


def table(*rows: dict[str, str]) -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def read(content: bytes) -> Batch:
    return read_batch(content, COUNTRY, TODAY)


def told(batch: Batch) -> list[str]:
    return [str(fault) for fault in batch.faults]


def test_the_shipped_directory_has_nothing_to_mend() -> None:
    assert told(shipped()) == []
    assert list(lacking(shipped().rows)) == []


@pytest.mark.parametrize("form", FORMATS)
def test_out_and_in_again_loses_nothing(form: str) -> None:
    rows = [replace(row, verified_on=20_000) if row.id == "res001" else row for row in shipped().rows]
    text = exported(rows, COUNTRY, form)

    again = read(text.encode())

    assert told(again) == []
    assert list(again.rows) == rows
    assert exported(again.rows, COUNTRY, form) == text


@pytest.mark.parametrize("form", FORMATS)
def test_import_export_import_loses_nothing_in_the_database(place: Place, form: str) -> None:
    database = place.open()
    database.work(load)
    before = database.read(directory.all_offices)
    batch = read(exported(before, COUNTRY, form).encode())

    database.work(lambda unit: directory.replace_offices(unit, batch.rows))

    assert database.read(directory.all_offices) == before == list(shipped().rows)


DAYS_OF_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORDS = st.text("abcdefghi åäé ہاٹ ڪڙ -=+@'\"", min_size=1, max_size=20).map(str.strip).filter(bool).map(
    lambda text: unicodedata.normalize("NFC", " ".join(text.split()))
)  # fmt: skip
VISITS = st.builds(
    lambda days, opens, length, place: f"{','.join(sorted(days))} {opens:02}:15-{opens + length:02}:00 {place}",
    st.sets(st.sampled_from(DAYS_OF_WEEK), min_size=1, max_size=3),
    st.integers(0, 12),
    st.integers(1, 11),
    WORDS.filter(lambda word: ";" not in word),
)
ROWS = st.fixed_dictionaries(
    {
        "hours": st.sampled_from(["", "24/7", "office hours", "Mon-Fri 09:00-17:00", "+9 to 5", "a; b"]),
        "audience": st.just("") | WORDS.filter(lambda word: word[0] not in "=@'"),
        "serves": st.lists(st.sampled_from(SERVES), max_size=3).map("; ".join),
        "languages": st.lists(st.sampled_from(["ur", "sd", "en", "ur_Latn", "brh"]), max_size=3).map(", ".join),
        "call_cost": st.sampled_from(["", "free", "normal"]),
        "schedule": st.lists(VISITS, max_size=3).map("; ".join),
        "verified_on": st.sampled_from(["", "2026-11-25"]),
        "notes": st.just("") | WORDS.filter(lambda word: word[0] not in "=@'"),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROWS, min_size=1, max_size=4), form=st.sampled_from(FORMATS))
def test_any_rows_come_back_as_they_were_from_any_format_and_both_databases(
    place: Place, rows: list[dict[str, str]], form: str
) -> None:
    database = place.open()
    first = read(table(*({**GOOD, **row, "id": f"x{n}", "name_en": f"N{n}"} for n, row in enumerate(rows))))
    assert first.sound, told(first)
    database.work(lambda unit: directory.replace_offices(unit, first.rows))

    again = read(exported(database.read(directory.all_offices), COUNTRY, form).encode())

    assert told(again) == told(first)
    assert again.rows == first.rows
    database.close()


def test_what_was_imported_is_not_overwritten_by_the_next_version(place: Place) -> None:
    database = place.open()
    database.work(load)
    mine = merged(shipped().rows, read(table(GOOD)), remove=False)
    database.work(lambda unit: directory.replace_offices(unit, mine))

    shown = database.work(load)

    assert "x1" in {row.id for row in database.read(directory.all_offices)}
    assert shown == sum(row.verified == "yes" for row in mine)


def test_whoever_keeps_the_directory_in_memory_sees_that_it_changed(place: Place) -> None:
    from casework.directory.stock import Shelf

    database, shelf = place.open(), Shelf()
    database.work(load)
    first = database.read(shelf.stock)
    assert database.read(shelf.stock) is first

    database.work(lambda unit: directory.replace_offices(unit, read(table(GOOD)).rows))

    assert list(database.read(shelf.stock).by_id) == ["x1"]


def test_a_unit_that_fails_keeps_the_whole_old_directory(place: Place) -> None:
    database = place.open()
    database.work(load)

    def half(unit: Unit) -> None:
        directory.replace_offices(unit, read(table(GOOD)).rows)
        raise RuntimeError("cut off")

    with pytest.raises(RuntimeError):
        database.work(half)

    assert database.read(directory.all_offices) == list(shipped().rows)


FAULTY = [
    ({"kind": "hospitl"}, "kind: there is no kind 'hospitl'; perhaps hospital"),
    ({"district": "Larkhana"}, "district: there is no district 'Larkhana'; perhaps Larkana"),
    ({"lat": "68.212", "lon": "27.559"}, "lat: lat and lon are swapped; write 27.559 under lat and 68.212 under lon"),
    ({"lat": "51.5", "lon": "-0.1"}, "lat: the point lies outside Pakistan"),
    ({"lat": "27,559"}, "lat: '27,559' is no number of degrees"),
    ({"lon": ""}, "lon: only one of lat and lon is there"),
    ({"phone": "call Sara"}, "phone: 'call Sara' is no number"),
    ({"phone": "0300 123"}, "phone: '0300 123' is no number"),
    ({"phone_kind": ""}, "phone_kind: it is not said whose number it is"),
    ({"phone_kind": "hers"}, "phone_kind: 'hers' is unknown"),
    ({"verified": "perhaps"}, "verified: 'perhaps' is neither yes nor no"),
    ({"verified_on": "25/11/2026"}, "verified_on: '25/11/2026' is no day"),
    ({"verified_on": "2031-01-01"}, "verified_on: it lies in the future"),
    ({"name_en": ""}, "name_en: it is empty"),
    ({"id": "two words"}, "id: it is no id"),
    ({"notes": '=HYPERLINK("http://x")'}, "notes: it looks like a formula"),
    ({"notes": "a\x00b"}, "notes: it holds characters that cannot be seen"),
    ({"notes": "x" * 1_001}, "notes: 1001 characters"),
    ({"sensitive_location": "yes", "lat": "", "lon": "", "address": "12 Street"}, "address: a sensitive place is given an address"),
    ({"sensitive_location": "yes"}, "lat: a sensitive place is given a point"),
    ({"serves": "women; mem"}, "serves: 'mem' is unknown; perhaps men"),
    ({"languages": "Urdu"}, "languages: 'Urdu' is no code of a language; write like ur; sd; en"),
    ({"call_cost": "cheap"}, "call_cost: 'cheap' is unknown; write free or normal, or leave it empty"),
    ({"schedule": "Tuesdays in Mithi"}, "schedule: cannot read 'Tuesdays in Mithi'; write like Tue 10:00-14:00 Mithi"),
    ({"schedule": "Tue 14:00-10:00 Mithi"}, "schedule: 'Tue 14:00-10:00 Mithi' closes before it opens"),
    ({"schedule": "Blue 10:00-14:00 Mithi"}, "schedule: cannot read the days 'Blue'"),
    ({"sensitive_location": "yes", "lat": "", "lon": "", "address": "withheld", "schedule": "Tue 10:00-14:00 Mithi"}, "schedule: a sensitive place is given places"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "trouble"), FAULTY, ids=[trouble for _, trouble in FAULTY])
def test_a_faulty_cell_is_named_with_its_line_and_mend_and_nothing_is_taken(
    change: dict[str, str], trouble: str
) -> None:
    batch = read(table(GOOD, {**GOOD, "id": "x2", "name_en": "Another", **change}))

    assert not batch.sound
    assert any(line.startswith(f"E line 3, {trouble}") for line in told(batch)), told(batch)


def test_an_id_that_stands_twice_and_an_office_under_two_ids_are_named() -> None:
    batch = read(table(GOOD, GOOD, {**GOOD, "id": "x9", "name_en": "civil  hospital"}))

    assert "E line 3, id: 'x1' stands already in line 2; give each row its own id" in told(batch)
    assert "W line 4, name_en: the same office stands in line 2; leave one of them" in told(batch)


def test_columns_that_are_missing_unknown_or_double_are_named() -> None:
    batch = read(b"id,kind,telephone,kind\nx1,hospital,1094,hospital\n")

    assert [line for line in told(batch) if "name_en" in line or "district: " in line or "verified: " in line]
    assert any("telephone: no such column is known" in line for line in told(batch))
    assert any("kind: there are two columns of this name" in line for line in told(batch))


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (b"", "there is no such column"),
        (b"id,kind,name_en,district,verified\n", "it holds no rows"),
        (b"id,kind,name_en,district,verified\nx1,hospital,Caf\xe9,Larkana,yes\n", "line 2: it is not UTF-8"),
        (b'id,kind,name_en,district,verified\nx1,hospital,"Open,Larkana,yes\n', "it cannot be read on"),
        (b"id,kind,name_en,district,verified\nx1,hospital,One\n", "3 cells, 5 columns"),
        (b"{", "it is not JSON"),
        (b"[" * 100_000, "brackets lie too deep"),
        (b'{"features": 3}', "neither GeoJSON nor OpenReferral"),
        (b'{"features": [3]}', "not built as the format says"),
        (b'{"features": [{"properties": {"id": {"a": 1}}}]}', "not built as the format says"),
        (b'{"services": [{"attributes": [{"label": 3, "value": "x"}]}]}', "not built as the format says"),
        (b'{"features": [{"properties": {}, "geometry": {"type": "Polygon", "coordinates": []}}]}', "not built"),
        (b'{"services": [{"phones": 3}]}', "not built as the format says"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"x" * (MOST_BYTES + 1), "larger than 20 MB"),
    ],
    ids=range(15),
)
def test_a_file_that_is_none_is_refused_with_one_line(content: bytes, trouble: str) -> None:
    batch = read(content)

    assert not batch.sound
    assert any(trouble in line for line in told(batch)), told(batch)


@pytest.mark.parametrize("encode", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_spreadsheets_own_encodings_and_separators_are_read(encode: str, between: str) -> None:
    text = "id,kind,name_en,name_ur,district,verified\nx1,hospital,One,ہسپتال,Larkana,no\n".replace(",", between)

    batch = read(text.encode(encode))

    assert batch.sound, told(batch)
    assert batch.rows[0].names == {"en": "One", "ur": "ہسپتال"}


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_at_all_are_read_or_refused(content: bytes) -> None:
    batch = read(content)

    assert batch.faults or batch.rows


@pytest.mark.parametrize("cell", ["=1+1", "@x", "+9", "-3", "'=x", "''", "\tx", "plain", ""])
def test_no_exported_cell_is_a_formula_and_each_comes_back_as_it_was(cell: str) -> None:
    shown = neutral(cell)

    assert not shown.startswith(("=", "@", "+", "-", "\t"))
    assert plain(shown) == cell.strip()


def test_a_formula_that_is_in_the_database_leaves_it_neutralised() -> None:
    row = replace(shipped().rows[0], notes="=cmd|' /C calc'!A0")

    for form in FORMATS:
        assert '"=cmd' not in exported([row], COUNTRY, form)
        assert "'=cmd" in exported([row], COUNTRY, form)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+92 300 1234567", "0300-1234567"),
        ("0092-300-1234567", "0300-1234567"),
        ("03001234567", "0300-1234567"),
        ("۰۳۰۰ ۱۲۳۴۵۶۷", "0300-1234567"),
        ("(021) 99201300", "021-99201300"),
        ("0800 39393", "0800-39393"),
        ("1094", "1094"),
        ("١٥", "15"),
        ("+44 20 7946 0958", "+44 20 7946 0958"),
    ],
)
def test_a_number_in_any_style_is_the_one_that_is_dialled(typed: str, number: str) -> None:
    assert read_phone(typed, "PK") == number
    assert read_phone(number, "PK") == number


def test_several_numbers_and_words_beside_them_are_told_apart() -> None:
    phones = read_phones("0300-1234567 / 021-99201300, 1094 (day desk); nobody", "PK")

    assert phones.numbers == ("0300-1234567", "021-99201300", "1094")
    assert phones.note == "day desk"
    assert phones.wrong == ("nobody",)


def test_a_diff_says_what_is_new_changed_and_missing_with_old_and_new() -> None:
    present = shipped().rows[:2]
    changed = replace(present[0], phones=("1095",), names={**present[0].names, "en": "Another name"})
    batch = Batch((changed, replace(present[1], id="new")), ())

    changes = compare(present, batch)

    said = list(changes.told(remove=True))
    assert said[0].startswith("+ new ")
    assert "phones 1094 → 1095" in said[1]
    assert said[2].startswith(f"- {present[1].id} ")


def test_the_rows_that_every_first_message_names_cannot_go() -> None:
    rows = [row for row in shipped().rows if row.id != "res002"]

    assert [str(fault) for fault in lacking(rows)] == [
        "E the file, id: res002 would be missing or without a number: it is the police number; "
        "leave it in, verified and with its number"
    ]


def test_a_json_export_is_what_other_programs_expect() -> None:
    features = json.loads(exported(shipped().rows, COUNTRY, "geojson"))["features"]
    services = json.loads(exported(shipped().rows, COUNTRY, "openreferral"))["services"]

    assert next(one for one in features if one["properties"]["id"] == "res043")["geometry"]["coordinates"] == [
        68.3772,
        25.3969,
    ]
    assert {"id", "name", "status", "phones"} <= services[0].keys()
    assert all(one["geometry"] is None for one in features if one["properties"].get("sensitive_location") == "yes")


def test_a_schedule_and_languages_are_written_as_openreferral_has_them() -> None:
    row = read(table({**GOOD, "schedule": "tue,thu 10:00-14:00  Mithi", "languages": "sd;ur"})).rows[0]

    service = json.loads(exported([row], COUNTRY, "openreferral"))["services"][0]

    assert row.schedule == "Tue,Thu 10:00-14:00 Mithi"
    assert {
        "freq": "WEEKLY",
        "byday": "TU",
        "opens_at": "10:00",
        "closes_at": "14:00",
        "description": "Mithi",
    } in service["schedules"]
    assert service["languages"] == [{"code": "sd"}, {"code": "ur"}]


def test_opening_hours_of_another_programs_schedule_are_hours_and_no_visit() -> None:
    service = {"id": "x1", "name": "One", "status": "inactive", "attributes": [{"label": "kind", "value": "hospital"}]}
    service |= {"service_at_locations": [{"location": {"addresses": [{"region": "Larkana"}]}}]}
    service |= {"schedules": [{"byday": "MO,TU", "opens_at": "09:00:00+05:00", "closes_at": "17:00Z"}]}

    row = read(json.dumps([service]).encode()).rows[0]

    assert (row.hours, row.schedule) == ("09:00-17:00 Mon,Tue", "")


def test_lines_are_counted_over_cells_of_several_lines() -> None:
    content = (
        b'id,kind,name_en,district,verified,notes\nx1,hospital,One,Larkana,no,"a\nb"\nx2,hospitl,Two,Larkana,no,\n'
    )

    assert any(line.startswith("E line 4, kind") for line in told(read(content)))
