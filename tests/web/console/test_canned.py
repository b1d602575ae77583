"""Ready answers as a browser without any program sees them."""

from __future__ import annotations

import html
import re

import pytest

from casework.canned import shelf
from casework.seeding import load
from casework.staff.roles import Role
from operating.parts import Hamraz
from tests.phones import Clock
from tests.web.console.conftest import SITE, Enter


@pytest.fixture(autouse=True)
def with_numbers(hamraz: Hamraz) -> None:
    hamraz.database.work(load)


def test_a_translator_writes_looks_and_somebody_else_looks_it_over(enter: Enter) -> None:
    tahira, sara = enter(Role.TRANSLATOR, "Tahira"), enter(Role.SUPERVISOR, "Sara")
    here = "/canned/numbers?lang=ur"
    words = "نمبر یہ ہے: {police}"

    looked = tahira.send("/canned/numbers/preview", here, lang="ur", text=words, seen="")
    assert "نمبر یہ ہے: \u206815\u2069" in html.unescape(looked.text) and "Nothing is kept yet" in looked.text
    assert words not in tahira.open(here).text
    sent = tahira.send(
        "/canned/numbers", here, lang="ur", text=words, seen=shelf.shipped()["numbers"].texts["ur"].digest
    )
    assert sent.headers["Location"].endswith("/canned/numbers?lang=ur&done=written")

    page = sara.open(here).text
    assert words in page and "by <bdi>Tahira</bdi>" in html.unescape(page) and "What it said before" in page
    assert "somebody else looks them over" in tahira.open(here).text.lower()
    seen = shelf.digest(words)
    sara.send("/canned/numbers/review", here, lang="ur", seen=seen)
    assert "looked over · by" in html.unescape(sara.open(here).text)


def test_what_is_refused_leaves_the_words_in_the_form(enter: Enter) -> None:
    tahira = enter(Role.TRANSLATOR, "Tahira")
    here, seen = "/canned/hello?lang=en", shelf.shipped()["hello"].texts["en"].digest

    for text, said in (("{0.__class__}", "with nothing else in them"), ("{receipt}", "“receipt” is no variable")):
        refused = tahira.send("/canned/hello", here, lang="en", text=text, seen=seen)
        assert refused.status_code == 400
        assert said in html.unescape(refused.text) and text in html.unescape(refused.text)
    refused = tahira.send("/canned/hello", here, lang="en", text="mine", seen="0" * 16)
    assert refused.status_code == 400
    assert "Somebody else changed these words" in refused.text and "I have read what you wrote" in refused.text


def test_while_she_types_her_login_goes_on(enter: Enter, clock: Clock) -> None:
    tahira = enter(Role.TRANSLATOR, "Tahira")
    (kept_by,) = re.findall(r'data-keeps="([^"]+)"', tahira.open("/canned/hello?lang=en").text)

    for _ in range(3):
        clock.forward(minutes=10)
        assert tahira.client.head(kept_by, base_url=SITE).status_code == 200


def test_a_counsellor_looks_and_cannot_write(enter: Enter) -> None:
    amina = enter(name="Amina")

    page = amina.open("/canned/hello?lang=es").text

    assert "Hola, soy una consejera." in page
    assert "<textarea" not in page and "Take this answer away" not in page
    assert amina.send("/canned/hello", "/canned", lang="es", text="x", seen="").status_code == 403


def test_a_new_one_is_begun_filed_elsewhere_and_taken_away(enter: Enter) -> None:
    tahira = enter(Role.TRANSLATOR, "Tahira")
    refused = tahira.send("/canned", "/canned", name="Two Words", category="talk")
    assert refused.status_code == 400 and 'value="Two Words"' in refused.text

    assert tahira.send("/canned", "/canned", name=" Bus ", category="talk").headers["Location"].endswith("/canned/bus")
    assert "There are no words in this language yet" in tahira.open("/canned/bus").text
    tahira.send("/canned/bus/kind", "/canned/bus", category="safety")
    tahira.send("/canned/bus/away", "/canned/bus")

    assert tahira.open("/canned/bus").status_code == 404
    assert tahira.send("/canned/bus/away", "/canned").status_code == 404


def test_markup_in_words_is_shown_as_it_was_typed(enter: Enter) -> None:
    tahira = enter(Role.TRANSLATOR, "Tahira")
    seen = shelf.shipped()["hello"].texts["en"].digest

    tahira.send("/canned/hello", "/canned/hello?lang=en", lang="en", text="<script>alert(1)</script>", seen=seen)

    assert "<script>alert" not in tahira.open("/canned/hello?lang=en").text + tahira.open("/canned").text
