"""What each command does for an operator, and the one line it says when it cannot."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operating.conftest import TEAM, WORD, Command, Said

Quick = Callable[..., Said]

TEAM_GIVEN = {"HAMRAZ_TEAM_PASSPHRASE": TEAM}


def test_from_nothing_but_settings_keys_and_tables_stand_without_a_question(ready: Command, tmp_path: Path) -> None:
    files = [path for path in (tmp_path / "var").iterdir() if path.is_file()]

    assert {path.name for path in files} >= {"keyring.json", "team.json", "hamraz.db", "keys.db"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
    assert ready("migrate").returncode == 0  # again changes nothing


def test_it_starts_from_nothing_but_its_own_files(settings_given: dict[str, str], tmp_path: Path) -> None:
    words = [sys.executable, "-m", "webhook_app", "nonsense"]

    said = subprocess.run(words, cwd=tmp_path, env=settings_given, capture_output=True, text=True, check=False)

    assert said.returncode == 2
    assert said.stderr == "hamraz: No such command 'nonsense'.\n"


def test_the_doctor_finds_a_sound_house_sound(ready: Command) -> None:
    said = ready("doctor")

    assert said.returncode == 0, said.stdout
    assert "MEND" not in said.stdout


def test_the_doctor_says_what_to_mend_before_anything_is_there(hamraz_command: Command) -> None:
    said = hamraz_command("doctor")

    assert said.returncode == 1
    assert "hamraz keys new" in said.stdout
    assert "hamraz migrate" in said.stdout


@pytest.mark.parametrize(
    ("words", "given", "why"),
    [
        (("serve",), {"HAMRAZ_KEYRING_PASSPHRASE": "a wrong one"}, "passphrase"),
        (("serve",), {"HAMRAZ_KEYRING_PASSPHRASE": None}, "set it in the environment"),
        (("serve",), {"HAMRAZ_KEYRING": "nowhere.json"}, "hamraz keys new"),
        (("serve",), TEAM_GIVEN, "HAMRAZ_TEAM_PASSPHRASE is set"),
        (("worker",), TEAM_GIVEN, "HAMRAZ_TEAM_PASSPHRASE is set"),
        (("serve",), {"HAMRAZ_DATABASE_URL": "sqlite:///var/other.db"}, "hamraz migrate"),
        (("serve",), {"HAMRAZ_DATABASE_URL": "mysql://elsewhere"}, "sqlite:///FILE or postgresql"),
        (("serve",), {"HAMRAZ_KEYS_URL": "sqlite:///var/hamraz.db"}, "another database"),
        (("serve",), {"HAMRAZ_HOURS": "whenever"}, "Mon-Fri 09:00-17:00"),
        (("serve",), {"HAMRAZ_TIME_ZONE": "Mars/Olympus"}, "time zone"),
        (("serve",), {"HAMRAZ_SLOW_MEMORY_KIB": "little"}, "HAMRAZ_SLOW_MEMORY_KIB"),
        (("serve",), {"HAMRAZ_KEYRING_PASSPHRASE_FILE": "gone"}, "HAMRAZ_KEYRING_PASSPHRASE_FILE cannot be read"),
        (("keys", "new"), TEAM_GIVEN, "never overwritten"),
        (("keys", "new"), {"HAMRAZ_KEYRING": "var/sub/k.json", "HAMRAZ_TEAM_PASSPHRASE": WORD}, "must differ"),
        (("channels", "connect"), {"TELEGRAM_BOT_TOKEN": "7:x", "TELEGRAM_WEBHOOK_SECRET": "s"}, "https://"),
    ],
)
def test_it_refuses_in_one_clear_line(
    quick: Quick, words: tuple[str, ...], given: dict[str, str | None], why: str
) -> None:
    said = quick(*words, **given)

    assert said.returncode == 1, said.stdout
    assert why in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr


@pytest.mark.parametrize("name", ["HAMRAZ_KEYRING_PASSPHRASE", "HAMRAZ_TEAM_PASSPHRASE"])
def test_a_passphrase_in_the_env_file_is_refused(quick: Quick, tmp_path: Path, name: str) -> None:
    (tmp_path / ".env").write_text(f"{name}=lying here\n")

    said = quick("serve")

    assert said.returncode == 1
    assert f"{name} is in .env" in said.stderr
    assert "lying here" not in said.stderr


def test_the_keyring_may_be_sealed_again_only_where_somebody_can_type(quick: Quick) -> None:
    said = quick("keys", "seal")

    assert said.returncode == 1
    assert "terminal" in said.stderr


def test_a_rotated_keyring_still_opens_everything(quick: Quick) -> None:
    assert quick("keys", "rotate").returncode == 0

    assert quick("doctor").returncode == 0


@pytest.mark.parametrize("receipt", ["", "1234", "0000 0000 0000 0000 0000", "not a number at all"])
def test_a_receipt_that_opens_nothing_is_one_line(quick: Quick, receipt: str) -> None:
    said = quick("case", "open", typed=f"{receipt}\n", **TEAM_GIVEN)

    assert said.returncode == 1
    assert len(said.stderr.strip().splitlines()) == 1


def test_every_setting_is_listed_and_no_secret_shown(quick: Quick) -> None:
    said = quick("settings", TWILIO_AUTH_TOKEN="canary-3310")

    assert said.returncode == 0
    for name in ("HAMRAZ_DATABASE_URL", "HAMRAZ_KEYS_URL", "HAMRAZ_KEYRING_PASSPHRASE", "HAMRAZ_TWILIO_API_URL"):
        assert name in said.stdout
    assert "canary-3310" not in said.stdout
