"""The directory's pages as a browser without any program sees them: nothing lost, nothing overwritten, nothing secret shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import directory, feedback
from tests.bot.test_conversation import begin
from tests.phones import Clock, Phone
from tests.web.console.conftest import SITE, Browser, Enter
from tests.web.console.forms import fill, forms_of

HOSPITAL, SHELTER, EMERGENCY = "res099", "res080", "res002"
ROW, SAVE = f"/directory/row?row={HOSPITAL}", "/directory/row"


@pytest.fixture
def admin(enter: Enter) -> Browser:
    return enter(Role.ADMIN, "Rabia")


@pytest.fixture
def sana(enter: Enter) -> Browser:
    return enter(Role.ADMIN, "Sana")


def row(hamraz: Hamraz, row_id: str = HOSPITAL) -> directory.Resource:
    found = hamraz.database.read(lambda unit: directory.office(unit, row_id))
    assert found is not None
    return found


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_list_is_searched_and_filtered(admin: Browser) -> None:
    everything = admin.open("/directory")
    found = admin.open("/directory?text=jinnah+postgraduate&kind=hospital")
    none = admin.open("/directory?text=xyzzy")

    assert "Rows found: 142" in everything.text
    assert 'rel="next"' in everything.text or "page=2" in everything.text
    assert re.findall(r"row\?row=(res\d+)", found.text) == [HOSPITAL]
    assert "Rows found: 0" in none.text
    assert "Rows found: 11" in admin.open("/directory?state=sensitive").text
    assert "Rows found: 6" in admin.open("/directory?state=hidden").text


@pytest.mark.parametrize(
    "asked", ["page=999", "page=-1", "page=x", "state=x", "sort=%00", "district=x&text=%F0%9F%98%80", "kind=%3Cb%3E"]
)
def test_an_address_that_nobody_meant_is_answered_calmly(admin: Browser, asked: str) -> None:
    answer = admin.open(f"/directory?{asked}")

    assert answer.status_code == 200
    assert "<b>" not in answer.text


def test_another_language_of_the_interface_keeps_what_was_asked_for(admin: Browser) -> None:
    page = admin.open(f"{ROW}&language=ur")

    assert 'lang="ur" dir="rtl"' in page.text
    assert f'href="?row={HOSPITAL}&amp;language=en"' in page.text


def test_a_row_shows_every_field_in_every_language_and_what_she_is_told(admin: Browser) -> None:
    page = admin.open(ROW)
    [form] = forms_of(page, SAVE)

    assert {"name_en", "name_ur", "name_sd", "name_ur_Latn", "name_es", "phone", "lat", "notes"} <= form.fields.keys()
    for own_name in ("English", "اردو", "سنڌي", "Roman Urdu", "Español"):
        assert own_name in page.text
    assert re.search(r"SMS parts: \d, letters: \d+", page.text)


def test_what_the_page_shows_is_what_the_conversation_says(admin: Browser, hamraz: Hamraz, clock: Clock) -> None:
    shown = admin.open("/directory/row?row=res113").text
    bubbles = [unescape(text) for text in re.findall(r'class="bubble" lang="en" dir="ltr">(.*?)</p>', shown, re.DOTALL)]
    phone = Phone(hamraz, "sms", "+923001112233", clock)
    begin(phone)
    phone.say("3")

    said = phone.say("hospital larkana")

    line = next(line for line in bubbles[0].splitlines() if "Chandka" in line)
    assert line in said


def test_what_is_typed_is_saved_and_told_from_then_on(admin: Browser, hamraz: Hamraz) -> None:
    answer = fill(admin, admin.open(ROW), SAVE, phone="+92 21 9920 1301", notes="one\r\ntwo")

    assert answer.headers["Location"].endswith(f"{SAVE}?row={HOSPITAL}&said=saved")
    assert row(hamraz).phones == ("021-99201301",)
    assert row(hamraz).notes == "one\ntwo"
    after = admin.open(f"{ROW}&said=saved")
    assert "021-99201301" in after.text
    assert "Rabia" in after.text
    assert "told this from now on" in after.text


def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(admin: Browser, hamraz: Hamraz) -> None:
    before = {one.id: one for one in hamraz.database.read(directory.all_offices)}

    for row_id in before:
        answer = fill(admin, admin.open(f"/directory/row?row={row_id}"), SAVE)
        assert answer.headers["Location"].endswith("said=same"), row_id

    assert {one.id: one for one in hamraz.database.read(directory.all_offices)} == before


def test_a_slip_is_named_at_its_field_and_nothing_typed_is_lost(admin: Browser, hamraz: Hamraz) -> None:
    before = row(hamraz)

    answer = fill(admin, admin.open(ROW), SAVE, phone="12 in the morning", name_ur="نیا نام", notes="<b>kept</b>")

    assert answer.status_code == 400
    assert row(hamraz) == before
    [form] = forms_of(answer, SAVE)
    assert (form["phone"], form["name_ur"], form["notes"]) == ("12 in the morning", "نیا نام", "<b>kept</b>")
    assert 'id="phone-fault"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert '<a href="#phone">' in answer.text
    mended = fill(admin, answer, SAVE, phone="021-99201301")
    assert mended.status_code == 303
    assert row(hamraz).notes == "<b>kept</b>"


def test_the_second_of_two_admins_is_shown_what_changed_and_chooses(
    admin: Browser, sana: Browser, hamraz: Hamraz
) -> None:
    hers, other = admin.open(ROW), sana.open(ROW)
    fill(admin, hers, SAVE, phone="021-99201301", hours="office hours")

    asked = fill(sana, other, SAVE, phone="021-99201302", notes="mine")

    assert asked.status_code == 400
    assert "Somebody changed this row" in asked.text
    assert "changed by <bdi>Rabia</bdi>" in asked.text
    assert "As it is now: 021-99201301" in text_of(asked.text)
    assert row(hamraz).phones == ("021-99201301",)
    done = fill(sana, asked, SAVE, **{"choose-phone": "mine"})
    assert done.status_code == 303
    assert row(hamraz).phones == ("021-99201302",)
    assert (row(hamraz).hours, row(hamraz).notes) == ("office hours", "mine")


def test_she_may_leave_it_as_the_other_one_wrote_it(admin: Browser, sana: Browser, hamraz: Hamraz) -> None:
    hers, other = admin.open(ROW), sana.open(ROW)
    fill(admin, hers, SAVE, phone="021-99201301")

    fill(sana, fill(sana, other, SAVE, phone="021-99201302", notes="mine"), SAVE, **{"choose-phone": "now"})

    assert (row(hamraz).phones, row(hamraz).notes) == (("021-99201301",), "mine")


def test_a_third_who_is_faster_than_the_choice_is_shown_too(admin: Browser, sana: Browser, hamraz: Hamraz) -> None:
    hers, other, again = admin.open(ROW), sana.open(ROW), admin.open(ROW)
    fill(admin, hers, SAVE, phone="021-99201301")
    asked = fill(sana, other, SAVE, phone="021-99201302")
    fill(admin, fill(admin, again, SAVE, phone="021-99201303"), SAVE, **{"choose-phone": "mine"})

    answer = fill(sana, asked, SAVE, **{"choose-phone": "mine"})

    assert answer.status_code == 400
    assert "021-99201303" in answer.text
    assert row(hamraz).phones == ("021-99201303",)


def test_two_clicks_on_save_are_one_change(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(ROW)

    locations = [fill(admin, page, SAVE, phone="021-99201301").headers["Location"] for _ in range(2)]

    assert [location.rpartition("=")[2] for location in locations] == ["saved", "same"]


def test_a_sensitive_row_has_no_field_and_no_word_for_its_place(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(f"/directory/row?row={SHELTER}")
    [form] = forms_of(page, SAVE)

    assert not {"address", "lat", "lon", "coord_precision"} & form.fields.keys()
    assert not any(json.loads(form["was"]).get(column) for column in ("address", "lat", "lon", "coord_precision"))
    answer = fill(admin, page, SAVE, address="12 Hidden Street", lat="25.39", lon="68.37")
    assert answer.headers["Location"].endswith("said=same")
    assert (row(hamraz, SHELTER).address, row(hamraz, SHELTER).lat) == ("", None)


def test_a_row_made_sensitive_shows_its_old_place_nowhere(admin: Browser, hamraz: Hamraz) -> None:
    place = row(hamraz).address
    assert place in admin.open(ROW).text

    fill(admin, admin.open(ROW), SAVE, sensitive_location="yes")

    assert place not in admin.open(ROW).text
    assert str(row(hamraz).lat) == "None"


def test_a_row_is_hidden_shown_and_the_change_is_undone(admin: Browser, hamraz: Hamraz) -> None:
    fill(admin, admin.open(ROW), "/directory/row/show")
    assert row(hamraz).verified == "no"

    fill(admin, admin.open(ROW), "/directory/row/undo")
    assert row(hamraz).verified == "yes"

    assert [len(forms_of(admin.open(ROW), "/directory/row/undo"))] == [1]
    assert text_of(admin.open(ROW).text).count("Undone · Rabia") == 1


def test_the_police_number_cannot_be_hidden(admin: Browser, hamraz: Hamraz) -> None:
    answer = fill(admin, admin.open(f"/directory/row?row={EMERGENCY}"), "/directory/row/show")

    assert answer.status_code == 400
    assert "it is the police number" in answer.text
    assert row(hamraz, EMERGENCY).verified == "yes"


def test_a_row_is_added_and_what_lacks_is_asked_for(admin: Browser, hamraz: Hamraz) -> None:
    new = "/directory/new"
    refused = fill(admin, admin.open(new), new, phone="0749410457", name_en="New Clinic")
    assert refused.status_code == 400
    assert 'id="kind-fault"' in refused.text
    assert forms_of(refused, new)[0]["phone"] == "0749410457"

    done = fill(admin, refused, new, kind="hospital", district="Larkana", phone_kind="own", source="told by phone")

    added = row(hamraz, re.findall(r"row=(own-\w+)", done.headers["Location"])[0])
    assert (added.phones, added.district, added.verified) == (("074-9410457",), "larkana", "yes")


def test_a_preview_of_what_is_typed_is_told_and_keeps_nothing(admin: Browser, hamraz: Hamraz) -> None:
    before, page = row(hamraz), admin.open(ROW)

    typed = admin.client.post(
        "/console/directory/row/preview",
        data=forms_of(page, SAVE)[0].fields | {"phone": ["021-99201309"]},
        base_url=SITE,
        headers={"Referer": f"{SITE}/console/directory/row"},
    )

    assert "021-99201309" in typed.text
    assert "<html" not in typed.text
    assert row(hamraz) == before


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.SUPERVISOR])
def test_who_reads_only_sees_the_row_and_no_button(enter: Enter, role: Role) -> None:
    page = enter(role).open(ROW)

    assert "021-99201300" in page.text
    assert "SMS parts:" in page.text
    assert [forms_of(page, SAVE + more) for more in ("", "/show", "/undo")] == [[], [], []]


def test_a_row_that_is_not_there_is_not_there(admin: Browser) -> None:
    assert admin.open("/directory/row?row=res999").status_code == 404
    page = admin.open(ROW)
    form = forms_of(page, SAVE)[0]
    form.fields["row"] = ["res999"]
    assert fill(admin, page, SAVE, row="res999").status_code == 404


@pytest.mark.parametrize("was", ["", "[]", "{", '{"phone": 5}', "null"])
def test_a_form_without_what_it_was_shown_with_overwrites_nothing(admin: Browser, hamraz: Hamraz, was: str) -> None:
    before = row(hamraz)

    answer = fill(admin, admin.open(ROW), SAVE, was=was, phone="021-99201301")

    assert answer.status_code in (303, 400)
    assert row(hamraz) == before


def test_what_somebody_changed_from_outside_is_said_on_the_page(admin: Browser, hamraz: Hamraz) -> None:
    fill(admin, admin.open(ROW), SAVE, notes="new note")
    other = replace(row(hamraz), notes="other")
    hamraz.database.work(lambda unit: directory.put_office(unit, other))

    page = admin.open(ROW)

    assert "an import from the terminal or a new version" in page.text
    assert forms_of(page, "/directory/row/undo") == []


# --- calls --------------------------------------------------------------------------------------

CALLS, NUMBER = "/directory/calls", "021-99201300"
YESTERDAY = (datetime(2026, 11, 24, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days  # of the clock of tests


def test_a_number_that_answers_is_verified_and_the_next_one_is_there(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(f"{CALLS}?call={NUMBER}")
    assert f'href="tel:{NUMBER}"' in page.text
    assert "0 of 34 today" in page.text

    answer = fill(admin, page, f"{CALLS}/answered")
    after = admin.open(answer.headers["Location"].removeprefix("/console").partition("#")[0])

    assert row(hamraz).verified_on is not None
    assert "1 of 34 today" in after.text
    assert f"{NUMBER} : Verified today." in text_of(after.text)
    assert f'href="tel:{NUMBER}"' not in after.text


def test_a_number_that_reporters_found_wrong_comes_first_until_it_is_dialled(admin: Browser, hamraz: Hamraz) -> None:
    hamraz.database.work(lambda unit: feedback.count(unit, HOSPITAL, NUMBER, YESTERDAY, "wrong"))

    page = admin.open(CALLS)
    assert f'href="tel:{NUMBER}"' in page.text
    assert "Said to be wrong: 1" in page.text
    fill(admin, page, f"{CALLS}/answered")

    assert f'href="tel:{NUMBER}"' not in admin.open(CALLS).text


def test_a_second_press_is_answered_like_the_first(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(f"{CALLS}?call={NUMBER}")

    first, second = (fill(admin, page, f"{CALLS}/answered") for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert "Dialled: right" in admin.open(ROW).text
    assert text_of(admin.open(ROW).text).count("Dialled: right") == 1


def test_a_colleague_who_was_faster_is_named(admin: Browser, sana: Browser) -> None:
    hers, other = admin.open(f"{CALLS}?call={NUMBER}"), sana.open(f"{CALLS}?call={NUMBER}")
    fill(admin, hers, f"{CALLS}/answered")

    answer = fill(sana, other, f"{CALLS}/silent")

    assert answer.status_code == 400
    assert f"Rabia was faster with {NUMBER}" in answer.text
    assert "Dialled: no answer" not in sana.open(ROW).text


def test_a_number_that_does_not_answer_waits_after_three_days(admin: Browser, clock: Clock) -> None:
    for said in ("silent", "silent", "given_up"):
        answer = fill(admin, admin.open(f"{CALLS}?call={NUMBER}"), f"{CALLS}/silent")
        assert f"said={said}" in answer.headers["Location"]
        clock.forward(days=1)
        admin.log_in()

    assert "Numbers that did not answer on three days: 1" in admin.open(CALLS).text
    assert NUMBER in admin.open("/directory?state=silent").text


def test_a_slip_brings_the_number_back(admin: Browser, hamraz: Hamraz) -> None:
    answer = fill(admin, admin.open(f"{CALLS}?call={NUMBER}"), f"{CALLS}/answered")
    said = admin.open(answer.headers["Location"].removeprefix("/console").partition("#")[0])

    back = fill(admin, said, f"{CALLS}/undo")

    assert f"call={NUMBER}" in back.headers["Location"]
    assert row(hamraz).verified_on is None


def test_rows_that_are_not_ticked_stay_due(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(f"{CALLS}?call=1094")
    ids = forms_of(page, f"{CALLS}/answered")[0].fields["row"]

    fill(admin, page, f"{CALLS}/answered", row=ids[:3])

    assert [row(hamraz, one).verified_on is not None for one in ids[:4]] == [True, True, True, False]
    assert 'href="tel:1094"' in admin.open(f"{CALLS}?call=1094").text


def test_from_a_call_to_the_row_and_back(admin: Browser, hamraz: Hamraz) -> None:
    page = admin.open(f"/directory/row?row={HOSPITAL}&back=calls")
    assert "Back to the calls" in page.text

    answer = fill(admin, page, SAVE, phone="021-99201301")

    assert answer.headers["Location"] == "/console/directory/calls?call=021-99201301&said=saved#card"


@pytest.mark.parametrize("asked", ["?call=nonsense", "?call=%25&said=xyz", "?said=answered&of=%3Cb%3E", ""])
def test_a_call_that_is_not_there_is_the_first_one(admin: Browser, asked: str) -> None:
    page = admin.open(CALLS + asked)

    assert page.status_code == 200
    assert 'href="tel:1094"' in page.text
    assert "<b>" not in page.text


# --- map ----------------------------------------------------------------------------------------

MAP = "/directory/map"


def test_the_map_lists_what_it_shows_and_no_secret_place(admin: Browser, hamraz: Hamraz) -> None:
    exposed = replace(row(hamraz, SHELTER), lat=25.39, lon=68.37)  # as somebody might write into the table
    hamraz.database.work(lambda unit: directory.put_office(unit, exposed))

    page = admin.open(MAP)

    listed = re.findall(r"row\?row=([\w-]+)", page.text)
    assert HOSPITAL in listed
    assert SHELTER not in listed
    assert len(listed) == len(set(listed)) > 100
    marks = re.findall(r'<a href="#at-(\d+)" class="mark"', page.text)
    assert marks == re.findall(r'<div id="at-(\d+)"', page.text)


def test_the_map_asks_nobody_elsewhere(admin: Browser) -> None:
    assert not re.search(r'(src|href|url)[=(]"?https?://', admin.open(MAP).text)


def test_the_map_is_filtered_by_kind_and_district(admin: Browser) -> None:
    page = admin.open(f"{MAP}?kind=hospital&district=larkana")

    assert set(re.findall(r"row\?row=([\w-]+)", page.text)) == {"res113", "res132"}
    assert 'class="here"' in page.text


@pytest.mark.parametrize("asked", ["kind=shelter", "kind=x&district=y", "district=%00", "kind=%3Cscript%3E"])
def test_a_map_of_nothing_and_of_nonsense_is_calm(admin: Browser, asked: str) -> None:
    page = admin.open(f"{MAP}?{asked}")

    assert page.status_code == 200
    assert "<script>" not in page.text
    if asked == "kind=shelter":
        assert "Nothing of this is on the map." in page.text
        assert "Not on the map: 11" in page.text


# --- many rows and files --------------------------------------------------------------------------

BULK, FILES = "/directory/bulk", "/directory/files"
ONE_NEW = "id,kind,name_en,district,verified,phone,phone_kind,source\nx1,hospital,New Clinic,Larkana,yes,074-9410457,own,told\n"


def test_ticked_rows_are_changed_after_a_look_at_what_would_change(admin: Browser, hamraz: Hamraz) -> None:
    asked = fill(admin, admin.open("/directory?kind=hospital"), BULK, row=["res099", "res100"])
    assert "2 rows at once" in asked.text
    seen = fill(admin, asked, BULK, deed="district", **{"to-district": "Larkana"})
    assert row(hamraz).district == "karachi_south"
    assert "District: Karachi South is now Larkana" in text_of(seen.text)

    done = fill(admin, seen, f"{BULK}/apply")

    assert done.headers["Location"] == "/console/directory?said=done&changed=2"
    assert (row(hamraz).district, row(hamraz, "res100").district) == ("larkana", "larkana")
    assert "Changed: 2." in admin.open("/directory?said=done&changed=2").text


def test_all_that_were_found_are_changed_at_once(admin: Browser, hamraz: Hamraz) -> None:
    asked = fill(admin, admin.open("/directory?kind=ambulance"), BULK, all="1")
    assert "4 rows at once" in asked.text

    seen = fill(admin, asked, BULK, deed="serves", **{"to-serves": "women; children"})
    fill(admin, seen, f"{BULK}/apply")

    rows = [one for one in hamraz.database.read(directory.all_offices) if one.kind == "ambulance"]
    assert {one.serves for one in rows} == {("women", "children")}


def test_a_row_in_the_way_leaves_no_button_and_nothing_is_done(admin: Browser, hamraz: Hamraz) -> None:
    asked = fill(admin, admin.open("/directory"), BULK, row=[HOSPITAL, EMERGENCY])

    seen = fill(admin, asked, BULK, deed="hide")

    assert "it is the police number" in seen.text
    assert forms_of(seen, f"{BULK}/apply") == []
    assert row(hamraz).verified == "yes"


def test_what_would_change_is_shown_again_when_somebody_was_faster(
    admin: Browser, sana: Browser, hamraz: Hamraz
) -> None:
    asked = fill(admin, admin.open("/directory"), BULK, row=[HOSPITAL, "res100"])
    seen = fill(admin, asked, BULK, deed="hide")
    fill(sana, sana.open(ROW), SAVE, notes="meanwhile")

    again = fill(admin, seen, f"{BULK}/apply")

    assert again.status_code == 400
    assert "Nothing was done" in again.text
    assert row(hamraz).verified == "yes"
    assert fill(admin, again, f"{BULK}/apply").status_code == 303
    assert row(hamraz).verified == "no"


def test_nothing_ticked_is_said(admin: Browser) -> None:
    answer = fill(admin, admin.open("/directory"), BULK)

    assert answer.headers["Location"] == "/console/directory?said=none"


def upload(browser: Browser, content: bytes | str, name: str = "mine.csv") -> TestResponse:
    page = browser.open(FILES)
    [form] = forms_of(page, FILES)
    data = {
        "csrf_token": form["csrf_token"],
        "file": (BytesIO(content.encode() if isinstance(content, str) else content), name),
    }
    return browser.client.post(
        f"/console{FILES}", data=data, base_url=SITE, headers={"Referer": f"{SITE}/console{FILES}"}
    )


def test_a_file_is_looked_at_and_then_taken(admin: Browser, hamraz: Hamraz) -> None:
    changed = ONE_NEW + "res099,hospital,JPMC,Karachi South,yes,021-99201301,own,told\n"

    seen = upload(admin, changed)

    assert "New: 1. Changed: 1." in seen.text
    assert "Numbers: 021-99201300 is now 021-99201301" in text_of(seen.text)
    assert row(hamraz).phones == ("021-99201300",)
    done = fill(admin, seen, f"{FILES}/apply")
    assert done.headers["Location"] == "/console/directory?said=taken&changed=2"
    assert row(hamraz, "x1").names["en"] == "New Clinic"
    assert "From a file" in admin.open(ROW).text


@pytest.mark.parametrize("form", ["csv", "geojson", "openreferral"])
def test_what_is_given_as_a_file_is_the_directory_and_can_be_taken_again(admin: Browser, form: str) -> None:
    given = admin.open(f"{FILES}/export?form={form}")

    assert given.headers["Content-Disposition"].startswith("attachment; filename=")
    seen = upload(admin, given.data, f"again.{form}")
    assert "New: 0. Changed: 0. As they are: 142." in seen.text
    assert forms_of(seen, f"{FILES}/apply") == []


def test_formulas_in_the_directory_leave_it_harmless(admin: Browser, hamraz: Hamraz) -> None:
    other = replace(row(hamraz), notes="=HYPERLINK(1)")
    hamraz.database.work(lambda unit: directory.put_office(unit, other))

    given = admin.open(f"{FILES}/export?form=csv").text

    assert ",'=HYPERLINK(1)" in given


def test_a_faulty_file_is_told_line_by_line_and_nothing_is_taken(admin: Browser, hamraz: Hamraz) -> None:
    answer = upload(admin, ONE_NEW + ONE_NEW.splitlines()[1].replace("hospital", "hospitl") + "\n")

    assert answer.status_code == 400
    assert re.search(r"<td>3</td>\s*<td dir=.ltr.>kind</td>", answer.text)
    assert "perhaps hospital" in answer.text
    assert len(hamraz.database.read(directory.all_offices)) == 142


HOSTILE = {
    "nothing": b"",
    "no file of rows": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "another alphabet": "id,kind\nü,é".encode("latin-1"),
    "brackets": b"[" * 100_000,
    "markup": b"id,kind,name_en,district,verified\n<script>,<b>,<img src=x>,<i>,<u>\n",
    "columns": b"a,b\n1,2\n",
    "swapped": b"id,kind,name_en,district,verified,lat,lon\nx,hospital,A,Larkana,yes,68.2,27.5\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_calmly(admin: Browser, hamraz: Hamraz, what: str) -> None:
    answer = upload(admin, HOSTILE[what])

    assert answer.status_code in (200, 400)
    assert "<script>" not in answer.text
    assert "<img" not in answer.text
    assert len(hamraz.database.read(directory.all_offices)) == 142


def test_a_file_too_large_for_a_browser_is_refused(admin: Browser) -> None:
    assert upload(admin, b"x" * 7_000_000).status_code == 413


def test_no_other_page_takes_as_much_as_a_file(admin: Browser) -> None:
    assert admin.send("/directory/row", "/directory/new", notes="x" * 100_000).status_code == 413


def test_a_file_taken_twice_is_taken_once(admin: Browser, hamraz: Hamraz) -> None:
    seen = upload(admin, ONE_NEW)

    first, second = (fill(admin, seen, f"{FILES}/apply") for _ in range(2))

    assert first.status_code == 303
    assert second.status_code == 400
    assert "holds nothing new" in second.text
    assert len(hamraz.database.read(directory.all_offices)) == 143


def test_a_file_that_loses_the_police_number_is_not_taken(admin: Browser, hamraz: Hamraz) -> None:
    answer = upload(admin, "id,kind,name_en,district,verified\nres002,police,Nobody,ALL SINDH,no\n")

    assert answer.status_code == 400
    assert "it is the police number" in answer.text
    assert row(hamraz, EMERGENCY).verified == "yes"


def test_what_is_brought_to_be_taken_is_read_again(admin: Browser, hamraz: Hamraz) -> None:
    seen = upload(admin, ONE_NEW)

    answer = fill(admin, seen, f"{FILES}/apply", content="id,kind\nx,y\n")

    assert answer.status_code == 400
    assert len(hamraz.database.read(directory.all_offices)) == 142


# --- looking back ---------------------------------------------------------------------------------


def test_the_latest_changes_say_who_did_what_to_which_row(admin: Browser, sana: Browser, clock: Clock) -> None:
    fill(admin, admin.open(ROW), SAVE, notes="new note")
    clock.forward(minutes=5)
    fill(sana, sana.open(f"/directory/row?row={SHELTER}"), "/directory/row/show")

    page = admin.open("/directory/changes")

    assert re.findall(r"row\?row=(res\d+)", page.text) == [SHELTER, HOSPITAL]
    assert "Hidden · Sana" in text_of(page.text)
    assert "Changed · Rabia" in text_of(page.text)


def test_before_anything_was_changed_there_is_nothing_to_tell(admin: Browser) -> None:
    assert "as it came" in admin.open("/directory/changes").text


def test_sources_and_licences_are_shown(enter: Enter) -> None:
    page = enter(Role.COUNSELLOR).open("/directory/credits").text

    for credit in ("GeoNames (CC BY 4.0)", "Who&#39;s On First", "OCHA COD-AB", "Natural Earth", "resources.csv"):
        assert credit in page
    assert "dawn.com" in page
    assert "http://" not in page.replace('xmlns="http://', "")
