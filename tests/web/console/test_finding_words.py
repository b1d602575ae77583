"""Whatever the checks say of a flow is said in every language of the console; in English in their very words."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest
from flask import Flask, g

from casework.studio.proving import _told
from flows.findings import Finding
from tests.flows.broken_examples import EXAMPLES
from tests.web.console.test_fault_words import ROOT, sentence
from web.console import faults
from web.console.flows import saying
from web.console.words import languages

FILES = (
    *("flows/definition.py", "flows/nodes/fields.py", "flows/nodes/kind.py", "flows/guards.py", "flows/inspection.py"),
    *(
        "flows/graph.py",
        "flows/wording.py",
        "flows/comparing.py",
        "bot/walkthrough/whole.py",
        "casework/studio/proving.py",
    ),
    *("operating/flow_checking.py", "web/console/flows/step.py"),
)
FIRST_WORDS = {"Finding": 3, "BrokenFlow": 2, "WrongField": 0, "BadGuard": 0, "ValueError": 0}  # place of the trouble
MADE_OF_TWO = (
    "a guard on 7: 7",
    "7 would stand at 7, which is no such node any more",
    "7 answered 7 when it was of another kind",
)
PAGE = Flask(__name__)
_LINE = re.compile(r"(?P<code>\w+) (?P<place>[^ ]+?)(?:, node (?P<node>\w+))?: (?P<said>.*)")


def sentences() -> list[tuple[str, str]]:
    """Table and sentence, of every place in the sources that says one."""
    found = []
    for name in FILES:
        tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
        for part in ast.walk(tree):
            if not isinstance(part, ast.FunctionDef):
                continue
            named: dict[str, list[ast.expr]] = {}
            for one in ast.walk(part):
                if isinstance(one, ast.Assign):
                    pairs = [(one.targets[0], one.value)]
                    if isinstance(one.targets[0], ast.Tuple) and isinstance(one.value, ast.Tuple):
                        pairs = list(zip(one.targets[0].elts, one.value.elts, strict=True))
                    for target, value in pairs:
                        if isinstance(target, ast.Name):
                            named.setdefault(target.id, []).append(value)
            for one in ast.walk(part):
                if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in FIRST_WORDS:
                    at = FIRST_WORDS[one.func.id]
                    for table, said in zip(("finding_trouble", "finding_mend"), one.args[at : at + 2], strict=False):
                        meant = named.get(said.id, []) if isinstance(said, ast.Name) else [said]
                        branches = [
                            each
                            for one in meant
                            for each in ([one.body, one.orelse] if isinstance(one, ast.IfExp) else [one])
                        ]
                        found += [(table, sentence(each, {})) for each in branches]
    return sorted({one for one in found if one[1] and one[1] not in MADE_OF_TWO})


def in_english(text: str) -> bool:
    return 'lang="en"' in text


@pytest.mark.parametrize(("table", "text"), sentences())
def test_a_sentence_of_the_checks_has_its_words(table: str, text: str) -> None:
    with PAGE.test_request_context():
        g.words = languages()["ur"]
        assert not in_english(faults.said(text, table)), text


def examples() -> list[tuple[str, Finding]]:
    """What the command line says of each broken flow, whole and in its parts."""
    found = []
    for line in (line for example in EXAMPLES for line in example.expected):
        if line.split()[1].startswith("locales/"):
            continue  # of the words alone: the page of words says those
        read = _LINE.fullmatch(line)
        assert read is not None, line
        trouble, _, mend = read["said"].partition("; ")
        found.append((line, Finding(read["code"], "", read["node"] or "", trouble, mend)))
    stranded = Counter({(code, "when"): count for code, count in (("E401", 1), ("E402", 1))})
    told = [*_told("report", stranded), *_told("report", stranded + stranded)]
    return [*found, *((one.at("report.toml:3"), one) for one in told)]


def test_there_are_sentences_and_examples_of_many_codes() -> None:
    assert len(sentences()) > 80 and len({one.code for _, one in examples()}) > 20


@pytest.mark.parametrize(("line", "one"), examples(), ids=lambda one: one if isinstance(one, str) else "")
def test_an_example_is_said_in_urdu_and_in_english_as_on_the_command_line(line: str, one: Finding) -> None:
    place = line.split()[1].removesuffix(",").removesuffix(":")
    with PAGE.test_request_context():
        g.words = languages()["en"]
        assert saying.line(one, place) == line
        assert g.words(f"finding.{one.code}") and one.trouble in saying.trouble(one).unescape()
        g.words = languages()["ur"]
        assert not in_english(saying.trouble(one)) and not in_english(saying.mend(one)), line
        assert g.words.texts[f"finding.{one.code}"]
