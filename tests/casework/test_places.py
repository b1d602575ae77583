"""Names of places as people type them, and pins."""

from __future__ import annotations

from pathlib import Path

import h3
import pytest

from casework.asking_words import AskingWords, BrokenAskingWords
from casework.places.finding import Finder, Found, shipped_finder
from casework.places.gazetteer import BadGazetteer, read_country, read_places
from casework.places.nearest import shipped_atlas
from tests.corpora_reading import lines


@pytest.fixture(scope="module")
def finder() -> Finder:
    return shipped_finder()


def named(found: Found) -> list[str]:
    return [f"{one.place.name}, {one.place.district}" for one in found.candidates]


def is_right(found: Found, wanted: str) -> bool:
    if wanted == "-":
        return found.equal == 0
    if " + " in wanted:
        return found.equal > 1 and set(wanted.split(" + ")) <= set(named(found)[: found.equal])
    return found.equal == 1 and named(found)[0] in wanted.split(" | ")


@pytest.mark.parametrize(("corpus", "least"), [("places.tsv", 0.95), ("places_development.tsv", 0.97)])
def test_typed_names_in_three_scripts_are_the_place_that_is_meant(finder: Finder, corpus: str, least: float) -> None:
    typed = lines(corpus)

    wrong = [text for text, wanted in typed if not is_right(finder.find(text), wanted)]

    assert len(wrong) <= (1 - least) * len(typed), wrong


def test_the_corpus_that_is_held_out_is_large_enough_to_say_something() -> None:
    assert len(lines("places.tsv")) >= 300


def test_two_places_as_likely_are_both_told(finder: Finder) -> None:
    found = finder.find("saddar")

    assert found.one is None
    assert named(found)[: found.equal] == ["Saddar, Karachi South", "Saddar, Hyderabad"]


@pytest.mark.parametrize("beside", ["hyd", "hyderabad", "حيدرآباد", "حیدرآباد"])
def test_the_town_beside_a_name_decides_between_two(finder: Finder, beside: str) -> None:
    place = finder.find(f"saddar {beside}").one

    assert place is not None
    assert (place.name, place.district) == ("Saddar", "Hyderabad")


@pytest.mark.parametrize(
    "typed", ["Latifabad Unit No. 8", "unit 8, latifabad", "latifabad 8", "لطیف آباد ۸", "لطيف آباد ٨"]
)
def test_a_numbered_part_is_found_however_its_number_is_written(finder: Finder, typed: str) -> None:
    place = finder.find(typed).one

    assert place is not None
    assert place.name == "Latifabad Unit 8"


def test_a_part_nobody_has_is_the_place_around_it_and_says_so(finder: Finder) -> None:
    found = finder.find("latifabad unit 99")

    assert found.one is not None
    assert found.one.name == "Latifabad"
    assert "the part is not known" in found.candidates[0].why


def test_a_hamlet_never_hides_the_city_of_its_name(finder: Finder) -> None:
    place = finder.find("sukkur").one

    assert place is not None
    assert place.kind == "district_hq_city"


def test_what_nobody_knows_gives_guesses_that_are_not_sure(finder: Finder) -> None:
    found = finder.find("nawbasaha")

    assert found.one is None
    assert not any(one.sure for one in found.candidates)
    assert "Nawabshah, Shaheed Benazirabad" in named(found)


@pytest.mark.parametrize(
    "typed", ["", " ", "🙂", "\x00\x00", "....", "‮", "x" * 10_000, "a " * 5_000, "٭" * 40, "no", "nahi", "نه"]
)
def test_what_names_no_place_finds_none_and_breaks_nothing(finder: Finder, typed: str) -> None:
    assert finder.find(typed).one is None


def pin(latitude: float, longitude: float) -> str:
    return str(h3.latlng_to_cell(latitude, longitude, 8))


@pytest.mark.parametrize(
    ("latitude", "longitude", "district"),
    [
        (25.405, 68.33, "hyderabad"),
        (27.56, 68.21, "larkana"),
        (24.86, 67.01, "karachi_south"),
        (25.37, 68.31, "jamshoro"),
    ],
)
def test_a_pin_in_a_town_lies_in_its_district(latitude: float, longitude: float, district: str) -> None:
    where = shipped_atlas().where(pin(latitude, longitude))

    assert where.district is not None
    assert where.district.id == district


@pytest.mark.parametrize(
    ("latitude", "longitude", "side"),
    [
        (31.55, 74.34, "country"),
        (24.3, 66.2, "outside"),
        (28.6, 77.2, "outside"),
        (0.0, 0.0, "outside"),
        (89.9, 179.9, "outside"),
    ],
)
def test_a_pin_elsewhere_in_the_country_at_sea_or_abroad_is_known_as_such(
    latitude: float, longitude: float, side: str
) -> None:
    where = shipped_atlas().where(pin(latitude, longitude))

    assert (where.side, where.district) == (side, None)


def test_the_nearest_places_of_a_pin_come_nearest_first() -> None:
    near = shipped_atlas().near(pin(25.405, 68.327), 5)

    assert len(near) == 5
    assert near[0].district == "Hyderabad"


def test_every_district_of_the_list_has_an_outline_and_a_place() -> None:
    atlas, country = shipped_atlas(), read_country()

    for district in country.districts:
        found = atlas.where(pin(district.latitude, district.longitude)).district
        assert found is not None, district.id
        assert found.id == district.id


def test_every_place_of_the_files_is_kept_as_it_stands_there_and_found_by_its_id(finder: Finder) -> None:
    there = list(read_places(read_country()))

    assert list(finder.places) == there
    assert [finder.place(one.id) for one in there] == there
    assert finder.place("wof:1") is None


def test_another_country_is_another_file(tmp_path: Path) -> None:
    (tmp_path / "districts.csv").write_text("id,name_en,division,lat,lon\nnorth,North,All,1.0,1.0\n")
    (tmp_path / "towns.csv").write_text(
        "id,name_en,alt_names,kind,district,lat,lon,rank,district_conf\nt1,Kirinyaga,,town,North,1.0,1.0,1,high\n"
    )
    (tmp_path / "there.toml").write_text(
        'name="There"\nregion="KE"\nserved="North"\nwhole="ALL"\npart="NORTH"\nplaces=["towns.csv"]\n'
        'districts="districts.csv"\noutlines=[]\nbounds=[0,0,2,2]\n'
    )
    country = read_country(tmp_path / "there.toml")

    place = Finder(country, tuple(read_places(country)), AskingWords.load()).find("kirinyga").one

    assert place is not None
    assert place.name == "Kirinyaga"


def test_a_broken_file_of_places_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "districts.csv").write_text("id,name_en,division,lat,lon\n")
    (tmp_path / "towns.csv").write_text(
        "id,name_en,alt_names,district,lat,lon,district_conf\nt1,,,North,1.0,1.0,high\n"
    )
    (tmp_path / "there.toml").write_text(
        'name="There"\nregion="KE"\nserved="North"\nwhole="ALL"\npart="NORTH"\nplaces=["towns.csv"]\n'
        'districts="districts.csv"\noutlines=[]\nbounds=[0,0,2,2]\n'
    )

    with pytest.raises(BadGazetteer, match=r"towns\.csv, line 2"):
        list(read_places(read_country(tmp_path / "there.toml")))


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("[place]\nnoise = 3", "list of words"),
        ("[place]\nfar = ['x']", "is none of near"),
        ("[kinds.hospital]\nnames = ['x']\nwords = ['y']", "neither names nor needs"),
        ("[kinds.hospital]\nnames = ['?']", "without letters"),
        ("not toml", "asking.toml"),
    ],
)
def test_a_broken_list_of_asking_words_is_named(tmp_path: Path, text: str, trouble: str) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "asking.toml").write_text(text, encoding="utf-8")

    with pytest.raises(BrokenAskingWords, match=trouble):
        AskingWords.load(tmp_path)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tando m khan", "Tando Muhammad Khan"),
        ("t m khan", "Tando Muhammad Khan"),
        ("layari", "Lyari"),
        ("ٹھٹھہ", "Thatta"),
    ],
)
def test_a_name_with_words_cut_to_their_first_letter_or_written_as_schools_do_is_known(typed: str, meant: str) -> None:
    found = shipped_finder().find(typed).one

    assert found is not None
    assert found.name == meant
