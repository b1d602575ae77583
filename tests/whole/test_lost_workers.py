"""Three workers share an outbox; one is lost for good, and the database restarts in that moment.

Real processes of `hamraz worker` send to a stand-in for Twilio that counts. Nothing may be lost or out of order; twice may
come only what somebody had in hand in that moment.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from urllib.parse import parse_qs

import pytest

from bot.settings import Settings
from handlers.delivery import LANES
from operating.clock import now
from operating.parts import Hamraz
from storage import outbox
from tests.databases import Place, Postgres, postgres_server, sqlite_place
from tests.handlers.payloads import ACCOUNT, OUR_NUMBER
from tests.phones import KEYRING_WORD, make_hamraz

pytestmark = pytest.mark.long  # two and a half minutes, most of it waiting for what a lost worker held

ROOT = Path(__file__).parent.parent.parent
WOMEN, EACH, WORKERS = 30, 4, 3


class Twilio:
    """Takes every message, and knows which and in what order."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.news = Condition()
        outer = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                with outer.news:
                    outer.taken.append(form["Body"][0])
                    sid = f"SM{len(outer.taken):032x}"
                    outer.news.notify_all()
                body = json.dumps({"sid": sid, "status": "queued"}).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *given: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=partial(self._server.serve_forever, 0.01), daemon=True).start()

    def wait_for(self, count: int, seconds: float) -> None:
        """Until so many different messages were taken. Fails after `seconds`."""
        with self.news:
            assert self.news.wait_for(lambda: len(set(self.taken)) >= count, seconds), len(set(self.taken))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    one = Twilio()
    yield one
    one.close()


@contextmanager
def workers(settings: Settings, twilio: Twilio) -> Iterator[list[subprocess.Popen[bytes]]]:
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "HAMRAZ_DATABASE_URL": settings.database_url,
        "HAMRAZ_KEYS_URL": settings.keys_url,
        "HAMRAZ_KEYRING": str(settings.keyring),
        "HAMRAZ_KEYRING_PASSPHRASE": KEYRING_WORD,
        "HAMRAZ_SLOW_MEMORY_KIB": "8",
        "HAMRAZ_PUBLIC_URL": "https://hamraz.example",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": "0" * 32,
        "HAMRAZ_WHATSAPP_FROM": OUR_NUMBER,
        "HAMRAZ_TWILIO_API_URL": twilio.url,
    }
    running = [
        subprocess.Popen([sys.executable, "-m", "webhook_app", "worker"], env=environment, cwd=ROOT)
        for _ in range(WORKERS)
    ]
    try:
        yield running
    finally:
        for one in running:
            one.kill()
            one.wait(30)


def fill(hamraz: Hamraz) -> None:
    """Four messages to each of thirty women, interleaved."""
    for number in range(EACH):
        for woman in range(WOMEN):
            owner, to = woman.to_bytes(16, "big"), f"whatsapp:+9230011100{woman:02}"
            hamraz.database.work(
                lambda unit, owner=owner, to=to, words=f"{woman} {number}": outbox.put(  # type: ignore[misc]  # typed above
                    unit, hamraz.keyring, owner, "send", "whatsapp", to, {"text": words}, now()
                )
            )


def settings_of(place: Place, folder: Path) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=place.url,
        HAMRAZ_KEYS_URL=place.keys_url,
        HAMRAZ_KEYRING=folder / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
    )


def in_order(taken: list[str]) -> bool:
    first = list(dict.fromkeys(taken))
    return all(
        [words for words in first if words.split()[0] == str(woman)] == [f"{woman} {number}" for number in range(EACH)]
        for woman in range(WOMEN)
    )


def lose_one(place: Place, folder: Path, twilio: Twilio, server: Postgres | None) -> float:
    """Lose a worker, and the database for a moment; return how long it then took until all was sent."""
    settings = settings_of(place, folder)
    hamraz = make_hamraz(settings)
    fill(hamraz)
    with workers(settings, twilio) as running:
        twilio.wait_for(WOMEN, 120)
        running[0].send_signal(signal.SIGKILL)
        if server is not None:
            server.crash()
        begun = monotonic()
        twilio.wait_for(WOMEN * EACH, 300)
        took = monotonic() - begun
        assert [one.poll() for one in running[1:]] == [None] * (WORKERS - 1)
    hamraz.counter.close()
    hamraz.database.close()
    return took


def judge(twilio: Twilio, took: float, held: int) -> None:
    twice = {words: times for words, times in Counter(twilio.taken).items() if times > 1}
    print(f"all {WOMEN * EACH} sent {took:.0f} s after the loss, {len(twice)} of them twice")
    assert in_order(twilio.taken)
    assert set(twice.values()) <= {2}
    assert len(twice) <= held


@pytest.mark.timeout(500)
def test_one_of_three_workers_lost_for_good_loses_nothing_on_sqlite(tmp_path: Path, twilio: Twilio) -> None:
    with sqlite_place(tmp_path) as place:
        took = lose_one(place, tmp_path, twilio, None)

    judge(twilio, took, LANES)


@pytest.mark.postgres
@pytest.mark.timeout(500)
def test_one_of_three_workers_lost_for_good_while_the_database_restarts_loses_nothing(
    tmp_path: Path, twilio: Twilio
) -> None:
    with postgres_server() as server, server.place(tmp_path) as place:
        took = lose_one(place, tmp_path, twilio, server)

    judge(twilio, took, LANES)
