"""A server that takes Twilio's REST calls: prism, made from Twilio's own description.

In front of it stands a small gate for what prism lets pass: an unknown field, a body over
1600 characters, a message without content. It keeps every call, so that a test can look.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

PRISM = Path(__file__).parent / "prism" / "node_modules" / ".bin" / "prism"
LONGEST_BODY = 1600  # characters; twilio.com/docs/messaging/api/message-resource


@dataclass(frozen=True, slots=True)
class Call:
    """One REST call as it stood on the wire, and how it was answered."""

    method: str
    path: str
    fields: Mapping[str, str]
    status: int


@dataclass(slots=True)
class TwilioApi:
    """The running server."""

    url: str
    calls: list[Call] = field(default_factory=list)
    next_error: tuple[int, int] | None = None  # status and Twilio's code for the next call
    retry_after: str = ""  # said with that error
    media: dict[str, bytes] = field(default_factory=dict)  # by media SID
    leaked: bool = False  # whether the storage host was sent the account's password
    points_to: str = ""  # where media are said to lie, instead of at the storage host
    instead: dict[str, object] = field(default_factory=dict)  # answers to GET, by end of path, once prism took it


@contextmanager
def running_twilio(description: Path, content: Path) -> Iterator[TwilioApi]:
    """Start prism for both of Twilio's APIs and the gate on free ports, and stop all in the end."""
    with _prism(description, content) as (prism_port, content_port):
        known = _known_fields(description)
        api = TwilioApi("")

        class Gate(_Gate):
            pass

        Gate.api, Gate.prism_port, Gate.content_port, Gate.known = api, prism_port, content_port, known
        server = ThreadingHTTPServer(("127.0.0.1", 0), Gate)
        api.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=partial(server.serve_forever, 0.01), daemon=True).start()
        try:
            yield api
        finally:
            server.shutdown()
            server.server_close()


@contextmanager
def _prism(*descriptions: Path) -> Iterator[tuple[int, ...]]:
    """A prism for each description, started side by side."""
    assert shutil.which("node"), "the Twilio contract tests need Node 20: install nodejs"
    assert PRISM.exists(), "run `npm ci --ignore-scripts` in tests/peers/prism first"
    ports = tuple(_free_port() for _ in descriptions)
    processes = [
        subprocess.Popen(
            [str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), str(description)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port, description in zip(ports, descriptions, strict=True)
    ]
    try:
        for port, process in zip(ports, processes, strict=True):
            _await(port, process)
        yield ports
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "prism ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("prism did not start within a minute")


def _known_fields(description: Path) -> dict[str, set[str]]:
    """Form fields by what is called: "create" and "update" a message."""
    paths = json.loads(description.read_text())["paths"]

    def names(path: str) -> set[str]:
        form: dict[str, Any] = paths[path]["post"]["requestBody"]["content"]
        return set(form["application/x-www-form-urlencoded"]["schema"]["properties"])

    messages = "/2010-04-01/Accounts/{AccountSid}/Messages"
    return {"create": names(f"{messages}.json"), "update": names(f"{messages}/{{Sid}}.json")}


class _Gate(BaseHTTPRequestHandler):
    api: TwilioApi
    prism_port: int
    content_port: int
    known: dict[str, set[str]]

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if "/Media/" in path and not path.endswith(".json"):
            self._show_media(path.rsplit("/", 1)[-1])
        elif path.startswith("/stored/"):
            self.api.leaked |= "Authorization" in self.headers
            self._answer(200, self.api.media[path.removeprefix("/stored/")], "application/octet-stream")
        else:
            self._pass_on()

    def _show_media(self, sid: str) -> None:
        """As Twilio does: with the password, a way to another host, where the file lies for a while."""
        if "Authorization" not in self.headers:
            self._answer(401, b"", "application/json")
        elif sid not in self.api.media:
            self._answer(404, b"", "application/json")
        else:
            self.send_response(307)
            stored = f"http://localhost:{self.server.server_address[1]}/stored/{sid}"
            self.send_header("Location", self.api.points_to or stored)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_POST(self) -> None:
        self._pass_on()

    def do_DELETE(self) -> None:
        self._pass_on()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        to_content = self.path.startswith("/v1/")
        fields = json.loads(body or b"{}") if to_content else dict(parse_qsl(body.decode(), keep_blank_values=True))
        complaint = self._complaint(fields) if self.command == "POST" and not to_content else ""
        if self.api.next_error:
            status, code = self.api.next_error
            self.api.next_error = None
            answer = json.dumps({"code": code, "message": "as the test wished", "status": status}).encode()
        elif complaint:
            status, answer = 400, json.dumps({"code": 90001, "message": complaint, "status": 400}).encode()
        else:
            # Prism reads no list out of a form, and calls each one wrong: what stands in it was looked at above.
            alone = urlencode({name: value for name, value in fields.items() if name != "MediaUrl"}).encode()
            body = alone if "MediaUrl" in fields else body
            status, answer = self._ask_prism(body, self.content_port if to_content else self.prism_port)
        ends = (
            self.path.rpartition("/")[2],
            urlsplit(self.path).path.rpartition("/")[2],
        )  # with what is asked, and without
        instead = next((end for end in ends if end in self.api.instead), "")
        if self.command == "GET" and status == 200 and instead:
            answer = json.dumps(self.api.instead[instead]).encode()
        self.api.calls.append(Call(self.command, self.path, fields, status))
        self._answer(status, answer, "application/json")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status in (429, 503) and self.api.retry_after:
            self.send_header("Retry-After", self.api.retry_after)
        self.end_headers()
        with suppress(ConnectionError):  # a client may stop reading a file that is too big
            self.wfile.write(body)

    def _ask_prism(self, body: bytes, port: int) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        wanted = ("Authorization", "Content-Type", "Accept")
        headers = {name: self.headers[name] for name in wanted if name in self.headers}
        connection.request(self.command, self.path, body or None, headers)
        response = connection.getresponse()
        return response.status, response.read()

    def _complaint(self, fields: Mapping[str, str]) -> str:
        """What Twilio would refuse and prism does not, "" when all is well."""
        creating = urlsplit(self.path).path.endswith("/Messages.json")
        unknown = set(fields) - self.known["create" if creating else "update"]
        if unknown:
            return f"unknown fields {sorted(unknown)}"
        if len(fields.get("Body", "")) > LONGEST_BODY:
            return "body over 1600 characters"
        if creating and not (fields.get("Body") or fields.get("ContentSid") or fields.get("MediaUrl")):
            return "no body and no content"
        media = fields.get("MediaUrl")
        if media is not None and not re.fullmatch(r"https://[^\s]{1,2000}", media):
            return "a media address that Twilio cannot fetch"
        if creating and not (fields.get("From") or fields.get("MessagingServiceSid")):
            return "no sender"
        if fields.get("ContentVariables"):
            variables = json.loads(fields["ContentVariables"])
            if not all(isinstance(one, str) and one for one in variables.values()):
                return "an empty content variable"
        return ""
