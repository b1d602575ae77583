"""`hamraz flows check` takes anything it is given: a clear line and exit code 1, never a traceback."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import webhook_app
from flows.definition import MOST_BYTES, from_data, parse
from flows.errors import BrokenFlow
from flows.inspection import inspect
from flows.library import SHIPPED
from locales.phrasebook import Phrasebook

GOOD = """
name = "good"
begins = "first"

[[node]]
name = "first"
kind = "say"
say = "say.yes"

[[node]]
name = "stop"
kind = "end"
"""
NESTED = "x = " + "[" * 50_000
BRACKETS = GOOD + f'\nthen = [{{ if = "{"(" * 400}", go = "stop" }}]'


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("binary.toml", bytes(range(256)) * 20, "not text"),
        ("empty.toml", b"", "its name is None"),
        ("utf16.toml", GOOD.encode("utf-16"), "not text"),
        ("marked.toml", b"\xef\xbb\xbf" + GOOD.encode(), "not TOML"),
        ("flow.yaml", b"name: flow\nbegins: first\nnode:\n  - name: first\n", "not TOML"),
        ("flow.json", b'{"name": "flow", "begins": "first", "node": []}', "not TOML"),
        ("page.html", b"<!doctype html><title>flow</title>", "not TOML"),
        ("huge.toml", b"# " + b"x" * MOST_BYTES, "larger than"),
        ("nested.toml", NESTED.encode(), "brackets lie too deep"),
        ("dotted.toml", b"a" + b".a" * 41 + b" = 1", "more dots than"),
        ("braced.toml", b"a = { b" + b".b" * 41 + b" = 1 }", "more dots than"),
        ("quoted.toml", b'["="' + b" . '.'" * 41 + b"]", "more dots than"),
        ("number.toml", b"begins = " + b"9" * 5000, "not TOML"),
        ("brackets.toml", BRACKETS.replace("good", "brackets").encode(), "more brackets and nots"),
        ("date.toml", GOOD.replace("good", "date").replace('"first"\n\n', "2026-01-01\n\n").encode(), "`begins` is no"),
        ("UPPER.toml", GOOD.replace("good", "UPPER").encode(), "a-z, 0-9 and _"),
    ],
)
def test_what_is_no_flow_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)

    code = webhook_app.command(["flows", "check", str(tmp_path / name)])

    line = capsys.readouterr().out.splitlines()
    assert (code, len(line)) == (1, 1), line
    assert re.match(r"E1\d\d ", line[0]), line
    assert name in line[0]
    assert why in line[0]


def _missing(folder: Path) -> Path:
    return folder / "nowhere.toml"


def _empty_folder(folder: Path) -> Path:
    return folder


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.toml")
    return folder / "pipe.toml"


def _circle(folder: Path) -> Path:
    (folder / "circle.toml").symlink_to(folder / "circle.toml")
    return folder / "circle.toml"


def _too_long(folder: Path) -> Path:
    return folder / ("x" * 300)


def _odd_name(folder: Path) -> Path:
    return folder / "a\nb\x1b[31m\udcff.toml"


@pytest.mark.parametrize(
    "place", [_missing, _empty_folder, _pipe, _circle, _too_long, _odd_name, lambda _: Path("/dev/zero")]
)
def test_a_place_without_a_flow_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: Callable[[Path], Path]
) -> None:
    code = webhook_app.command(["flows", "check", str(place(tmp_path))])

    said = capsys.readouterr().out
    assert (code, said.count("\n")) == (1, 1), said
    assert said.startswith("E100 ")
    assert "\x1b" not in said


def test_a_sound_flow_of_ones_own_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.toml").write_text(GOOD)

    assert webhook_app.command(["flows", "check", str(tmp_path / "good.toml")]) == 0
    assert capsys.readouterr().out == "nothing to mend\n"


def test_a_folder_is_checked_whole_and_one_broken_file_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.toml").write_text(GOOD)
    (tmp_path / "lost.toml").write_text(GOOD.replace("good", "lost").replace('begins = "first"', 'begins = "gone"'))
    (tmp_path / "torn.toml").write_text(GOOD[:40])

    code = webhook_app.command(["flows", "check", str(tmp_path)])

    said = capsys.readouterr().out
    assert code == 1
    assert re.findall(r"^(E\d+) .*/(\w+)\.toml", said, re.MULTILINE) == [("E100", "torn"), ("E101", "lost")]


def test_two_files_may_not_hold_one_flow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "good.toml").write_text(GOOD)

    assert webhook_app.command(["flows", "check", str(tmp_path / "one"), str(tmp_path / "two")]) == 1
    assert capsys.readouterr().out.startswith("E106 ")


@pytest.mark.parametrize("words", [("check", "--colour"), ("graph",), ("mend",)])
def test_a_wrong_use_ends_with_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert webhook_app.command(["flows", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_flow_that_is_not_there_cannot_be_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert webhook_app.command(["flows", "graph", "nowhere"]) == 1
    assert (
        "there are answered, find_help, followup, human, menu, news, report, saved, tips, welcome"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_flow_is_drawn_with_every_node(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert webhook_app.command(["flows", "graph", path.stem]) == 0

    drawn = capsys.readouterr().out
    assert drawn.startswith("flowchart TD")
    assert all(f"{name}" in drawn for name in parse(path.read_text(encoding="utf-8"), path.stem).nodes)


@pytest.mark.parametrize("command", ["flows", "words"])
def test_what_is_shipped_has_nothing_to_mend_in_any_language(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HAMRAZ_WHATSAPP_FROM", raising=False)

    assert webhook_app.command([command, "check"]) == 0
    assert capsys.readouterr().out == "nothing to mend\n"


# --- whatever is written -------------------------------------------------------------------------

SOURCES = [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))]
PIECES = [
    "[[node]]",
    '"',
    "[",
    "}",
    "=",
    "then",
    "kind",
    "\n",
    "not ",
    "(",
    "2026-01-01",
    "nan",
    "9" * 50,
    "\0",
    "true",
    "''",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["choice", "say", "end"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "kind", "ask", "then", "choose", "if", "go", "*", "ask_if"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.sampled_from(SOURCES), st.floats(0, 1), st.integers(0, 30), st.sampled_from(PIECES))
def test_a_flow_with_something_torn_out_is_refused_or_checked(source: str, where: float, gone: int, new: str) -> None:
    at = int(where * len(source))
    name = source.split('name   = "')[1].split('"')[0]

    _refused_or_checked(lambda: parse(source[:at] + new + source[at + gone :], name))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(VALUES, st.sampled_from(["say", "choice", "text", "consent", "review", "commit", "call", "end"]))
def test_whatever_a_node_holds_it_is_refused_or_checked(value: object, kind: str) -> None:
    node = {
        "name": "first",
        "kind": kind,
        "ask": "say.yes",
        "choose": ["yes"],
        **(value if isinstance(value, dict) else {}),
    }
    data = {"name": "trial", "begins": "first", "node": [node, {"name": "stop", "kind": "end"}]}

    _refused_or_checked(lambda: from_data(data, "trial"))
    _refused_or_checked(lambda: from_data(value, "trial"))


BOOK = Phrasebook.load()


def _refused_or_checked(read: Callable[[], object]) -> None:
    try:
        flow = read()
    except BrokenFlow as broken:
        assert broken.mend
    else:
        inspect([flow], {flow.name: flow}, BOOK, ["en"])  # type: ignore[list-item, attr-defined]  # it is a Flow
