"""The flow studio in a real browser: at every width, in both scripts; and by keys alone from the drawing to what holds."""

from __future__ import annotations

import json

from playwright.sync_api import FilePayload, expect

from casework.staff import register
from casework.staff.roles import Role
from casework.studio import drafts, shelf
from flows.editing import operations
from flows.editing.values import node_of
from tests.flows.exchange.foreign import market
from tests.web.console.browsing import Keys, Site, wrong_with


def test_axe_finds_nothing_wrong_and_a_step_is_changed_and_published_by_keys_alone(keys: Keys, site: Site) -> None:
    studio, now, page = site.hamraz.studio, site.clock(), keys.page
    keys.accept(site.invite("Rabia", Role.ADMIN))
    me = register.entry(site.hamraz.office, "Rabia")
    assert me is not None
    draft = drafts.of(studio, "report")
    two = operations.change("when", {"other_wording": {"ask": "report.which.ask", "most": 400, "weeks": 12}})
    for step in (operations.add("say", "extra", "when"), two, operations.rename("when", "day")):
        draft = drafts.take(studio, me.id, "report", draft.token, step, now)
    seen = [("ur", "/flows"), ("ur", "/flows/flow?flow=report"), ("en", "/flows/step?flow=report&node=where"),
            ("ur", "/flows/step?flow=report&node=day"), ("en", "/flows/text?flow=report"),
            ("ur", "/flows/publish?flow=report"), ("en", "/flows/editions?flow=report"),
            ("ur", "/flows/walk?flow=tips&lang=ur&channel=telegram"), ("ur", "/flows/insight?flow=report"),
            ("ur", "/flows/insight?flow=report&by=traffic")]  # fmt: skip
    wrong = []
    for language, address in seen:
        page.goto(f"{site.url}/console{address}{'&' if '?' in address else '?'}language={language}")
        wrong += [f"{language} {address}: {what}" for what in wrong_with(page)]
    assert wrong == []

    page.goto(f"{site.url}/console/flows/bring?language=ur")
    assert wrong_with(page) == []
    export: FilePayload = {
        "name": "market.json",
        "mimeType": "application/json",
        "buffer": json.dumps(market()).encode(),
    }
    page.locator("#file").set_input_files([export])
    page.locator("form.sheet button").press("Enter")
    expect(page.locator(".wrongs li")).to_have_count(13)
    assert wrong_with(page) == []

    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site.url}/console/flows/flow?flow=find_help&language=en")
    begins = page.locator("svg a.first").bounding_box()
    assert begins is not None
    assert begins["x"] >= 0 and begins["x"] + begins["width"] <= 360  # on a phone too it opens where the flow begins

    page.goto(f"{site.url}/console/flows/flow?flow=saved&language=en")
    first = page.locator("svg a").first
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("in “Numbers she kept”")
    page.get_by_label("Not to be forwarded").select_option("yes")
    page.get_by_role("button", name="Save the draft").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_contain_text("Saved in the draft")
    page.get_by_role("link", name="What changes").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Let it hold now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It holds from the next message on")
    assert shelf.one(studio, "saved").number == 1

    # What is wrong stands beside its field while she types. Enter in a field saves: it presses no mend.
    page.goto(f"{site.url}/console/flows/step?flow=report&node=where&language=ur")
    page.locator("#field_skippable").select_option("no")
    beside = page.locator("#found-skippable")
    expect(beside).to_contain_text("E110")
    expect(page.locator("#writes [role=status]")).to_contain_text("ابھی کچھ محفوظ نہیں ہوا")
    assert "skippable" not in node_of(drafts.of(studio, "report").data, "where") and wrong_with(page) == []
    page.locator("#field_slot").press("Enter")
    expect(page.locator(".said")).to_be_visible()
    assert node_of(drafts.of(studio, "report").data, "where")["skippable"] is False
    beside.get_by_role("button").press("Enter")
    expect(page.locator(".said")).to_be_visible()
    expect(beside).to_be_empty()
    assert "skippable" not in node_of(drafts.of(studio, "report").data, "where")
