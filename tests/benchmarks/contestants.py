"""Who runs: each contestant's own databases, environment and web server; all under granian, one process, eight threads."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from bot.settings import Settings
from tests.databases import Place
from tests.phones import KEYRING_WORD, make_hamraz

ROOT = Path(__file__).parents[2]
URL = "https://bench.example"
ACCOUNT, TOKEN = "AC" + "0" * 32, "a" * 32
THREADS = 8
PATIENCE = 60  # seconds
LOOK = 8


@dataclass(frozen=True, slots=True)
class Contestant:
    """One of those who run."""

    name: str
    kind: str  # how it is spoken to: "sms", "whatsapp" or "telegram"
    target: str
    interface: str
    environment: Mapping[str, str] = field(repr=False)
    python: str = sys.executable


@dataclass(slots=True)
class Running:
    """A contestant whose server answers."""

    contestant: Contestant
    port: int
    process: subprocess.Popen[bytes]
    start_s: float

    def rss_mib(self) -> float:
        """Resident memory of its largest process: the one that serves."""
        return max(_rss(pid) for pid in _family(self.process.pid)) / 1024

    def cpu_s(self) -> float:
        """CPU seconds that its processes have used."""
        return sum(_cpu(pid) for pid in _family(self.process.pid))

    def rest(self) -> None:
        """Wait until it has done what it does after its start: a tenth of a core, over some seconds, is rest."""
        sleep(LOOK)  # its chores begin only now
        while True:
            used = self.cpu_s()
            sleep(LOOK)
            if self.cpu_s() - used < LOOK / 10:
                return


def settings_of(place: Place) -> dict[str, str]:
    """Hamraz as in life; only the slow index of a new number is made cheap (8 KiB), as nobody else has such a thing."""
    return {
        "HAMRAZ_DATABASE_URL": place.url,
        "HAMRAZ_KEYS_URL": place.keys_url,
        "HAMRAZ_KEYRING": str(place.folder / "keyring.json"),
        "HAMRAZ_PUBLIC_URL": URL,
        "HAMRAZ_SLOW_MEMORY_KIB": "8",
        "HAMRAZ_SMS_FROM": "+15005550006",
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }


def ours_on(name: str, place: Place) -> Contestant:
    """Hamraz, with everything it does, on these databases."""
    settings = settings_of(place)
    made = make_hamraz(Settings(**settings))  # type: ignore[arg-type]  # as the environment says it
    made.counter.close()
    made.database.close()
    environment = {**settings, "HAMRAZ_KEYRING_PASSPHRASE": KEYRING_WORD}
    return Contestant(name, "sms", "webhook_app:create_app", "wsgi", environment)


def floor(name: str, url: str) -> Contestant:
    url = url.replace("postgresql://", "postgresql+psycopg://")
    return Contestant(name, "sms", "tests.benchmarks.contenders.floor:create_app", "wsgi", {"BENCH_DATABASE": url})


def ptb(folder: Path) -> Contestant:
    target = "tests.benchmarks.contenders.ptb:create_app"
    return Contestant("ptb", "telegram", target, "asgi", {"BENCH_DATABASE": str(folder / "ptb.db")})


def aiogram(folder: Path) -> Contestant:
    target = "tests.benchmarks.contenders.aiogram_fsm:create_app"
    return Contestant("aiogram", "telegram", target, "asgi", {"BENCH_DATABASE": str(folder / "aiogram.db")})


def botbuilder(folder: Path, python: str) -> Contestant:
    target = "tests.benchmarks.contenders.botbuilder:create_app"
    environment = {"BENCH_DATABASE": str(folder / "botbuilder.db")}
    return Contestant("botbuilder", "telegram", target, "asgi", environment, python)


@contextmanager
def serving(contestant: Contestant, *, workers: int = 1) -> Iterator[Running]:
    """Its server, from when it answers until this ends."""
    port = free_port()
    command = [
        *(contestant.python, "-m", "granian", "--interface", contestant.interface, "--factory"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--no-access-log"),
        *("--log-level", "error", "--no-ws"),
        *(("--blocking-threads", str(THREADS)) if contestant.interface == "wsgi" else ()),
        contestant.target,
    ]
    begun = monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **contestant.environment, "PYTHONPATH": str(ROOT)})
    try:
        wait_for(port, process)
        yield Running(contestant, port, process, monotonic() - begun)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    begun = monotonic()
    while monotonic() - begun < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").close()  # our own server
        except HTTPError:
            return
        except (URLError, ConnectionError):
            sleep(0.02)
            continue
        return
    raise RuntimeError("the server does not answer")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _family(pid: int) -> list[int]:
    """A process and its descendants (Linux)."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


def _rss(pid: int) -> int:
    """KiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
