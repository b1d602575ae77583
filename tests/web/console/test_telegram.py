"""Her Telegram in the console: paired by a code shown once, let go, and what may be pushed to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from flask import Blueprint, Flask

from casework.chat import pairing
from casework.chat.taking import take
from casework.chat.update import Update
from casework.staff import register
from casework.staff.roles import Role
from operating import serving
from operating.parts import Hamraz
from tests.phones import Clock
from tests.web.console.conftest import Browser, Enter

CODE = re.compile(r'<code dir="ltr">([0-9A-Z]{4}-[0-9A-Z]{4})</code>')
PAGE = "/account/telegram"


class Bot:
    """As far as the console knows it."""

    name = "hamraz_team_bot"

    def username(self) -> str:
        return self.name

    def fetch_file(self, file: object) -> bytes:
        raise AssertionError("nobody sends a file here")


@pytest.fixture
def hamraz(hamraz: Hamraz) -> Hamraz:
    return replace(hamraz, channels=replace(hamraz.channels, staff=Bot()))  # type: ignore[arg-type]  # all that is asked of it


@pytest.fixture
def app(hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(serving, "now", clock)
    monkeypatch.setattr(serving, "make_webhooks", lambda *_, **__: _nothing())
    return serving.make_app(hamraz)


def _nothing() -> object:

    return Blueprint("webhooks", __name__)


@pytest.fixture
def writes(hamraz: Hamraz, clock: Clock) -> Callable[[int, str], None]:
    """Somebody writes to the staff bot."""

    def write(account: int, text: str) -> None:
        update = Update(f"u{account}{text}", "message", account, account, True, message=1, text=text)
        take(hamraz.chat, hamraz.office, update, clock())

    return write


def test_a_code_is_shown_once_with_a_link_and_a_picture_and_pairs_her_account(
    enter: Enter, hamraz: Hamraz, writes: Callable[[int, str], None]
) -> None:
    hers = enter(name="Amina")
    assert "Make a code" in hers.open(PAGE).text

    shown = hers.send(f"{PAGE}/code", PAGE)
    code = CODE.findall(shown.text)[0]

    assert f"https://t.me/hamraz_team_bot?start={code.replace('-', '')}" in unescape(shown.text)
    assert "<svg" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert code not in hers.open(PAGE).text
    writes(41, f"/start {code}")
    assert "Your Telegram is paired" in hers.open(PAGE).text


def test_without_the_bots_name_the_code_is_typed(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bot, "name", "")
    hers = enter()

    shown = hers.send(f"{PAGE}/code", PAGE)

    assert CODE.search(shown.text)
    assert "t.me" not in shown.text


def test_unpairing_and_preferences_are_hers_alone(
    enter: Enter, hamraz: Hamraz, writes: Callable[[int, str], None]
) -> None:
    hers, sanas = enter(name="Amina"), enter(name="Sana")
    for account, one in ((41, hers), (42, sanas)):
        writes(account, CODE.findall(one.send(f"{PAGE}/code", PAGE).text)[0])

    hers.send(f"{PAGE}/prefer", PAGE, content="1", speaks="ur")
    sanas.send(f"{PAGE}/unpair", PAGE)

    assert state(hamraz, hers) == pairing.Pairing(paired=True, content=True, language="ur")
    assert not state(hamraz, sanas).paired
    hers.send(f"{PAGE}/prefer", PAGE, speaks="xx")
    assert state(hamraz, hers) == pairing.Pairing(paired=True, content=False, language="en")


@pytest.mark.parametrize("path", ["/code", "/unpair", "/prefer"])
def test_nothing_is_done_without_our_own_form(enter: Enter, path: str) -> None:
    hers = enter()

    answer = hers.client.post(f"/console{PAGE}{path}", base_url="https://help.example", data={})

    assert answer.status_code == 400


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ANALYST, Role.TRANSLATOR])
def test_who_reads_no_reports_has_no_chat(enter: Enter, role: Role) -> None:
    hers = enter(role)

    assert hers.open(PAGE).status_code == 403
    assert "Your Telegram" not in hers.open("/account").text


def test_where_there_is_no_staff_bot_the_page_says_so(enter: Enter, hamraz: Hamraz, app: Flask) -> None:
    hers = enter()
    bare = replace(hamraz, channels=replace(hamraz.channels, staff=None))
    other = Browser(serving.make_app(bare).test_client(), hers.clock)
    for cookie in ("__Host-hamraz-login", "__Host-hamraz-browser"):
        kept = hers.client.get_cookie(cookie, domain="help.example")
        assert kept is not None
        other.client.set_cookie(cookie, kept.value, domain="help.example", secure=True)

    shown = other.open(PAGE)

    assert "There is no staff bot here." in shown.text
    assert other.send(f"{PAGE}/code", PAGE).status_code in (302, 303, 400)


def state(hamraz: Hamraz, who: Browser) -> pairing.Pairing:

    entry = register.entry(hamraz.office, who.name)
    assert entry is not None
    return pairing.state(hamraz.office, entry.id)
