"""A question that does not fit somewhere is found before anybody is asked it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.fitting import unfit
from flows.definition import parse
from flows.library import shipped_flows
from locales.phrasebook import Phrasebook
from operating.paper_desk import PaperDesk
from tests.small_catalogues import write_language

FLOW = """
name = "trial"
begins = "when"

[[node]]
name = "when"
kind = "choice"
ask = "trial.when.ask"
choose = ["today", "yesterday"]
then = "stop"

[[node]]
name = "stop"
kind = "end"
"""

WORDS = {
    "trial.when.ask # sms: 1": "When was it?",
    "trial.when.today": "Today",
    "trial.when.yesterday": "Yesterday",
    "say.more": "More",
    "button.skip": "Leave it out",
    "button.done": "Finished",
    "control.panic": "XX",
}


def found(directory: Path, words: Mapping[str, str]) -> set[tuple[str, str]]:
    changed = {key.split(" # ")[0] for key in words}
    write_language(directory, "en", {k: v for k, v in WORDS.items() if k.split(" # ")[0] not in changed} | words)
    return {
        (fault.code, fault.channel) for fault in unfit([parse(FLOW, "trial")], Phrasebook.load(directory), PaperDesk())
    }


def test_a_question_that_fits_everywhere_is_no_fault(tmp_path: Path) -> None:
    assert found(tmp_path, {}) == set()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"trial.when.ask # sms: 1": "When was it? " + "A guess is fine. " * 9}, ("E301", "sms")),
        ({"trial.when.ask # sms: 1": "When was it, {name}?"} | {"trial.when.today": "T" * 140}, ("E301", "sms")),
        ({"trial.when.ask # worst: name=" + "x" * 480: "When, {name}?"}, ("E301", "sms")),
        ({"trial.when.today": "Today →"}, ("W306", "sms")),
        ({"trial.when.ask # sms: 30": "A guess is fine. " * 65}, ("E303", "whatsapp")),
        ({"trial.when.ask # sms: 30": "A guess is fine. " * 250}, ("E305", "telegram")),
    ],
)
def test_a_question_that_does_not_fit_is_found(tmp_path: Path, words: dict[str, str], fault: tuple[str, str]) -> None:
    assert fault in found(tmp_path, words)


def test_every_shipped_question_fits_every_channel_in_every_language() -> None:
    faults = unfit(shipped_flows(), Phrasebook.load(), PaperDesk())

    assert [str(fault) for fault in faults] == []
