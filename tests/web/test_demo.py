"""`hamraz demo` as a process: its port, its folder, its end, and a start after it was killed."""

from __future__ import annotations

import signal
import socket
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.web.demos import RunningDemo, running
from webhook_app import command


def listening_socket() -> socket.socket:
    """Somebody else's port."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    held.listen()
    return held


def say(url: str, text: str) -> int:
    request = Request(f"{url}/simulator/sms", f'{{"text": "{text}"}}'.encode(), {"Content-Type": "application/json"})  # noqa: S310  # our own server
    with urlopen(request) as answer:  # noqa: S310  # our own server
        return int(answer.status)


def beside_the_demos(folder: Path) -> set[str]:
    """What lies in a folder, apart from var/demo and what is in it."""
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    return {path for path in found if path not in ("var", "var/demo") and not path.startswith("var/demo/")}


def test_it_takes_the_next_free_port_and_says_so_needing_no_program_and_opening_no_browser(empty_folder: Path) -> None:
    opened = empty_folder.parent / "opened"
    browser = empty_folder.parent / "browser"
    browser.write_text(f"#!/bin/sh\ntouch {opened}\n")
    browser.chmod(0o755)

    with (
        listening_socket() as taken,
        running(empty_folder, "--port", str(taken.getsockname()[1]), PATH="", BROWSER=str(browser)) as demo,
    ):
        asked = taken.getsockname()[1]

        assert demo.port > asked
        assert demo.said.startswith(f"port {asked} is taken; using {demo.port}\n")
        assert say(demo.url, "hello") == 200
        assert not opened.exists()


def test_two_at_once_keep_apart_and_each_ends_cleanly_leaving_only_its_folder(empty_folder: Path) -> None:
    with running(empty_folder, "--port", "0") as first, running(empty_folder, "--port", "0") as second:
        assert say(first.url, "hello") == say(second.url, "hello") == 200

        assert second.end(signal.SIGTERM) == (0, "")
        assert say(first.url, "1") == 200
        assert first.end(signal.SIGINT) == (0, "")

    assert {path.name for path in (empty_folder / "var" / "demo").iterdir()} == {"1", "2"}
    assert beside_the_demos(empty_folder) == set()


def test_one_that_was_killed_is_in_nobodys_way_and_its_page_says_so(empty_folder: Path, browser: Browser) -> None:
    page = browser.new_page()
    with running(empty_folder, "--port", "0") as killed:
        page.goto(killed.url)
        page.locator(".greet button").first.click()
        page.locator("#sms .ours").first.wait_for()
        killed.end(signal.SIGKILL)

        page.locator("#text-sms").fill("nothing typed is lost")
        page.locator("#text-sms").press("Enter")

        expect(page.locator("#ended")).to_be_visible()
        expect(page.locator("#text-sms")).to_have_value("nothing typed is lost")

    with running(empty_folder, "--port", str(killed.port)) as again:
        assert again.url == killed.url
        assert {path.name for path in (empty_folder / "var" / "demo").iterdir()} == {"1"}
        expect(page.locator("#ended")).to_be_hidden()
        expect(page.locator(".bubble")).to_have_count(0)
    page.close()


def test_an_address_of_another_machine_is_refused_in_one_line(empty_folder: Path) -> None:
    with pytest.raises(AssertionError, match=r"hamraz: cannot listen at 192\.0\.2\.1, port 8000: .*\n$"):
        RunningDemo(empty_folder, "--host", "192.0.2.1")


def test_an_impossible_port_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["demo", "--port", "99999"]) == 2

    assert capsys.readouterr().err.count("\n") == 1
