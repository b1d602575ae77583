"""What is on, as it is written at the console: kept, shown as it is sent, told once, withdrawn; and who helps."""

from __future__ import annotations

import re

import pytest

from casework.community import editing
from casework.community.round import Round
from casework.staff.roles import Role
from operating.parts import Hamraz
from tests.bot.test_conversation import begin
from tests.casework.whats_on import LARKANA, subscribe
from tests.phones import Clock, Phone
from tests.web.console.conftest import Browser, Enter
from tests.web.console.forms import fill, forms_of

SAVE, PUBLISH, WITHDRAW = "/news/post", "/news/post/publish", "/news/post/withdraw"
TYPED = {
    "kind": "event", "district": LARKANA, "day": "2026-11-28", "hour": "17:00", "place": "Town library",
    "title_en": "Tea and talk", "text_en": "Everybody\r\nis welcome.", "title_ur": "چائے اور باتیں", "text_ur": "سب آ سکتے ہیں۔",
}  # fmt: skip


@pytest.fixture
def supervisor(enter: Enter) -> Browser:
    return enter(Role.SUPERVISOR, "Sana")


def test_a_post_is_written_looked_at_told_once_and_withdrawn(
    supervisor: Browser, enter: Enter, hamraz: Hamraz, clock: Clock
) -> None:
    phones = [Phone(hamraz, "sms", f"+92300555000{number}", clock) for number in range(5)]
    for phone in phones[:4]:
        begin(phone)
        subscribe(phone)
    assert "Fewer than five people" in supervisor.open("/news").text
    blank = supervisor.open("/news/post")

    wrong = fill(supervisor, blank, SAVE, **TYPED | {"title_en": "About harassment", "last_day": "2026-11-01"})
    assert wrong.status_code == 400
    assert "“harassment” tells too much" in wrong.text and "before the day itself" in wrong.text
    assert forms_of(wrong, SAVE)[0]["text_ur"] == TYPED["text_ur"]

    kept = [fill(supervisor, blank, SAVE, **TYPED).headers["Location"] for _ in range(2)]
    assert kept[0] == kept[1] and kept[0].endswith("said=saved")
    page = supervisor.open(kept[0].removeprefix("/console"))
    assert "چائے اور باتیں" in page.text and "SMS parts: 1; 3 at most" in page.text and "said in English" in page.text
    assert "Nothing is on" in phones[0].say("NEWS") + phones[0].say("larkana")

    told = [fill(supervisor, page, PUBLISH).headers["Location"] for _ in range(2)]
    assert [where.rpartition("said=")[2] for where in told] == ["published", "already"]
    Round(hamraz.room, frozenset(("sms",))).go(clock())
    begin(phones[4])
    assert "Tea and talk\nEverybody\nis welcome." in phones[4].say("NEWS") + phones[4].say("larkana")
    assert (editing.every(hamraz.room)[0].went, len(editing.every(hamraz.room))) == (4, 1)
    assert "Sent to: fewer than 5" in supervisor.open("/news").text

    admin = enter(Role.ADMIN, "Rabia")
    page = admin.open(told[0].removeprefix("/console"))
    assert not forms_of(page, SAVE) and "Sent to: fewer than 5" in page.text
    assert fill(admin, page, WITHDRAW).headers["Location"].endswith("said=withdrawn")
    assert "Nothing is on" in phones[4].say("NEWS") + phones[4].say("larkana")
    assert fill(admin, page, WITHDRAW).status_code == 303  # and again


def test_of_two_who_write_at_once_the_second_is_told_and_a_draft_can_be_discarded(
    supervisor: Browser, enter: Enter, hamraz: Hamraz
) -> None:
    admin = enter(Role.ADMIN, "Rabia")
    where = fill(supervisor, supervisor.open("/news/post"), SAVE, **TYPED).headers["Location"].removeprefix("/console")
    hers, other = supervisor.open(where), admin.open(where)
    fill(admin, other, SAVE, place="Elsewhere")

    late = fill(supervisor, hers, SAVE, place="Here")
    early = fill(supervisor, hers, PUBLISH)

    assert "Somebody changed it meanwhile" in late.text and "Somebody changed it meanwhile" in early.text
    assert editing.every(hamraz.room)[0].place == "Elsewhere"
    assert fill(supervisor, supervisor.open(where), WITHDRAW).headers["Location"].endswith("said=discarded")
    assert supervisor.open(where).status_code == 404


def test_what_is_typed_is_shown_as_it_would_be_sent_and_nothing_of_it_is_markup(supervisor: Browser) -> None:
    blank = supervisor.open("/news/post")

    told = fill(supervisor, blank, SAVE, **TYPED | {"title_en": "<b>Tea</b> {panic}"})
    page = supervisor.open(told.headers["Location"].removeprefix("/console")).text

    assert "&lt;b&gt;Tea&lt;/b&gt; {panic}" in page and "<b>Tea" not in page


def test_organisations_are_added_and_taken_off_what_is_told(supervisor: Browser, hamraz: Hamraz, clock: Clock) -> None:
    blank = supervisor.open("/partners/one")
    assert fill(supervisor, blank, "/partners/one", name_en="Reading Room", contact=" ").status_code == 400
    mine = {"name_en": "Reading Room", "does_en": "books and company", "contact": "0300 0000000", "district": LARKANA}
    for _ in range(2):
        assert fill(supervisor, blank, "/partners/one", **mine).headers["Location"].endswith("said=saved")
    listed = supervisor.open("/partners").text
    assert listed.count("Reading Room") == 1 and "from the directory" in listed
    shipped = re.findall(r"/partners/one\?partner=(res\d+)", listed)
    for row in shipped:
        page = supervisor.open(f"/partners/one?partner={row}")
        fill(supervisor, page, "/partners/one", shown=[])

    phone = Phone(hamraz, "sms", "+923001112233", clock)
    begin(phone)
    phone.say("NEWS")
    phone.say("larkana")

    assert phone.say("2").splitlines()[0] == "Reading Room: books and company. 0300 0000000"
    assert supervisor.open("/partners").text.count("not told") == len(shipped) > 0
