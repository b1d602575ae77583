"""Every address says who may open it, the docs say the same, and it is so for every role."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from casework.staff.roles import Role
from tests.web.console.conftest import Browser, Enter
from web.console.roots import ROOT
from web.console.routes import ROUTES, Route, in_words

DOCS = Path(__file__).parents[3] / "docs" / "routes.md"
ROW = re.compile(r"^\| `(\w+) ([^`]+)` \| ([^|]+) \|", re.MULTILINE)
NOBODYS = "0" * 32  # an id that nothing has
WITH_A_FORM = "/lost/password"  # which anybody may open


def concrete(route: Route) -> str:
    return re.sub("<[a-z]+>", NOBODYS, route.path.replace("<path:filename>", "console.css"))


def test_the_application_has_the_routes_of_the_table_and_no_other(app: Flask) -> None:
    served = {
        (method, rule.rule.removeprefix(ROOT))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(ROOT)
        for method in (rule.methods or set()) - {"HEAD"}
    }

    assert served == {(route.method, route.path) for route in ROUTES}


def test_the_docs_say_of_every_address_who_may_open_it(app: Flask) -> None:
    told = {(method, path, who.strip()) for method, path, who in ROW.findall(DOCS.read_text(encoding="utf-8"))}
    console = {(route.method, ROOT + route.path, in_words(route.roles)) for route in ROUTES}
    others = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if not rule.rule.startswith(ROOT)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert console <= told
    assert others <= {(method, path) for method, path, _ in told}
    assert not [row for row in told if row[1].startswith(ROOT) and row not in console]


def test_each_role_opens_what_its_roles_say_and_nothing_else(enter: Enter, stranger: Browser) -> None:
    wrong = []
    browsers = {None: stranger} | {role: enter(role) for role in Role}
    for who, browser in browsers.items():
        for route in ROUTES:
            if route.path in ("/logout", "/leave"):  # ends her login: below
                continue
            sends = route.method == "POST"
            answer = browser.send(concrete(route), WITH_A_FORM) if sends else browser.open(concrete(route))
            if who is None and route.roles is not None:
                expected = answer.status_code == 303 and "/console/login" in answer.headers["Location"]
            elif route.roles is None or who in route.roles:
                # 400, 429: the form was looked at, and nothing was filled in, again and again.
                looked = (404,) if NOBODYS in concrete(route) else (200, 303, 400, 429)
                shown = "" if route.path == "/live" else answer.text  # a stream has no end
                expected = answer.status_code in looked and "Once more, please" not in shown
            else:
                expected = answer.status_code == 403
            answer.close()
            if not expected:
                wrong.append(f"{who} {route.endpoint}: {answer.status_code}")

    assert wrong == []


@pytest.mark.parametrize("who", list(Role))
@pytest.mark.parametrize("path", ["/logout", "/leave"])
def test_whoever_may_end_her_login_ends_it(enter: Enter, who: Role, path: str) -> None:
    browser = enter(who)
    allowed = next(route.roles for route in ROUTES if route.path == path)

    answer = browser.send(path, WITH_A_FORM)

    assert allowed is not None
    assert answer.status_code == (303 if who in allowed else 403)
    assert browser.open("/").status_code == (303 if who in allowed else 200)
