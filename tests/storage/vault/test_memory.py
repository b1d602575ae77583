"""What a process that serves holds in memory stays there: no dump when it dies, no other process looks in, no swap for keys."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from storage.vault import memory
from storage.vault.keyring import Keyring

ROOT = Path(__file__).parents[3]
DIES = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2)
from storage.vault import memory
if sys.argv[1] == "hardened":
    assert memory.leave_no_dump()
os.write(1, b"ready")
sys.stdin.read()
os.abort()
"""


def dying(how: str, folder: Path) -> subprocess.Popen[bytes]:
    given = os.environ | {"PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(
        [sys.executable, "-c", DIES, how],
        cwd=folder,
        env=given,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert started.stdout is not None
    assert started.stdout.read(5) == b"ready"
    return started


def test_a_process_that_crashes_leaves_no_dump(tmp_path: Path) -> None:
    started = dying("hardened", tmp_path)
    limits = Path(f"/proc/{started.pid}/limits").read_text(encoding="utf-8")
    owner = Path(f"/proc/{started.pid}/mem").stat().st_uid

    assert started.stdin is not None
    started.stdin.close()
    _, ended = os.waitpid(started.pid, 0)
    started.returncode = 0  # waited for above, to see how it ended

    assert any(line.split()[:6] == ["Max", "core", "file", "size", "0", "0"] for line in limits.splitlines())
    assert owner == 0  # its memory is nobody's to read, also not its own account's
    assert os.WIFSIGNALED(ended) and not os.WCOREDUMP(ended)
    assert list(tmp_path.iterdir()) == []


def test_the_keyrings_own_bytes_are_locked_in_memory_where_the_system_lets_us() -> None:
    def locked() -> int:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmLck:")).split()[1])

    before, keyring = locked(), Keyring.new().rotated()

    held = keyring.hold()

    allowed = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
    assert held == (allowed == resource.RLIM_INFINITY or allowed >= 256 * 1024 or os.geteuid() == 0)
    assert not held or locked() > before


def test_what_cannot_be_held_is_told_and_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_system", lambda: None)
    assert memory.hold([bytes(32)]) is False
    assert Keyring.new().hold() is False
