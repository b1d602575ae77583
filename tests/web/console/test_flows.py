"""The flow studio as an admin uses it: every page by forms alone, no program needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from werkzeug.test import TestResponse

from casework.staff import register
from casework.staff.roles import Role
from casework.studio import drafts, publishing, scheduling, shelf
from flows.editing.rules import rows_of
from flows.editing.values import node_of
from flows.published import FINISH
from operating.parts import Hamraz
from storage import passages
from storage.passages import Passage
from tests.casework.test_studio import QUESTION, at_when
from tests.phones import Clock, Phone
from tests.web.console.conftest import SITE, Browser, Enter
from tests.web.console.forms import fill, forms_of

FLOW, DO, STEP, TEXT, PUBLISH = "/flows/flow", "/flows/do", "/flows/step", "/flows/text", "/flows/publish"
CHECK = "/flows/check"


@pytest.fixture
def admin(enter: Enter) -> Browser:
    return enter(Role.ADMIN, "Rabia")


def checked(browser: Browser, fields: Mapping[str, list[str]]) -> TestResponse:
    """What a form that is being typed hears of itself."""
    return browser.client.post(f"/console{CHECK}", data=fields, base_url=SITE, headers={"Referer": SITE})


def at(answer: TestResponse) -> str:
    """Where an answer sends the browser."""
    return answer.headers["Location"].removeprefix("/console")


def test_a_step_is_added_changed_undone_looked_at_and_published_and_what_held_comes_back(
    admin: Browser, enter: Enter, hamraz: Hamraz
) -> None:
    assert "report" in admin.open("/flows").text and "As it comes with Hamraz" in admin.open("/flows").text
    page = admin.open(f"{FLOW}?flow=tips")
    assert "<svg" in page.text and "Nothing is wrong with it" in page.text

    add = next(number for number, form in enumerate(forms_of(page, DO)) if form["do"] == "add")
    sent = fill(admin, page, DO, number=add, kind="say", name="extra", node="human")
    step = admin.open(at(sent))
    assert "says something" in step.text and "Words are missing in a language" in step.text
    kept = admin.open(at(fill(admin, step, STEP, field_say="say.ended")))
    assert "Saved in the draft" in kept.text and "Words are missing" not in kept.text
    assert at(fill(admin, kept, STEP)).endswith("said=nothing")
    lists = admin.open("/flows").text
    assert "draft" in lists and "Rabia" in lists

    later = enter(Role.ADMIN, "Zoya")
    stale = later.open(f"{STEP}?flow=tips&node=extra")
    fill(admin, kept, STEP, field_secret="yes")
    refused = fill(later, stale, STEP, field_secret="no")
    assert refused.status_code == 400 and "A colleague changed this meanwhile (extra)" in refused.text
    assert "Not to be forwarded" in refused.text.partition("meanwhile</h2>")[2][:400]

    page = admin.open(f"{FLOW}?flow=tips")
    undo = [form["do"] for form in forms_of(page, DO)].index("undo")
    admin.open(at(fill(admin, page, DO, number=undo)))
    assert "secret" not in node_of(drafts.of(hamraz.studio, "tips").data, "extra")

    publish = admin.open(f"{PUBLISH}?flow=tips")
    assert "extra" in publish.text and "new: says something" in publish.text
    done = [fill(admin, publish, PUBLISH, seen="yes") for _ in range(2)]
    assert [at(one).rpartition("said=")[2] for one in done] == ["published", "already"]
    editions = admin.open(at(done[0]))
    assert "Number 1" in editions.text and "Rabia" in editions.text
    assert at(fill(admin, editions, "/flows/back")).endswith("said=back")
    assert not shelf.one(hamraz.studio, "tips").own


def test_ways_on_are_built_from_menus_and_told_as_sentences(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(f"{STEP}?flow=answered&node=count")
    assert "if how is “answered”: go to thanks" in page.text

    sent = fill(
        admin, page, STEP, on_2="*", slot_2="row", relation_2="filled", value_2="", denied_2="yes", go_2="all_right"
    )
    assert sent.status_code == 303, sent.text
    then = node_of(drafts.of(hamraz.studio, "answered").data, "count")["then"]
    assert rows_of(then)[-1].guard == "not row filled"
    assert "not: row is answered" in admin.open(f"{STEP}?flow=answered&node=count").text

    wrong = fill(admin, admin.open(f"{STEP}?flow=answered&node=row"), STEP, field_choose_if="{ a = ")
    assert wrong.status_code == 400 and "choose_if" in wrong.text and "{ a = " in wrong.text


def test_the_text_is_the_same_flow_and_what_cannot_be_read_is_refused_with_its_line(
    admin: Browser, hamraz: Hamraz
) -> None:
    page = admin.open(f"{TEXT}?flow=saved")
    text = forms_of(page, TEXT)[0]["text"]

    assert at(fill(admin, page, TEXT, text=text)).endswith("said=done")
    assert drafts.of(hamraz.studio, "saved").data == drafts.of(hamraz.studio, "saved").steps.start
    hostile = fill(admin, admin.open(f"{TEXT}?flow=saved"), TEXT, text='name = "saved"\n<script>alert(1)</script>')
    assert hostile.status_code == 400 and "saved.toml:2" in hostile.text
    assert "<script>alert" not in hostile.text and "&lt;script&gt;" in hostile.text
    assert admin.open(f"{FLOW}?flow=nowhere").status_code == 404
    assert admin.open(f"{STEP}?flow=saved&node=nowhere").status_code == 404


def test_a_refused_form_keeps_what_was_typed_and_takes_nothing_of_a_colleagues_away(
    admin: Browser, enter: Enter, hamraz: Hamraz
) -> None:
    later = enter(Role.ADMIN, "Zoya")
    form, text = later.open(f"{STEP}?flow=tips&node=situation"), later.open(f"{TEXT}?flow=tips")
    hers = re.sub(r'(kind +)(= "find")', r"\1\2\r\nsensitive = true", forms_of(text, TEXT)[0]["text"])
    for node, field in (("situation", "secret"), ("tip", "skippable")):
        theirs = fill(admin, admin.open(f"{STEP}?flow=tips&node={node}"), STEP, **{f"field_{field}": "yes"})
        assert at(theirs).endswith("said=done")

    # What cannot be read stays as it was typed, over what she saw: mended, it still tells of the colleague's.
    unread = fill(later, form, STEP, field_choose_if="{ a = ", go_0="human")
    kept = forms_of(unread, STEP)[0]
    assert (unread.status_code, kept["field_choose_if"], kept["go_0"]) == (400, "{ a = ", "human")
    told = fill(later, unread, STEP, field_choose_if="")
    assert told.status_code == 400 and "A colleague changed this meanwhile (situation)" in told.text
    # Hers stays, and beside it the colleague's where she had changed nothing.
    kept = forms_of(told, STEP)[0]
    assert (kept["field_secret"], kept["go_0"]) == ("yes", "human")
    assert at(fill(later, told, STEP)).endswith("said=done")
    node = node_of(drafts.of(hamraz.studio, "tips").data, "situation")
    assert node["secret"] and rows_of(node["then"])[0].target == "human"

    broken = fill(later, text, TEXT, text=hers + "[[")
    assert broken.status_code == 400 and forms_of(broken, TEXT)[0]["text"].endswith("[[")
    both = fill(later, broken, TEXT, text=hers)
    assert both.status_code == 400 and "A colleague changed this meanwhile (situation)" in both.text
    assert at(fill(later, both, TEXT)).endswith("said=done")
    data = drafts.of(hamraz.studio, "tips").data
    assert node_of(data, "situation")["sensitive"] and node_of(data, "tip")["skippable"]

    # A colleague took the very step out: what was typed is still there to be read.
    form, page = (who.open(f"{STEP}?flow=tips&node=human") for who in (later, admin))
    out = [one["do"] for one in forms_of(page, DO)].index("delete")
    fill(admin, page, DO, number=out, to="done")
    for _ in range(2):
        form = fill(later, form, STEP, go_0="done")
        assert form.status_code == 400 and "taken out" in form.text
        assert forms_of(form, STEP)[0]["go_0"] == "done"


def test_a_name_that_is_refused_stays_to_be_mended(admin: Browser) -> None:
    begun = fill(admin, admin.open("/flows"), "/flows/new", name="Night Shift")
    assert begun.status_code == 400 and forms_of(begun, "/flows/new")[0]["name"] == "Night Shift"

    page = admin.open(f"{FLOW}?flow=tips")
    add = [form["do"] for form in forms_of(page, DO)].index("add")
    added = forms_of(fill(admin, page, DO, number=add, kind="text", name="Extra!", node="tip"), DO)[add]
    assert (added["kind"], added["name"], added["node"]) == ("text", "Extra!", "tip")

    page = admin.open(f"{STEP}?flow=tips&node=tip")
    rename = [form["do"] for form in forms_of(page, DO)].index("rename")
    renamed = fill(admin, page, DO, number=rename, name="situation")
    assert renamed.status_code == 400 and "There is one called “situation” already" in renamed.text
    assert forms_of(renamed, DO)[rename]["name"] == "situation"
    assert forms_of(renamed, STEP)[0].fields == forms_of(page, STEP)[0].fields | {
        "csrf_token": forms_of(renamed, STEP)[0].fields["csrf_token"]
    }


def test_going_back_that_is_refused_says_why_and_keeps_what_was_chosen(
    admin: Browser, hamraz: Hamraz, clock: Clock, phone: Callable[..., Phone]
) -> None:
    me = register.entry(hamraz.office, "Rabia")
    assert me is not None
    draft = drafts.take(hamraz.studio, me.id, "report", drafts.of(hamraz.studio, "report").token, QUESTION, clock())
    publishing.publish(hamraz.studio, me.id, "report", draft.token, FINISH, True, clock())
    at_when(phone())

    refused = fill(admin, admin.open("/flows/editions?flow=report"), "/flows/back", policy="migrate")

    assert refused.status_code == 400 and "Somebody in the middle of it would stand nowhere" in refused.text
    assert "1 conversation would stand at &#39;pity&#39;" in refused.text
    assert forms_of(refused, "/flows/back")[0]["policy"] == "migrate"


def test_what_is_wrong_keeps_it_from_holding_and_one_click_mends_it(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(f"{FLOW}?flow=answered")
    add = next(number for number, form in enumerate(forms_of(page, DO)) if form["do"] == "add")
    fill(admin, page, DO, number=add, kind="say", name="extra", node="how")
    publish = admin.open(f"{PUBLISH}?flow=answered")

    refused = fill(admin, publish, PUBLISH, seen="yes")

    assert refused.status_code == 400 and "It does not hold yet" in refused.text and "E102" in refused.text
    mend = [form["do"] for form in forms_of(refused, DO)].index("mend")
    fill(admin, refused, DO, number=mend)
    assert "Nothing is wrong with it" in admin.open(f"{FLOW}?flow=answered").text


def test_two_must_agree_where_the_team_wants_two_and_the_pages_are_whole_in_urdu(
    admin: Browser, enter: Enter, hamraz: Hamraz
) -> None:
    other = enter(Role.ADMIN, "Zoya")
    assert at(fill(admin, admin.open("/flows"), "/flows/two")).endswith("said=two_published")
    fill(admin, admin.open(f"{STEP}?flow=tips&node=situation"), STEP, field_secret="no")
    asked = fill(admin, admin.open(f"{PUBLISH}?flow=tips"), PUBLISH, seen="yes")
    assert at(asked).endswith("said=asked")
    assert forms_of(admin.open(at(asked)), "/flows/agree") == []

    for path in ("/flows", f"{FLOW}?flow=report", f"{STEP}?flow=report&node=where", f"{PUBLISH}?flow=tips"):
        assert admin.open(f"{path}{'&' if '?' in path else '?'}language=ur").status_code == 200

    agreed = fill(other, other.open(f"{PUBLISH}?flow=tips"), "/flows/agree")
    assert at(agreed).endswith("said=published")
    assert shelf.one(hamraz.studio, "tips").past[0].second


def test_a_form_is_proved_as_it_is_typed_and_nothing_of_it_is_kept(
    admin: Browser, enter: Enter, hamraz: Hamraz
) -> None:
    def found(answer: TestResponse) -> dict[str, str]:
        assert answer.status_code == 200, answer.text
        return dict(re.findall(r'<div data-found="(\w*)">(.*?)</div>', answer.text, re.DOTALL))

    page = admin.open(f"{STEP}?flow=tips&node=tip")
    sent = forms_of(page, STEP)[0].fields | {"field_ask": ["nothing.here"], "field_skippable": ["no"], "go_1": [""]}
    told = found(checked(admin, sent))
    assert "E201" in told["ask"] and "nothing.here" in told["ask"] and "E110 tip" in told["skippable"]
    assert 'href="/console/flows/step?flow=tips&amp;node=human"' in told[""] and "E102" in told[""]
    assert told["count"].startswith("As you type, to be looked at:")
    assert "nothing is wrong" in found(checked(admin, forms_of(page, STEP)[0].fields))["count"]

    text = admin.open(f"{TEXT}?flow=tips")
    broken = forms_of(text, TEXT)[0].fields | {"text": ['name = "tips"\n<b>']}
    told = found(checked(admin, broken))
    assert told["count"].endswith("Line 2.") and "E100" in told[""] and "<b>" not in told[""]
    whole = re.sub(
        r'kind +(= "end")', 'kind = "say"\nsay = "say.ended"\nthen = "situation"', forms_of(text, TEXT)[0]["text"]
    )
    assert "E103" in found(checked(admin, forms_of(text, TEXT)[0].fields | {"text": [whole]}))[""]

    for do, typed, said in (("rename", {"name": "human"}, "There is one called"), ("delete", {"to": ""}, "Other steps lead to"),
                            ("delete", {"to": "done"}, "E102"), ("move", {"after": ""}, "")):  # fmt: skip
        form = next(one for one in forms_of(page, DO) if one["do"] == do)
        told = found(checked(admin, form.fields | {name: [one] for name, one in typed.items()}))
        assert said in told["count"] + told[""] and "mend" not in told[""], do
    assert drafts.every(hamraz.studio) == {}

    # A mend in her form keeps what she typed, too.
    mended = fill(admin, page, STEP, field_skippable="no", field_ask="say.ended", mend="E110 tip")
    node = node_of(drafts.of(hamraz.studio, "tips").data, "tip")
    assert at(mended).endswith("said=done") and node["ask"] == "say.ended" and "skippable" not in node

    assert checked(enter(Role.TRANSLATOR, "Zoya"), sent).status_code in (400, 403)
    assert checked(admin, {**sent, "csrf_token": ["x"]}).status_code == 400


def test_how_it_goes_is_shown_in_rounded_figures_once_the_week_is_over(
    admin: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    edition, week = hamraz.studio.shipped["report"].hash, passages.week_of(clock())
    counts = Counter({Passage("when", "sms", "ur", "reached"): 41, Passage("when", "sms", "ur", "left"): 12})
    counts += Counter(
        {Passage("when", "sms", "ur", passages.to("where")): 23, Passage("area", "sms", "ur", "reached"): 7}
    )
    hamraz.database.work(lambda unit: passages.add(unit, hamraz.keyring, week, edition, counts, clock()))
    clock.forward(hours=7 * 24)
    admin.log_in()

    page = admin.open(
        "/flows/insight?flow=report&weeks=1&channel=sms&language=en"
    ).text  # of the page, not of the counts
    assert "Asked about 40 times" in page and "stopped here: 30 %" in page and "many stop here" in page
    assert 'class="box many"' in page

    page = admin.open("/flows/insight?flow=report&weeks=1&channel=sms&by=traffic").text
    assert 'class="box  went4"' in page and "when → where · about 25" in page and "fewer than 10" in page
    assert "by=loss" in page and "weeks=1" in page and 'class="box many"' not in page
    assert "Asked about" not in admin.open("/flows/insight?flow=report&weeks=many&channel=<b>&spoken=sd").text
    assert admin.open("/flows/insight?flow=nothing").status_code == 404
    assert at(admin.open("/flows/insight")) == "/flows"


def test_a_draft_is_planned_by_the_clock_of_the_team_told_of_where_it_is_refused_and_called_off(
    admin: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    page = admin.open(f"{STEP}?flow=answered&node=row")
    admin.open(at(fill(admin, page, STEP, field_skippable="no")))
    publish = f"{PUBLISH}?flow=answered"
    for hour in ("", "yesterday", "2020-01-01T10:00", "9999-12-31T23:59"):
        refused = fill(admin, admin.open(publish), "/flows/plan", due=hour, seen="yes")
        assert refused.status_code == 400 and "Choose an hour that is still to come" in refused.text
    there = clock().astimezone(ZoneInfo(hamraz.room.hours.zone)) + timedelta(minutes=8)
    wrong = fill(admin, admin.open(publish), "/flows/plan", due=f"{there:%Y-%m-%dT%H:%M}")
    assert wrong.status_code == 400 and forms_of(wrong, "/flows/plan")[0]["due"] == f"{there:%Y-%m-%dT%H:%M}"
    fill(admin, wrong, DO, number=[form["do"] for form in forms_of(wrong, DO)].index("mend"))

    page = admin.open(f"{STEP}?flow=answered&node=row")
    fill(admin, page, STEP, field_secret="yes")
    planned = fill(admin, admin.open(publish), "/flows/plan", due=f"{there:%Y-%m-%dT%H:%M}", seen="yes")
    assert at(planned).endswith("said=planned")
    shown = admin.open(at(planned)).text
    assert f"{there:%H:%M} on, if nothing is wrong" in shown and "Planned by Rabia" in shown
    assert f"{there:%H:%M}" in admin.open("/flows").text

    fill(admin, admin.open(f"{STEP}?flow=answered&node=row"), STEP, field_sensitive="yes")
    assert "The draft was changed since" in admin.open(publish).text
    clock.forward(minutes=9)
    scheduling.hold_due(hamraz.studio, clock())
    assert "refused at its hour" in admin.open("/flows").text
    told = admin.open(f"{publish}&language=ur")
    assert "اسے" in told.text and "کچھ جاری نہیں ہوا" in told.text
    assert at(fill(admin, told, "/flows/plan/off")).endswith("said=off") and scheduling.planned(hamraz.studio) == {}
