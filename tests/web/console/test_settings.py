"""Settings in the console, as a browser without any program sees them."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr
from werkzeug.test import TestResponse

from casework.seeding import load
from casework.staff.roles import Role
from operating import serving
from operating.deciding import set_or_not
from operating.parts import Hamraz, build
from storage.vault.keyring import Keyring
from tests.casework.cases.conftest import Desk
from tests.phones import Clock, Phone
from tests.web.console.conftest import Browser, Enter, entered, settings_in


@pytest.fixture(autouse=True)
def with_numbers(hamraz: Hamraz) -> None:
    hamraz.database.work(load)


def read(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def hidden(answer: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.text)
    return found[1] if found else ""


def send(who: Browser, path: str, of: TestResponse, back: str = "", **fields: str) -> TestResponse:
    """A form as that page has it, with what she fills in."""
    kept = {name: hidden(of, name) for name in ("over", "number", "lang", "seen") if hidden(of, name)}
    return who.send(path, back or path.removesuffix("/undo"), of=of, **kept | fields)


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


def test_name_colour_and_what_is_offered_are_kept_with_what_was_typed_and_who_decided(enter: Enter) -> None:
    adila, zoya = enter(Role.ADMIN, "Adila"), enter(Role.ADMIN, "Zoya")
    stale = {path: zoya.open(path) for path in ("/settings/face", "/settings/switches")}

    bad = send(adila, "/settings/face", adila.open("/settings/face"), name="x" * 61, accent="plum")
    assert bad.status_code == 400 and "At most 60 letters" in read(bad) and "x" * 61 in bad.text
    assert re.search(r'value="plum" checked', bad.text)
    assert "said=kept" in send(adila, "/settings/face", bad, name="<i>Women</i>", accent="plum").headers["Location"]
    assert "said=same" in send(adila, "/settings/face", bad, name="<i>Women</i>", accent="plum").headers["Location"]
    page = zoya.open("/directory")
    assert 'data-accent="plum"' in page.text and "&lt;i&gt;Women&lt;/i&gt;</bdi></a>" in page.text
    late = send(zoya, "/settings/face", stale["/settings/face"], name="Help", accent="blue")
    assert late.status_code == 400 and "meanwhile" in read(late) and 'value="Help"' in late.text
    assert "said=undone" in send(zoya, "/settings/face/undo", zoya.open("/settings/face")).headers["Location"]
    assert send(zoya, "/settings/face", late, name="", accent="url(x)").status_code == 400
    assert 'data-accent="teal"' in zoya.open("/settings").text

    assert (
        "said=kept"
        in send(adila, "/settings/switches", adila.open("/settings/switches"), on="line").headers["Location"]
    )
    late = send(zoya, "/settings/switches", stale["/settings/switches"], on="texts")
    assert late.status_code == 400
    assert re.findall(r'value="(\w+)" checked', late.text) == ["texts"]  # as she ticked it
    page = adila.open("/settings/switches")
    assert re.findall(r'value="(\w+)" checked', page.text) == ["line"] and "Numbers by SMS" in read(page)
    assert "said=undone" in send(zoya, "/settings/switches/undo", zoya.open("/settings/switches")).headers["Location"]
    assert send(adila, "/settings/switches/undo", page).status_code == 400  # the second click
    assert "Everything is on" in read(adila.open("/settings/switches"))


def test_the_overview_says_of_what_stands_on_the_server_only_whether_it_is_set(enter: Enter, hamraz: Hamraz) -> None:
    page = read(enter(Role.ADMIN).open("/settings"))

    for name, given in set_or_not(hamraz.settings):
        told = re.search(rf"<code dir=\"ltr\">{name}</code></dt><dd>([^<]*)</dd>", page)
        assert told and told[1] == ("set" if given else "not set")
    assert str(hamraz.settings.keyring) not in page and hamraz.settings.database_url not in page
    assert "off. To be set: <code" in " ".join(page.split())


def test_the_first_steps_lead_an_admin_are_left_out_taken_up_and_say_what_is_missing(
    enter: Enter, hamraz: Hamraz, clock: Clock
) -> None:
    adila = enter(Role.ADMIN, "Adila")
    assert "Next: Your organisation" in read(adila.open("/"))
    first = adila.open("/first")
    assert "Still missing: Your organisation, Counsellors, Channels, A message on each channel." in read(first)

    def click(path: str, **fields: str) -> TestResponse:
        return adila.send(path, "/first", of=first, **fields)

    assert click("/first/name", name="x" * 61, version="0").status_code == 400
    assert "said=kept" in click("/first/name", name="Women of Sindh", version="0").headers["Location"]
    assert "said=same" in click("/first/name", name="Women of Sindh", version="0").headers["Location"]
    for _ in range(2):  # the second click
        assert click("/first/skip", step="counsellors").status_code == 303
    page = read(adila.open("/first"))
    assert "Still missing: Counsellors, Channels" in page and "Take it up again" in page
    assert "Next: Channels" in read(adila.open("/"))
    refused = click("/first/try", channel="sms", number="0300 1234567", speaks="ur")
    assert refused.status_code == 400 and "This channel is not on." in read(refused)
    assert click("/first/skip", step="counsellors", again="yes").status_code == 303
    assert "Next: Counsellors" in read(adila.open("/"))
    assert click("/first/skip", step="nonsense").headers["Location"].endswith("/first")
    assert click("/first/skip", step="closed").headers["Location"].endswith("/console/")
    assert "First steps" not in read(adila.open("/"))
    assert "Show it on the first page again" in read(adila.open("/first"))


def test_a_trial_goes_out_from_the_page_and_what_is_refused_keeps_the_number_that_was_typed(
    model: tuple[Path, Keyring], tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(model[0], tmp_path / "on")
    on = {"twilio_account_sid": "AC1", "sms_from": "+923000000000", "whatsapp_from": "+923000000001"}
    settings = settings_in(tmp_path / "on").model_copy(update={**on, "twilio_auth_token": SecretStr("t")})
    hamraz = build(settings, model[1])
    hamraz.database.work(load)
    monkeypatch.setattr(serving, "now", clock)
    adila = entered(serving.make_app(hamraz), hamraz, clock, Role.ADMIN, "Adila")
    first = adila.open("/first")
    assert "write to this number first" in read(first) and "+923000000001" in first.text

    bad = adila.send("/first/try", "/first", of=first, channel="sms", number="12", speaks="en")
    assert bad.status_code == 400 and 'value="12"' in bad.text and "mobile number of this country" in read(bad)
    went = adila.send("/first/try", "/first", of=first, channel="sms", number="0300 1234567", speaks="ur")
    assert "said=tried" in went.headers["Location"] and "300" not in went.headers["Location"]
    page = read(adila.open("/first?said=tried"))
    assert "it waits to go out" in page and "1234567" not in page
    hamraz.counter.close()
    hamraz.database.close()
