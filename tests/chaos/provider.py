"""Twilio at the other end of a socket: it takes messages, and fails in every way a provider fails."""

from __future__ import annotations

import base64
import json
import re
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl

from tests.handlers.payloads import ACCOUNT
from tests.whole.providers import AUTH

ANSWERS = ("slow down", "stumbles", "hangs up", "half an answer", "takes it and says nothing")
TAKEN = ("half an answer", "takes it and says nothing")  # the message is on its way, and we cannot know
_PATH = re.compile(rf"/2010-04-01/Accounts/{ACCOUNT}/Messages(?:/(SM[0-9a-f]{{32}}))?\.json")
_PROOF = "Basic " + base64.b64encode(f"{ACCOUNT}:{AUTH}".encode()).decode()
LATE = 0.6  # seconds until whoever has lost patience is answered
PATIENCE = 0.3  # seconds that our side waits in these runs


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up on us is part of it."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Twilio:
    """Every message it took, in order; `fails` is how it meets the next call."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []  # to, its SID, what it says
        self.fails = ""
        self.struck = 0
        self.refused: list[str] = []  # what Twilio's API knows nothing of, by path and names of fields
        self._lock = Lock()
        self._ended = Event()
        outer = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(body, keep_blank_values=True))
                path = _PATH.fullmatch(self.path)
                if path is None or self.headers["Authorization"] != _PROOF:
                    outer.refused.append(self.path)
                    _answer(self, 401, {"code": 20003, "message": "who are you"})
                elif path[1] and form == {"Body": ""}:  # a copy of a message is wiped
                    _answer(self, 200, {"sid": path[1], "status": "delivered"})
                elif path[1] or not all(form.get(field) for field in ("To", "From", "Body")):
                    outer.refused.append(f"{self.path} with {sorted(form)}")
                    _answer(self, 400, {"code": 21604, "message": "a field is missing"})
                else:
                    outer._meet(self, form["To"], form["Body"])

            def log_message(self, *given: object) -> None: ...

        self._server = _Server(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=partial(self._server.serve_forever, 0.01), daemon=True).start()

    def of(self, number: str) -> list[tuple[str, str]]:
        """The SID and the words of all that went to a number."""
        with self._lock:
            return [(sid, words) for to, sid, words in self.taken if to == number]

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def _meet(self, call: BaseHTTPRequestHandler, to: str, words: str) -> None:
        with self._lock:
            fault, self.fails = self.fails, ""
            self.struck += bool(fault)
            sid = f"SM{len(self.taken):032x}"
            if not fault or fault in TAKEN:
                self.taken.append((to, sid, words))
        match fault:
            case "slow down":
                _answer(call, 429, {"code": 20429, "message": "slow"}, {"Retry-After": "3"})
            case "stumbles":
                _answer(call, 503, {"code": 20503, "message": "trouble"})
            case "hangs up":
                call.close_connection = True
            case "half an answer":
                _answer(call, 201, {"sid": sid, "status": "queued"}, half=True)
            case "takes it and says nothing":
                self._ended.wait(LATE)
                call.close_connection = True
            case _:
                _answer(call, 201, {"sid": sid, "status": "queued"})


def _answer(
    call: BaseHTTPRequestHandler,
    status: int,
    said: dict[str, object],
    headers: dict[str, str] | None = None,
    *,
    half: bool = False,
) -> None:
    body = json.dumps(said).encode()
    call.send_response(status)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }.items():
        call.send_header(name, value)
    call.end_headers()
    call.wfile.write(body[: len(body) // 2] if half else body)
    if half:
        call.close_connection = True
