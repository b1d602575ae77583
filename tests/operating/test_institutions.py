"""`hamraz institutions`, as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.operating.conftest import Command

NEW = "id,kind,name_en,city,district\nx1,girls_college,Roshni Girls College,Ratodero,Larkana\n"


def test_an_institution_is_found_from_a_terminal_with_nothing_installed(
    hamraz_command: Command, tmp_path: Path
) -> None:
    said = hamraz_command("institutions", "find", "-", "--json", typed="mehran uni\nsir syed\nxyzzyq\n")

    one, two, none = (json.loads(line) for line in said.stdout.splitlines())
    assert (one[0]["id"], one[0]["sure"]) == ("inst027", True)
    assert [found["ask"] for found in two[:2]] == [True, True]
    assert none == []
    assert not any(tmp_path.iterdir())


def test_the_shipped_institutions_pass_their_check(hamraz_command: Command) -> None:
    said = hamraz_command("institutions", "check")

    assert (said.returncode, said.stdout) == (0, "nothing to mend\n")


def test_institutions_are_tried_taken_and_given_back(ready: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(NEW, encoding="utf-8")

    dry = ready("institutions", "import", "mine.csv", "--dry-run")
    assert "+ x1 Roshni Girls College, number 328" in dry.stdout
    assert "nothing was taken" in dry.stdout
    assert "Roshni" not in ready("institutions", "export").stdout

    assert ready("institutions", "import", "mine.csv").returncode == 0
    exported = ready("institutions", "export").stdout
    (tmp_path / "again.csv").write_text(exported, encoding="utf-8")
    again = ready("institutions", "import", "again.csv", "--close-missing")
    assert "0 new or changed, 126 as they are" in again.stdout
    assert json.loads(ready("institutions", "find", "roshni").stdout)[0]["id"] == "x1"

    closing = ready("institutions", "import", "mine.csv", "--close-missing")
    assert "~ inst001 University of Karachi: active True → False" in closing.stdout


def test_a_faulty_file_is_named_row_by_row_and_nothing_is_taken(ready: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(NEW + "x1,girl_college,=1+1,,\n")

    said = ready("institutions", "import", "mine.csv")

    assert said.returncode == 1
    assert "E mine.csv: line 3, id: 'x1' stands already in line 2" in said.stdout
    assert "E mine.csv: line 3, name_en: it looks like a formula" in said.stdout
    assert said.stderr == "hamraz: nothing was taken: mend the lines that begin with E\n"


def test_a_file_that_gives_a_number_away_is_refused(ready: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("id,kind,name_en,number\nx1,other,Mine,201\n")

    said = ready("institutions", "import", "mine.csv")

    assert said.returncode == 1
    assert "201 of x1 is on the posters of inst001" in said.stdout
    assert ready("institutions", "import", "none.csv").stderr == "hamraz: none.csv: No such file or directory\n"


def test_codes_and_posters_are_written_and_say_what_they_open(hamraz_command: Command, tmp_path: Path) -> None:
    ways = {"HAMRAZ_SMS_FROM": "+923001234567", "TELEGRAM_BOT_NAME": "hamraz_bot"}

    said = hamraz_command("institutions", "qr", "inst044", "--out", "codes", **ways)
    made = hamraz_command("institutions", "poster", "inst044", "--out", "posters/p.pdf", "--language", "ur", **ways)

    assert "codes/inst044-244-telegram.png: https://t.me/hamraz_bot?start=HI244" in said.stdout
    assert {path.name for path in (tmp_path / "codes").iterdir()} == {
        "inst044-244-telegram.png",
        "inst044-244-sms.png",
    }
    assert made.stdout == "posters/p.pdf: Chandka Medical College, number 244, in ur\n"
    assert (tmp_path / "posters" / "p.pdf").read_bytes().startswith(b"%PDF")


def test_a_code_or_poster_that_would_lead_nowhere_is_refused_in_one_line(
    hamraz_command: Command, tmp_path: Path
) -> None:
    sms = {"HAMRAZ_SMS_FROM": "+923001234567"}
    (tmp_path / "file").write_text("")
    for words, given, refusal in (
        (("qr", "--out", "codes"), {}, "no channel to lead to"),
        (("qr", "nobody", "--out", "codes"), sms, "no institution 'nobody'"),
        (("qr", "inst001", "--out", "codes", "--language", "fr"), sms, "no language 'fr'; there are en, ur"),
        (("poster", "inst001", "--out", "file/p.pdf"), sms, "file/p.pdf: "),
        (("qr", "inst001", "--out", "c"), {"TELEGRAM_BOT_NAME": "a bot"}, "TELEGRAM_BOT_NAME takes letters"),
    ):
        said = hamraz_command("institutions", *words, **given)

        assert said.returncode == 1
        assert said.stderr.startswith(f"hamraz: {refusal}"), said.stderr
        assert said.stderr.count("\n") == 1
