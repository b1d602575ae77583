"""The console over a whole Hamraz; only Argon2id is made cheap."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from html import unescape
from pathlib import Path
from threading import Thread

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from bot.settings import Settings
from casework.staff import joining
from casework.staff.factors import Shown
from casework.staff.roles import Role
from operating import serving
from operating.parts import Hamraz, build
from storage.vault.keyring import Keyring
from tests.casework.staff.conftest import PASSWORD
from tests.phones import Clock, make_hamraz
from tests.web.conftest import PATIENCE, Watch
from tests.web.console.browsing import Keys, Quiet, Site

SITE = "https://help.example"
_FORM = re.compile(r'<form[^>]* action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_HIDDEN = re.compile(r'name="(csrf_token|ticket|version)" value="([^"]*)"')


_PROOF = "csrf_token"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keyring]:
    """Databases and keys, made once to copy from."""
    folder = tmp_path_factory.mktemp("model")
    made = make_hamraz(settings_in(folder))
    made.counter.close()
    made.database.close()
    return folder, made.keyring


def settings_in(folder: Path) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=f"sqlite:///{folder}/hamraz.db",
        HAMRAZ_KEYS_URL=f"sqlite:///{folder}/keys.db",
        HAMRAZ_KEYRING=folder / "keyring.json",
        HAMRAZ_PUBLIC_URL=SITE,
        HAMRAZ_SLOW_MEMORY_KIB=8,
        HAMRAZ_PASSWORD_MEMORY_KIB=8,
    )


@pytest.fixture
def hamraz(model: tuple[Path, Keyring], tmp_path: Path) -> Iterator[Hamraz]:
    folder, keyring = model
    shutil.copytree(folder, tmp_path / "var")
    made = build(settings_in(tmp_path / "var"), keyring)
    yield made
    made.counter.close()
    made.database.close()


@pytest.fixture
def app(hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(serving, "now", clock)
    return serving.make_app(hamraz)


@dataclass
class Browser:
    """One browser, as far as forms go."""

    client: FlaskClient
    clock: Clock
    name: str = ""
    secret: str = field(default="", repr=False)
    password: str = field(default=PASSWORD, repr=False)

    def open(self, path: str, **more: object) -> TestResponse:
        return self.client.get(f"/console{path}", base_url=SITE, **more)  # type: ignore[arg-type]  # a test names options freely

    def send(self, path: str, page: str = "/login", *, of: TestResponse | None = None, **fields: str) -> TestResponse:
        """Fill in the form of a page, as it was shown, and send it. Where the page has no such form, one proves itself ours."""
        shown = of or self.open(page)
        pressed = [inside for action, inside in _FORM.findall(shown.text) if action == f"/console{path}"]
        held = (
            _HIDDEN.findall(pressed[0]) if pressed else [one for one in _HIDDEN.findall(shown.text) if one[0] == _PROOF]
        )
        given = {name: unescape(value) for name, value in held} | fields
        return self.client.post(
            f"/console{path}", data=given, base_url=SITE, headers={"Referer": f"{SITE}/console{page}"}
        )

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.clock())

    def log_in(self, **more: str) -> TestResponse:
        code = more.pop("code", None) or self.code()
        return self.send("/login", **{"name": self.name, "password": self.password, "code": code} | more)


Enter = Callable[..., Browser]


@pytest.fixture
def stranger(app: Flask, clock: Clock) -> Browser:
    return Browser(app.test_client(), clock)


def entered(app: Flask, hamraz: Hamraz, clock: Clock, role: Role, name: str) -> Browser:
    code = joining.invite(hamraz.office, name, role, b"", clock())
    offer = joining.offer(hamraz.office, joining.look(hamraz.office, code, clock()), clock())
    shown = Shown(code=pyotp.TOTP(offer.secret).at(clock()), ticket=offer.ticket)
    joined = joining.accept(hamraz.office, code, PASSWORD, shown, clock())
    clock.forward(seconds=30)
    client = app.test_client()
    client.set_cookie("__Host-hamraz-login", joined.cookie, domain="help.example", secure=True)
    client.set_cookie("__Host-hamraz-browser", joined.mark, domain="help.example", secure=True)
    return Browser(client, clock, name, offer.secret)


@pytest.fixture
def enter(app: Flask, hamraz: Hamraz, clock: Clock) -> Enter:
    """Somebody of a role in her own browser, who has just accepted her invitation."""

    def enter(role: Role = Role.COUNSELLOR, name: str = "") -> Browser:
        return entered(app, hamraz, clock, role, name or f"Staff {role}")

    return enter


@pytest.fixture(scope="module")
def site(model: tuple[Path, Keyring], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site") / "var"
    shutil.copytree(model[0], folder)
    clock = Clock()
    clock.now = datetime.now(UTC)  # the browser keeps cookies by its own
    server = make_server("localhost", 0, lambda environ, start: [], threaded=True, request_handler=Quiet)
    url = f"http://localhost:{server.server_port}"  # passkeys need a name, and no TLS on this machine itself
    hamraz = build(settings_in(folder).model_copy(update={"public_url": url, "hours": "Mon-Sun 00:00-23:59"}), model[1])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(serving, "now", clock)
        server.app = serving.make_app(hamraz)
    thread = Thread(target=partial(server.serve_forever, 0.01))
    thread.start()
    yield Site(url, hamraz, clock)
    server.shutdown()
    thread.join()
    server.server_close()
    hamraz.counter.close()
    hamraz.database.close()


@pytest.fixture
def context(browser: Chromium, site: Site) -> Iterator[BrowserContext]:
    """Afterwards no page may have asked another host for anything, or complained."""
    watch = Watch(site.url.partition("//")[2])
    context = browser.new_context(viewport={"width": 1320, "height": 900}, locale="en-GB")
    context.set_default_timeout(PATIENCE)
    watch.over(context)
    yield context
    context.close()
    assert watch.elsewhere == []
    # A refused form is a 4xx, which the browser notes by itself.
    # The browser's own words for what a test does to it: an answer of 4xx, and the network that it cut.
    expected = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
    assert [said for said in watch.complaints if not any(one in said for one in expected)] == []


@pytest.fixture
def keys(context: BrowserContext, site: Site) -> Keys:
    return Keys(context.new_page(), site)
