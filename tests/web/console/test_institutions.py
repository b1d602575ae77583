"""The console's pages of institutions, as an admin's browser without any program sees them."""

from __future__ import annotations

import re

from casework.staff.roles import Role
from operating.parts import Hamraz
from tests.casework.institutions.test_demand import kept
from tests.phones import Clock
from tests.web.console.conftest import SITE, Enter

SEEN = re.compile(r'name="seen" value="(\w+)"')
KEY = re.compile(r'name="wanted" value="(\w+)"')


def test_the_list_is_searched_as_reporters_search_it(enter: Enter) -> None:
    admin = enter(Role.ADMIN)

    found = admin.open("/institutions?text=mehran+uni").text

    assert "Mehran University of Engineering and Technology" in found
    assert "Chandka" not in found
    for odd in ("", "0", "-1", "x", "9" * 5_000):
        assert admin.open(f"/institutions?page={odd}").status_code == 200
    assert "Later" in admin.open("/institutions").text


def test_one_is_changed_closed_and_never_over_a_colleagues_change(enter: Enter) -> None:
    admin, page = enter(Role.ADMIN), "/institutions/one?row=inst044"
    shown = admin.open(page)
    seen = SEEN.findall(shown.text)[0]
    fields = {"row": "inst044", "seen": seen, "kind": "public_college", "name_en": "<b>Chandka</b>", "city": "Larkana"}

    assert admin.send("/institutions/one", of=shown, **fields).status_code == 303
    late = admin.send("/institutions/one", of=shown, **fields)
    after = admin.open(page)
    closed = admin.send("/institutions/close", of=after, row="inst044", seen=SEEN.findall(after.text)[0])

    assert late.status_code == 400
    assert "Somebody changed it meanwhile" in late.text
    assert "&lt;b&gt;Chandka&lt;/b&gt;" in after.text
    assert "Offer it again" in admin.open(closed.headers["Location"].removeprefix("/console")).text


def test_a_field_that_cannot_be_taken_is_said_and_what_was_typed_stays(enter: Enter) -> None:
    admin = enter(Role.ADMIN)

    answer = admin.send("/institutions/one", "/institutions/one", kind="castle", name_en="Kept as typed")

    assert answer.status_code == 400
    assert "Not saved: kind" in answer.text
    assert 'value="Kept as typed"' in answer.text


def test_what_is_missing_is_added_in_one_click_and_only_once(enter: Enter, hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "Roshni <i>Girls</i> College", "Ratodero", 3, clock)
    admin = enter(Role.ADMIN)
    page = admin.open("/institutions/wanted")
    assert "Roshni &lt;i&gt;Girls&lt;/i&gt; College" in page.text
    assert "People: 3" in page.text
    fields = {"wanted": KEY.findall(page.text)[0], "kind": "girls_college", "name_en": "Roshni Girls College"}

    added = admin.send("/institutions/one", of=page, **fields)
    again = admin.send("/institutions/one", of=page, **fields)

    assert added.headers["Location"] == "/console/institutions/one?row=inst126&said=added"
    assert again.status_code == 400
    assert "Nobody has named" in admin.open("/institutions/wanted").text


def test_names_are_put_together_and_dismissed(enter: Enter, hamraz: Hamraz, clock: Clock) -> None:
    kept(hamraz, "Roshni Girls College", people=2, clock=clock)
    kept(hamraz, "Sachal Academy", clock=clock)
    admin = enter(Role.ADMIN)
    page = admin.open("/institutions/wanted")
    big, small = KEY.findall(page.text)

    token = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]
    joined = admin.client.post(
        "/console/institutions/join",
        data={"csrf_token": token, "of": small, "other": big},
        base_url=SITE,
        headers={"Referer": f"{SITE}/console/institutions/wanted"},
    )

    assert joined.status_code == 303
    assert "People: 3" in admin.open("/institutions/wanted").text


def test_nobody_but_an_admin_and_no_row_that_is_not_there(enter: Enter) -> None:
    admin = enter(Role.ADMIN)

    assert admin.open("/institutions/one?row=nobody").status_code == 404
    assert admin.open("/institutions/poster?row=inst001&in=ur").status_code == 303  # no channel is set up
    assert "No channel is set up" in admin.open("/institutions/one?row=inst001").text
    assert enter(Role.COUNSELLOR).open("/institutions").status_code == 403
