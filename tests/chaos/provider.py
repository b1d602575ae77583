"""Twilio and Telegram at the other end of a socket: they take messages, and fail in every way a provider fails."""

from __future__ import annotations

import base64
import json
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl

from tests.handlers.payloads import ACCOUNT
from tests.peers.bot_api import faults_in
from tests.whole.providers import AUTH, BOT
from web.simulator.bot_api import BotApi

ANSWERS = ("slow down", "stumbles", "hangs up", "half an answer", "takes it and says nothing")
TAKEN = ("half an answer", "takes it and says nothing")  # the message is on its way, and we cannot know
_PATH = re.compile(rf"/2010-04-01/Accounts/{ACCOUNT}/Messages(?:/(SM[0-9a-f]{{32}}))?\.json")
_PROOF = "Basic " + base64.b64encode(f"{ACCOUNT}:{AUTH}".encode()).decode()
LATE = 1.6  # seconds until whoever has lost patience is answered
PATIENCE = 1.0  # seconds that our side waits in these runs; with a third a busy machine alone made a send come twice

Said = dict[str, object]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up on us is part of it."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    provider: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.provider.met(self, dict(parse_qsl(body, keep_blank_values=True)))

    def log_message(self, *given: object) -> None: ...

    def answer(self, status: int, said: Said, headers: dict[str, str] | None = None, *, half: bool = False) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self.close_connection = True


class Provider(ABC):
    """Every message it took, in order; `fails` is how it meets the next one."""

    slow: tuple[Said, dict[str, str]]  # what it says, and in which headers, when it is asked too often

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []  # to, its id, what it says
        self.fails = ""
        self.struck = 0
        self.refused: list[str] = []  # what its API knows nothing of, by path and names of fields
        self._lock = Lock()
        self._ended = Event()
        self._server = _Server(("127.0.0.1", 0), type("Call", (_Call,), {"provider": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=partial(self._server.serve_forever, 0.01), daemon=True).start()

    def of(self, address: str) -> list[tuple[str, str]]:
        """The id and the words of all that went to an address."""
        with self._lock:
            return [(one, words) for to, one, words in self.taken if to == address]

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    @abstractmethod
    def met(self, call: _Call, form: dict[str, str]) -> None:
        """Answer one call."""

    def _take(self, call: _Call, to: str, words: str, take: Callable[[], tuple[str, int, Said]]) -> None:
        """take: keeps the message; its id, and how that is answered"""
        with self._lock:
            fault, self.fails = self.fails, ""
            self.struck += bool(fault)
            one, status, said = take() if not fault or fault in TAKEN else ("", 0, {})
            if one:
                self.taken.append((to, one, words))
        match fault:
            case "slow down":
                call.answer(429, *self.slow)
            case "stumbles":
                call.answer(503, {"code": 20503, "message": "trouble"})
            case "hangs up":
                call.close_connection = True
            case "half an answer":
                call.answer(status, said, half=True)
            case "takes it and says nothing":
                self._ended.wait(LATE)
                call.close_connection = True
            case _:
                call.answer(status, said)


class Twilio(Provider):
    """SMS and WhatsApp."""

    slow = {"code": 20429, "message": "slow"}, {"Retry-After": "3"}

    def met(self, call: _Call, form: dict[str, str]) -> None:
        path = _PATH.fullmatch(call.path)
        if path is None or call.headers["Authorization"] != _PROOF:
            self.refused.append(call.path)
            call.answer(401, {"code": 20003, "message": "who are you"})
        elif path[1] and form == {"Body": ""}:  # a copy of a message is wiped
            call.answer(200, {"sid": path[1], "status": "delivered"})
        elif path[1] or not all(form.get(field) for field in ("To", "From", "Body")):
            self.refused.append(f"{call.path} with {sorted(form)}")
            call.answer(400, {"code": 21604, "message": "a field is missing"})
        else:
            self._take(call, form["To"], form["Body"], self._queued)

    def _queued(self) -> tuple[str, int, Said]:
        sid = f"SM{len(self.taken):032x}"
        return sid, 201, {"sid": sid, "status": "queued"}


class Telegram(Provider):
    """Chats with the bot, as far as Telegram's own description lets us; only a message of ours is met by faults."""

    slow = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}}, {}

    def __init__(self) -> None:
        self.bot = BotApi(BOT)
        super().__init__()

    def met(self, call: _Call, form: dict[str, str]) -> None:
        _, bot, method = call.path.split("/", 2)
        token = bot.removeprefix("bot")
        self.refused += faults_in(method, form)[1]
        if method != "sendMessage":
            call.answer(*self.bot.call(token, method, form))
            return

        def shown() -> tuple[str, int, Said]:
            status, said = self.bot.call(token, method, form)
            result = said.get("result")
            return str(result["message_id"]) if isinstance(result, dict) else "", status, said

        self._take(call, form["chat_id"], form["text"], shown)
