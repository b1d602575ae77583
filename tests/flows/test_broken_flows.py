"""Every fault a flow can have is found, at its file and line, in one plain sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import fitting
from bot.walkthrough import whole
from casework.community import asking as community
from casework.institutions import asking
from flows import comparing, definition, errors, files, graph, inspection, wording
from flows.desk import EFFECTS, HEARD, SOURCES, TALK, TOLD, UNSUBSCRIBE
from locales import check
from operating import flow_checking
from tests.flows.broken_examples import BROKEN, EXAMPLES, Example

CHECKERS = (comparing, definition, errors, files, graph, inspection, wording, fitting, check, flow_checking, whole)
# What English lacks is said by no flow, or is E201: `hamraz words check` says it (tests/locales/test_check.py).
ONLY_WORDS = {"W208"}
TOO_LARGE = {"W115"}  # an example would take seconds: tests/bot/test_walkthrough.py has one of another size
PLACE = re.compile(
    r"(?P<name>\w+)\.toml(:\d+(, node \w+)?)?: .+; .+|locales/\w\w/LC_MESSAGES/messages\.po(, [\w.@]+)?: .+; .+"
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_broken_flow_is_found(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)

    found = example.found(tmp_path)

    assert found == example.expected
    assert {line.split()[0] for line in found} == {example.code}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_finding_names_the_place_the_trouble_and_the_mend_in_one_line(example: Example) -> None:
    for line in example.expected:
        assert PLACE.fullmatch(line[5:]), line
        assert len(line) < 250, line


def test_every_code_that_can_be_said_has_an_example() -> None:
    written = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in CHECKERS)
    codes = set(re.findall(r'"([EW]\d{3})"', written))

    assert codes - ONLY_WORDS - TOO_LARGE == {example.code for example in EXAMPLES}


def test_a_flow_may_ask_the_desk_for_nothing_it_does_not_serve() -> None:
    served = Path("casework/desk.py")
    text = (Path(__file__).parents[2] / served).read_text(encoding="utf-8")

    named = {*re.findall(r'case "(\w+)":', text), *asking.SOURCES, *community.TOLD, community.SOURCE}
    assert named == {*SOURCES, *HEARD, *TOLD, *EFFECTS, *TALK, UNSUBSCRIBE}
