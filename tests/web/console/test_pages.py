"""The console's pages as a browser without any program sees them: forms, cookies, headers, refusals."""

from __future__ import annotations

import json
import logging
import re
import time
from pathlib import Path

import pyotp
import pytest
import structlog
from flask import Flask

from bot.settings import Settings
from casework.staff import joining, mending
from casework.staff.entering import who
from casework.staff.roles import Role
from operating.logs import set_up_logs
from operating.parts import Hamraz
from storage.errors import StorageAway
from tests.casework.staff.conftest import PASSWORD
from tests.casework.staff.test_sharing_and_leaving import filed
from tests.phones import Clock
from tests.web.console.conftest import SITE, Browser, Enter
from web.console.pages import network_of

STATIC = Path(__file__).parents[3] / "web" / "console" / "static"

KEY = re.compile(r'class="key">(\w+)<')
PAPER = re.compile(r'role="group">([\w-]+)<')


def test_an_invitation_is_accepted_in_two_forms_and_shows_its_paper_once(
    hamraz: Hamraz, stranger: Browser, clock: Clock
) -> None:
    code = joining.invite(hamraz.office, "<b>Sana</b>", Role.SUPERVISOR, b"", clock())

    set_up = stranger.send("/invitation", "/invitation", invitation=code)
    key = KEY.findall(set_up.text)[0]
    assert "&lt;b&gt;Sana&lt;/b&gt;" in set_up.text
    done = stranger.send(
        "/invitation/accept", of=set_up, invitation=code, password=PASSWORD, code=pyotp.TOTP(key).at(clock())
    )

    assert PAPER.findall(done.text)
    assert stranger.open("/").status_code == 200
    again = stranger.send("/invitation", "/lost/password", invitation=code)
    assert again.status_code == 400
    assert "opens nothing" in again.text


def test_a_slip_while_setting_up_keeps_the_app_that_was_scanned(
    hamraz: Hamraz, stranger: Browser, clock: Clock
) -> None:
    code = joining.invite(hamraz.office, "Sana", Role.ANALYST, b"", clock())
    set_up = stranger.send("/invitation", "/invitation", invitation=code)

    slip = stranger.send("/invitation/accept", of=set_up, invitation=code, password="short", code="123456")

    assert slip.status_code == 400
    assert "too short" in slip.text
    assert KEY.findall(slip.text) == KEY.findall(set_up.text)


def test_she_logs_in_and_out(enter: Enter) -> None:
    amina = enter()
    amina.send("/logout", "/account")
    assert amina.open("/").headers["Location"].startswith("/console/login")

    assert amina.log_in().headers["Location"] == "/console/"
    assert amina.open("/").status_code == 200


@pytest.mark.parametrize("wrong", [{"password": "x"}, {"code": "000000"}, {"name": "nobody"}, {"answer": "{}"}])
def test_whatever_was_wrong_the_page_is_the_same(enter: Enter, stranger: Browser, wrong: dict[str, str]) -> None:
    amina = enter()
    stranger.name, stranger.secret = amina.name, amina.secret

    answer = stranger.log_in(**wrong)

    assert answer.status_code == 400
    assert "That does not fit" in answer.text
    assert PASSWORD not in answer.text
    assert "Set-Cookie" not in answer.headers or "hamraz-login" not in answer.headers["Set-Cookie"]


def test_too_many_tries_say_when_to_come_back(stranger: Browser) -> None:
    answers = [stranger.log_in(name="nobody", code="000000") for _ in range(11)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900


def test_a_cookie_stolen_before_a_password_change_opens_nothing(
    app: Flask, hamraz: Hamraz, enter: Enter, clock: Clock
) -> None:
    amina = enter()
    cookie = amina.client.get_cookie("__Host-hamraz-login", domain="help.example")
    assert cookie is not None
    thief = Browser(app.test_client(), clock)
    thief.client.set_cookie("__Host-hamraz-login", cookie.value, domain="help.example", secure=True)
    assert thief.open("/account").status_code == 200

    changed = amina.send("/account/password", "/account", old=PASSWORD, password="nine patient lanterns")

    assert changed.headers["Location"] == "/console/login?changed=1"
    assert thief.open("/account").status_code == 303
    assert who(hamraz.office, cookie.value, clock()) is None


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_form_that_is_not_ours_does_nothing(enter: Enter, token: str) -> None:
    amina = enter()

    answer = amina.send("/logout", "/account", csrf_token=token)

    assert answer.status_code == 400
    assert amina.open("/").status_code == 200


def test_the_token_of_one_browser_does_not_serve_another(enter: Enter) -> None:
    amina, sana = enter(name="Amina"), enter(name="Sana")

    answer = sana.send("/logout", of=amina.open("/account"))

    assert answer.status_code == 400


def test_a_form_sent_from_another_site_does_nothing(enter: Enter) -> None:
    amina = enter()
    shown = amina.open("/account")
    token = re.findall(r'name="csrf_token" value="([^"]*)"', shown.text)[0]

    answer = amina.client.post(
        "/console/logout", data={"csrf_token": token}, base_url=SITE, headers={"Referer": "https://evil.example/"}
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/", "/login", "/static/console.css", "/nowhere", "/static/../pages.py"])
def test_every_answer_carries_the_headers(enter: Enter, path: str) -> None:
    headers = enter().open(path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    if not path.startswith("/static"):
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/healthz"), ("GET", "/nowhere"), ("GET", "/webhooks/sms"), ("TRACE", "/healthz"), ("OPTIONS", "/healthz"),
    ("PUT", "/console/login"), ("GET", "/metrics"), ("GET", "/media/nothing"),
])  # fmt: skip
def test_every_answer_that_is_not_the_consoles_carries_them_too(app: Flask, method: str, path: str) -> None:
    answer = app.test_client().open(path, method=method, base_url=SITE)

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.status_code == 405) is (method != "GET")


def test_every_cookie_is_secure_unreadable_for_programs_and_sent_to_us_only(enter: Enter, stranger: Browser) -> None:
    amina = enter()
    stranger.name, stranger.secret = amina.name, amina.secret

    given = [
        cookie
        for answer in (stranger.open("/login?language=ur"), stranger.log_in())
        for cookie in answer.headers.getlist("Set-Cookie")
    ]

    assert {cookie.partition("=")[0] for cookie in given} == {
        "__Host-hamraz-form", "__Host-hamraz-login", "__Host-hamraz-browser", "__Host-hamraz-language",
    }  # fmt: skip
    for cookie in given:
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_no_page_holds_style_or_program_of_its_own(enter: Enter) -> None:
    admin = enter(Role.ADMIN)

    for path in ("/", "/account", "/staff", "/lost", "/lost/factor", "/lost/password", "/invitation"):
        text = admin.open(path).text
        assert not re.search(r"<script(?! src)|<style|\son\w+=|\sstyle=|javascript:", text), path


def test_an_admin_invites_and_removes_from_the_page(enter: Enter) -> None:
    admin = enter(Role.ADMIN)

    invited = admin.send("/staff/invite", "/staff", name="Zoya", role="translator")
    assert re.search(rf"{SITE}/console/invitation#[\w-]{{43}}", invited.text)
    assert admin.send("/staff/invite", "/staff", name="zoya", role="admin").status_code == 400
    member = re.findall(r'name="member" value="(\w+)"', invited.text)[-1]
    assert "#" in admin.send("/staff/again", "/staff", member=member).text
    assert admin.send("/staff/remove", "/staff", member=member).status_code == 303
    assert admin.send("/staff/remove", "/staff", member=member).status_code == 400
    assert "Zoya" not in admin.open("/staff").text


def test_she_sees_how_many_browsers_are_hers_and_ends_them_all_and_so_does_an_admin(
    enter: Enter, app: Flask, clock: Clock
) -> None:
    amina, admin = enter(name="Amina"), enter(Role.ADMIN)
    other = Browser(app.test_client(), clock, "Amina", amina.secret)
    other.log_in()
    assert "now: 2, this one counted" in amina.open("/account").text

    assert amina.send("/account/logins", "/account", old="not hers at all").status_code == 400
    assert other.open("/account").status_code == 200
    assert amina.send("/account/logins", "/account", old=PASSWORD).status_code == 303
    assert [one.open("/account").status_code for one in (amina, other, admin)] == [303, 303, 200]

    clock.forward(seconds=30)
    other.log_in()
    page = admin.open("/staff")
    member = re.findall(r'Amina.*?/staff/logins.*?name="member" value="(\w+)"', page.text, re.DOTALL)[0]
    assert admin.send("/staff/logins", "/staff", member=member).status_code == 303
    assert other.open("/account").status_code == 303
    assert admin.send("/staff/logins", "/staff", member="00" * 16).status_code == 400


def test_a_colleague_is_asked_to_share_and_does(enter: Enter, hamraz: Hamraz, clock: Clock) -> None:
    amina = enter(name="Amina")
    filed(hamraz.office, clock)
    enter(Role.SUPERVISOR, "Sana")
    assert "1 earlier reports are closed to <bdi>Sana</bdi>" in amina.open("/").text

    amina.send("/share", "/")

    assert "earlier reports are closed" not in amina.open("/").text


def test_a_lost_password_and_a_lost_phone_are_mended_on_their_pages(
    hamraz: Hamraz, enter: Enter, app: Flask, clock: Clock
) -> None:
    amina = enter()
    person = who(hamraz.office, amina.client.get_cookie("__Host-hamraz-login", domain="help.example").value, clock())  # type: ignore[union-attr]  # it is there
    assert person is not None
    paper = mending.new_recovery(hamraz.office, person, PASSWORD, clock())
    other = Browser(app.test_client(), clock)

    done = other.send(
        "/lost/password", "/lost/password", name=amina.name, paper=paper, password="ten new words", code=amina.code()
    )
    fresh = PAPER.findall(done.text)[0]
    clock.forward(seconds=30)
    page = other.open("/lost/factor")
    key = KEY.findall(page.text)[0]
    done = other.send(
        "/lost/factor",
        of=page,
        name=amina.name,
        paper=fresh,
        password="ten new words",
        code=pyotp.TOTP(key).at(clock()),
    )

    assert PAPER.findall(done.text)
    clock.forward(seconds=30)
    amina.secret, amina.password = key, "ten new words"
    assert amina.log_in().status_code == 303


def test_while_the_storage_is_away_the_page_says_so(
    hamraz: Hamraz, stranger: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = stranger.open("/login")

    def away(function: object) -> None:
        raise StorageAway("gone")

    monkeypatch.setattr(hamraz.database, "read", away)
    answer = stranger.send("/login", of=page, name="Amina", password="x", code="1")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


def test_what_is_too_large_is_refused(stranger: Browser) -> None:
    refused = stranger.send("/login", name="x" * 100_000)

    assert refused.status_code == 413
    assert "That is more than this form takes." in refused.text


def test_who_was_refused_where_is_in_the_log_and_nothing_that_was_typed(enter: Enter, stranger: Browser) -> None:
    amina = enter(name="Amina")
    with structlog.testing.capture_logs() as logs:
        amina.open("/staff")
        amina.client.post("/console/logout", base_url=SITE)
        stranger.send("/login", name="zanbil", password="zanbil7q", code="000000")
        stranger.send("/login", name="Amina", password="zanbil7q", code="000000")
        stranger.send("/login", name="Amina", password="zanbil7q", code=amina.code())

    assert [one["event"] for one in logs] == ["kept out", "a form that is not ours", *["login refused"] * 3]
    assert [(one["who"] == "nobody", one["factor"]) for one in logs[2:]] == [(True, ""), (False, ""), (False, "fits")]
    assert logs[0]["who"] == logs[3]["who"]
    assert "zanbil" not in str(logs)
    assert "Amina" not in str(logs)


def test_what_nobody_foresaw_ends_in_one_calm_line_with_the_headers(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> str:
        raise ValueError("zanbil7q")

    app.add_url_rule("/broken", "broken", broken)
    set_up_logs("INFO")
    try:
        answer = app.test_client().get("/broken", base_url=SITE)
    finally:
        structlog.reset_defaults()
        logging.basicConfig(level=logging.WARNING, force=True)
    said = capsys.readouterr()

    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert json.loads(said.err)["error"] == "ValueError"
    assert "zanbil" not in said.err + said.out + answer.text


def test_letters_come_from_fonts_that_are_brought_along() -> None:
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in STATIC.glob("*.css"))
    brought = set(re.findall(r'@font-face \{ font-family: "([^"]+)"', css))
    named = set(re.findall(r'"([^"]+)"', " ".join(re.findall(r"font(?:-family)?:([^;}]*)", css))))

    assert named - brought == {"Noto Sans", "DejaVu Sans Mono"}  # Latin ones, where the device has them


def test_a_form_is_ours_for_as_long_as_the_login_lives(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    amina = enter()
    opened = amina.open("/account")
    later = time.time() + 7 * 3600
    monkeypatch.setattr("time.time", lambda: later)

    assert amina.send("/logout", of=opened).status_code == 303


def test_her_browsers_language_is_taken(stranger: Browser) -> None:
    answer = stranger.open("/lost?language=xx", headers={"Accept-Language": "fr, ur-PK;q=0.8"})

    assert 'lang="ur"' in answer.text


def test_her_language_is_kept(stranger: Browser) -> None:
    assert 'lang="ur" dir="rtl"' in stranger.open("/login?language=ur").text
    assert 'lang="ur" dir="rtl"' in stranger.open("/lost").text
    assert 'lang="en" dir="ltr"' in stranger.open("/lost?language=en").text


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("https://help.example", True),
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://help.example", False),
    ],
)
def test_the_console_is_served_where_cookies_are_safe(address: str, there: bool) -> None:
    assert Settings(HAMRAZ_PUBLIC_URL=address).serves_console is there


@pytest.mark.parametrize(
    ("address", "forwarded", "network"),
    [
        ("8.8.8.8", "", "8.8.8.8/32"),
        ("8.8.8.8", "1.1.1.1", "8.8.8.8/32"),  # no proxy of ours: believed nothing
        ("127.0.0.1", "1.1.1.1, 9.9.9.9", "9.9.9.9/32"),  # only what the proxy itself wrote
        ("10.0.0.2", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:8.8.8.8", "", "8.8.8.8/32"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("", "", ""),
    ],
)
def test_the_network_is_what_a_stranger_cannot_choose(address: str, forwarded: str, network: str) -> None:
    assert network_of(address, forwarded) == network
