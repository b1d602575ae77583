"""Cases in the console as a browser without any program sees them: who reads what, every button, every refusal."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from werkzeug.test import TestResponse

from casework.cases import hearing, holding
from casework.cases.case import Case
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import audit, cases, reports
from storage.database import Unit
from storage.tables import entries
from storage.tables import reports as reports_table
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in, tell
from tests.casework.cases.conftest import hired
from tests.casework.cases.phones_and_desk import Team
from tests.phones import Clock, Phone
from tests.web.console.conftest import Browser, Enter
from tests.web.console.forms import forms_of

ASIDE = "she sounds calm today"


def talking(hamraz: Hamraz, clock: Clock, channel: str = "whatsapp", back: str = "1") -> Phone:
    """Somebody who told the start of her report and waits for a person."""
    phone = Phone(hamraz, channel, "+923001112233", clock)
    begin(phone)
    phone.say("1")
    for answer in SHORT[:7]:
        phone.say(answer)
    phone.say("/TALK")
    phone.say("SKIP")
    phone.say("1")
    phone.say(back)
    return phone


def all_cases(hamraz: Hamraz) -> list[Case]:
    return hamraz.database.read(lambda unit: [Case(one) for one in cases.everyones(unit, hamraz.keyring)])


def only(hamraz: Hamraz) -> Case:
    (case,) = all_cases(hamraz)
    return case


def on_duty(hamraz: Hamraz, clock: Clock) -> None:
    """Somebody who takes no case, so that a person can be asked for."""
    hired(hamraz.room, clock, "On duty", duty=True, capacity=0)


@pytest.fixture
def amina(enter: Enter, hamraz: Hamraz, clock: Clock) -> Browser:
    one = enter(name="Amina")
    on_duty(hamraz, clock)
    return one


@pytest.fixture
def reporter(amina: Browser, hamraz: Hamraz, clock: Clock) -> Phone:
    return talking(hamraz, clock)


@pytest.fixture
def path(reporter: Phone, hamraz: Hamraz) -> str:
    """The page of the only case there is."""
    return f"/cases/{only(hamraz).id.hex()}"


def act(browser: Browser, path: str, what: str, **fields: str) -> str:
    """Press a button of the case's page; return what is shown then."""
    answer = browser.send(f"{path}/{what}", path, **fields)
    return (
        browser.open(answer.headers["Location"].removeprefix("/console")).text
        if answer.status_code == 303
        else answer.text
    )


# --- the list -----------------------------------------------------------------------------------


def test_the_list_shows_how_each_case_stands_and_no_word_of_it(amina: Browser, path: str, hamraz: Hamraz) -> None:
    shown = amina.open("/cases?tab=unassigned").text

    code = only(hamraz).code
    assert code in shown
    assert "Red: at once" in shown
    assert "WhatsApp" in shown
    assert "Waits for somebody" in shown
    assert "zanbil" not in shown


def test_the_list_is_parted_filtered_and_leafed_through(amina: Browser, path: str, hamraz: Hamraz) -> None:
    code = only(hamraz).code

    assert code in amina.open("/cases?tab=all&risk=red&of=en&channel=whatsapp").text
    assert code in amina.open("/cases?tab=longest&page=99999").text
    for other in ("tab=mine", "tab=closed", "tab=all&risk=green", "tab=all&of=ur", "tab=all&channel=sms"):
        assert code not in amina.open(f"/cases?{other}").text, other
    for odd in ("tab=x", "page=-1", "page=٣", "risk=%00", "of=<b>"):
        assert amina.open(f"/cases?{odd}").status_code == 200, odd


def test_a_case_that_was_filed_before_she_came_is_not_there_for_her_until_it_is_shared(
    amina: Browser, path: str, hamraz: Hamraz, enter: Enter
) -> None:
    bano = enter(name="Bano")

    assert only(hamraz).code not in bano.open("/cases?tab=all").text
    assert bano.open(path).status_code == bano.open(f"/cases/{'0' * 32}").status_code == 404
    assert bano.open(path).text == bano.open(f"/cases/{'0' * 32}").text
    assert bano.send(f"{path}/claim", "/account").status_code == 404
    amina.send("/share", "/account")
    assert only(hamraz).code in bano.open("/cases?tab=all").text


# --- one case -----------------------------------------------------------------------------------


def test_its_words_open_for_whoever_takes_it_and_for_nobody_else(
    amina: Browser, enter: Enter, hamraz: Hamraz, clock: Clock
) -> None:
    bano, zara = enter(name="Bano"), enter(Role.SUPERVISOR, "Zara")
    talking(hamraz, clock)
    path = f"/cases/{only(hamraz).id.hex()}"
    assert STORY not in amina.open(path).text

    assert STORY in act(amina, path, "claim")

    for other in (bano, zara):
        assert "Amina has this case" in other.open(path).text
        assert STORY not in other.open(path).text
    assert STORY in act(zara, path, "join")
    refused = bano.send(f"{path}/join", "/account")
    assert refused.status_code == 400
    assert STORY not in refused.text


def test_a_code_leads_to_the_case(amina: Browser, path: str, hamraz: Hamraz) -> None:
    code = only(hamraz).code

    for typed in (code, code.lower()):
        assert amina.open(f"/cases/{typed}").headers["Location"] == f"/console{path}"
    for nothing in ("ZZZZZ", "x", "..", "%00", "0" * 31):
        assert amina.open(f"/cases/{nothing}").status_code == 404


def test_what_she_told_is_said_in_plain_sentences_and_her_own_words_stand_as_she_wrote_them(
    amina: Browser, path: str
) -> None:
    act(amina, path, "claim")

    english, urdu = amina.open(path).text, amina.open(f"{path}?language=ur").text

    assert "It happened to her." in english
    assert "She was touched against her will." in english
    assert "It was on a bus, rickshaw or other ride." in english
    assert f'<p class="hers" dir="auto" lang="en">{STORY}</p>' in english
    assert "مرضی کے بغیر چھوا گیا۔" in urdu
    assert STORY in urdu


def test_every_answer_of_a_whole_report_is_said(amina: Browser, hamraz: Hamraz, clock: Clock) -> None:
    long = ["1", "2", "1", "2", "last week", "1", STORY, "DONE", "2", "1", "in Saddar", "SKIP", "2 3", "Sana", "1", "1"]
    tell(Phone(hamraz, "telegram", "77", clock), answers=[*long, "1", "1", "1", "marmalade", "2", "1"])
    path = f"/cases/{only(hamraz).id.hex()}"

    shown = act(amina, path, "claim")

    for said in (
        *("That person is a stranger.", "It was in a street or lane.", "She wants information.", "marmalade"),
        *(
            "She wants to talk to somebody.",
            "It is safe to write in the morning.",
            "The word by which you know each other",
        ),
        "She may be written to for a month.",
    ):
        assert said in shown, said
    assert "Sana" not in shown  # what takes two: see test_casefile.py
    assert "She gave a name." in shown


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=1>', "{{ 7*7 }}", "\u202e\u2066"]
)
def test_whatever_she_writes_is_text(amina: Browser, reporter: Phone, path: str, hostile: str) -> None:
    reporter.say(hostile)

    shown = act(amina, path, "claim")

    assert not re.search(r"<script(?! src)|<img src=x", shown)
    assert "49" not in re.findall(r'class="hers"[^>]*>([^<]*)<', shown)


# --- what she does ------------------------------------------------------------------------------


def test_she_claims_answers_notes_and_closes(amina: Browser, reporter: Phone, path: str, hamraz: Hamraz) -> None:
    act(amina, path, "claim")
    assert "On its way" in act(amina, path, "reply", reply="I am here.\r\nTake your time.")
    shown = act(amina, path, "note", note=ASIDE)
    assert "I am here.\nTake your time." in shown
    assert ASIDE in shown
    assert "Amber: today" in act(amina, path, "risk", risk="amber")
    about = act(amina, path, "institution", institution="inst027")
    assert "Saved." in about and "Which place it is about: <bdi>Mehran University" in about
    assert "Place named" in about and only(hamraz).institution == "inst027"

    closed = act(amina, path, "close", reason="answered")

    assert "Closed." in closed
    assert only(hamraz).status == "closed"
    assert "It is open again, and yours." in act(amina, path, "reopen")
    assert "Given back." in act(amina, path, "release")


def test_a_case_is_handed_to_a_colleague_who_reads_it_then(
    amina: Browser, enter: Enter, hamraz: Hamraz, clock: Clock
) -> None:
    bano = enter(name="Bano")
    talking(hamraz, clock)
    path = f"/cases/{only(hamraz).id.hex()}"
    shown = act(amina, path, "claim")
    (to,) = re.findall(r'<option value="(\w{32})">Bano', shown)

    assert "Bano has this case" in act(amina, path, "hand-over", to=to)

    assert STORY in bano.open(path).text
    assert "Choose a colleague" in act(bano, path, "hand-over", to="")


def test_where_she_wants_no_call_back_the_page_says_so_and_an_answer_waits(
    amina: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    talking(hamraz, clock, back="2")
    path = f"/cases/{only(hamraz).id.hex()}"

    shown = act(amina, path, "claim")

    assert "she wants them only by her number" in shown
    assert ">Send<" not in shown
    assert "It waits here until she sends her number." in act(amina, path, "reply", reply="come", keep="1")


def agreed(hamraz: Hamraz, clock: Clock, channel: str, hours: str, number: str) -> str:
    """Somebody files a report and agrees to be written to; return its page."""
    known = {case.id for case in all_cases(hamraz)}
    phone = Phone(hamraz, channel, number, clock)
    begin(phone)
    phone.say("1")
    for answer in (*SHORT[:11], "1", "1", hours, "SKIP", "2", "1"):
        phone.say(answer)
    return next(f"/cases/{case.id.hex()}" for case in all_cases(hamraz) if case.id not in known)


def test_how_an_answer_reaches_whoever_agreed_or_not_is_said_before_and_after(
    amina: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    evening = agreed(hamraz, clock, "sms", "3", "+923001110001")
    own = agreed(hamraz, clock, "sms", "when he is out", "+923001110002")
    silent = agreed(hamraz, clock, "whatsapp", "5", "+923001110003")  # no template is set up here
    tell(Phone(hamraz, "sms", "+923001110004", clock))
    no = next(
        f"/cases/{one.id.hex()}" for one in all_cases(hamraz) if f"/cases/{one.id.hex()}" not in (evening, own, silent)
    )
    shown = {path: act(amina, path, "claim") for path in (evening, own, silent, no)}
    assert "go to her phone on 25 November 2026, 17:00, in her hours" in shown[evening]
    assert "she named her hours in her own words" in shown[own]
    assert 'name="file"' not in shown[own] and "a file does not" in shown[own] and 'name="file"' in shown[no]
    assert "she did not agree to be written to" in shown[no]
    assert 'name="keep"' in shown[no] and ">Send<" not in shown[no]

    sent = act(amina, evening, "reply", reply="how are you")
    assert "It goes to her in the hours she chose." in sent and "Goes on 25 November 2026, 17:00, in her hours" in sent
    held = act(amina, own, "reply", reply="how are you")
    assert "It follows when she writes, or sends her number." in held
    clock.forward(days=2)
    amina.log_in()
    assert "no neutral message in her language is set up for WhatsApp yet" in amina.open(silent).text


def test_how_long_whatsapp_takes_her_words_is_shown_and_a_late_one_is_refused_with_the_text_kept(
    amina: Browser, path: str, clock: Clock
) -> None:
    act(amina, path, "claim")
    clock.forward(minutes=10)
    assert "WhatsApp takes free words for 23 h 50 min more" in amina.open(path).text
    clock.forward(hours=24)
    amina.log_in()

    refused = amina.send(f"{path}/reply", path, reply="marmalade & more")

    assert refused.status_code == 400
    assert "she did not agree to be written to first" in refused.text
    assert "leave your words here for her number" in refused.text
    assert "marmalade &amp; more</textarea>" in refused.text
    assert 'name="keep"' in refused.text


@pytest.mark.parametrize("what", ["reply", "note"])
def test_what_was_typed_is_there_still_when_the_case_went_to_somebody_else_meanwhile(
    amina: Browser, path: str, hamraz: Hamraz, clock: Clock, what: str
) -> None:
    act(amina, path, "claim")
    page = amina.open(path)
    holding.release(hamraz.room, only(hamraz).holder or b"", only(hamraz).id, clock())

    refused = amina.send(f"{path}/{what}", path, of=page, **{what: "marmalade"})

    assert refused.status_code == 400
    assert "This case is not with you." in refused.text
    assert "take the case" in refused.text
    assert "marmalade" in refused.text
    assert STORY not in refused.text


def test_what_is_half_written_stays_whatever_else_is_done(amina: Browser, path: str) -> None:
    act(amina, path, "claim")
    for what, fields in (
        ("note", {"note": "calm"}),
        ("risk", {"risk": "green"}),
        ("plan", {"word": "lemon", "after": "0"}),
    ):
        done = amina.send(f"{path}/{what}", path, **{"reply": "half", **fields})
        assert done.status_code == 200 and 'role="status"' in done.text
        assert forms_of(done, f"{path}/reply")[0]["reply"] == "half"
        assert forms_of(done, f"{path}/note")[0]["note"] == ""
    for words, status in (("hello", 200), ("", 400)):
        sent = amina.send(f"{path}/reply", path, reply=words, note="ں" * 4_000)
        assert sent.status_code == status
        assert forms_of(sent, f"{path}/note")[0]["note"] == "ں" * 4_000
    both = amina.send(f"{path}/note", path, reply="€" * 4_000, note="€" * 4_000)
    assert both.status_code == 200
    gone = amina.send(f"{path}/release", path, reply="half", note="calm")
    assert gone.text.count("half") == gone.text.count("calm") == 1


@pytest.mark.parametrize(("what", "field"), [("reply", "reply"), ("note", "note")])
@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 4001])
def test_nothing_and_too_much_are_refused(amina: Browser, path: str, what: str, field: str, text: str) -> None:
    act(amina, path, "claim")

    refused = amina.send(f"{path}/{what}", path, **{field: text})

    assert refused.status_code == 400
    assert "at most 4,000 characters" in refused.text


@pytest.mark.parametrize(("what", "field"), [("close", "reason"), ("risk", "risk"), ("institution", "institution")])
def test_what_the_page_does_not_offer_is_not_done(amina: Browser, path: str, what: str, field: str) -> None:
    act(amina, path, "claim")

    assert amina.send(f"{path}/{what}", path, **{field: "x"}).status_code == 400


def test_an_erased_case_is_gone_for_whoever_had_it(amina: Browser, reporter: Phone, path: str, hamraz: Hamraz) -> None:
    act(amina, path, "claim")
    page = amina.open(path)

    def erase(unit: Unit) -> None:
        report = reports.fetch(unit, hamraz.keyring, bytes.fromhex(path.rpartition("/")[2]))
        assert report is not None
        hearing.erase(unit, hamraz.room, report, amina.clock())

    hamraz.room.work(erase)

    assert amina.open(path).status_code == 404
    assert amina.send(f"{path}/reply", of=page, reply="hello").status_code == 404


def test_a_case_that_was_changed_in_the_table_opens_for_nobody_and_that_is_on_record(
    amina: Browser, path: str, reporter: Phone, hamraz: Hamraz
) -> None:
    reporter.say("more")
    act(amina, path, "claim")
    hamraz.database.work(lambda unit: unit.main.run(update(entries).values(hash=bytes(32))))

    shown = amina.open(path)

    assert shown.status_code == 400
    assert "changed by somebody outside" in shown.text
    assert STORY not in shown.text
    log = hamraz.database.read(lambda unit: [one.what for one in audit.lines(unit, hamraz.keyring)])
    assert log[-1] == "fault"


def test_a_ready_answer_goes_into_what_she_types_and_nothing_is_sent(
    amina: Browser, reporter: Phone, path: str, hamraz: Hamraz
) -> None:
    act(amina, path, "claim")
    page = amina.open(path).text
    names = re.findall(r'<option value="([a-z0-9-]+)"', page)
    assert len(names) >= 12

    shown = act(amina, path, "ready", ready=names[0], reply="Good that you write.")

    typed = unescape(re.findall(r"<textarea id=\"reply\"[^>]*>([^<]*)<", shown)[0])
    assert typed.startswith("Good that you write.\n\n")
    assert len(typed) > len("Good that you write.\n\n")
    assert only(hamraz).desk.get("asked") is not None  # she still waits for an answer
    refused = act(amina, path, "ready", ready="nothing-of-that-name", reply="Good that you write.")
    assert "There is no ready answer of that name." in refused
    assert "Good that you write." in refused


def test_a_ready_answer_for_a_case_that_was_changed_in_the_table_is_refused_and_that_is_on_record(
    amina: Browser, path: str, hamraz: Hamraz
) -> None:
    act(amina, path, "claim")
    page = amina.open(path)
    hamraz.database.work(lambda unit: unit.main.run(update(reports_table).values(meta=bytes(200))))

    shown = amina.send(f"{path}/ready", of=page, ready="any", reply="hello")

    assert shown.status_code == 400
    assert "changed by somebody outside" in shown.text
    log = hamraz.database.read(lambda unit: [one.what for one in audit.lines(unit, hamraz.keyring)])
    assert log[-1] == "fault"


# --- twice, and by no path ----------------------------------------------------------------------


@pytest.mark.parametrize("what", ["reply", "note"])
def test_a_form_that_is_sent_twice_is_done_once(amina: Browser, path: str, what: str) -> None:
    page = act_on(amina, path)
    (first, *_) = re.findall(r'name="once" value="(\w{32})"', page.text)

    answers = [amina.send(f"{path}/{what}", of=page, once=first, **{what: "marmalade"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(re.findall(r">marmalade<", amina.open(path).text)) == 1


def act_on(browser: Browser, path: str) -> TestResponse:
    act(browser, path, "claim")
    return browser.open(path)


def test_counsellors_begin_with_their_cases(amina: Browser, path: str) -> None:
    assert "Nobody’s" in amina.open("/").text


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("note", "reply", "release", "claim", "close", "reopen", "risk", "she writes", "her number")),
        st.sampled_from(("", "1")),  # kept for her number
    ),
    max_size=7,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_a_note_reaches_her_by_no_button_of_the_page(
    amina: Browser, hamraz: Hamraz, clock: Clock, steps: list[tuple[str, str]]
) -> None:
    clock.forward(seconds=1)
    number = len(all_cases(hamraz))
    phone = Phone(hamraz, "telegram", f"8800{number}", clock)
    begin(phone)
    phone.say("TALK")
    phone.say("- about the bus")
    phone.say("1")
    receipt = receipt_in(phone.say("1"))
    team = Team(hamraz, clock)
    path = f"/cases/{max(all_cases(hamraz), key=lambda case: case.since).id.hex()}"
    heard = []
    act(amina, path, "claim")
    assert ASIDE in act(amina, path, "note", note=ASIDE)
    for what, keep in steps:
        if what == "she writes":
            heard.append(phone.say("and then"))
        elif what == "her number":
            heard.append(Phone(hamraz, "sms", f"+92311{number:07}", clock).say(receipt))
        else:
            fields = {"note": ASIDE, "reply": "hello", "reason": "answered", "risk": "amber", "keep": keep}
            amina.send(f"{path}/{what}", path, **fields)
        team.deliver()
    heard.append(Phone(hamraz, "sms", f"+92312{number:07}", clock).say(receipt))
    amina.send(f"{path}/close", path, reason="other")
    team.deliver()

    assert ASIDE not in str(heard) + str(team.received)


def test_words_are_found_in_her_own_cases_only_and_never_stand_in_an_address(
    amina: Browser, reporter: Phone, path: str, hamraz: Hamraz, enter: Enter
) -> None:
    act(amina, path, "claim")
    act(amina, path, "note", note="Zebra crossing behind the Library")
    code = only(hamraz).code

    found = amina.send("/cases/search", "/cases", words="ZEBRA library")

    assert found.status_code == 200
    assert code in found.text and "Found in 1 of 1 case:" in found.text
    assert "Zebra crossing behind the Library" in found.text
    assert code not in amina.send("/cases/search", "/cases", words="zebra giraffe").text
    assert code not in amina.send("/cases/search", "/cases", words="  ").text
    other = enter(Role.COUNSELLOR, "Somebody Else")
    assert "Zebra" not in other.send("/cases/search", "/cases", words="zebra").text.replace('value="zebra"', "")
    assert amina.open("/cases/search?words=zebra").status_code in (404, 405)
