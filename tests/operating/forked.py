"""A process of its own for each `hamraz` command, forked from one that has loaded everything and done nothing.

An operator's command spends most of its time on loading; forked, it is what she runs in all else: own folder,
own environment, own standard streams, own exit code. That it also starts from nothing is for test_commands.py.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import webhook_app

_LOADED = ("webhook_app", *(f"operating.{part}" for part in ("backups", "cases", "checking", "directory", "doctor",
    "institutions", "keys", "preparing", "records", "serving", "staff")))  # fmt: skip
_STREAMS = ("stdin", "stdout", "stderr")

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(list(_LOADED))


def run(
    words: Sequence[str], folder: Path, environment: dict[str, str], typed: str, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run the command as `subprocess.run` would. Raises TimeoutError."""
    with TemporaryDirectory() as name:
        streams = Path(name)
        (streams / "stdin").write_text(typed, encoding="utf-8")
        process: Any = _forking.Process(target=_command, args=(tuple(words), folder, environment, streams))
        process.start()
        process.join(seconds)
        if process.exitcode is None:
            os.kill(process.pid, signal.SIGKILL)
            raise TimeoutError(f"{words} has not ended after {seconds} s")
        out, err = ((streams / each).read_text(encoding="utf-8") for each in _STREAMS[1:])
        return subprocess.CompletedProcess(words, process.exitcode, out, err)


def _command(words: Sequence[str], folder: Path, environment: dict[str, str], streams: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, (stream, mode) in enumerate(zip(_STREAMS, ("r", "w", "w"), strict=True)):
        with (streams / stream).open(mode) as file:
            os.dup2(file.fileno(), number)
        setattr(sys, stream, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115  # open until it ends
    sys.argv = ["hamraz", *words]
    webhook_app.main()
