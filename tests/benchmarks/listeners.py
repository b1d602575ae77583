"""Do counsellors who listen hold up reporters? python -m tests.benchmarks.listeners [--listeners N] [--people N] [--workers N]

`hamraz serve` as in life; people talk by SMS, each message signed, first with nobody at the console and then with this
many pages open. Prints the times of the webhooks, and how many listeners heard of the new cases.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import pyotp

from bot.settings import Settings
from casework.staff import joining
from casework.staff.factors import Shown
from casework.staff.roles import Role
from operating.clock import now
from operating.parts import Hamraz
from tests.benchmarks.contestants import ACCOUNT, ROOT, TOKEN, URL, free_port, wait_for
from tests.benchmarks.desk import file_cases
from tests.databases import sqlite_place
from tests.phones import KEYRING_WORD, make_hamraz

CONNECTIONS = 8
PASSWORD = "nine patient lanterns"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--listeners", type=int, default=50)
    options.add_argument("--people", type=int, default=60)
    options.add_argument("--workers", type=int, default=2)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name, sqlite_place(Path(name)) as place:
        environment = _environment(Path(name), place.url, place.keys_url)
        hamraz = make_hamraz(Settings(**environment))  # type: ignore[arg-type]  # as the environment says it
        cookies = [_enter(hamraz, f"Counsellor {number}") for number in range(asked.listeners)]
        with _serving(environment, asked.workers) as port:
            _say("nobody listens", _talk(port, asked.people, 0))
            asyncio.run(_listen(hamraz, port, cookies, asked.people))


def _environment(folder: Path, url: str, keys_url: str) -> dict[str, str]:
    return {
        "HAMRAZ_DATABASE_URL": url,
        "HAMRAZ_KEYS_URL": keys_url,
        "HAMRAZ_KEYRING": str(folder / "keyring.json"),
        "HAMRAZ_PUBLIC_URL": URL,
        "HAMRAZ_SLOW_MEMORY_KIB": "8",
        "HAMRAZ_PASSWORD_MEMORY_KIB": "8",
        "HAMRAZ_SMS_FROM": "+15005550006",
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",  # nobody
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }


def _enter(hamraz: Hamraz, name: str) -> str:
    code = joining.invite(hamraz.office, name, Role.COUNSELLOR, b"", now())
    offer = joining.offer(hamraz.office, joining.look(hamraz.office, code, now()), now())
    shown = Shown(code=pyotp.TOTP(offer.secret).at(now()), ticket=offer.ticket)
    return joining.accept(hamraz.office, code, PASSWORD, shown, now()).cookie


@contextmanager
def _serving(environment: dict[str, str], workers: int) -> Iterator[int]:
    port = free_port()
    given = {**os.environ, **environment, "HAMRAZ_KEYRING_PASSPHRASE": KEYRING_WORD, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "webhook_app", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, env=given)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _order(port: int, people: int, first: int) -> bytes:
    order = {"port": port, "kind": "sms", "url": URL, "token": TOKEN, "account": ACCOUNT}
    return json.dumps({**order, "people": people, "connections": CONNECTIONS, "first": first}).encode()


def _talk(port: int, people: int, first: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.load"]
    done = subprocess.run(command, input=_order(port, people, first), capture_output=True, check=True, cwd=ROOT)
    found: dict[str, float] = json.loads(done.stdout)
    return found


async def _listen(hamraz: Hamraz, port: int, cookies: list[str], people: int) -> None:
    for _ in range(3):  # opened and closed: whoever is gone gives her place back
        pages = await _open_all(port, cookies)
        for page in pages:
            page.task.cancel()
    pages = await _open_all(port, cookies)
    talk = asyncio.create_task(asyncio.to_thread(_talk, port, people, people))
    filed, late = set(), []
    while not talk.done():
        (new,) = await asyncio.to_thread(file_cases, hamraz, 1)
        filed.add(new.hex())
        begun = perf_counter()
        for page in pages:
            await asyncio.wait_for(page.hears(new.hex()), 60)
        late.append(perf_counter() - begun)
    _say(f"{len(cookies)} listen", talk.result())
    print(
        f"each of {len(pages)} pages heard of all {len(filed)} new cases, the last one after {max(late) * 1000:.0f} ms"
    )
    for page in pages:
        page.task.cancel()


@dataclass
class Page:
    """One page that is open, and what it heard."""

    task: asyncio.Task[None]
    seen: set[str] = field(default_factory=set)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hears(self, case: str) -> None:
        async with self.news:
            await self.news.wait_for(lambda: case in self.seen)


async def _open_all(port: int, cookies: list[str]) -> list[Page]:
    pages = []
    for cookie in cookies:
        seen: set[str] = set()
        news = asyncio.Condition()
        pages.append(Page(asyncio.create_task(_page(port, cookie, seen, news)), seen, news))
    for page in pages:
        await asyncio.wait_for(page.hears("everything"), 120)
    return pages


async def _page(port: int, cookie: str, seen: set[str], news: asyncio.Condition) -> None:
    """One page, which tries again when this process has no place left, as a browser does."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET /console/live HTTP/1.1\r\nHost: bench\r\nCookie: __Host-hamraz-login={cookie}\r\n\r\n"
        writer.write(head.encode())
        if b" 200 " in await reader.readline():
            break
        writer.close()
        await asyncio.sleep(1)
    try:
        async for line in reader:
            if line.startswith((b"data: ", b"event: everything")):
                async with news:
                    seen.add(line.decode().partition(": ")[2].strip())
                    news.notify_all()
    finally:
        writer.close()


def _say(what: str, found: dict[str, float]) -> None:
    times = ", ".join(f"{name} {found[f'{name}_ms']:.0f} ms" for name in ("p50", "p95", "p99"))
    print(f"{what:16} {found['messages']} messages, {times}, {found['wrong']} wrong", flush=True)


if __name__ == "__main__":
    main()
