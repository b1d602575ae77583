"""Kill -9 at any moment: whoever texts goes on, hears each answer once, and her report is there whole, once.

Real processes die here while several reporters text; Twilio's part is played by a caller that brings a message again until
it is taken, as `#rc=…&rp=5xx,ct,rt` makes Twilio do.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from bot.settings import Settings
from casework.reading import open_case
from operating.parts import Hamraz
from tests.benchmarks.contestants import free_port
from tests.phones import TEAM_WORD, make_hamraz
from tests.whole.bringing import RECEIPT, Provider, environment_of, plain

ROOT = Path(__file__).parent.parent.parent
REPORTERS = 6
KILLS, FEWER = 50, 6  # a round, with --long and otherwise; two rounds on each kind of database, otherwise one


def _talk(port: int, reporter: int, pause: float) -> tuple[list[str], int]:
    provider = Provider(lambda: [port])
    return provider.talk(reporter, pause), provider.again


class Service:
    """One Hamraz that dies and comes back."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.whole.zygote", str(port)],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._process = 0
        self._ready = 0
        self.kills = 0

    def start(self) -> None:
        assert self._zygote.stdin is not None
        self._zygote.stdin.write("start\n")
        self._zygote.stdin.flush()
        self._process = self._hear("started")

    def wait(self) -> None:
        """Wait until it serves."""
        while self._ready != self._process:
            self._ready = self._hear("ready")

    def _hear(self, word: str) -> int:
        assert self._zygote.stdout is not None
        while not (line := self._zygote.stdout.readline()).startswith(word):
            assert line, "it could not start"
        return int(line.split()[1])

    def kill(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        self.kills += 1
        while _alive(self._process):  # its port must be free again
            time.sleep(0.001)

    def close(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        self._zygote.wait(10)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def _service(hamraz: Hamraz) -> Iterator[tuple[Service, int]]:
    port = free_port()
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | environment_of(hamraz.settings)
    service = Service(environment, port)
    try:
        service.start()
        yield service, port
    finally:
        service.close()


@pytest.mark.timeout(300)  # half a minute of work; --long: two minutes
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_kills_at_any_moment_lose_and_double_nothing(settings: Settings, seed: int, long: bool) -> None:
    dice = random.Random(seed)
    kills = KILLS if long else FEWER
    hamraz = make_hamraz(settings)
    over = Event()
    with _service(hamraz) as (service, port):
        service.wait()
        # Undisturbed first: what each answer must be.
        begun = time.monotonic()
        expected, _ = _talk(port, 99, 0)
        # A life is long enough for some answers however slow the machine is, and too short for a whole talk.
        life = 3 * REPORTERS * (time.monotonic() - begun) / len(expected)

        def kill() -> None:
            while not over.is_set():
                if dice.random() < 0.9:  # the others die while they start
                    service.wait()
                time.sleep(dice.uniform(0, life))  # no wait for anything: how long this life is
                service.kill()
                service.start()

        killer = Thread(target=kill)
        killer.start()
        said: dict[int, list[str]] = {}
        again = 0
        wave = 0
        with ThreadPoolExecutor(REPORTERS) as pool:
            while service.kills < kills:
                people = range(10 + wave * REPORTERS, 10 + (wave + 1) * REPORTERS)
                for reporter, (heard, more) in zip(
                    people, pool.map(lambda one: _talk(port, one, 0.02), people), strict=True
                ):
                    said[reporter] = heard
                    again += more
                wave += 1
        over.set()
        killer.join()
    print(f"seed {seed}: {service.kills} kills, {len(said)} reports, {again} messages brought again")

    for reporter, heard in said.items():
        assert [plain(one) for one in heard] == [plain(one) for one in expected], f"reporter {reporter}"
        receipt = RECEIPT.search(heard[-1])
        assert receipt, heard[-1]
        opened = open_case(hamraz.database, hamraz.keyring, receipt[0], TEAM_WORD, memory_kib=8)
        for part in range(4):
            assert opened.count(f"zanbil{reporter}x{part}") == 1
    assert again, "no kill ever came in between"
    assert _reports(hamraz) == len(said) + 1
    hamraz.counter.close()
    hamraz.database.close()


def _reports(hamraz: Hamraz) -> int:
    from sqlalchemy import func, select

    from storage.tables import reports

    count = hamraz.database.read(lambda unit: unit.main.one(select(func.count()).select_from(reports)))
    assert count is not None
    return int(count[0])
