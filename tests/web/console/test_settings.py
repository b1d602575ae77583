"""Settings in the console, as a browser without any program sees them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from casework.seeding import load
from casework.staff.roles import Role
from operating.parts import Hamraz
from tests.casework.cases.conftest import Desk
from tests.phones import Clock, Phone
from tests.web.console.conftest import Browser, Enter


@pytest.fixture(autouse=True)
def with_numbers(hamraz: Hamraz) -> None:
    hamraz.database.work(load)


def read(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def hidden(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    return found[1] if found else ""


def send(who: Browser, path: str, of: TestResponse, **fields: str) -> TestResponse:
    """A form as that page has it, with what she fills in."""
    kept = {name: hidden(of, name) for name in ("over", "number", "lang", "seen") if hidden(of, name)}
    return who.send(path, path.removesuffix("/undo"), of=of, **kept | fields)


def test_a_shorter_time_is_told_with_counts_and_wants_her_yes_and_two_admins_lose_nothing(
    enter: Enter, hamraz: Hamraz, clock: Clock
) -> None:
    desk = Desk(hamraz.room, clock)
    desk.claim(desk.hire(), desk.file())
    desk.file()
    clock.forward(days=400)
    adila, zoya = enter(Role.ADMIN, "Adila"), enter(Role.ADMIN, "Zoya")
    hers, theirs = adila.open("/settings/retention"), zoya.open("/settings/retention")
    assert "for 730 days" in read(hers)

    told = send(adila, "/settings/retention", hers, days="365")
    assert told.status_code == 400
    assert "let 2 reports go in a week, 1 of them with a counsellor" in read(told)
    assert 'value="365"' in told.text and "Yes: let 2 reports go." in read(told)
    assert send(adila, "/settings/retention", told, days="365").status_code == 400  # without the tick
    assert "said=kept" in send(adila, "/settings/retention", told, days="365", yes="yes").headers["Location"]
    page = read(adila.open("/settings/retention?said=kept"))
    assert "365 days hold from" in page and "730 days → 365 days" in page and "Adila" in page and "next message" in page
    assert "said=same" in send(adila, "/settings/retention", told, days="365", yes="yes").headers["Location"]

    late = send(zoya, "/settings/retention", theirs, days="900")
    assert late.status_code == 400
    assert "A colleague decided this meanwhile" in read(late) and 'value="900"' in late.text
    assert "said=undone" in send(zoya, "/settings/retention/undo", late).headers["Location"]
    for wrong in ("1", "", "9" * 5_000, "-3", "<b>"):
        refused = send(zoya, "/settings/retention", zoya.open("/settings/retention"), days=wrong)
        assert refused.status_code == 400 and "From 180 to 1826" in read(refused)
    again = send(zoya, "/settings/retention/undo", zoya.open("/settings/retention"))
    assert again.status_code == 400 and "Yes: let 2 reports go." in read(again)
    assert "said=undone" in send(zoya, "/settings/retention/undo", again, yes="yes").headers["Location"]


def test_the_menu_is_put_in_order_and_whatever_is_refused_keeps_what_she_chose(
    enter: Enter, phone: Callable[..., Phone]
) -> None:
    adila, zoya = enter(Role.ADMIN, "Adila"), enter(Role.ADMIN, "Zoya")
    page, theirs = adila.open("/settings/menu"), zoya.open("/settings/menu")
    ids = re.findall(r'name="place_(\w+)"', page.text)
    last_first = {f"place_{one}": str(len(ids) - at) for at, one in enumerate(ids)}

    twice = send(adila, "/settings/menu", page, **last_first | {f"place_{ids[0]}": "1"})
    assert twice.status_code == 400 and "a place of its own" in read(twice)
    assert re.findall(r"<option selected>(\d)</option>", twice.text)[:2] == ["1", str(len(ids) - 1)]
    assert "said=kept" in send(adila, "/settings/menu", page, **last_first).headers["Location"]
    assert "said=same" in send(adila, "/settings/menu", page, **last_first).headers["Location"]
    late = send(zoya, "/settings/menu", theirs, **{f"place_{one}": str(at + 1) for at, one in enumerate(ids)})
    assert late.status_code == 400 and "A colleague changed this meanwhile" in read(late)

    there = adila.open("/settings/menu")
    assert re.findall(r'name="place_(\w+)"', there.text) == ids[::-1] and "Adila" in read(there)
    theirs = zoya.open("/settings/menu")
    assert "said=undone" in send(zoya, "/settings/menu/undo", theirs).headers["Location"]
    assert "said=undone" in send(adila, "/settings/menu/undo", there).headers["Location"]  # the second click
    assert re.findall(r'name="place_(\w+)"', adila.open("/settings/menu").text) == ids


def test_the_word_and_its_line_are_changed_in_one_language_and_taken_back(
    enter: Enter, phone: Callable[..., Phone]
) -> None:
    adila, zoya = enter(Role.ADMIN, "Adila"), enter(Role.ADMIN, "Zoya")
    where, hers = "/settings/leaving?lang=en", phone()
    before = hers.say("xx")

    def say(
        who: Browser, phrase: str, text: str, of: TestResponse | None = None, to: str = "", **more: str
    ) -> TestResponse:
        page = of or who.open(where)
        version = re.search(
            rf'name="phrase" value="{re.escape(phrase)}"><input type="hidden" name="version" value="(\d+)"', page.text
        )
        fields = {"lang": "en", "phrase": phrase, "version": version[1] if version else "", "text": text} | more
        return who.send(f"/settings/leaving{to}", where, of=page, **fields)

    stale = zoya.open(where)
    bad = say(adila, "control.panic", "XX, EXIT, 0000, 5")
    assert bad.status_code == 400 and "people send it for something else" in read(bad) and "0000, 5" in bad.text
    doubtful = say(adila, "control.panic", "BLUE KITE, EXIT")
    assert "Some were told it" in read(doubtful) and "0000" not in read(doubtful).split('id="text-word"')[1][:200]
    assert "said=kept" in say(adila, "control.panic", "BLUE KITE, EXIT", doubtful, anyway="yes").headers["Location"]
    assert "said=kept" in say(adila, "say.panic", "See you at the bazaar.").headers["Location"]
    assert hers.say("blue kite") == "See you at the bazaar."
    assert "BLUE KITE" in read(adila.open("/settings"))

    late = say(zoya, "say.panic", "Fine.", stale)
    assert late.status_code == 400 and 'value="Fine."' in late.text and "See you at the bazaar." in read(late)
    for phrase in ("say.panic", "control.panic"):
        assert "said=undone" in say(zoya, phrase, "", to="/undo").headers["Location"]
    assert hers.say("xx") == before
    assert say(zoya, "report.when.ask", "x").status_code == 404
    assert "nothing to take back" in read(
        zoya.send("/settings/leaving/undo", "/settings/leaving?lang=es", lang="es", phrase="say.panic")
    )
