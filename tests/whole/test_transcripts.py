"""Conversations that anybody can read: each file in tests/transcripts/ is replayed and must come out the same, to the letter.

    A title: what happens.
    via sms, in ur

    > she sends        (what lines of hers may say: tests/whole/script.py)
    < she is answered

A new one is written with her lines only. `pytest tests/whole/test_transcripts.py --accept` writes the answers, and writes them
anew after a wanted change: read what changed before it goes in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings
from locales.phrasebook import Phrasebook
from operating.parts import Hamraz
from tests.casework.cases.conftest import hired
from tests.phones import Clock, Phone, make_hamraz
from tests.whole.script import RECEIPT, Talk, Watch, transcript

FOLDER = Path(__file__).parents[1] / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))
LANGUAGES = [language.code for language in Phrasebook.load().languages]


@pytest.fixture(scope="module")
def hamraz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hamraz]:
    """One for all: each conversation has a phone of its own."""
    folder = tmp_path_factory.mktemp("transcripts")
    made = make_hamraz(
        Settings(
            HAMRAZ_DATABASE_URL=f"sqlite:///{folder}/main.db",
            HAMRAZ_KEYS_URL=f"sqlite:///{folder}/keys.db",
            HAMRAZ_KEYRING=folder / "keyring.json",
            HAMRAZ_SLOW_MEMORY_KIB=8,
            HAMRAZ_WHATSAPP_TEMPLATES=",".join(f"again_{code}=HX{code}" for code in LANGUAGES),
        )
    )
    made.counter.texts = True  # as where SMS is set up
    hired(made.room, Clock(), "Amina")
    yield made
    made.counter.close()
    made.database.close()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_conversation_goes_as_it_is_written(
    hamraz: Hamraz, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, path: Path
) -> None:
    written = path.read_text(encoding="utf-8")
    title, via, *lines = written.splitlines()
    channel = via.removeprefix("via ").partition(",")[0]
    clock, number = Clock(), f"+9230000{FILES.index(path):05}"
    talk = Talk(Phone(hamraz, channel, number, clock), clock, Watch().begin(monkeypatch), [title, via, ""])

    for line in lines:
        if line.startswith((">", "*")):
            talk.do(line)

    # A receipt is another one each time.
    found = RECEIPT.sub(lambda found: "{number}" if found[0] in talk.receipts else found[0], transcript(talk.said))
    if request.config.getoption("--accept"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_every_conversation_is_there_in_every_language() -> None:
    languages = defaultdict(set)
    for path in FILES:
        name, _, language = path.stem.rpartition(".")
        languages[name].add(language)

    assert languages
    assert all(found == set(LANGUAGES) for found in languages.values())


def test_a_report_is_there_by_each_channel() -> None:
    assert {path.stem.split(".")[1] for path in FOLDER.glob("report.*.*.txt")} == {"sms", "whatsapp", "telegram"}
