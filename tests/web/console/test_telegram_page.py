"""The page of her Telegram in a real browser: at every width, in both scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from casework.chat.taking import take
from casework.chat.update import Update
from casework.staff.roles import Role
from operating.console import add_console_to
from tests.web.console.browsing import IN_BOTH, Keys, Quiet, Site, wrong_with
from tests.web.console.test_telegram import Bot


@pytest.fixture
def site(site: Site) -> Iterator[Site]:
    """The same house with a staff bot, behind another door of its own."""
    hamraz = replace(site.hamraz, channels=replace(site.hamraz.channels, staff=Bot()))  # type: ignore[arg-type]  # all that is asked of it
    app = Flask("pages", static_folder=None)
    add_console_to(app, hamraz, site.clock)
    server = make_server("localhost", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=partial(server.serve_forever, 0.01))
    thread.start()
    yield Site(f"http://localhost:{server.server_port}", hamraz, site.clock)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("language", IN_BOTH)
def test_axe_finds_nothing_wrong_with_her_telegram(keys: Keys, site: Site, language: str) -> None:
    page, wrong = keys.page, []
    keys.accept(site.invite(f"Amina {language}", Role.COUNSELLOR))
    page.goto(f"{site.url}/console/account/telegram?language={language}")
    wrong += wrong_with(page)
    page.locator("form.sheet button").first.click()
    code = page.locator(".paper code").inner_text()
    wrong += wrong_with(page)
    update = Update(f"u{language}", "message", ord(language[0]), ord(language[0]), True, message=1, text=code)
    take(site.hamraz.chat, site.hamraz.office, update, site.clock())
    page.goto(f"{site.url}/console/account/telegram?kept=1")
    wrong += wrong_with(page)

    assert wrong == []
