"""The load: people who talk, one after the other on each connection, each answer checked.

    python -m tests.benchmarks.load < order.json > result.json

order   {"port", "kind": "sms" | "whatsapp" | "telegram", "url", "token", "people", "connections", "first"}; also "from": how many
        of the talk's messages they said before, "to": after how many they stop, "apart": how far one's number is from the next one's, "per_second":
        how many messages at most over all connections; one that is late is then timed from when it was due; "provider":
        the port at which this process takes what we send, instead of reading it in the webhook's answer; "secret": what
        Telegram sends along to our webhook, and not to a peer's; "beside": how many talk in turn on each connection
result  {"messages", "seconds", "p50_ms", "p95_ms", "p99_ms", "wrong"}
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.providers import PATIENCE, Providers, length
from tests.benchmarks.talk import HEARD, SAID


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it goes over the wire."""

    wire: bytes
    expected: str  # what must be in the answer to it
    back_to: str  # her address at the provider, where the answer comes if not in the webhook's


Talk = list[Said]


def main() -> None:
    order = json.load(sys.stdin)
    apart = order.get("apart", 1)
    talks = [_talk(order, (order["first"] + person) * apart) for person in range(order["people"])]
    beside = order.get("beside", 1)
    groups = [_in_turn(talks[start : start + beside]) for start in range(0, len(talks), beside)]
    json.dump(asyncio.run(_all(order, groups)), sys.stdout)


def _in_turn(talks: list[Talk]) -> Talk:
    """Everybody's first message, then everybody's second, as people do who think before they answer."""
    return [said for step in zip(*talks, strict=True) for said in step]


async def _all(order: dict[str, Any], talks: list[Talk]) -> dict[str, Any]:
    waiting, took, wrong, providers = iter(talks), [], [0], Providers()
    if order.get("provider"):
        await providers.listen(order["provider"])
    gap = order["connections"] / order["per_second"] if order.get("per_second") else 0.0
    begun = perf_counter()
    connections = (
        _connection(order["port"], waiting, took, wrong, gap, providers) for _ in range(order["connections"])
    )
    await asyncio.gather(*connections)
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


async def _connection(
    port: int, waiting: Iterator[Talk], took: list[float], wrong: list[int], gap: float, providers: Providers
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    due = perf_counter()
    for talk in waiting:
        for said in talk:
            if (ahead := due - perf_counter()) > 0:
                await asyncio.sleep(ahead)
            begun = due if gap else perf_counter()
            due += gap
            heard = providers.expect(said.back_to, said.expected) if said.back_to else None
            writer.write(said.wire)
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(length(head))
            right = b" 200 " in head[:16] and (said.expected.encode() in body or await _comes(heard))
            took.append(perf_counter() - begun)
            wrong[0] += not right
    writer.close()


async def _comes(heard: asyncio.Event | None) -> bool:
    if heard is None:
        return False
    try:
        await asyncio.wait_for(heard.wait(), PATIENCE)
    except TimeoutError:
        return False
    return True


# Where a provider brings our answers: of her number, and of her chat with the bot. By SMS they ride in the webhook's own.
_ADDRESSES = {"sms": "", "whatsapp": "whatsapp:{0}", "telegram": "{1}"}


def _talk(order: dict[str, Any], person: int) -> Talk:
    """What one person says, and what must come back to each."""
    make = _telegram if order["kind"] == "telegram" else _twilio
    steps = range(order.get("from", 0), order.get("to", len(SAID)))
    back_to = "" if "provider" not in order else _ADDRESSES[order["kind"]].format(number_of(person), person + 1)
    return [Said(make(order, person, step), HEARD[step], back_to) for step in steps]


def _twilio(order: dict[str, Any], person: int, step: int) -> bytes:
    channel = order["kind"]
    form, signature = signed(order["url"], order["token"], order["account"], person, step, channel)
    kind = "application/x-www-form-urlencoded"
    return _post(f"/webhooks/{channel}", urlencode(form), kind, f"X-Twilio-Signature: {signature}")


def signed(
    url: str, token: str, account: str, person: int, step: int, channel: str = "sms"
) -> tuple[dict[str, str], str]:
    """A message as Twilio sends it, and what proves that it does."""
    from twilio.request_validator import RequestValidator

    prefix = "" if channel == "sms" else f"{channel}:"
    form = {
        "MessageSid": f"SM{person:024x}{step:08x}",
        "AccountSid": account,
        "From": f"{prefix}{number_of(person)}",
        "To": f"{prefix}+15005550006",
        "Body": SAID[step],
        "NumMedia": "0",
    }
    return form, RequestValidator(token).compute_signature(f"{url}/webhooks/{channel}", form)


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
    if "secret" not in order:
        return _post("/", json.dumps(update), "application/json", "X-Bench: 1")
    secret = f"X-Telegram-Bot-Api-Secret-Token: {order['secret']}"
    return _post("/webhooks/telegram", json.dumps(update), "application/json", secret)


def _post(path: str, body: str, kind: str, header: str) -> bytes:
    data = body.encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{header}\r\n\r\n"
    ).encode() + data


if __name__ == "__main__":
    main()
