"""Flows out to files and in from them, by forms alone: looked at first, kept as drafts, refused in plain words."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping

import pytest
from werkzeug.test import TestResponse

from casework.staff.roles import Role
from casework.studio import drafts, shelf
from operating.parts import Hamraz
from tests.flows.exchange.foreign import asks, export, flow, market, node, says
from tests.web.console.conftest import SITE, Browser, Enter
from tests.web.console.forms import fill, forms_of

BRING, TAKE = "/flows/bring", "/flows/take"


@pytest.fixture
def admin(enter: Enter) -> Browser:
    return enter(Role.ADMIN, "Rabia")


def look(admin: Browser, content: bytes | str, name: str = "flow.json") -> TestResponse:
    form = forms_of(admin.open(BRING), BRING)[0]
    sent = content.encode() if isinstance(content, str) else content
    data = {"csrf_token": form["csrf_token"], "file": (io.BytesIO(sent), name)}
    return post(admin, BRING, data)


def post(admin: Browser, path: str, data: Mapping[str, object]) -> TestResponse:
    return admin.client.post(f"/console{path}", data=data, base_url=SITE, headers={"Referer": f"{SITE}/console{path}"})


def test_a_flow_goes_out_in_every_form_and_comes_back_as_a_draft(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open("/flows/flow?flow=answered")
    assert "Give it out as a file" in page.text and "as it comes with Hamraz" in page.text
    for form, beginning in (
        ("bundle", "# A flow of Hamraz"),
        ("json", "{"),
        ("floip", "{"),
        ("mermaid", "flowchart"),
        ("svg", "<svg"),
    ):
        given = admin.open(f"/flows/export?flow=answered&as={form}&of=0")
        assert given.text.startswith(beginning), form
        assert given.headers["Content-Disposition"].startswith('attachment; filename="answered.')
    assert [admin.open(f"/flows/export?flow={flow}&as={form}&of={of}").status_code for flow, form, of in
            (("nowhere", "json", "0"), ("answered", "pdf", "0"), ("answered", "json", "7"), ("answered", "json", "x"))] == [404, 303, 404, 404]  # fmt: skip

    bundle = admin.open("/flows/export?flow=answered&as=bundle&of=0").text
    coming = look(admin, bundle.replace('"how"', '"how_was_it"'), "answered.toml")
    assert "a draft over the flow of this name" in coming.text and "Everything in it comes as it is" in coming.text
    assert not drafts.every(hamraz.studio)
    admin.open(f"{BRING}?language=ur")
    strange = look(admin, re.sub(r'kind += "commit"', 'kind = "comit"', bundle), "answered.toml")
    assert strange.status_code == 400 and "comit" in strange.text and "there is no kind" not in strange.text
    admin.open(f"{BRING}?language=en")
    done = fill(admin, coming, TAKE)
    assert done.headers["Location"] == "/console/flows/flow?flow=answered&said=brought"
    assert any(one["name"] == "how_was_it" for one in drafts.of(hamraz.studio, "answered").data["node"])
    again = fill(admin, coming, TAKE)  # the second of two clicks
    assert again.status_code == 400 and "There is a draft of" in again.text
    assert "how_was_it" in admin.open("/flows/export?flow=answered&as=json&of=draft").text


def test_the_booklet_has_every_conversation_in_every_language_and_stands_alone(admin: Browser, hamraz: Hamraz) -> None:
    given = admin.open("/flows/export?flow=answered&as=booklet&of=0&language=ur")

    page = given.text
    walk = hamraz.walks.of(shelf.one(hamraz.studio, "answered").flow, hamraz.studio.shipped, "sms")
    assert given.headers["Content-Disposition"] == 'attachment; filename="answered.html"'
    assert page.count("<section>") == len(walk.courses) > 1
    spoken = [one for one in hamraz.room.phrasebook.languages if one.complete]
    assert all(page.count(f"<h3>{one.own_name}</h3>") == len(walk.courses) for one in spoken)
    assert all(f'<bdi dir="ltr">{node.name}</bdi>' in page for node in walk.flow.nodes.values() if node.text("ask"))
    assert '<html lang="ur" dir="rtl">' in page and not re.search(r"<script|href=|src=|url\((?!#)|@import", page)

    fill(admin, admin.open("/flows/step?flow=answered&node=how"), "/flows/step", go_0="how", on_0="*")
    text = admin.open("/flows/text?flow=answered")
    fill(admin, text, "/flows/text", text=forms_of(text, "/flows/text")[0]["text"].replace('"thanks"', '"nowhere"', 1))
    broken = admin.open("/flows/export?flow=answered&as=booklet&of=draft")
    assert broken.headers["Location"] == "/console/flows/walk?flow=answered"  # which says what to mend first


def test_an_export_of_rapidpro_is_told_in_both_languages_and_kept_whole(admin: Browser, hamraz: Hamraz) -> None:
    coming = look(admin, json.dumps(market()))

    assert "Nobody is written to when no answer comes" in coming.text and "flows[0].nodes[2].router" in coming.text
    said = re.sub("[\u2068\u2069]", "", coming.text)
    assert "@contact.name cannot be put into words here" in said
    assert fill(admin, coming, TAKE).headers["Location"] == "/console/flows?said=brought"
    assert {"market_day", "pay"} <= set(drafts.every(hamraz.studio))
    second = look(admin, json.dumps(market()))  # its names are taken by now
    assert "market_day_2" in second.text and "pay_2" in second.text
    admin.open("/flows?language=ur")
    assert "جواب نہ آئے تو کسی کو لکھا نہیں جاتا" in look(admin, json.dumps(market())).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04" + bytes(100), "It is packed"),
        (b"", "It is empty"),
        (b'{"a": 1, "a": 2}', "stands here twice"),
        (json.dumps(export(flow("X", node("a"), version="11"))), "It was written for version"),
        (b"x" * 5_000_000, "It is larger than"),
        (b'name = "x"\n<script>alert(1)</script>', "line 2"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_plain_words(admin: Browser, content: bytes | str, said: str) -> None:
    refused = look(admin, content)

    assert refused.status_code == 400
    assert said in refused.text and "nothing of it was kept" in refused.text
    assert "<script>alert" not in refused.text


def test_what_a_file_says_is_never_markup(admin: Browser, hamraz: Hamraz) -> None:
    hostile = export(
        flow(
            "<b>Flow</b>",
            node("ask", says("q", "<script>alert(1)</script> @contact.<b>"), to="w"),
            asks("w", {"<i>Yes</i>": "", "Other": ""}, ("has_any_word", "<u>yes</u>", "<i>Yes</i>")),
        )
    )
    coming = look(admin, json.dumps(hostile))
    fill(admin, coming, TAKE)
    (name,) = drafts.every(hamraz.studio)
    pages = [coming, admin.open(f"/flows/flow?flow={name}"), admin.open(f"/flows/text?flow={name}")]

    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"<script>alert|<i>Yes|<u>yes|<b>Flow", page.text)
    proof = forms_of(coming, TAKE)[0]["csrf_token"]
    for text in ("", "[1]", "[[1, 2]]", "{", '[[false, "{\\"hamraz\\": 1}"]]'):
        assert post(admin, TAKE, {"csrf_token": proof, "content": text}).status_code == 400


def test_only_admins_bring_flows(enter: Enter) -> None:
    counsellor = enter(Role.COUNSELLOR, "Amina")

    assert {counsellor.open(path).status_code for path in (BRING, "/flows/export?flow=tips&as=json&of=0")} == {403}
