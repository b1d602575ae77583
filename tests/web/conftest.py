"""A demo that runs, and a browser that reaches it and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.web.demos import RunningDemo, running

OpenPage = Callable[..., Page]
PATIENCE = 20_000  # milliseconds, on a busy machine
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    with running(tmp_path_factory.mktemp("demo"), "--port", "0") as demo:
        yield demo


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium, "these tests need chromium; `./hamraz test` installs it or names it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-gpu-rasterization",
                "--disable-software-rasterizer",
                "--disable-extensions",
                "--disable-background-networking",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # it reaches nobody else
            ],
        )
        yield browser
        browser.close()


class Watch:
    """What must not happen on any page."""

    def __init__(self, allowed: str) -> None:
        self._allowed = allowed
        self.elsewhere: list[str] = []  # requests to another host
        self.complaints: list[str] = []  # of the page's program and of the browser

    def over(self, context: BrowserContext) -> None:
        """Look on, and stand in no request's way: the browser keeps nothing in its cache while somebody does."""
        context.on("request", self._seen)
        context.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _seen(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self._allowed:
            self.elsewhere.append(request.url)


@pytest.fixture
def open_page(demo: RunningDemo, browser: Browser) -> Iterator[OpenPage]:
    """Opens the demo's page; afterwards no page may have asked another host for anything, or complained."""
    watch = Watch(urlsplit(demo.url).netloc)
    contexts = []

    def open_one(path: str = "/", *, width: int = 1320, height: int = 900, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto(demo.url + path)
        page.locator(".counter").filter(has_text="160").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert watch.elsewhere == []
    assert watch.complaints == []


@pytest.fixture
def empty_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "anywhere"
    folder.mkdir()
    return folder
