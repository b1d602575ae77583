"""What do real messages feel of a flood? python -m tests.floods [--people N] [--workers N] [--seconds N] [--postgres]

`hamraz serve` as in life, with its usual costs; people talk by SMS, each message signed, first in peace and then in
each flood: 200 logins a second, each from another network at another name; 1,000 forged webhooks a second; receipts
guessed by one sender, 1,000 in all. Prints what the real messages took, and how the flood was answered.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bot.settings import Settings
from tests.benchmarks.contestants import ACCOUNT, ROOT, TOKEN, URL, free_port, wait_for
from tests.benchmarks.turns import durable_postgres
from tests.databases import Place, sqlite_place
from tests.phones import KEYRING_WORD, make_hamraz

FLOODS = {"logins": 200, "forged": 1_000, "guesses": 100}  # a second
GUESSES = 1_000
BAR = 1_000  # milliseconds that 19 of 20 real messages may take


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=40)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--postgres", action="store_true")
    asked = options.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = stack.enter_context(
            stack.enter_context(durable_postgres()).place(folder) if asked.postgres else sqlite_place(folder)
        )
        port = stack.enter_context(_serving(folder, place, asked.workers))
        _talk(port, 4 * asked.workers, 1_000_000)  # what is loaded at the first message is no flood's doing
        _say("in peace", _talk(port, asked.people, 0))
        for number, (kind, rate) in enumerate(FLOODS.items(), 1):
            seconds = GUESSES / rate if kind == "guesses" else asked.seconds
            with _storm(port, kind, rate, seconds) as storm:
                _say(kind, _talk(port, asked.people, number * asked.people))
            print(f"{'':16} {json.dumps(storm)}", flush=True)


@contextmanager
def _serving(folder: Path, place: Place, workers: int) -> Iterator[int]:
    environment = {
        "HAMRAZ_DATABASE_URL": place.url,
        "HAMRAZ_KEYS_URL": place.keys_url,
        "HAMRAZ_KEYRING": str(folder / "keyring.json"),
        "HAMRAZ_PUBLIC_URL": URL,
        "HAMRAZ_SMS_FROM": "+15005550006",
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    made = make_hamraz(Settings(**environment))  # type: ignore[arg-type]  # as the environment says it
    made.counter.close()
    made.database.close()
    port = free_port()
    given = {**os.environ, **environment, "HAMRAZ_KEYRING_PASSPHRASE": KEYRING_WORD, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "webhook_app", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, env=given, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _order(port: int, **more: object) -> bytes:
    return json.dumps({"port": port, "url": URL, "token": TOKEN, "account": ACCOUNT, **more}).encode()


def _talk(port: int, people: int, first: int) -> dict[str, Any]:
    order = _order(port, kind="sms", people=people, connections=4, first=first)
    command = [sys.executable, "-m", "tests.benchmarks.load"]
    done = subprocess.run(command, input=order, stdout=subprocess.PIPE, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _storm(port: int, kind: str, rate: int, seconds: float) -> Iterator[dict[str, Any]]:
    """A flood that lasts at least as long as it is asked; its own figures are there once it is over."""
    found: dict[str, Any] = {}
    command = [sys.executable, "-m", "tests.floods.storm"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdin is not None
    process.stdin.write(_order(port, kind=kind, rate=rate, seconds=seconds))
    process.stdin.close()
    process.stdin = None
    yield found
    said, _ = process.communicate()
    found.update(json.loads(said))


def _say(what: str, found: dict[str, Any]) -> None:
    times = ", ".join(f"{name} {found[f'{name}_ms']:.0f} ms" for name in ("p50", "p95", "p99"))
    met = "met" if found["p95_ms"] < BAR else "NOT MET"
    print(f"{what:16} {found['messages']} messages, {times}, {found['wrong']} wrong; under a second: {met}", flush=True)


if __name__ == "__main__":
    main()
