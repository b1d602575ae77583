"""Every sentence by which casework refuses a cell is said in every language of the console."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask, g

from web.console import faults
from web.console.words import FIRST, languages

PAGE = Flask(__name__)
ROOT = Path(__file__).parents[3]
FILES = (
    *("casework/sheets.py", "casework/directory/rows.py", "casework/directory/details.py"),
    *("casework/directory/exchange.py", "casework/directory/formats.py", "casework/directory/tending.py"),
    *("casework/spreadsheets.py", "casework/wordings/exchange.py"),
)


def sentence(node: ast.expr, named: dict[str, ast.expr]) -> str:
    """What an expression says, each value in it as "7"; "" when only a run would tell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    if isinstance(node, ast.Name) and node.id in named:
        return sentence(named[node.id], {})
    return ""


def sentences() -> list[tuple[str, str]]:
    found = []
    for name in FILES:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        named = {
            node.targets[0].id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault":
                found += [("fault", sentence(node.args[2], named)), ("mend", sentence(node.args[3], named))]
    return sorted({one for one in found if one[1]})


@pytest.mark.parametrize(("table", "text"), sentences())
def test_a_sentence_of_casework_has_its_words(table: str, text: str) -> None:
    for code in languages():
        with PAGE.test_request_context():
            g.words = languages()[code]
            said = faults.said(text, table)
        assert code == FIRST or 'lang="en"' not in said, f"{table}: {text}"


@pytest.mark.parametrize(
    ("text", "table", "key"),
    [
        ("it is empty", "fault", "fault.empty"),
        ("there is no kind 'hospitl'", "fault", "fault.no_kind"),
        ("perhaps hospital", "mend", "mend.perhaps"),
    ],
)
def test_the_plainest_sentence_that_fits_is_said_and_what_was_typed_stays(text: str, table: str, key: str) -> None:
    with PAGE.test_request_context():
        g.words = languages()["ur"]
        said = faults.said(text, table)

    assert re.sub(r"\{\w+\}", "", languages()["ur"].texts[key]).strip() in re.sub(r"<bdi>.*?</bdi>", "", said)


def test_what_somebody_typed_is_never_markup() -> None:
    with PAGE.test_request_context():
        g.words = languages()["ur"]
        said = faults.said("there is no kind '<b>{x}'", "fault")

    assert "&lt;b&gt;{x}" in said


def test_a_sentence_without_words_is_shown_in_english() -> None:
    with PAGE.test_request_context():
        g.words = languages()["ur"]
        assert faults.said("something new <i>", "fault") == '<bdi lang="en">something new &lt;i&gt;</bdi>'
