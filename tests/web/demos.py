"""`hamraz demo` as people start it: a process of its own, in an empty folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY = re.compile(r"Hamraz is ready: (http://\S+)")


class RunningDemo:
    """One demo. Made once it said that it is ready."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        """
        folder       where it is started; it may write var/demo there and nothing else
        options      after `hamraz demo`
        environment  beside this process's own
        """
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webhook_app", "demo", *options],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if found := READY.search(line):
                self.url = found[1]
                return
        assert self.process.stderr is not None
        raise AssertionError(f"it ended before it was ready: {self.process.stderr.read()}")

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def end(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """End it; return its exit code and what it wrote to standard error."""
        self.process.send_signal(by)
        _, errors = self.process.communicate()
        return self.process.returncode, errors


@contextmanager
def running(folder: Path, *options: str, **environment: str) -> Iterator[RunningDemo]:
    """A demo that does not outlive the test."""
    demo = RunningDemo(folder, *options, **environment)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.end(signal.SIGKILL)
