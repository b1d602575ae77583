"""What reporters are told, written in the console: as a browser without any program sees it."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from casework.seeding import load
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import wordings
from tests.phones import Phone
from tests.storage.attacker import TABLES, everyone, put
from tests.web.console.conftest import SITE, Browser, Enter
from tests.web.console.forms import fill, forms_of


@pytest.fixture(autouse=True)
def with_numbers(hamraz: Hamraz) -> None:
    hamraz.database.work(load)


def here(language: str, phrase: str) -> str:
    return f"/words/phrase?{urlencode({'lang': language, 'phrase': phrase})}"


def save(who: Browser, language: str, phrase: str, *forms: str, to: str = "", **more: str) -> TestResponse:
    fields = {f"form{at}": form for at, form in enumerate(forms)} | more
    page = who.open(here(language, phrase))
    version = re.search(r'name="version" value="(\d+)"', page.text)
    fields |= {"lang": language, "phrase": phrase, "version": version[1] if version else "0"}
    return who.send(f"/words/phrase{to}", here(language, phrase), of=page, **fields)


def said(answer: TestResponse) -> str:
    return html.unescape(answer.text)


def test_what_she_writes_is_said_with_the_next_message_a_draft_never_and_somebody_else_looks_it_over(
    enter: Enter, phone: Callable[..., Phone]
) -> None:
    tahira, adila = enter(Role.TRANSLATOR, "Tahira"), enter(Role.ADMIN, "Adila")
    hers = phone()
    before = hers.say("xx")

    assert "said=drafted" in save(tahira, "en", "say.panic", "Not finis", to="/draft").headers["Location"]
    assert hers.say("xx") == before
    page = said(tahira.open(here("en", "say.panic")))
    assert "Not finis</textarea>" in page and "kept as a draft" in page and "<bdi>Tahira</bdi>" in page
    assert "said=said" in save(tahira, "en", "say.panic", "Fine, thank you.").headers["Location"]
    assert hers.say("xx") == "Fine, thank you."
    assert "said=same" in save(tahira, "en", "say.panic", "Fine, thank you.").headers["Location"]

    listed = said(tahira.open("/words?lang=en&state=own"))
    assert "1 of " in listed and "say.panic" in listed and "say.broke" not in listed
    assert "Somebody else looks them over" in said(save(tahira, "en", "say.panic", to="/review"))
    save(adila, "en", "say.panic", to="/review")
    assert "say.panic" in said(tahira.open("/words?lang=en&state=reviewed"))
    # Its translations were made from other words.
    assert "say.panic" in said(tahira.open("/words?lang=es&state=stale"))
    save(adila, "es", "say.panic", to="/review")
    assert "say.panic" not in said(tahira.open("/words?lang=es&state=stale"))

    long = "Too dull? " * 101
    assert f"\n{long}</textarea>" in said(save(tahira, "en", "say.panic", to="/remark", remark=long))
    save(tahira, "en", "say.panic", to="/remark", remark="Too dull?")
    save(tahira, "en", "say.panic", to="/native", native="yes")
    page = said(adila.open(here("en", "say.panic")))
    assert "Too dull?" in page and "A native speaker has seen it" in page
    save(adila, "en", "say.panic", to="/shipped")
    assert hers.say("xx") == before


def test_whatever_would_reach_a_reporter_broken_is_refused_with_all_she_typed(enter: Enter) -> None:
    tahira = enter(Role.TRANSLATOR, "Tahira")
    for language, phrase, text, code in (
        ("ur", "say.broke", "معذرت {0.__class__}", "E202"),
        ("ur", "say.broke", "معذرت {police}", "E202"),
        ("en", "report.story.ask", "Tell it.", "E202"),
        ("en", "say.broke", "Sorry. " * 80, "E301"),
        ("en", "report.when.ask", "When was it, as far as you know it? " * 13, "E301"),
        ("es", "report.when.today", "OMITIR", "E204"),
        ("sd", "report.when.today", "ڪالهه", "E205"),
        ("en", "button.skip", "Leave this question out altogether", "E303"),
        ("en", "control.skip", "MENU", "E204"),
        ("en", "control.skip", "STOP, SKIP", "E204"),
        ("en", "say.broke", "", ""),
    ):
        refused = save(tahira, language, phrase, text)
        assert refused.status_code == 400, (phrase, text)
        assert code in said(refused) and f"\n{text}</textarea>" in said(refused), (phrase, text)
    assert save(tahira, "en", "say.nothing", "x").status_code == 404
    assert save(tahira, "en", "guess.words", "x").status_code == 404
    unspoken = {"lang": "xx", "phrase": "say.broke", "form0": "x"}
    assert tahira.send("/words/phrase", here("en", "say.broke"), **unspoken).status_code == 404
    doubtful = save(tahira, "en", "say.broke", "Sorry “friend” ☺")
    assert doubtful.status_code == 400 and "W306" in said(doubtful)
    assert save(tahira, "en", "say.broke", "Sorry ☺", anyway="yes").status_code == 303


def test_of_two_who_write_at_once_the_second_is_told_and_sees_both(enter: Enter) -> None:
    tahira, adila = enter(Role.TRANSLATOR, "Tahira"), enter(Role.ADMIN, "Adila")
    opened = adila.open(here("en", "say.broke"))
    save(tahira, "en", "say.broke", "Sorry, that was us.")

    fields = {"lang": "en", "phrase": "say.broke", "form0": "Sorry, my words."}
    refused = adila.send("/words/phrase", here("en", "say.broke"), of=opened, **fields)

    assert refused.status_code == 400
    assert "Somebody else changed this phrase" in said(refused)
    assert "Sorry, that was us." in said(refused) and "Sorry, my words.</textarea>" in said(refused)
    again = adila.send("/words/phrase", here("en", "say.broke"), of=refused, **fields)
    assert again.status_code == 303


def test_numbers_keep_their_place_and_the_cost_is_counted_by_the_server(enter: Enter) -> None:
    tahira = enter(Role.TRANSLATOR, "Tahira")
    fields = {"lang": "ur", "phrase": "say.broke", "form0": "معذرت 0300 1234567 پر"}

    shown = said(tahira.send("/words/phrase/count", here("ur", "say.broke"), **fields))

    assert "Parts at its longest: 1, of 3" in shown and "70 fit into one part" in shown and "E203" not in shown
    nothing = tahira.send("/words/phrase/count", here("ur", "say.broke"), lang="ur", phrase="say.broke")
    assert nothing.status_code == 200 and "Write something" in said(nothing)
    pasted = fields["form0"].replace("معذرت ", "\ufeffمعذ\u200bرت ")  # what nobody sees is not kept
    save(tahira, "ur", "say.broke", pasted)
    assert "\nمعذرت \u20680300 1234567\u2069 پر</textarea>" in said(tahira.open(here("ur", "say.broke")))


def test_what_was_changed_past_us_is_not_said_and_can_be_written_anew(
    enter: Enter, hamraz: Hamraz, phone: Callable[..., Phone]
) -> None:
    tahira, hers = enter(Role.TRANSLATOR, "Tahira"), phone()
    before = hers.say("xx")
    save(tahira, "en", "say.panic", "Fine.")

    def overwrite(unit: wordings.Unit) -> None:
        (row,) = everyone(unit, TABLES["wordings"])
        put(unit, "wordings.sealed", (row["id"],), b"forged")
        wordings.note_said(unit)

    hamraz.database.work(overwrite)

    assert hers.say("xx") == before
    assert "say.panic" in said(tahira.open("/words?lang=en&state=broken"))
    assert "changed past us" in said(tahira.open(here("en", "say.panic")))
    assert save(tahira, "en", "say.panic", "Fine again.").status_code == 303
    assert hers.say("xx") == "Fine again."


def test_a_file_is_looked_at_first_and_taken_when_she_says_so_and_so_is_one_word_for_another(
    enter: Enter, phone: Callable[..., Phone]
) -> None:
    tahira, hers = enter(Role.TRANSLATOR, "Tahira"), phone()
    given = tahira.open("/words/files/export?lang=en&form=po")
    assert given.headers["Content-Disposition"] == 'attachment; filename="words_en.po"'
    mine = given.get_data(as_text=True).replace('"OK, thank you."', '"Fine, thank you."')

    def bring(content: str) -> TestResponse:
        page = tahira.open("/words/files?lang=en")
        return tahira.client.post(
            "/console/words/files",
            data={"csrf_token": proof_in(page), "lang": "en", "file": (io.BytesIO(content.encode()), "words.po")},
            base_url=SITE,
            headers={"Referer": f"{SITE}/console/words/files"},
        )

    refused = bring(mine.replace('"Fine, thank you."', '"Fine {0.__class__}"'))
    assert refused.status_code == 400
    assert "The file was not taken" in said(refused) and "say.panic" in said(refused) and "E202" in said(refused)
    looked = bring(mine)
    assert "Phrases that would change: 1." in said(looked) and hers.say("xx") == "OK, thank you."
    fields = dict(re.findall(r'name="(lang|digest|content)" value="([^"]*)"', looked.text))
    taken = {name: html.unescape(value) for name, value in fields.items()} | {"say": "yes"}
    assert "count=1" in tahira.send("/words/files/apply", of=looked, **taken).headers["Location"]
    assert hers.say("xx") == "Fine, thank you."
    again = tahira.send("/words/files/apply", of=looked, **taken)
    assert again.status_code == 400 and "Nothing would change" in said(again)

    sought = {"lang": "en", "old": "Fine, thank you.", "new": "All right, thank you."}
    looked = tahira.send("/words/replace", "/words/files?lang=en", **sought)
    assert "Phrases that would change: 1." in said(looked)
    (digest,) = re.findall(r'name="digest" value="([^"]*)"', looked.text)
    tahira.send("/words/replace/apply", of=looked, **sought, digest=digest, say="yes")
    assert hers.say("xx") == "All right, thank you."


def proof_in(page: TestResponse) -> str:
    return str(re.findall(r'name="csrf_token" value="([^"]*)"', page.text)[0])


def test_a_language_is_begun_in_the_browser_written_as_any_other_and_offered_once_it_is_whole(
    enter: Enter,
) -> None:
    admin = enter(Role.ADMIN, "Rabia")
    page = admin.open("/words/languages")
    typed = {
        "own_name": "ਪੰਜਾਬੀ",
        "own_name_sms": "Punjabi",
        "code": "pa",
        "direction": "ltr",
        "menu": "0",
        "yes": "ਹਾਂ",
        "no": "ਨਹੀਂ",
    }
    clash = fill(admin, page, "/words/languages", **typed, panic="بس <b>, menu")
    assert (
        clash.status_code == 400
        and "that is the word for the menu in English" in clash.text
        and "<b>" not in clash.text
    )
    held = forms_of(clash, "/words/languages")[0]
    assert {name: held[name] for name in typed} == typed
    bad = fill(admin, clash, "/words/languages", panic="XX", code="Punjabi")
    assert bad.status_code == 400 and "Look at this again: Code." in bad.text
    done = fill(admin, bad, "/words/languages", panic="XX", code="pa")
    assert done.headers["Location"].endswith("said=brought")

    shown = admin.open("/words/languages?language=ur").text
    assert "ਪੰਜਾਬੀ" in shown and "ابھی پیش نہیں" in shown and "disabled" in shown
    refused = fill(admin, admin.open("/words/languages?language=en"), "/words/languages/switch")
    assert refused.status_code == 400 and "It cannot be offered yet" in refused.text

    phrase = admin.open("/words/phrase?lang=pa&phrase=say.panic")
    said = fill(admin, phrase, "/words/phrase", form0="ਠੀਕ ਹੈ।")
    assert said.status_code == 303, said.text
    assert "ਠੀਕ ਹੈ।" in admin.open("/words?lang=pa").text
    steers = fill(admin, admin.open("/words/phrase?lang=pa&phrase=control.back"), "/words/phrase", form0="ＸＸ")
    assert steers.status_code == 400 and "E204" in steers.text
    for address in (
        "/words?lang=pa",
        "/words/files?lang=pa",
        "/words/files/export?lang=pa&form=po",
        "/flows/try?flow=tips&lang=pa",
    ):
        assert admin.open(address).status_code == 200, address
    twin = fill(admin, admin.open("/words/languages"), "/words/languages/rename", own_name="سنڌي")
    assert twin.status_code == 400 and "Its own name" in twin.text
    assert forms_of(twin, "/words/languages/rename")[0]["own_name"] == "سنڌي"  # what was typed is not lost
    renamed = fill(admin, twin, "/words/languages/rename", own_name="پنجابی", direction="rtl")
    assert renamed.headers["Location"].endswith("said=renamed") and "پنجابی" in admin.open("/words/languages").text
    unmeant = fill(admin, admin.open("/words/languages"), "/words/languages/remove", meant="sd")
    assert unmeant.status_code == 400 and "type its code: pa" in unmeant.text
    taken = fill(admin, unmeant, "/words/languages/remove", meant="pa")
    assert taken.headers["Location"].endswith("said=taken") and "پنجابی" not in admin.open("/words/languages").text
    translator = enter(Role.TRANSLATOR, "Zoya").open("/words/languages")
    assert translator.status_code == 200 and "/words/languages/re" not in translator.text
