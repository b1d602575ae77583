"""The bill of materials names what is really installed and shipped, in the form of CycloneDX 1.6."""

from __future__ import annotations

import json
import re
import tomllib
from importlib import metadata
from typing import Any

import pytest

from operating.bill import LICENCES, LOCK, ROOT, SHIPPED, bill
from webhook_app import command

ALGORITHMS = {"SHA-256": 64}  # hexadecimal digits
OF_OTHERS = ("*.woff2", "*.ttf", "*.min.js", "*_3_*.sql")  # what nobody here has written
SPDX = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return bill(LOCK.read_text(encoding="utf-8"))


def test_each_library_of_the_lock_has_its_licence_written_down() -> None:
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE))

    # Read it from what the library says of itself, and name it in docs/security/dependencies.md too.
    assert pinned ^ set(tomllib.loads(LICENCES.read_text(encoding="utf-8"))) == set()


def test_it_has_the_form_that_the_schema_asks_for(made: dict[str, Any]) -> None:
    whole = [made["metadata"]["component"], *made["components"]]

    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.6", 1)
    assert len({one["bom-ref"] for one in whole}) == len(whole)
    for one in whole:
        assert one["type"] in ("application", "library", "file")
        assert one["name"]
        assert one["version"]
        assert [list(choice) for choice in one["licenses"]] == [
            ["expression"]
        ]  # one expression, or licences; never both
        assert SPDX.fullmatch(one["licenses"][0]["expression"]), one["name"]
        for found in one.get("hashes", ()):
            assert re.fullmatch(f"[0-9a-f]{{{ALGORITHMS[found['alg']]}}}", found["content"])


def test_every_library_of_the_lock_stands_in_it_with_all_its_hashes(made: dict[str, Any]) -> None:
    lock = LOCK.read_text(encoding="utf-8")
    libraries = [one for one in made["components"] if one["type"] == "library"]

    assert len(libraries) == len(re.findall("^[a-z0-9].*==", lock, re.MULTILINE)) > 50
    assert sum(len(one["hashes"]) for one in libraries) == lock.count("--hash=")
    assert all(one["hashes"] for one in libraries)


def test_what_a_library_says_of_its_licence_is_what_we_say() -> None:
    ours = tomllib.loads(LICENCES.read_text(encoding="utf-8"))
    told = {}
    for name in ours:
        try:
            told[name] = metadata.metadata(name).get("License-Expression")
        except metadata.PackageNotFoundError:  # for another system than this one
            continue

    assert len(told) > 50
    assert {name: said for name, said in told.items() if said and said != ours[name]} == {}


def test_every_file_of_others_is_named() -> None:
    shipped = {one.path for one in SHIPPED}
    rooms = ("bot", "casework", "flows", "handlers", "locales", "operating", "storage", "web")
    there = {
        path.relative_to(ROOT).as_posix() for room in rooms for kind in OF_OTHERS for path in (ROOT / room).rglob(kind)
    }

    assert there
    assert there <= shipped


def test_the_page_for_people_names_each_library_under_its_licence() -> None:
    page = (ROOT / "docs" / "security" / "dependencies.md").read_text(encoding="utf-8")
    named = {
        (name, licence)
        for licence, names in re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
        for name in names.split(", ")
    }

    assert set(tomllib.loads(LICENCES.read_text(encoding="utf-8")).items()) <= named


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str], made: dict[str, Any]) -> None:
    assert command(["sbom"]) == 0
    assert json.loads(capsys.readouterr().out) == made
