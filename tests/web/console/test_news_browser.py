"""What is on in a real browser: at every width, in both scripts; counted again while it is typed."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from casework.community import editing
from casework.seeding import load
from casework.staff import register
from casework.staff.roles import Role
from tests.casework.whats_on import DISTRICTS, TEA
from tests.web.console.browsing import Keys, Site, wrong_with


def test_axe_finds_nothing_wrong_nothing_scrolls_sideways_and_parts_are_counted_while_she_types(
    keys: Keys, site: Site
) -> None:
    room, now, page = site.hamraz.room, site.clock(), keys.page
    site.hamraz.database.work(load)
    keys.accept(site.invite("Rabia", Role.ADMIN))
    me = register.entry(site.hamraz.office, "Rabia")
    assert me is not None
    day = now.astimezone(ZoneInfo(room.hours.zone)).date().isoformat()
    draft, told, over = (
        editing.save(room, me.id, replace(TEA, day=day, last_day=day, form=form), DISTRICTS, now) for form in "abc"
    )
    for one in (told, over):
        editing.publish(room, me.id, one.id, one.version, DISTRICTS, now)
    editing.withdraw(room, me.id, over.id, now)
    seen = [("ur", "/news"), ("ur", f"/news/post?post={draft.id}"), ("en", f"/news/post?post={told.id}"),
            ("en", "/partners"), ("ur", "/partners/one")]  # fmt: skip
    wrong = []
    for language, address in seen:
        page.goto(f"{site.url}/console{address}{'&' if '?' in address else '?'}language={language}")
        wrong += [f"{language} {address}: {what}" for what in wrong_with(page)]
    assert wrong == []

    page.goto(f"{site.url}/console/news/post?language=en")
    page.get_by_label("Title").first.fill("Tea")
    page.get_by_label("Text", exact=True).first.fill("word " * 40)
    expect(page.locator("#told .way").first).to_contain_text("SMS parts: 2; 3 at most")
