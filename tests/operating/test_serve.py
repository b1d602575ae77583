"""`hamraz serve` as production runs it: granian with two worker processes, from nothing but settings."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.handlers.payloads import ACCOUNT, OUR_NUMBER, twilio_sms
from tests.operating.conftest import TEAM, Command

PUBLIC = "https://hamraz.example"
TOKEN = "0123456789abcdef0123456789abcdef"
RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4} \d{4}")
STORY = "zanbil qirmizi 4417 he followed me from the gate"
REPORT = ["hi", "1", "1", "1", "1", "2", "1", "2", "1", "2", STORY, "DONE", "1", "1", "1", "2", "2", "1"]


class Server:
    """A running `hamraz serve`."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.http = process, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)

    def wait(self) -> None:
        for _ in range(600):
            assert self.process.poll() is None, "it ended by itself"
            try:
                if self.http.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("it never answered")

    def metrics(self) -> str:
        """What one of the processes shows, over a connection of its own: whichever is there."""
        while True:
            try:
                return httpx.get(self.http.base_url.join("/metrics"), timeout=10).text
            except httpx.TransportError:
                time.sleep(0.05)

    def workers(self) -> list[int]:
        """The numbers of the worker processes that are there."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(one) for children in tasks for one in children.read_text().split()]

    def worker(self) -> int:
        """The number of one of them; the first that is there."""
        while not (found := self.workers()):
            time.sleep(0.05)
        return found[0]

    def sms(self, sid: str, text: str, token: str = TOKEN) -> httpx.Response:
        form = twilio_sms(Body=text, MessageSid=sid, SmsMessageSid=sid, SmsSid=sid)
        signature = RequestValidator(token).compute_signature(f"{PUBLIC}/webhooks/sms", form)
        return self.http.post("/webhooks/sms", data=form, headers={"X-Twilio-Signature": signature})


@pytest.fixture
def server(ready: Command, tmp_path: Path, settings_given: dict[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = settings_given | {
        "HAMRAZ_PUBLIC_URL": PUBLIC,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "HAMRAZ_SMS_FROM": OUR_NUMBER,
        "HAMRAZ_TWILIO_API_URL": "http://127.0.0.1:9",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "webhook_app", "serve", "--port", str(port), "--workers", "2"],
        cwd=tmp_path,
        env=given,
        stdout=(tmp_path / "out.txt").open("w"),
        stderr=(tmp_path / "err.txt").open("w"),
        text=True,
    )
    server = Server(process, port)
    try:
        server.wait()
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(45)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def test_a_report_goes_through_while_workers_are_killed_and_the_operator_reads_it(
    server: Server, ready: Command, tmp_path: Path
) -> None:
    said = ""
    for turn, text in enumerate(REPORT):
        if turn in (4, 9, 14):
            os.kill(server.worker(), signal.SIGKILL)
        while True:  # as Twilio does: again until it is taken
            try:
                answer = server.sms(f"SM{turn:032x}", text)
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            assert answer.status_code in (200, 503)
            if answer.status_code == 200:
                break
        said = "\n".join(ElementTree.fromstring(answer.text).itertext())  # noqa: S314  # our own answer
    receipt = RECEIPT.search(said)
    assert receipt, said

    read = ready("case", "open", typed=receipt[0], HAMRAZ_TEAM_PASSPHRASE=TEAM)

    assert read.returncode == 0, read.stderr
    assert read.stdout.count(STORY) == 1
    logged = (tmp_path / "out.txt").read_text() + (tmp_path / "err.txt").read_text()
    assert "zanbil" not in logged
    assert "300123" not in logged


def test_its_doors_answer_as_the_operator_expects(server: Server, tmp_path: Path) -> None:
    assert server.http.get("/healthz").status_code == 200
    assert server.http.get("/readyz").status_code == 200
    assert "hamraz_" in server.http.get("/metrics").text
    forged = server.sms("SM" + "7" * 32, "hi", token="another")
    assert (forged.status_code, forged.content) == (403, b"")
    for number in range(19):
        assert server.sms(f"SM{number:032x}", "hi", token="another").status_code == 403
    refused = 'hamraz_refused_total{channel="sms",why="wrong_signature"} 20.0'
    for _ in range(6):  # whichever process answers, it knows what all of them counted
        shown = server.metrics()
        assert refused in shown and "hamraz_storage_away 0.0" in shown
    locked = re.compile(r"^VmLck:\s+[1-9]", re.MULTILINE)  # its keys; another may still be starting
    assert any(locked.search(Path(f"/proc/{one}/status").read_text(encoding="utf-8")) for one in server.workers())
    limits = Path(f"/proc/{server.worker()}/limits").read_text(encoding="utf-8")
    assert re.search(r"^Max core file size +0 +0 ", limits, re.MULTILINE)
    os.kill(server.worker(), signal.SIGKILL)
    assert refused in server.metrics()
    for path in (tmp_path / "var").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name
