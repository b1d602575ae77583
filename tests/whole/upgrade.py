"""An upgrade without a pause, and back again, while people write.

    python -m tests.whole.upgrade --from COMMIT [--database sqlite|postgresql]

Two servers of the old version (a checkout of COMMIT) take turns with two of this one behind what a proxy is: whoever of them
answers first. Everybody's report must be whole, each answer the same as undisturbed, whichever version gave it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import httpx

from bot.settings import Settings
from casework.reading import open_case
from operating.parts import build
from tests.benchmarks.contestants import free_port
from tests.databases import KINDS, Postgres, postgres_server
from tests.phones import KEYRING_FILE, TEAM_WORD, keys_made
from tests.whole.bringing import RECEIPT, Provider, environment_of, plain

HERE = Path(__file__).parent.parent.parent
WRITERS, PAUSE = 4, 0.05  # people who write at once, and seconds between the texts of one


class Fleet:
    """Servers of any version, each behind a port of its own."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment, self._folder = environment, folder
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self.ports: list[int] = []  # in service

    def command(self, version: Path, *words: str) -> None:
        subprocess.run([sys.executable, "-m", "webhook_app", *words], env=self._of(version), cwd=version, check=True)

    def start(self, version: Path) -> int:
        """A server that is ready and takes its part."""
        port = free_port()
        words = [sys.executable, "-m", "webhook_app", "serve", "--port", str(port), "--workers", "1"]
        log = (self._folder / f"{port}.log").open("w")
        self._running[port] = subprocess.Popen(
            words, env=self._of(version), cwd=version, stdout=log, stderr=log, start_new_session=True
        )
        for _ in range(600):
            assert self._running[port].poll() is None, (self._folder / f"{port}.log").read_text()
            try:
                if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                    self.ports = [*self.ports, port]
                    return port
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("it never answered")

    def stop(self, port: int) -> None:
        """Taken out, as a proxy does, then asked to end."""
        self.ports = [one for one in self.ports if one != port]
        self._running[port].send_signal(signal.SIGTERM)
        assert self._running.pop(port).wait(30) == 0

    def close(self) -> None:
        for one in self._running.values():
            os.killpg(one.pid, signal.SIGKILL)  # and what it started
            one.wait(10)

    def _of(self, version: Path) -> dict[str, str]:
        return os.environ | self._environment | {"PYTHONPATH": str(version)}


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        where = Path(folder) / "old"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", where, commit], cwd=HERE, check=True)
        try:
            yield where
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", where], cwd=HERE, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.whole.upgrade", description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="commit", required=True, help="the version that serves before")
    parser.add_argument("--database", choices=KINDS, action="append")
    options = parser.parse_args()
    for kind in options.database or KINDS:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            server = stack.enter_context(postgres_server()) if kind == "postgresql" else None
            print(f"{kind}: {upgraded(_settings(folder, server), stack.enter_context(checked_out(options.commit)))}")


def upgraded(settings: Settings, old: Path) -> str:
    """Do it, there and back; return what was seen. Raises AssertionError."""
    for name, content in keys_made()[1].items():
        settings.keyring.with_name(name).write_bytes(content)
    fleet = Fleet(environment_of(settings), settings.keyring.parent)
    try:
        fleet.command(old, "migrate")
        before = [fleet.start(old), fleet.start(old)]
        expected = Provider(lambda: fleet.ports).talk(99, 0)
        over = Event()
        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(_writes, fleet, over, range(10 + one, 99, WRITERS)) for one in range(WRITERS)]
            time.sleep(1)
            fleet.command(HERE, "migrate")
            after = []
            for port in before:
                after.append(fleet.start(HERE))
                fleet.stop(port)
            time.sleep(1)
            for port in after:  # it was not good, say: back
                fleet.start(old)
                fleet.stop(port)
            over.set()
            told = [one for writer in writers for one in writer.result()]
        return _compared(settings, expected, told)
    finally:
        fleet.close()


def _writes(fleet: Fleet, over: Event, people: range) -> list[tuple[int, list[str], Provider]]:
    """One after the other tells her whole report, until it is over."""
    told = []
    for reporter in people:
        if over.is_set():
            break
        provider = Provider(lambda: fleet.ports)
        told.append((reporter, provider.talk(reporter, PAUSE), provider))
    return told


def _compared(settings: Settings, expected: list[str], told: list[tuple[int, list[str], Provider]]) -> str:
    hamraz = build(settings, keys_made()[0])
    for reporter, heard, _ in told:
        assert [plain(one) for one in heard] == [plain(one) for one in expected], f"reporter {reporter}"
        receipt = RECEIPT.search(heard[-1])
        assert receipt is not None
        opened = open_case(hamraz.database, hamraz.keyring, receipt[0], TEAM_WORD, memory_kib=8)
        assert [opened.count(f"zanbil{reporter}x{part}") for part in range(4)] == [1] * 4, f"reporter {reporter}"
    hamraz.counter.close()
    hamraz.database.close()
    again, slowest = sum(one.again for *_, one in told), max(one.slowest for *_, one in told)
    return (
        f"{len(told)} reports of {len(expected)} messages told meanwhile, each whole and each answer as undisturbed; "
        f"{again} messages had to be brought again, the slowest was taken after {slowest:.2f} s"
    )


def _settings(folder: Path, server: Postgres | None) -> Settings:
    urls = ["sqlite:///{}/hamraz.db", "sqlite:///{}/keys.db"]
    if server is not None:
        for name in ("main", "keys"):
            server.run(f"CREATE DATABASE upgraded_{name}")
        urls = [server.url(f"upgraded_{name}") for name in ("main", "keys")]
    main, keys = (url.format(folder) for url in urls)
    return Settings(
        HAMRAZ_DATABASE_URL=main,
        HAMRAZ_KEYS_URL=keys,
        HAMRAZ_KEYRING=folder / KEYRING_FILE,
        HAMRAZ_SLOW_MEMORY_KIB=8,
    )


if __name__ == "__main__":
    main()
