"""A flood: so many requests a second, however slowly they are answered.

    python -m tests.floods.storm < order.json > result.json

order   {"port", "kind": "logins" | "forged" | "guesses", "rate": a second, "seconds", "url", "token", "account"}
result  {"sent", "a_second", "statuses": {status: how many}, "turned_away": logins that nobody looked at}
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from storage.vault.receipts import ReceiptCode
from tests.benchmarks.load import signed

CONNECTIONS = 32
FORM = "application/x-www-form-urlencoded"


@dataclass
class Sent:
    """What was sent, and how it was answered."""

    sent: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0  # logins that were answered by anything but the form of logins


def main() -> None:
    json.dump(asyncio.run(_storm(json.load(sys.stdin))), sys.stdout)


async def _storm(order: dict[str, Any]) -> dict[str, Any]:
    make = await {"logins": _logins, "forged": _forged, "guesses": _guesses}[order["kind"]](order)
    found, begun = Sent(), perf_counter()
    ticks = iter(range(int(order["rate"] * order["seconds"])))
    await asyncio.gather(*(_connection(order, make, ticks, begun, found) for _ in range(CONNECTIONS)))
    took = perf_counter() - begun
    return {
        "sent": found.sent,
        "a_second": found.sent / took,
        "statuses": dict(found.statuses),
        "turned_away": found.turned_away,
    }


async def _connection(
    order: dict[str, Any], make: Callable[[int], bytes], ticks: Iterator[int], begun: float, found: Sent
) -> None:
    """One of many: each takes the next request and sends it when its time has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", order["port"])
    for tick in ticks:
        await asyncio.sleep(max(0.0, begun + tick / order["rate"] - perf_counter()))
        writer.write(make(tick))
        found.sent += 1
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(re.search(rb"(?i)content-length: *(\d+)", head)[1]))  # type: ignore[index]  # every answer has one
        found.statuses[head.split(b" ", 2)[1].decode()] += 1
        if order["kind"] == "logins" and b'name="password"' not in body:  # no try was looked at
            found.turned_away += 1
    writer.close()


async def _logins(order: dict[str, Any]) -> Callable[[int], bytes]:
    """Every try from another network at another name: no budget of one network or name stops it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", order["port"])
    writer.write(b"GET /console/login HTTP/1.1\r\nHost: bench.example\r\nConnection: close\r\n\r\n")
    page = (await reader.read()).decode()
    writer.close()
    cookie = re.search(r"(?i)set-cookie: (__Host-hamraz-form=[^;]+)", page)
    proof = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert cookie is not None
    assert proof is not None

    def make(tick: int) -> bytes:
        fields = {"csrf_token": proof[1], "name": f"somebody {tick}", "password": "a guess or two", "code": "000000"}
        headers = {
            "Cookie": cookie[1],
            "Referer": f"{order['url']}/console/login",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"11.{tick >> 16 & 255}.{tick >> 8 & 255}.{tick & 255}",
        }
        return _post("/console/login", fields, headers)

    return make


async def _forged(order: dict[str, Any]) -> Callable[[int], bytes]:
    form, signature = signed(order["url"], "another token", order["account"], 1, 0)
    return lambda tick: _post("/webhooks/sms", form, {"X-Twilio-Signature": signature})


async def _guesses(order: dict[str, Any]) -> Callable[[int], bytes]:
    from twilio.request_validator import RequestValidator

    validator, numbers = RequestValidator(order["token"]), count(9_000_000)

    def make(tick: int) -> bytes:
        form, _ = signed(order["url"], order["token"], order["account"], 999_999, 0)
        form |= {"MessageSid": f"SM{next(numbers):032x}", "Body": ReceiptCode.mint().digits}
        signature = validator.compute_signature(f"{order['url']}/webhooks/sms", form)
        return _post("/webhooks/sms", form, {"X-Twilio-Signature": signature})

    return make


def _post(path: str, fields: dict[str, str], headers: dict[str, str]) -> bytes:
    body = urlencode(fields).encode()
    lines = {"Host": "bench.example", "Content-Type": FORM, "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


if __name__ == "__main__":
    main()
