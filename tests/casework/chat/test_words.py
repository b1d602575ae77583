"""The words of the counsellors' chat: every language has them all, filled alike, and nothing that is pushed says what it is about."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from casework.cases import refusals
from casework.cases.case import REASONS
from casework.chat.words import FOLDER, languages, words
from casework.triage import Level

ENGLISH = languages()["en"].texts
HOLES = re.compile(r"\{(\w+)\}")
# What a locked screen may show: a line that tells nothing, and a case's code.
PUSHED = ("case.wrote", "case.wrote_file", "case.yours", "stranger.line", "group.take", "case.line")
MET = (
    refusals.NotStaff, refusals.CaseGone, refusals.CaseBroken, refusals.HeldByOther, refusals.OwnInstitution,
    refusals.NotShared, refusals.NotYours, refusals.NoRoom, refusals.NotOpen, refusals.OptedOut, refusals.WindowClosed,
    refusals.NoFiles, refusals.FileUnknown, refusals.FileTooLarge, refusals.NothingSaid,
)  # fmt: skip
TELLING = re.compile(r"harass|violen|abuse|rape|assault|ہراس|تشدد|زیادتی", re.IGNORECASE)


@pytest.mark.parametrize("code", languages())
def test_each_language_has_every_line_with_the_same_holes(code: str) -> None:
    texts = languages()[code].texts

    assert texts.keys() == ENGLISH.keys()
    assert {key for key in texts if set(HOLES.findall(texts[key])) != set(HOLES.findall(ENGLISH[key]))} == set()


@pytest.mark.parametrize("code", languages())
def test_what_is_pushed_tells_nothing(code: str) -> None:
    assert not [key for key in PUSHED if TELLING.search(languages()[code].texts[key])]


def test_every_line_that_the_program_asks_for_is_there_and_none_besides() -> None:
    asked = set()
    for path in FOLDER.parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                asked.add(node.value)
    handlers = Path(__file__).parents[3] / "handlers/telegram_staff.py"
    said = asked | set(re.findall(r'"([a-z]+\.[a-z_]+)"', handlers.read_text(encoding="utf-8")))
    by_table = {"refusal", "status", "language", "channel", "risk", "reason", "command", "why"}
    spoken = {key for key in ENGLISH if key.partition(".")[0] not in by_table}
    made_up = {f"case.answered{who}{how}" for who in ("", "_you") for how in ("", "_quiet")}
    made_up |= {f"case.file_{kind}" for kind in ("voice", "photo", "video", "file")}
    made_up |= {f"say.file_{why}" for why in ("large", "gone", "later")} | {
        f"state.{one}" for one in ("waiting", "held")
    }

    assert spoken - said - made_up == set()


def test_every_refusal_that_the_chat_can_meet_every_risk_and_every_reason_of_closing_has_words() -> None:
    assert {f"refusal.{one.reason}" for one in MET} <= ENGLISH.keys()
    assert {f"risk.{one}" for one in Level} | {f"reason.{one}" for one in REASONS} <= ENGLISH.keys()


@pytest.mark.parametrize(("hint", "found"), [("ur", "ur"), ("ur-PK", "ur"), ("en-GB", "en"), ("fr", "en"), ("", "en")])
def test_a_language_is_found_by_the_apps_hint(hint: str, found: str) -> None:
    assert words(hint).code == found
