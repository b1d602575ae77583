"""`hamraz keys rotate`, as an operator runs it beside a server that goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import read_settings
from casework.chores import CHORES
from operating.clock import now
from operating.keys import open_keyring
from operating.parts import build
from storage import resealing
from tests.operating.conftest import Said

Quick = Callable[..., Said]
ROTATED = next(chore for chore in CHORES if chore.name == "see whether keys were rotated")


def test_a_server_that_goes_on_says_that_it_must_be_restarted(quick: Quick) -> None:
    assert quick("doctor").returncode == 0  # gives the settings, as a server has them
    server = build(read_settings(), open_keyring(read_settings()))
    assert ROTATED.work(server.database, server.keyring, now()) == ()

    said = quick("keys", "rotate")

    assert "Restart" in said.stdout
    assert "restart" in ROTATED.work(server.database, server.keyring, now())[0]
    ring = open_keyring(read_settings())
    assert ring.ids[:-1] == server.keyring.ids
    assert ROTATED.work(server.database, ring, now()) == ()
    server.counter.close()
    server.database.close()


def test_a_later_rotation_lets_keys_go_that_nothing_needs(quick: Quick) -> None:
    quick("keys", "rotate")
    ring = open_keyring(read_settings())
    house = build(read_settings(), ring)
    resealing.reseal(house.database, ring, now())
    house.counter.close()
    house.database.close()

    said = quick("keys", "rotate")

    assert f"key {ring.ids[0]} is needed by nothing any more, and gone" in said.stdout
    assert open_keyring(read_settings()).ids[:-1] == ring.ids[1:]
    assert quick("doctor").returncode == 0


def test_keys_are_not_rotated_while_the_database_is_away(quick: Quick, tmp_path: Path) -> None:
    before = (tmp_path / "var" / "keyring.json").read_bytes()
    (tmp_path / "var" / "hamraz.db").write_bytes(b"not a database" * 1000)

    said = quick("keys", "rotate")

    assert said.returncode == 1
    assert len(said.stderr.strip().splitlines()) == 1
    assert (tmp_path / "var" / "keyring.json").read_bytes() == before


def test_the_doctor_names_what_is_not_as_it_was_left_until_it_is_accepted(
    quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage import audit

    quick("doctor")
    house = build(read_settings(), open_keyring(read_settings()))
    house.database.work(lambda unit: audit.note_fault(unit, house.keyring, "sessions.draft", now()))
    house.counter.close()
    house.database.close()

    said = quick("doctor")
    assert said.returncode == 1
    assert "MEND  records: sessions.draft" in said.stdout

    assert quick("accept-restored").returncode == 0
    assert quick("doctor").returncode == 0


def test_the_doctor_names_files_that_others_may_read(quick: Quick, tmp_path: Path) -> None:
    (tmp_path / "var").chmod(0o755)
    (tmp_path / "var" / "keys.db").chmod(0o644)

    said = quick("doctor")

    assert said.returncode == 1
    assert "chmod go-rwx" in said.stdout and "keys.db" in said.stdout
