"""The walk-through as an admin reads it: conversations on a phone, each step a link, and what is unmet said."""

from __future__ import annotations

import re

import pytest

from casework.staff import register
from casework.staff.roles import Role
from casework.studio import drafts
from flows.editing import operations
from operating.parts import Hamraz
from tests.phones import Clock
from tests.web.console.conftest import Browser, Enter

WALK = "/flows/walk?flow="


@pytest.fixture
def admin(enter: Enter) -> Browser:
    return enter(Role.ADMIN, "Rabia")


def change(hamraz: Hamraz, clock: Clock, flow: str, step: operations.Step) -> None:
    me, draft = register.entry(hamraz.office, "Rabia"), drafts.of(hamraz.studio, flow)
    assert me is not None
    drafts.take(hamraz.studio, me.id, flow, draft.token, step, clock())


def test_what_holds_and_what_is_written_are_walked_in_any_language_on_any_phone(
    admin: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    page = admin.open(f"{WALK}answered&lang=ur&channel=sms").text

    assert "Conversations: 9" in page
    assert "Every step and every way on is met" in page
    assert page.count('<details class="sheet walk"') == 9
    assert re.search(r'<span class="line" lang="ur">[^<]*[\u0600-\u06ff]', page)
    assert "2 SMS" in page or "1 SMS" in page
    assert 'href="/console/flows/step?flow=answered&amp;node=how"' in page
    assert 'name="which"' not in page  # there is no draft

    change(hamraz, clock, "answered", operations.rename("how", "asked"))
    drafted = admin.open(f"{WALK}answered&lang=es&channel=telegram").text
    assert "node=asked" in drafted and "node=how" not in drafted and 'class="used"' in drafted
    holding = admin.open(f"{WALK}answered&lang=es&channel=telegram&which=holds").text
    assert "node=how" in holding and "node=asked" not in holding


def test_what_no_answer_leads_to_is_said_and_what_is_broken_is_to_be_mended_first(
    admin: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    never = [{"if": "missing filled and not missing filled", "go": "some"}, {"go": "next"}]
    then = {"ok": never, "gone": "gone", "*": "done"}
    change(hamraz, clock, "saved", operations.change("open", {"then": then}))
    page = admin.open(f"{WALK}saved").text
    assert "E102" in page and "no answers lead here" in page and "7/8" in page
    publishing = admin.open("/flows/publish?flow=saved").text
    assert "E102" in publishing and "no answers lead here" in publishing

    change(hamraz, clock, "saved", operations.change("some", {"then": "nowhere"}))
    page = admin.open(f"{WALK}saved").text
    assert "Mend this first" in page and "E101" in page and "<details" not in page


def test_nonsense_in_the_address_is_no_way_in(admin: Browser, enter: Enter) -> None:
    assert admin.open(f"{WALK}nothing").status_code == 404
    assert "Conversations: 5" in admin.open(f"{WALK}saved&lang=xx&channel=fax&which=moon").text
    assert enter(Role.COUNSELLOR, "Amina").open(f"{WALK}saved").status_code == 403
