"""`hamraz places` and `hamraz directory`, as an operator or a translator runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from operating.directory import check_files
from tests.operating.conftest import Command

NEW_ROW = "id,kind,name_en,district,verified,phone,phone_kind,source\nx1,hospital,New Clinic,Larkana,yes,074-9410457,own,told\n"


def test_a_place_is_found_from_a_terminal_with_nothing_installed(hamraz_command: Command) -> None:
    said = hamraz_command("places", "find", "-", "--json", typed="qasimabad ke paas\nsaddar\nxyzzyq\n")

    one, two, none = (json.loads(line) for line in said.stdout.splitlines())
    assert (one[0]["name"], one[0]["district"], one[0]["sure"], one[0]["ask"]) == (
        "Qasimabad",
        "Hyderabad",
        True,
        False,
    )
    assert [place["ask"] for place in two[:2]] == [True, True]
    assert not any(place["sure"] for place in none)


def test_what_is_asked_for_is_answered_with_whom_she_would_be_shown(hamraz_command: Command, tmp_path: Path) -> None:
    said = hamraz_command("directory", "ask", "-", typed="hospital near Qasimabad\nhello\n")

    asked, nothing = (json.loads(line) for line in said.stdout.splitlines())
    assert (asked["kind"], asked["place"]["name"]) == ("hospital", "Qasimabad")
    assert [row["district"] for row in asked["resources"]] == ["Hyderabad", "Hyderabad", "Jamshoro"]
    assert (nothing["kind"], nothing["resources"]) == (None, [])
    assert not any(tmp_path.iterdir())  # asking makes no database


def test_the_shipped_directory_passes_its_check(hamraz_command: Command) -> None:
    said = hamraz_command("directory", "check")

    assert (said.returncode, said.stdout) == (0, "nothing to mend\n")


def test_rows_are_tried_taken_and_given_back(ready: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(NEW_ROW, encoding="utf-8")

    dry = ready("directory", "import", "mine.csv", "--dry-run")
    assert "+ x1 New Clinic" in dry.stdout
    assert "nothing was taken" in dry.stdout
    assert "x1" not in ready("directory", "export").stdout

    taken = ready("directory", "import", "mine.csv")
    assert taken.returncode == 0, taken.stderr
    exported = ready("directory", "export", "geojson").stdout
    assert "New Clinic" in exported

    (tmp_path / "again.geojson").write_text(exported, encoding="utf-8")
    again = ready("directory", "import", "again.geojson", "--remove-missing")
    assert "0 new, 0 changed" in again.stdout
    asked = json.loads(ready("directory", "ask", "hospital larkana").stdout)
    assert "x1" in [row["id"] for row in asked["resources"]]


def test_a_faulty_file_is_named_row_by_row_and_nothing_is_taken(ready: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(NEW_ROW + NEW_ROW.splitlines()[1].replace("hospital", "hospitl") + "\n")

    said = ready("directory", "import", "mine.csv")

    assert said.returncode == 1
    assert "E mine.csv: line 3, kind: there is no kind 'hospitl'; perhaps hospital" in said.stdout
    assert said.stderr == "hamraz: nothing was taken: mend the lines that begin with E\n"
    assert "New Clinic" not in ready("directory", "export").stdout


def test_a_file_that_would_leave_no_emergency_number_is_refused(ready: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(NEW_ROW)

    said = ready("directory", "import", "mine.csv", "--remove-missing")

    assert said.returncode == 1
    assert "res002" in said.stdout


def test_a_file_that_is_not_there_and_a_format_nobody_knows_are_one_line(ready: Command) -> None:
    assert ready("directory", "import", "none.csv").stderr == "hamraz: none.csv: No such file or directory\n"
    assert "there are csv, geojson, openreferral" in ready("directory", "export", "xml").stderr


def test_whom_the_data_comes_from_is_said_as_in_the_notice(ready: Command) -> None:
    said = ready("directory", "credits").stdout

    assert "GeoNames (CC BY 4.0), Who's On First. Boundaries: OCHA COD-AB via HDX. Base map: Natural Earth." in said
    assert said.splitlines()[0] in (Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8")


def test_a_large_file_shows_signs_of_life_on_a_terminal_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head, row = NEW_ROW.splitlines()
    (tmp_path / "big.csv").write_text("\n".join([head, *(row.replace("x1", f"x{n}", 1) for n in range(2_500))]))

    for terminal in (True, False):
        monkeypatch.setattr("sys.stderr.isatty", lambda terminal=terminal: terminal, raising=False)
        list(check_files([str(tmp_path / "big.csv")]))
        assert capsys.readouterr().err.splitlines() == (
            ["1,000 of 2,500 rows read", "2,000 of 2,500 rows read"] if terminal else []
        )
