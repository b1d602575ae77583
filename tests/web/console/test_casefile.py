"""What belongs to a case beside the talk, as a browser without any program sees it: files, referrals, plan, a second yes."""

from __future__ import annotations

import re
import tempfile
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from werkzeug.test import TestResponse

from bot.message import MediaReference
from casework.casefile import copies
from casework.printing import CannotPrint
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import audit, reports
from storage.tables import casebook
from storage.tables import reports as reports_table
from tests.bot.test_conversation import STORY, tell
from tests.casework.test_enclosing import A_PDF, photo, sound
from tests.phones import Clock, Phone
from tests.storage.attacker import everyone, put, remove
from tests.web.console.conftest import SITE, Browser, Enter
from tests.web.console.forms import fill, forms_of
from tests.web.console.test_cases import act, on_duty, only, talking

WHY = "The court in Larkana asks for it."
TOKEN = re.compile(r'name="csrf_token" value="([^"]*)"')


@pytest.fixture
def amina(enter: Enter, hamraz: Hamraz, clock: Clock) -> Browser:
    one = enter(name="Amina")
    on_duty(hamraz, clock)
    return one


@pytest.fixture
def sana(enter: Enter) -> Browser:
    return enter(name="Sana")


@pytest.fixture
def reporter(amina: Browser, sana: Browser, hamraz: Hamraz, clock: Clock) -> Phone:
    return talking(hamraz, clock)


@pytest.fixture
def path(reporter: Phone, hamraz: Hamraz, amina: Browser) -> str:
    path = f"/cases/{only(hamraz).id.hex()}"
    act(amina, path, "claim")
    return path


@pytest.fixture
def named(amina: Browser, sana: Browser, hamraz: Hamraz, clock: Clock) -> str:
    """A whole report with a name, of somebody who may be written to for a month."""
    answers = ["1", "2", "1", "2", "last week", "1", STORY, "DONE", "2", "1", "in Saddar", "SKIP", "2 3"]
    answers += ["Zanbilqirmizi", "1", "1", "1", "1", "1", "marmalade", "2", "1"]
    tell(Phone(hamraz, "telegram", "77001", clock), answers=answers)
    path = f"/cases/{only(hamraz).id.hex()}"
    act(amina, path, "claim")
    return path


def log(hamraz: Hamraz) -> list[str]:
    return hamraz.database.read(lambda unit: [line.what for line in audit.lines(unit, hamraz.keyring)])


def upload(browser: Browser, path: str, content: bytes, name: str = "IMG_2026.jpg", **fields: str) -> TestResponse:
    """Send the form of an answer with a file."""
    shown = browser.open(path).text
    given = {"csrf_token": unescape(TOKEN.findall(shown)[0]), "reply": "", **fields, "file": (BytesIO(content), name)}
    return browser.client.post(
        f"/console{path}/reply", data=given, base_url=SITE, headers={"Referer": f"{SITE}/console{path}"}
    )


def follow(browser: Browser, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    return browser.open(answer.headers["Location"].removeprefix("/console")).text


# --- files that she sent ------------------------------------------------------------------------


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def test_a_picture_is_covered_and_shown_as_a_copy_in_the_page_only(
    amina: Browser, reporter: Phone, path: str, enter: Enter
) -> None:
    reporter.files["p"] = picture()
    reporter.say("look", media=(MediaReference("photo", "p", "image/jpeg"),))
    shown = amina.open(path).text
    (copy,) = re.findall(r'<label class="covered"><input[^>]*><img[^>]* src="/console([^"]+)"', shown)

    looked = amina.open(copy)

    assert (looked.headers["Content-Type"], looked.headers["Content-Disposition"]) == ("image/jpeg", "inline")
    assert looked.headers["Cache-Control"] == "no-store"
    assert "sandbox" in looked.headers["Content-Security-Policy"]
    assert looked.headers["X-Content-Type-Options"] == "nosniff"
    assert looked.data != picture()
    assert amina.open(f"{path}/files/{'0' * 32}").status_code == 404
    assert amina.open(f"{path}/files/xyz").status_code == 404
    assert enter(name="Bano").open(copy).status_code == 404


def test_a_file_is_kept_on_a_device_only_when_she_asks_and_that_is_on_record(
    amina: Browser, sana: Browser, reporter: Phone, path: str, hamraz: Hamraz
) -> None:
    reporter.files["p"] = picture()
    reporter.say("look", media=(MediaReference("photo", "p", "image/jpeg"),))
    (keep,) = re.findall(r'action="/console([^"]+/keep)"', amina.open(path).text)
    assert "file kept" not in log(hamraz)
    assert amina.open(keep.removesuffix("/keep")).status_code == 404  # as it came it is not shown
    assert amina.open(keep).status_code == 405

    kept = amina.send(keep, path)

    assert kept.data == picture()
    assert kept.headers["Content-Disposition"].startswith("attachment; filename=")
    assert kept.headers["Content-Type"] == "application/octet-stream"
    assert log(hamraz)[-1] == "file kept"
    assert "A file was kept on a device" in amina.open(path).text
    assert sana.send(keep, "/account").status_code == 404
    assert log(hamraz).count("file kept") == 1


def test_a_voice_note_is_played_in_parts_and_a_pdf_is_never_shown(amina: Browser, reporter: Phone, path: str) -> None:
    reporter.files |= {"v": sound("tagged.ogg"), "d": A_PDF}
    reporter.say("", media=(MediaReference("voice", "v", "audio/ogg"), MediaReference("file", "d", "application/pdf")))
    shown = amina.open(path).text
    (voice,) = re.findall(r'<audio[^>]* src="/console([^"]+)"', shown)
    pdf = next(one for one in re.findall(r'action="/console([^"]+)/keep"', shown) if one != voice)

    part = amina.open(voice, headers={"Range": "bytes=0-99"})

    assert amina.open(voice).headers["Content-Type"] == "audio/ogg"
    assert (part.status_code, len(part.data)) == (206, 100)
    assert amina.open(pdf).status_code == 404
    assert amina.send(f"{pdf}/keep", path).data == A_PDF


@pytest.mark.parametrize("type", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_what_a_browser_would_run_never_comes_into_a_case(
    amina: Browser, reporter: Phone, path: str, type: str
) -> None:
    reporter.files["h"] = b"<html><script>alert(1)</script></html>"
    reporter.say("look", media=(MediaReference("file", "h", type),))

    assert "/files/" not in amina.open(path).text


# --- files that she is sent ---------------------------------------------------------------------


def test_a_picture_goes_with_an_answer_and_stands_in_the_thread(
    amina: Browser, path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written = tmp_path / "written"
    written.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(written))
    large = photo((1500, 1200))
    assert len(large) > 600_000  # what a server writes down on the way unless it is told not to

    shown = follow(amina, upload(amina, path, large, reply="look at this"))

    assert "look at this" in shown and "On its way" in shown
    (copy,) = re.findall(r'<label class="covered"><input[^>]*><img[^>]* src="/console([^"]+)"', shown)
    looked = amina.open(copy)
    assert looked.headers["Content-Type"] == "image/jpeg"
    assert b"Phone of Amina" not in looked.data
    assert list(written.iterdir()) == []


def test_a_file_alone_is_an_answer_and_a_second_click_sends_nothing(amina: Browser, path: str, hamraz: Hamraz) -> None:
    once = "ab" * 16

    for _ in range(2):
        follow(amina, upload(amina, path, sound("tagged.m4a"), once=once))

    assert len(only(hamraz).sent) == 1
    assert amina.open(path).text.count("<audio") == 1


def test_what_cannot_go_is_refused_with_what_was_typed(amina: Browser, path: str, hamraz: Hamraz) -> None:
    page = upload(amina, path, b"MZ\x90 not a picture", reply="my words")

    assert page.status_code == 400
    assert "That cannot be sent." in page.text and "my words" in page.text
    assert upload(amina, path, bytes(12 * 1024 * 1024)).status_code == 413
    assert only(hamraz).sent == {}


def test_by_sms_no_file_is_offered_and_one_sent_all_the_same_is_refused(
    amina: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    talking(hamraz, clock, channel="sms")
    path = f"/cases/{only(hamraz).id.hex()}"
    shown = act(amina, path, "claim")

    assert 'type="file"' not in shown and "Say in words what is in it." in shown
    refused = upload(amina, path, photo())
    assert "say in words what is in it" in refused.text


def test_nothing_large_is_read_from_who_is_not_logged_in(stranger: Browser, path: str) -> None:
    answer = stranger.client.post(
        f"/console{path}/reply", data={"file": (BytesIO(bytes(12 * 1024 * 1024)), "x")}, base_url=SITE
    )

    assert answer.status_code == 303 and "/login" in answer.headers["Location"]


# --- referrals and the plan ---------------------------------------------------------------------


def test_a_referral_from_being_told_to_having_been_there(amina: Browser, path: str, clock: Clock) -> None:
    offered = act(amina, path, "referrals", to="Panah <b>shelter</b>", words="asked for a room")
    assert "Panah &lt;b&gt;shelter&lt;/b&gt;" in offered and "She was told of it" in offered
    (one,) = re.findall(r'<li id="r([0-9a-f]+)"', offered)
    assert "stands elsewhere by now" in act(amina, path, f"referrals/{one}", state="contacted")
    today = clock().date().isoformat()

    agreed = act(amina, path, f"referrals/{one}", state="accepted", way="call", day=today, shared="name")
    assert "She agreed in a call" in agreed and "the name she gave" in agreed
    act(amina, path, f"referrals/{one}", state="contacted")
    there = act(amina, path, f"referrals/{one}", state="attended")

    assert "She was there" in there
    assert "Was at Panah" in there  # in the history
    assert "stands elsewhere by now" in act(amina, path, f"referrals/{one}", state="attended")


@pytest.mark.parametrize("day", ["", "tomorrow", "2030-01-01"])
def test_a_yes_without_a_day_that_has_come_is_none(amina: Browser, path: str, day: str) -> None:
    (one,) = re.findall(r'<li id="r([0-9a-f]+)"', act(amina, path, "referrals", to="a clinic"))

    assert "She has not agreed" in act(amina, path, f"referrals/{one}", state="accepted", way="call", day=day)


def test_an_office_of_the_directory_is_kept_as_such_and_a_second_click_writes_nothing(
    amina: Browser, path: str
) -> None:
    names = re.findall(r'<option value="([^"]+)"></option>', amina.open(path).text)
    assert len(names) > 50

    for _ in range(2):
        shown = act(amina, path, "referrals", to=unescape(names[0]), once="cd" * 16)

    assert shown.count('<li id="r') == 1


def test_the_plan_is_written_sent_and_not_overwritten_unseen(amina: Browser, path: str, hamraz: Hamraz) -> None:
    shown = act(amina, path, "plan", signs="He slams the door\r\nand shouts", word="lemon", after="0")
    assert "He slams the door\nand shouts" in shown
    assert "wrote the plan meanwhile" in act(amina, path, "plan", signs="other", after="0")

    sent = act(amina, path, "plan/send")

    assert "Here are the notes that we made together." in sent
    assert len(only(hamraz).sent) == 1
    page = amina.open(path)
    for _ in range(2):  # a double click
        follow(amina, amina.send(f"{path}/plan/send", path, of=page, **once_of(page.text, "plan/send")))
    assert len(only(hamraz).sent) == 2
    for odd in ("-1", "x", "٣", "999999999"):
        assert "wrote the plan meanwhile" in act(amina, path, "plan", signs="other", after=odd)


def once_of(shown: str, form: str) -> dict[str, str]:
    """The name that a page gives to one of its forms."""
    (once,) = re.findall(rf'action="[^"]*/{form}">.*?name="once" value="([0-9a-f]{{32}})"', shown)
    return {"once": once}


def test_a_case_that_somebody_changed_outside_is_closed_off_and_closes_nothing_else(
    amina: Browser, sana: Browser, named: str, hamraz: Hamraz
) -> None:
    asked(amina, named)
    (row, *_) = hamraz.database.read(lambda unit: everyone(unit, casebook))
    hamraz.database.work(lambda unit: remove(unit, casebook, row))

    for one in (amina, sana):
        assert one.open("/cases").status_code == 200
        assert one.open("/requests").status_code == 200
    (head,) = hamraz.database.read(lambda unit: everyone(unit, reports_table))
    hamraz.database.work(lambda unit: put(unit, "reports.meta", (head["id"],), bytes(len(head["meta"]))))
    said = amina.send(f"{named}/referrals", "/account", to="a clinic")

    assert "changed by somebody outside" in said.text
    assert log(hamraz)[-1] == "fault"


def test_a_form_that_was_refused_stands_open_with_what_was_typed(amina: Browser, named: str) -> None:
    act(amina, named, "plan", word="lemon", after="0")
    long = amina.send(f"{named}/plan", named, signs="x" * 601, word="orange", after="1")
    assert long.status_code == 400
    assert '<details id="do-plan" open>' in long.text
    assert (forms_of(long, f"{named}/plan")[0]["word"], forms_of(long, f"{named}/plan")[0]["after"]) == ("orange", "1")
    late = amina.send(f"{named}/plan", named, word="orange", after="0")
    assert fill(amina, late, f"{named}/plan").status_code == 303  # she has seen the other one now
    assert "orange" in amina.open(named).text

    refused = amina.send(f"{named}/referrals", named, to=" ", words="asked for a room")
    assert forms_of(refused, f"{named}/referrals")[0]["words"] == "asked for a room"
    (one,) = re.findall(r'<li id="r([0-9a-f]+)"', act(amina, named, "referrals", to="a clinic"))
    agreed = {"state": "accepted", "way": "call", "day": "", "words": "she nodded", "shared": "name"}
    step = f"{named}/referrals/{one}"
    kept = next(form for form in forms_of(amina.send(step, named, **agreed), step) if form["state"] == "accepted")
    assert {name: kept[name] for name in agreed} == agreed
    refused = amina.send(f"{named}/requests", named, what="reveal", reason="why")
    assert forms_of(refused, f"{named}/requests")[0]["reason"] == "why"


# --- what takes two -----------------------------------------------------------------------------


def asked(browser: Browser, path: str, what: str = "reveal") -> str:
    shown = follow(browser, browser.send(f"{path}/requests", path, what=what, reason=WHY))
    return re.findall(r'<li id="q([0-9a-f]+)"', shown)[0]


def test_who_she_is_shows_to_who_asked_after_a_colleague_agreed_and_on_no_page_before(
    amina: Browser, sana: Browser, named: str, hamraz: Hamraz
) -> None:
    assert "Zanbilqirmizi" not in amina.open(named).text
    request = asked(amina, named)
    assert "waits for a second yes" in amina.open(named).text
    assert WHY in sana.open("/requests").text
    assert WHY not in amina.open("/requests").text
    early = amina.send(f"{named}/requests/{request}/reveal", named)
    assert early.status_code == 400 and "Zanbilqirmizi" not in early.text

    follow(sana, sana.send(f"{named}/requests/{request}/agree", "/requests"))
    seen = amina.send(f"{named}/requests/{request}/reveal", named)

    assert "Zanbilqirmizi" in seen.text and "77001" in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    others = sana.send(f"{named}/requests/{request}/reveal", "/requests")
    assert "Zanbilqirmizi" not in others.text
    shown = amina.open(named).text
    assert "Zanbilqirmizi" not in shown and "Decided by <bdi>Sana</bdi>" in shown and "Looked at who she is" in shown
    assert log(hamraz).count("reveal looked at") == 1


def test_the_same_person_in_a_second_browser_cannot_agree(
    amina: Browser, named: str, app: object, clock: Clock, hamraz: Hamraz
) -> None:
    request = asked(amina, named)
    other = Browser(app.test_client(), clock, amina.name, amina.secret)  # type: ignore[attr-defined]  # the application
    clock.forward(seconds=30)
    other.log_in()

    refused = other.send(f"{named}/requests/{request}/agree", "/requests")

    assert "somebody else must agree" in refused.text
    assert "reveal agreed" not in log(hamraz)


def test_a_form_sent_again_agrees_to_nothing_new(amina: Browser, sana: Browser, named: str, hamraz: Hamraz) -> None:
    request = asked(amina, named)
    page = sana.open("/requests")
    first = sana.send(f"{named}/requests/{request}/agree", "/requests", of=page)
    act(amina, named, f"requests/{request}/refuse", back="1")

    again = sana.send(f"{named}/requests/{request}/agree", "/requests", of=page)

    assert (first.status_code, again.status_code) == (303, 400)
    assert log(hamraz).count("reveal agreed") == 1
    assert "taken back" in amina.open(named).text


def test_what_a_leaver_asked_waits_for_nobody_any_more(amina: Browser, sana: Browser, named: str) -> None:
    asked(amina, named)
    assert WHY in sana.open("/requests").text

    amina.send("/leave", "/account")

    assert WHY not in sana.open("/requests").text


def test_after_a_day_it_waits_no_more(amina: Browser, sana: Browser, named: str, clock: Clock) -> None:
    request = asked(amina, named)
    clock.forward(hours=24)
    for one in (amina, sana):
        one.log_in()

    assert WHY not in sana.open("/requests").text
    assert sana.send(f"{named}/requests/{request}/agree", "/requests").status_code == 400
    assert "over" in amina.open(named).text


def test_a_case_that_two_ended_is_not_there_any_more(amina: Browser, sana: Browser, named: str, hamraz: Hamraz) -> None:
    request = asked(amina, named, "shred")
    assert "Backups could open it for up to 7 days" in sana.open("/requests").text

    follow(sana, sana.send(f"{named}/requests/{request}/agree", "/requests"))

    assert hamraz.database.read(reports.count) == 0
    assert amina.open(named).status_code == 404
    assert sana.send(f"{named}/requests/{request}/agree", "/requests").status_code == 404


@pytest.mark.parametrize(("fields", "said"), [({"what": "reveal", "reason": "short"}, "Say why"), ({"what": "x"}, "")])
def test_a_question_without_a_reason_or_a_name_is_none(
    amina: Browser, named: str, fields: dict[str, str], said: str
) -> None:
    answer = amina.send(f"{named}/requests", named, **fields)

    assert answer.status_code == 400
    assert said in answer.text


def test_whoever_opens_no_case_is_not_asked(enter: Enter, amina: Browser, named: str) -> None:
    request = asked(amina, named)
    admin, later = enter(Role.ADMIN), enter(name="Late")

    assert admin.open("/requests").status_code == 403
    assert admin.send(f"{named}/requests/{request}/agree", "/account").status_code == 403
    assert WHY not in later.open("/requests").text
    assert later.send(f"{named}/requests/{request}/agree", "/account").status_code == 404


def test_a_copy_for_somebody_who_helps_is_a_locked_pdf_after_two_agreed(
    amina: Browser, sana: Browser, named: str, clock: Clock, hamraz: Hamraz
) -> None:
    (one,) = re.findall(r'<li id="r([0-9a-f]+)"', act(amina, named, "referrals", to="a clinic"))
    assert "Ask for a copy" not in amina.open(named).text
    act(amina, named, f"referrals/{one}", state="accepted", way="chat", day=clock().date().isoformat(), shared="name")
    answer = amina.send(f"{named}/requests", named, what="export", reason=WHY, referral=one)
    (request,) = re.findall(r'<li id="q([0-9a-f]+)"', follow(amina, answer))
    path = f"{named}/requests/{request}/export"
    assert amina.send(path, named, passphrase="lemon tree 77", language="ur").status_code == 400
    follow(sana, sana.send(f"{named}/requests/{request}/agree", "/requests"))

    weak = amina.send(path, named, passphrase="short", language="ur")
    made = amina.send(path, named, passphrase="lemon tree 77", language="ur")

    assert "10 to 100 characters" in weak.text
    assert made.headers["Content-Disposition"] == 'attachment; filename="copy.pdf"'
    found = PdfReader(BytesIO(made.data))
    assert found.decrypt("lemon tree 77") != 0
    assert "Zanbilqirmizi" in found.attachments["case.txt"][0].decode()
    assert "A copy was made" in amina.open(named).text
    assert log(hamraz).count("export made") == 1


def test_a_server_without_pango_says_so_and_puts_nothing_on_record(
    amina: Browser, sana: Browser, named: str, clock: Clock, hamraz: Hamraz, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = re.findall(r'<li id="r([0-9a-f]+)"', act(amina, named, "referrals", to="a clinic"))
    act(amina, named, f"referrals/{one}", state="accepted", way="chat", day=clock().date().isoformat(), shared="name")
    answer = amina.send(f"{named}/requests", named, what="export", reason=WHY, referral=one)
    (request,) = re.findall(r'<li id="q([0-9a-f]+)"', follow(amina, answer))
    follow(sana, sana.send(f"{named}/requests/{request}/agree", "/requests"))

    def missing(html: str) -> bytes:
        raise CannotPrint("apt install")

    monkeypatch.setattr(copies, "printed", missing)
    refused = amina.send(f"{named}/requests/{request}/export", named, passphrase="lemon tree 77", language="ur")

    assert "This server makes no PDF yet" in refused.text
    assert "export made" not in log(hamraz)
