"""Twilio and Telegram, as far as a talk needs them: they take a message and say at once that they did.

They live in the load's own process and cost it little. Whatever else is asked of them they are away for.
"""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qsl

from web.simulator.bot_api import BotApi

PATIENCE = 30  # seconds until what did not come counts as wrong
TWILIO = "/2010-04-01/Accounts/"
BOT, SECRET = "7:bench", "bench-secret"


class Providers:
    """What was said to whom, as it comes."""

    def __init__(self) -> None:
        self._bot = BotApi(BOT)
        self._expected: dict[str, tuple[str, asyncio.Event]] = {}
        self._taken = 0

    async def listen(self, port: int) -> None:
        """Take connections until the loop ends."""
        await asyncio.get_running_loop().create_server(lambda: _Line(self), "127.0.0.1", port)

    def expect(self, to: str, words: str) -> asyncio.Event:
        """Set once a message with these words goes to this address."""
        event = asyncio.Event()
        self._expected[to] = words, event
        return event

    def take(self, head: bytes, body: bytes) -> bytes:
        """Answer one call."""
        method, path, _ = head.decode("latin-1").split(" ", 2)
        status, said = self._taken_by(path if method == "POST" else "", dict(parse_qsl(body.decode())))
        answer = json.dumps(said).encode()
        lines = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        return lines.encode() + answer

    def _taken_by(self, path: str, form: dict[str, str]) -> tuple[int, object]:
        if path.startswith(TWILIO) and path.endswith("/Messages.json"):
            self._taken += 1
            self._heard(form["To"], form.get("Body") or json.loads(form["ContentVariables"])["1"])
            return 201, {"sid": f"SM{self._taken:032x}", "status": "queued"}
        if path.endswith("/sendMessage"):
            self._heard(form["chat_id"], form["text"])
            return self._bot.call(BOT, "sendMessage", form)
        return 503, {}

    def _heard(self, to: str, words: str) -> None:
        expected, event = self._expected.get(to, ("", None))
        if event is not None and expected in words:
            event.set()


class _Line(asyncio.Protocol):
    """One connection of ours to a provider."""

    def __init__(self, providers: Providers) -> None:
        self._providers, self._come = providers, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._come += data
        while (end := self._come.find(b"\r\n\r\n") + 4) >= 4:
            whole = end + length(self._come[:end])
            if len(self._come) < whole:
                return
            self._transport.write(self._providers.take(self._come[:end], self._come[end:whole]))
            self._come = self._come[whole:]


def length(head: bytes) -> int:
    """Of the body behind this head."""
    lower = head.lower()
    at = lower.find(b"content-length:")
    return int(lower[at + 15 : lower.index(b"\r\n", at)]) if at >= 0 else 0
