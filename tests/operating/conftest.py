"""The `hamraz` command as an operator runs it: a process of its own, in an empty folder, with nothing but settings."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import webhook_app
from tests.operating import forked

ROOT = Path(__file__).parent.parent.parent
WORD, TEAM = "seven quiet boats", "eleven green doors"
Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def settings_given() -> dict[str, str]:
    """An environment without any setting of ours but the keyring's passphrase; cheap Argon2id for addresses."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("HAMRAZ", "TWILIO", "TELEGRAM"))}
    return bare | {"PYTHONPATH": str(ROOT), "HAMRAZ_KEYRING_PASSPHRASE": WORD, "HAMRAZ_SLOW_MEMORY_KIB": "8"}


def commander(folder: Path, given: dict[str, str]) -> Command:
    """Return what runs the command in a folder."""

    def command(*words: str, typed: str = "", **more: str | None) -> subprocess.CompletedProcess[str]:
        """Run it; `more` are settings, None takes one away."""
        environment = {name: value for name, value in (given | more).items() if value is not None}
        return forked.run(words, folder, environment, typed, seconds=60)

    return command


@pytest.fixture
def hamraz_command(tmp_path: Path, settings_given: dict[str, str]) -> Command:
    return commander(tmp_path, settings_given)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, settings_given: dict[str, str]) -> Path:
    """A folder with keys and tables, made by the commands, to copy from."""
    folder = tmp_path_factory.mktemp("made")
    command = commander(folder, settings_given)
    for done in (command("keys", "new", HAMRAZ_TEAM_PASSPHRASE=TEAM), command("migrate")):
        assert done.returncode == 0, done.stderr
    return folder


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def quick(
    made: Path,
    settings_given: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Said]:
    """The same command inside this process, where keys and tables are there: for what ends before it serves."""
    shutil.copytree(made / "var", tmp_path / "var")
    monkeypatch.chdir(tmp_path)

    def command(*words: str, typed: str = "", **more: str | None) -> Said:
        for name in [name for name in os.environ if name.startswith(("HAMRAZ", "TWILIO", "TELEGRAM"))]:
            monkeypatch.delenv(name)
        for name, value in (settings_given | more).items():
            if value is not None:
                monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        code = webhook_app.command(words)
        return Said(code, *capsys.readouterr())

    return command


@pytest.fixture
def ready(hamraz_command: Command, made: Path, tmp_path: Path) -> Command:
    """The command where keys and tables are there."""
    shutil.copytree(made / "var", tmp_path / "var")
    return hamraz_command
