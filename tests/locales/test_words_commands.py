"""`hamraz words check`, `extract` and `update`, as whoever writes phrases uses them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import webhook_app
from casework.tips.table import phrases
from flows.library import shipped_flows
from flows.wording import phrases_of
from locales.languages import SHIPPED
from locales.phrasebook import Phrasebook
from operating import checking
from tests.locales.conftest import Write

Say = Callable[..., tuple[int, str, str]]
ALL = dict.fromkeys({*phrases(), *(key for flow in shipped_flows() for key in phrases_of(flow))}, "x")
LITERAL = re.compile(r'(?:Prompt|Phrase)\(\s*"([a-z_.@]+)"')


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run `hamraz words …` on the catalogues in a folder; return code, output, errors."""

    def run(command: str, directory: Path) -> tuple[int, str, str]:
        monkeypatch.setattr(checking, "SHIPPED", directory)
        code = webhook_app.command(["words", command])
        return code, *capsys.readouterr()

    return run


def test_an_error_ends_with_1_and_says_where(write: Write, say: Say) -> None:
    directory = write("en", {key: said for key, said in ALL.items() if key != "menu.choose.ask"})

    code, said, _ = say("check", directory)

    assert code == 1
    assert said.startswith("E201 locales/en/LC_MESSAGES/messages.po, menu.choose.ask: ")


def test_a_warning_alone_ends_with_0(write: Write, say: Say) -> None:
    code, said, _ = say("check", write("en", ALL | {"menu.choose.ask": "Go →"}))

    assert (code, said.splitlines()[-1]) == (0, "1 to look at, nothing that blocks")


def test_a_sound_folder_ends_with_0(write: Write, say: Say) -> None:
    assert say("check", write("en", ALL))[:2] == (0, "nothing to mend\n")


def test_no_catalogue_at_all_is_one_line_and_1(tmp_path: Path, say: Say) -> None:
    code, said, _ = say("check", tmp_path)

    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("E200 ")


def test_extract_names_what_is_lacking_once(write: Write, say: Say) -> None:
    directory = write("en", {key: said for key, said in ALL.items() if key != "menu.choose.ask"})

    assert say("extract", directory)[:2] == (0, "menu.choose.ask\n")
    assert say("extract", directory)[:2] == (0, "English has every phrase that the flows ask for\n")


def test_update_says_what_it_did_and_notes_the_english(write: Write, say: Say) -> None:
    write("en", ALL | {"menu.choose.ask": "What now?"})
    directory = write("ur", {"menu.choose.ask": "اب کیا؟"})

    code, said, _ = say("update", directory)

    assert (code, said) == (0, f"ur: {len(ALL) - 1} to translate, 0 to look at again, 0 no longer used\n")
    assert "#. en: What now?" in (directory / "ur" / "LC_MESSAGES" / "messages.po").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["extract", "update"])
def test_a_broken_catalogue_is_refused_in_one_line_and_nothing_is_written(write: Write, say: Say, command: str) -> None:
    directory = write("en", {"a": "Hello"})
    path = directory / "en" / "LC_MESSAGES" / "messages.po"
    path.write_text("this is no catalogue\n", encoding="utf-8")

    code, said, why = say(command, directory)

    assert (code, said, why.count("\n")) == (1, "", 1)
    assert path.read_text(encoding="utf-8") == "this is no catalogue\n"


def test_every_translation_notes_the_english_it_was_made_from() -> None:
    for path in SHIPPED.glob("*/LC_MESSAGES/messages.po"):
        if path.parts[-3] != "en":
            text = path.read_text(encoding="utf-8")
            assert text.count("\n#. en: ") >= text.count("\nmsgid ") - 30, path.parts[-3]  # names of months have none


def test_every_phrase_that_the_code_names_is_written() -> None:
    book, root = Phrasebook.load(), SHIPPED.parent
    rooms = ("bot", "casework", "flows", "handlers", "operating")
    named = {
        key
        for room in rooms
        for path in root.glob(f"{room}/**/*.py")
        for key in LITERAL.findall(path.read_text(encoding="utf-8"))
    }

    assert len(named) > 30
    assert [key for key in sorted(named) if not book.has(key)] == []
