"""A question asked in two wordings, as an admin offers, follows and settles it: by forms alone."""

from __future__ import annotations

from collections import Counter

from casework.staff.roles import Role
from casework.studio import comparing, drafts, shelf
from flows.editing.values import node_of
from operating.parts import Hamraz
from storage import passages
from storage.passages import ANSWERED, REACHED, Passage, of_wording
from tests.phones import Clock
from tests.web.console.conftest import Enter
from tests.web.console.forms import fill, forms_of
from tests.web.console.test_flows import DO, PUBLISH, STEP, at

WORDING, INSIGHT = "/flows/wording", "/flows/insight?flow=tips"
WORDS = {
    "words_en": "Which tips would help you?",
    "words_ur": "کس بارے میں مشورے چاہئیں؟",
    "words_sd": "ڪهڙي باري ۾ صلاحون گهرجن؟",
    "words_ur_Latn": "Kis baare mein mashware chahiyen?",
    "words_es": "",
}


def test_a_second_wording_is_offered_published_followed_and_taken(enter: Enter, hamraz: Hamraz, clock: Clock) -> None:
    admin = enter(Role.ADMIN, "Rabia")
    assert "Try another wording" in admin.open(INSIGHT).text
    assert "Try another wording" not in admin.open(f"{STEP}?flow=report&node=keep").text
    page = admin.open(f"{STEP}?flow=tips&node=situation")
    assert "Tips for what" in page.text

    refused = fill(admin, page, WORDING, **WORDS, most="7")
    assert refused.status_code == 400 and "20 to 100000" in refused.text
    assert WORDS["words_ur"] in refused.text  # what was typed is still there
    assert at(fill(admin, page, WORDING, **WORDS, weeks="2")).endswith("said=wording_drafted")
    page = admin.open(f"{STEP}?flow=tips&node=situation")
    assert "Words are missing in a language" in page.text and WORDS["words_sd"] in page.text
    key = node_of(drafts.of(hamraz.studio, "tips").data, "situation")["other_wording"]["ask"]
    words = admin.open(f"/words/phrase?lang=es&phrase={key}")
    assert "said=said" in at(fill(admin, words, "/words/phrase", form0="¿Qué consejos le ayudarían?"))
    assert "The other" in admin.open("/flows/try?flow=tips&node=situation&wording=other&lang=en").text
    assert WORDS["words_en"] in admin.open("/flows/try?flow=tips&node=situation&wording=other&lang=en").text
    assert WORDS["words_en"] not in admin.open("/flows/try?flow=tips&node=situation&lang=en").text

    walk = admin.open("/flows/walk?flow=tips&lang=en&channel=sms").text
    assert WORDS["words_en"] in walk and "Or, for half of the people" in walk
    bundle = admin.open("/flows/export?flow=tips&as=bundle&of=draft").text
    assert "other_wording" in bundle and WORDS["words_sd"] in bundle

    page = admin.open(f"{PUBLISH}?flow=tips")
    assert "two wordings of “situation” are compared" in page.text
    assert at(fill(admin, page, PUBLISH, seen="yes")).endswith("said=published")
    assert "Fewer than 10" in admin.open(INSIGHT).text
    assert "that ends" in admin.open("/flows/editions?flow=tips").text
    assert "ends the comparison" in admin.open(f"/words/phrase?lang=ur&phrase={key}").text

    standing, week = shelf.one(hamraz.studio, "tips"), passages.week_of(clock())
    counts = Counter({
        Passage("situation", "sms", "ur", of_wording(what, 1, other=other)): number
        for what, other, number in ((REACHED, False, 120), (ANSWERED, False, 80), (REACHED, True, 119), (ANSWERED, True, 109))
    })  # fmt: skip
    hamraz.database.work(lambda unit: passages.add(unit, hamraz.keyring, week, standing.flow.hash, counts, clock()))
    clock.forward(days=8)
    admin.log_in()
    comparing.weigh(hamraz.studio, clock())
    page = admin.open(INSIGHT)
    said = "Of 120 asked with the first wording about 65 % answered at once; of 120 asked with the other, about 90 %."
    assert said in page.text and "by more than chance would make" in page.text

    assert at(fill(admin, page, "/flows/wording/take", number=0)).endswith("said=wording_taken")
    node = node_of(drafts.of(hamraz.studio, "tips").data, "situation")
    assert (node["ask"], node["labels"], "other_wording" in node) == (key, "tips.situation", False)
    page = admin.open(f"{PUBLISH}?flow=tips")
    assert "Nothing is wrong with it" in page.text and "that ends" not in page.text
    assert "ends the comparison" not in admin.open("/words/phrase?lang=ur&phrase=tips.situation.ask").text
    assert at(fill(admin, page, PUBLISH)).endswith("said=published")
    assert comparing.stands(hamraz.studio, shelf.one(hamraz.studio, "tips"), clock()) is None


def test_it_is_ended_once_and_a_page_of_before_ends_nothing_else(enter: Enter, hamraz: Hamraz, clock: Clock) -> None:
    admin = enter(Role.ADMIN, "Rabia")
    page = admin.open(f"{STEP}?flow=tips&node=situation")
    fill(admin, page, WORDING, **WORDS | {"words_es": "¿Qué consejos le ayudarían?"})
    fill(admin, admin.open(f"{PUBLISH}?flow=tips"), PUBLISH, seen="yes")
    page = admin.open(INSIGHT)

    assert at(fill(admin, page, "/flows/wording/end")).endswith("said=wording_ended")
    assert at(fill(admin, page, "/flows/wording/end")).endswith("said=wording_ended")
    assert "It was ended early" in admin.open(INSIGHT).text
    assert fill(admin, page, "/flows/wording/end", run="9").status_code == 400
    assert at(fill(admin, admin.open(INSIGHT), "/flows/wording/take", run="9")) == "/flows/insight?flow=tips"


def test_a_question_of_safety_is_refused_and_mended_with_one_click(enter: Enter, hamraz: Hamraz) -> None:
    admin = enter(Role.ADMIN, "Rabia")
    page = admin.open(f"{STEP}?flow=report&node=when")
    beside = fill(admin, page, WORDING, **WORDS, node="under18")
    assert at(beside) == f"{STEP}?flow=report&node=under18&said=wording_drafted"
    page = admin.open("/flows/flow?flow=report")
    assert "E116" in page.text and "Ask in one wording only" in page.text
    number = next(at for at, form in enumerate(forms_of(page, DO)) if form.fields.get("code") == ["E116"])
    fill(admin, page, DO, number=number)

    assert "E116" not in admin.open("/flows/flow?flow=report").text
    assert "other_wording" not in node_of(drafts.of(hamraz.studio, "report").data, "under18")
