"""Everything is stolen, the keyring's passphrase apart: no word, no number, no name of a thousand reporters is in it."""

from __future__ import annotations

import base64
import json
import logging
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from pydantic import SecretStr
from sqlalchemy import bindparam

from bot.settings import Settings
from casework.chores import CHORES
from casework.community.editing import every as every_post
from casework.community.round import Round
from operating.logs import set_up_logs
from operating.parts import Hamraz
from storage import reports
from storage.tables import keys_metadata, main_metadata, settings_kv
from tests.casework.whats_on import put_on
from tests.databases import Place
from tests.handlers import payloads as real
from tests.phones import Clock, make_hamraz
from tests.storage.attacker import copied
from tests.whole.invented import LETTERS, people
from tests.whole.providers import AUTH, PUBLIC
from tests.whole.reporters import bring_for, draft_for, file_for, tell_for
from tests.whole.scanning import Scanner

FILED, DRAFTS, TOLD, BROUGHT = (
    1000,
    200,
    30,
    15,
)  # reporters by how they tell, with --long: see tests/whole/reporters.py
FEWER = 200  # filed, otherwise
FINDABLE = "Zanbilqirmizi"  # planted, to prove that the search finds what is there
_PLANT = settings_kv.insert().values(name=bindparam("n"), value=bindparam("v"))


@dataclass(frozen=True)
class Loot:
    """What a thief carries off."""

    place: Place
    folder: Path  # logs, temporary files, the sealed keyring, and on SQLite both databases

    def pieces(self, hamraz: Hamraz) -> Iterator[tuple[str, bytes]]:
        """Every file, and every value of every row: a page's end may cut a word in two, a server may compress it."""
        for path in [*self.folder.rglob("*"), *self.place.server_files()]:
            if path.is_file():
                yield str(path), path.read_bytes()
        rows = copied(hamraz.database, [*main_metadata.tables, *keys_metadata.tables])
        for name, found in rows.items():
            values = (value for row in found for value in row.values() if value is not None)
            yield (
                f"rows of {name}",
                b"\n".join(each if isinstance(each, bytes) else str(each).encode() for each in values),
            )


@pytest.fixture
def loot(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loot]:
    """Logs as loud as they can be, and temporary files where they can be seen."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before, root = structlog.get_config(), logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    with (tmp_path / "log").open("w", encoding="utf-8") as log:
        monkeypatch.setattr(sys, "stderr", log)
        set_up_logs("DEBUG")
        root.setLevel(logging.DEBUG)
        yield Loot(place, tmp_path)
    structlog.configure(**before)
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.bare
def test_no_word_number_or_name_of_hundreds_of_reporters_is_in_what_was_stolen(
    loot: Loot, settings: Settings, monkeypatch: pytest.MonkeyPatch, long: bool
) -> None:
    filed = FILED if long else FEWER
    sms = {"public_url": PUBLIC, "twilio_account_sid": real.ACCOUNT, "twilio_auth_token": SecretStr(AUTH)}
    hamraz = make_hamraz(settings.model_copy(update={**sms, "sms_from": real.OUR_NUMBER}))
    everybody = list(people(filed + DRAFTS + TOLD + BROUGHT, seed=20261125))
    rest = iter(everybody)
    with ThreadPoolExecutor(4) as pool:
        for way, many in ((file_for, filed), (draft_for, DRAFTS), (tell_for, TOLD)):
            list(pool.map(partial(way, hamraz), [next(rest) for _ in range(many)]))
    put_on(hamraz, Clock())
    Round(hamraz.room, frozenset(("sms", "whatsapp", "telegram"))).go(Clock()())
    assert every_post(hamraz.room)[0].went == DRAFTS
    bring_for(hamraz, list(rest), monkeypatch)
    for chore in CHORES:
        assert chore.work(hamraz.database, hamraz.keyring, Clock()() + timedelta(hours=2)) in ([], ())
    assert hamraz.database.read(reports.count) == filed + TOLD
    assert (loot.folder / "log").stat().st_size > 1000
    scanner = Scanner([FINDABLE, *(secret for one in everybody for secret in one.secrets)])

    loot.place.settle()
    found, looked = search(scanner, loot, hamraz)
    planted = plant(loot, hamraz, FINDABLE)
    now_there = {name: content for name, content in loot.pieces(hamraz) if FINDABLE.encode() in content}

    assert found == {}
    assert looked > 8_000 * filed  # bytes
    assert planted <= now_there.keys()
    assert [name for name, content in now_there.items() if scanner.found(content) != {FINDABLE.lower()}] == []
    hamraz.counter.close()
    hamraz.database.close()


def search(scanner: Scanner, loot: Loot, hamraz: Hamraz) -> tuple[dict[str, set[str]], int]:
    """What was found, by where, and how many bytes were looked at."""
    found, looked = {}, 0
    for name, content in loot.pieces(hamraz):
        looked += len(content)
        if words := scanner.found(content):
            found[name] = words
    return found, looked


def plant(loot: Loot, hamraz: Hamraz, word: str) -> set[str]:
    """Write one word where nothing may be written; return some of the places where it must be found then."""
    hamraz.database.work(lambda unit: unit.main.run(_PLANT, n="planted", v=word))
    structlog.get_logger().info("planted", word=word)
    sys.stderr.flush()
    (loot.folder / "temporary" / "tmp1").write_text(word)
    loot.place.settle()
    files = {"log", "temporary/tmp1"} | ({"main.db-wal"} if loot.place.kind == "sqlite" else set())
    return {"rows of settings_kv"} | {str(loot.folder / name) for name in files}


# --- the search itself --------------------------------------------------------------------------

WRITTEN: dict[str, Callable[[str], bytes]] = {
    "plain": lambda word: word.encode(),
    "upper case": lambda word: word.upper().encode(),
    "utf-16-le": lambda word: word.encode("utf-16-le"),
    "utf-16-be": lambda word: word.encode("utf-16-be"),
    "json": lambda word: json.dumps(word).encode(),
    "url": lambda word: quote(word).encode(),
    "hex": lambda word: word.encode().hex().encode(),
    "upper hex": lambda word: word.encode().hex().upper().encode(),
    "hex in a longer run": lambda word: b"a" + word.encode().hex().encode() + b"0",
    "base64": lambda word: base64.b64encode(word.encode()),
    "base64 inside": lambda word: base64.b64encode(b"x" + word.encode() + b"yz"),
    "base64 inside, further": lambda word: base64.b64encode(b"xx" + word.encode() + b"z"),
    "base64 of the url": lambda word: base64.urlsafe_b64encode(b"\xff\xfe\xfd" + word.encode()),
    "base64 of json": lambda word: base64.b64encode(json.dumps({"text": word}).encode()),
    "hex of utf-16": lambda word: word.encode("utf-16-le").hex().encode(),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("language", LETTERS)
def test_the_search_finds_a_word_however_it_was_written_down(way: str, language: str) -> None:
    some = list(people(50, seed=1))
    word = next(one for one in some if one.language == language).words[0]
    scanner = Scanner(secret for one in some for secret in one.secrets)
    chance = random.Random(2)
    before, after = chance.randbytes(5000), chance.randbytes(3000)
    assert scanner.found(before + after) == set()

    found = scanner.found(before + WRITTEN[way](word) + after)

    assert len(found) == 1


@pytest.mark.parametrize("way", WRITTEN)
def test_the_search_finds_a_number_however_it_was_written_down(way: str) -> None:
    scanner = Scanner(["3001112233"])

    assert scanner.found(os.urandom(2000) + b"\0" + WRITTEN[way]("+923001112233") + b"\0" + os.urandom(2000))
