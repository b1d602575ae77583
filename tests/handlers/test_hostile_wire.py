"""Broken HTTP at the real server's own socket: it answers 4xx or hangs up, never 5xx, and goes on serving."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

import pytest

from bot.settings import Settings
from tests.handlers import hostile
from tests.handlers import payloads as real
from tests.handlers.hostile import MARK, Knock
from tests.phones import KEYRING_WORD, make_hamraz

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 10  # seconds for one answer
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """`hamraz serve` in a process of its own."""

    port: int
    log: Path

    def send(self, *pieces: bytes, pause: float = 0, end: bool = True) -> bytes:
        """Send the pieces as they are; return all that comes back until the server hangs up or has answered."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as wire:
            with suppress(OSError):  # it may answer nonsense, and hang up, before all of it was sent
                for piece in pieces:
                    wire.sendall(piece)
                    time.sleep(pause)
                if end:
                    wire.shutdown(socket.SHUT_WR)
            try:
                return _all_from(wire)
            except ConnectionError:
                return b""

    def says_that_it_is_well(self) -> bool:
        return b"200 OK" in self.send(b"GET /readyz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", end=False)


def _all_from(wire: socket.socket) -> bytes:
    found = b""
    while piece := wire.recv(65536):
        found += piece
        if b"\r\n\r\n" in found and b"connection: close" not in found.lower():
            break  # what follows would be the answer to another request
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("wire")
    given = {
        "HAMRAZ_DATABASE_URL": f"sqlite:///{folder}/main.db",
        "HAMRAZ_KEYS_URL": f"sqlite:///{folder}/keys.db",
        "HAMRAZ_KEYRING": str(folder / "keyring.json"),
        "HAMRAZ_SLOW_MEMORY_KIB": "8",
        "HAMRAZ_PUBLIC_URL": hostile.PUBLIC,
        "TWILIO_ACCOUNT_SID": real.ACCOUNT,
        "TWILIO_AUTH_TOKEN": hostile.AUTH,
        "HAMRAZ_SMS_FROM": real.OUR_NUMBER,
        "HAMRAZ_WHATSAPP_FROM": real.OUR_NUMBER,
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",
        "HAMRAZ_TELEGRAM_API_URL": "http://127.0.0.1:9",
        "TELEGRAM_BOT_TOKEN": "123456:" + "A" * 35,
        "TELEGRAM_WEBHOOK_SECRET": hostile.SECRET,
    }
    made = make_hamraz(Settings(**given))  # type: ignore[arg-type]  # as the environment gives them
    made.counter.close()
    made.database.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = folder / "log"
    command = [sys.executable, "-m", "webhook_app", "serve", "--port", str(port)]
    environment = os.environ | given | {"PYTHONPATH": str(ROOT), "HAMRAZ_KEYRING_PASSPHRASE": KEYRING_WORD}
    with (
        log.open("wb") as written,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=written, stderr=written) as process,
    ):
        try:
            _await(port, process, log)
            yield Server(port, log)
        finally:
            process.terminate()


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not begin within a minute")


def request(knock: Knock, *more: str, length: int | None = None, chunked: bool = False) -> tuple[bytes, bytes]:
    """Head and body as they stand on the wire."""
    lines = [
        f"POST {knock.path} HTTP/1.1",
        "Host: hamraz.example",
        "Connection: close",
        f"Content-Type: {knock.content_type}",
        *(f"{name}: {value}" for name, value in knock.headers().items()),
        "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(knock.body) if length is None else length}",
        *more,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode(), knock.body


def text(body: str = MARK) -> Knock:
    """A text, signed, that was not sent before."""
    sid = f"SM{next(_NUMBERS):032x}"
    form = real.twilio_sms(Body=body, MessageSid=sid, SmsMessageSid=sid, SmsSid=sid)
    return Knock("/webhooks/sms", urlencode(form).encode(), hostile.FORM, proven=True)


def chunks(body: bytes, size: int = 7) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def status(answer: bytes) -> int:
    """Of an answer; 0 where the server hung up without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def test_a_text_in_pieces_in_chunks_or_slowly_is_answered_like_any_other(server: Server) -> None:
    head, body = request(text())
    whole = server.send(head, body, end=False)
    piecemeal = server.send(*(piece for knock in [text()] for piece in _split(*request(knock))), pause=0.01, end=False)
    knock = text()
    chunked_head, _ = request(knock, chunked=True)
    chunked = server.send(chunked_head, chunks(knock.body), end=False)

    for answer in (whole, piecemeal, chunked):
        assert status(answer) == 200 and b"<Response><Message" in answer


def _split(head: bytes, body: bytes) -> list[bytes]:
    everything = head + body
    return [everything[start : start + 60] for start in range(0, len(everything), 60)]


HEADS = [
    b"",
    b"\0\0\0\0\r\n\r\n",
    b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(200),  # TLS, to a port that speaks none
    b"HELLO\r\n\r\n",
    b"POST\r\n\r\n",
    b"POST /webhooks/sms\r\n\r\n",
    b"POST /webhooks/sms HTTP/9.9\r\nHost: h\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\nHost: h\n\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost h\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nX: \0\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nX: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    b"POST /webhooks/%00%ff HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    b"POST /webhooks/../sms HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    b"POST http://elsewhere.example/webhooks/sms HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    b"POST * HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    b"POST /webhooks/sms?" + b"q" * 100_000 + b" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nX: " + b"y" * 500_000 + b"\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\nx",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nContent-Length: abc\r\n\r\nx",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\nx",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nx",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nExpect: the-spanish\r\nContent-Length: 0\r\n\r\n",
    b"POST /webhooks/sms HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(50),
    b"TRACE /webhooks/sms HTTP/1.1\r\nHost: h\r\n\r\n",
    b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: h\r\n\r\n",
    b"\xf0\x9f\x98\xad /webhooks/sms HTTP/1.1\r\nHost: h\r\n\r\n",
]


def test_what_is_no_http_is_refused_or_hung_up_on(server: Server) -> None:
    marked = [head.replace(b"Host: h", b"Host: h\r\nX-Mark: " + MARK.encode()) for head in HEADS]
    with ThreadPoolExecutor(8) as knocking:
        statuses = list(knocking.map(lambda head: status(server.send(head)), [*HEADS, *marked]))

    for head, found in zip([*HEADS, *marked], statuses, strict=True):
        assert found == 0 or 400 <= found < 500, (found, head[:120])
    assert server.says_that_it_is_well()


@pytest.mark.parametrize("declared", [0, 1, 50, -1, 10_000_000])
def test_a_body_of_another_length_than_was_said_is_no_proven_text(server: Server, declared: int) -> None:
    head, body = request(text(), length=declared)

    assert status(server.send(head, body)) in (0, 400, 403, 413)
    assert server.says_that_it_is_well()


def test_a_chunked_megabyte_is_refused(server: Server) -> None:
    knock = Knock("/webhooks/sms", b"a" * 1_100_000, hostile.FORM, proven=False)
    head, body = request(knock, chunked=True)

    assert status(server.send(head, chunks(body, 65_536))) in (0, 413)


def test_many_who_begin_and_never_end_keep_nobody_else_waiting(server: Server) -> None:
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) for _ in range(100)]
    try:
        for number, wire in enumerate(idle):  # half of them within their body
            head, body = request(text())
            wire.sendall(head[: 20 + number] if number % 2 else head + body[:10])

        time.sleep(1)
        assert status(server.send(*request(text()), end=False)) == 200
    finally:
        for wire in idle:
            wire.close()


def test_hundreds_of_hostile_bodies_over_the_socket_leave_it_well_and_its_log_clean(server: Server) -> None:
    knocks = [knock for number, knock in enumerate(hostile.everything()) if number % 31 == 0]
    with ThreadPoolExecutor(8) as knocking:
        answers = list(knocking.map(lambda knock: server.send(*request(knock), end=False), knocks))

    assert len(knocks) > 300
    for knock, answer in zip(knocks, answers, strict=True):
        allowed = {200, 204, 400, 403, 413} if knock.proven else {403, 413}
        # A server may hang up on what it refuses before all of it was sent.
        refused_early = len(knock.body) > 400_000 or "\x7f" in knock.content_type
        assert status(answer) in allowed | ({0} if refused_early else set()), (knock.path, knock.body[:200])
    assert server.says_that_it_is_well()
    logged = server.log.read_text()
    for secret in (MARK, real.HER_NUMBER[1:], str(real.HER_CHAT), hostile.SECRET, hostile.AUTH, "Traceback"):
        assert secret not in logged
