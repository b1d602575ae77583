"""The load: people who talk, one after the other on each connection, each answer checked.

    python -m tests.benchmarks.load < order.json > result.json

order   {"port", "kind": "sms" | "telegram", "url", "token", "people", "connections", "first"}; also "from": how many
        of the talk's messages they said before, "to": after how many they stop, "apart": how far one's number is from the next one's, "per_second":
        how many messages at most over all connections; one that is late is then timed from when it was due
result  {"messages", "seconds", "p50_ms", "p95_ms", "p99_ms", "wrong"}
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.talk import HEARD, SAID

Talk = list[tuple[bytes, str]]


def main() -> None:
    order = json.load(sys.stdin)
    apart = order.get("apart", 1)
    talks = [_talk(order, (order["first"] + person) * apart) for person in range(order["people"])]
    json.dump(asyncio.run(_all(order, talks)), sys.stdout)


async def _all(order: dict[str, Any], talks: list[Talk]) -> dict[str, Any]:
    waiting, took, wrong = iter(talks), [], [0]
    gap = order["connections"] / order["per_second"] if order.get("per_second") else 0.0
    begun = perf_counter()
    await asyncio.gather(*(_connection(order["port"], waiting, took, wrong, gap) for _ in range(order["connections"])))
    seconds = perf_counter() - begun
    took.sort()
    return {
        "messages": len(took),
        "seconds": seconds,
        "p50_ms": 1000 * took[len(took) // 2],
        "p95_ms": 1000 * took[len(took) * 95 // 100],
        "p99_ms": 1000 * took[len(took) * 99 // 100],
        "wrong": wrong[0],
    }


async def _connection(port: int, waiting: Iterator[Talk], took: list[float], wrong: list[int], gap: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = perf_counter()
    for talk in waiting:
        for said, expected in talk:
            if (ahead := due - perf_counter()) > 0:
                await asyncio.sleep(ahead)
            begun = due if gap else perf_counter()
            due += gap
            writer.write(said)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            took.append(perf_counter() - begun)
            if b" 200 " not in head[:16] or expected.encode() not in body:
                wrong[0] += 1
    writer.close()


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.index(b"content-length:") + 15
    return int(lower[at : lower.index(b"\r\n", at)])


def _talk(order: dict[str, Any], person: int) -> Talk:
    """What one person says, and what must come back to each."""
    make = _sms if order["kind"] == "sms" else _telegram
    steps = range(order.get("from", 0), order.get("to", len(SAID)))
    return [(make(order, person, step), HEARD[step]) for step in steps]


def _sms(order: dict[str, Any], person: int, step: int) -> bytes:
    form, signature = signed(order["url"], order["token"], order["account"], person, step)
    return _post(
        "/webhooks/sms", urlencode(form), "application/x-www-form-urlencoded", f"X-Twilio-Signature: {signature}"
    )


def signed(url: str, token: str, account: str, person: int, step: int) -> tuple[dict[str, str], str]:
    """A message as Twilio sends it, and what proves that it does."""
    from twilio.request_validator import RequestValidator

    form = {
        "MessageSid": f"SM{person:024x}{step:08x}",
        "AccountSid": account,
        "From": number_of(person),
        "To": "+15005550006",
        "Body": SAID[step],
        "NumMedia": "0",
    }
    return form, RequestValidator(token).compute_signature(f"{url}/webhooks/sms", form)


def number_of(person: int) -> str:
    return f"+92300{person:07d}"


def _telegram(order: dict[str, Any], person: int, step: int) -> bytes:
    who = {"id": person + 1, "is_bot": False, "first_name": "x"}
    update = {
        "update_id": person * len(SAID) + step,
        "message": {
            "message_id": step + 1,
            "date": 1,
            "chat": {"id": person + 1, "type": "private", "first_name": "x"},
            "from": who,
            "text": SAID[step],
        },
    }
    return _post("/", json.dumps(update), "application/json", "X-Bench: 1")


def _post(path: str, body: str, kind: str, header: str) -> bytes:
    data = body.encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{header}\r\n\r\n"
    ).encode() + data


if __name__ == "__main__":
    main()
