"""The tips' pages: what is saved is told at once, counted in parts of an SMS, and never overwritten unseen."""

from __future__ import annotations

import re

import pytest

from casework.seeding import load
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import tips
from storage.tips import Tip
from tests.bot.test_conversation import begin
from tests.phones import Clock, Phone
from tests.web.console.conftest import Browser, Enter
from tests.web.console.forms import fill, forms_of

TIP, SAVE = "/tips/tip?tip=people", "/tips/tip"


@pytest.fixture
def admin(enter: Enter) -> Browser:
    return enter(Role.ADMIN, "Rabia")


def tip(hamraz: Hamraz, tip_id: str = "people") -> Tip:
    return next(one for one in hamraz.database.read(tips.everything) if one.id == tip_id)


def test_every_tip_stands_under_its_situations_with_the_state_of_each_language(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open("/tips").text

    assert {one.id for one in hamraz.database.read(tips.everything)} == set(re.findall(r"/tips/tip\?tip=(\w+)", page))
    assert "Reviewed" in page


def test_a_form_sent_as_it_was_shown_changes_nothing(admin: Browser, hamraz: Hamraz) -> None:
    before = hamraz.database.read(tips.everything)

    for one in before:
        answer = fill(admin, admin.open(f"{SAVE}?tip={one.id}"), SAVE)
        assert answer.headers["Location"].endswith("said=same"), one.id

    assert hamraz.database.read(tips.everything) == before


def test_what_is_saved_is_told_at_once_and_survives_a_migration(admin: Browser, hamraz: Hamraz, clock: Clock) -> None:
    answer = fill(admin, admin.open(TIP), SAVE, words_en="Go to where people are. Word of ours.")
    assert answer.headers["Location"].endswith("said=saved")
    hamraz.database.work(load)

    phone = Phone(hamraz, "sms", "+923001112233", clock)
    begin(phone)
    said = [phone.say("2"), phone.say("someone is following me"), *(phone.say("1") for _ in range(3))]

    assert any("Word of ours." in one for one in said)
    assert "English changed after it" in admin.open(TIP).text
    assert "Rabia" in admin.open(TIP).text


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("words_en", "x" * 500, "SMS parts"),
        ("words_en", "Call {nobody}", "may stand in braces"),
        ("words_en", "Call {", "may stand in braces"),
        ("source", "", "say where it comes from"),
        ("reviewed_on", "", "look again"),
        ("reviewed_on", "2999-01-01", "future"),
    ],
)
def test_a_slip_is_named_and_nothing_typed_is_lost(
    admin: Browser, hamraz: Hamraz, field: str, value: str, fault: str
) -> None:
    before = tip(hamraz)

    answer = fill(admin, admin.open(TIP), SAVE, **{field: value})

    assert answer.status_code == 400
    assert fault in answer.text
    assert forms_of(answer, SAVE)[0][field] in (value, before.source, "")
    assert tip(hamraz) == before


def test_the_second_of_two_admins_sees_both(admin: Browser, enter: Enter, hamraz: Hamraz) -> None:
    sana = enter(Role.ADMIN, "Sana")
    hers, other = admin.open(TIP), sana.open(TIP)
    fill(admin, hers, SAVE, words_en="Hers.")

    asked = fill(sana, other, SAVE, words_en="Mine.")

    assert asked.status_code == 400
    assert "Hers." in asked.text
    assert forms_of(asked, SAVE)[0]["words_en"] == "Mine."
    assert tip(hamraz).words == {"en": "Hers."}
    assert fill(sana, asked, SAVE).status_code == 303
    assert tip(hamraz).words == {"en": "Mine."}


def test_emptied_words_fall_back_to_the_shipped_ones(admin: Browser, hamraz: Hamraz) -> None:
    shipped = forms_of(admin.open(TIP), SAVE)[0]["words_en"]
    fill(admin, admin.open(TIP), SAVE, words_en="Ours.")

    fill(admin, admin.open(TIP), SAVE, words_en="")

    assert forms_of(admin.open(TIP), SAVE)[0]["words_en"] == shipped
    assert tip(hamraz).words == {}


def test_a_tip_is_told_earlier(admin: Browser, hamraz: Hamraz) -> None:
    here = [one.id for one in hamraz.database.read(tips.everything) if "following" in one.situations]
    page = admin.open("/tips")

    fill(admin, page, "/tips/move", tip=here[1], situation="following", by="up")

    after = [one.id for one in hamraz.database.read(tips.everything) if "following" in one.situations]
    assert after[:2] == [here[1], here[0]]


def test_who_reads_only_has_no_form(enter: Enter) -> None:
    page = enter(Role.COUNSELLOR).open(TIP)

    assert page.status_code == 200
    assert forms_of(page, SAVE) == []


def test_a_tip_that_is_not_there_is_not_there(admin: Browser) -> None:
    assert admin.open("/tips/tip?tip=nobody").status_code == 404
    assert fill(admin, admin.open(TIP), SAVE, tip="nobody").status_code == 404
