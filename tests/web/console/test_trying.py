"""A draft on three phones, as staff use the page: by forms alone, and nothing of it is kept anywhere."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from werkzeug.test import TestResponse

from casework.staff import gate, register
from casework.staff.roles import Role
from casework.studio import drafts
from casework.trying import links, scripts
from casework.trying.refusals import TryOver
from casework.wordings import keeping
from flows.editing import operations
from operating.parts import Hamraz
from operating.wording import words_room
from storage import wordings
from storage.exposed import rows
from tests.phones import Clock
from tests.web.console.conftest import SITE, Browser, Enter
from tests.web.console.forms import fill, forms_of

TRY = "/flows/try"
CHANNELS = ["sms", "whatsapp", "telegram"]
_LINE = re.compile(r'<span class="line"[^>]*>(.*?)\n?</span>', re.DOTALL)


@pytest.fixture
def admin(enter: Enter) -> Browser:
    return enter(Role.ADMIN, "Rabia")


def press(browser: Browser, page: TestResponse, channel: str, do: str = "say", **typed: str) -> TestResponse:
    """Do something on one phone of the page as it was shown."""
    sent = fill(browser, page, f"{TRY}#{channel}", do=do, **typed)
    assert sent.status_code == 200
    return sent


def on(page: TestResponse, channel: str) -> str:
    """All that stands on one phone."""
    phone = page.text.partition(f'id="{channel}"')[2].partition("</section>")[0]
    return "\n".join(unescape(line) for line in _LINE.findall(phone))


def stand(page: TestResponse, channel: str) -> str:
    """Where the page says that a phone stands."""
    return page.text.partition(f'data-swap="stand-{channel}"')[2].partition("</p>")[0]


def kept(hamraz: Hamraz, *, counted: bool = True) -> object:
    """Everything that lies anywhere: every row of both databases, every file beside them.

    counted  False: clicks of whoever has a link are counted, and that alone may differ
    """
    tables = {
        side: {name: held for name, held in there.items() if counted or name != "staff_attempts"}
        for side, there in rows(hamraz.database).items()
    }
    folder = hamraz.settings.keyring.parent
    return tables, sorted(str(path) for path in folder.rglob("*"))


@pytest.mark.parametrize("edited", [False, True])
def test_a_report_is_tried_to_its_end_on_each_phone_and_nothing_of_it_is_kept(
    admin: Browser, hamraz: Hamraz, clock: Clock, edited: bool
) -> None:
    me = register.entry(hamraz.office, "Rabia")
    assert me is not None
    if edited:
        draft = drafts.of(hamraz.studio, "report")
        drafts.take(hamraz.studio, me.id, "report", draft.token, operations.rename("story", "telling"), clock())
    page = admin.open(f"{TRY}?flow=report&lang=en")
    before = kept(hamraz)

    for channel in CHANNELS:
        page = press(admin, page, channel, text="5")
        page = press(admin, page, channel, text="skip")
        page = press(admin, page, channel, text="She touched my arm, <b>twice</b>")
        assert f"report · {'telling' if edited else 'story'}" in stand(page, channel)
        page = press(admin, page, channel, text="done")
        page = press(admin, page, channel, text="yes")
        page = press(admin, page, channel, text="1")
        number = re.search(r"\d{4} \d{4} \d{4} \d{4} \d{4}", on(page, channel))
        assert number is not None
        page = press(admin, page, channel, text=number[0])  # and followed up by it
        assert "Open for 15 minutes. Kept since" in on(page, channel)
    assert "<b>twice" not in page.text and "&lt;b&gt;twice" in page.text
    assert kept(hamraz) == before


def test_what_a_page_carries_opens_only_for_her_only_whole_and_only_for_a_while(
    admin: Browser, enter: Enter, hamraz: Hamraz, clock: Clock
) -> None:
    page = press(admin, admin.open(f"{TRY}?flow=tips&lang=en"), "sms", text="1")
    carried = forms_of(page, f"{TRY}#sms")[0]["script"]
    over = "That try is over, or it was not yours"

    def refused(browser: Browser, script: str) -> bool:
        shown = browser.open(f"{TRY}?flow=tips&lang=en")
        answer = fill(browser, shown, f"{TRY}#sms", do="say", text="2", script=script)
        return answer.status_code == 400 and over in answer.text and "tips · tip" not in stand(answer, "sms")

    middle = len(carried) // 2
    for forged in (
        carried[:middle] + ("A" if carried[middle] != "A" else "B") + carried[middle + 1 :],
        carried[:-8],
        "0" * 8 + carried[8:],
        "نا" + carried,
        carried + "=" * 70_000,
        "",
    ):
        assert refused(admin, forged)
    assert refused(enter(Role.ADMIN, "Zoya"), carried)
    me = register.entry(hamraz.office, "Rabia")
    assert me is not None
    now = clock() - timedelta(minutes=5)
    assert scripts.opened(hamraz.keyring, me.id, carried, now + scripts.LIVES)["flow"] == "tips"
    now = clock()
    with pytest.raises(TryOver):
        scripts.opened(hamraz.keyring, me.id, carried, now + scripts.LIVES + timedelta(seconds=1))


def test_a_second_click_a_hostile_form_and_more_than_a_page_carries_change_nothing(admin: Browser) -> None:
    page = admin.open(f"{TRY}?flow=report&node=story&lang=en")
    once, twice = (press(admin, page, "telegram", text="<script>x</script> \u202e") for _ in range(2))
    assert on(once, "telegram") == on(twice, "telegram")
    assert "<script>x" not in once.text

    for do in ("tap:999999999999:x", "tap:../../etc", "tap:", "back:x", "back:99999", "nothing", "", "wait"):
        assert press(admin, page, "sms", do=do, later="999999999999").status_code == 200
    assert fill(admin, page, f"{TRY}#sms", channel="terminal", do="say", text="1").status_code == 400
    assert fill(admin, page, f"{TRY}#sms", do="say", text="x" * 300_000).status_code == 413
    assert admin.open(f"{TRY}?flow=../x").status_code == 404
    assert "report · path" in stand(admin.open(f"{TRY}?flow=report&node=nowhere&lang=xx"), "sms")

    for number in range(20):
        words = "".join(chr(0x4E00 + (number * 7919 + place * 104_729) % 20_000) for place in range(2_000))
        sent = fill(admin, page, f"{TRY}#sms", do="say", text=words)
        if sent.status_code == 400:
            break
        page = sent
    assert sent.status_code == 400 and "A try remembers no more than this" in sent.text


def test_a_draft_that_changes_words_that_are_missing_and_what_cannot_run_are_told(
    admin: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    me = register.entry(hamraz.office, "Rabia")
    assert me is not None

    def edit(flow: str, *steps: operations.Step) -> None:
        for step in steps:
            draft = drafts.of(hamraz.studio, flow)
            drafts.take(hamraz.studio, me.id, flow, draft.token, step, clock())

    page = press(admin, admin.open(f"{TRY}?flow=tips&lang=en"), "sms", text="1")
    assert "The draft was changed since" not in page.text
    edit("tips", operations.change("situation", {"ask": "tips.extra.say"}))
    page = press(admin, page, "sms", text="2")
    assert "The draft was changed since you began" in page.text
    assert "[tips.extra.say]" in on(page, "sms")
    assert 'href="/console/words/phrase?lang=en&amp;phrase=tips.extra.say"' in page.text

    words = hamraz.room.read(lambda unit: wordings.fetch(unit, hamraz.keyring, "en", "tips.extra.say"))
    wording = words_room(hamraz.room, hamraz.studio)
    keeping.draft(wording, me.id, words, ("Something new",), clock())
    page = press(admin, page, "sms", do="back:1")
    assert "Something new" in on(page, "sms") and "[tips.extra.say]" not in on(page, "sms")
    assert "Drafts of words that are said here: 1" in page.text

    clash = hamraz.room.read(lambda unit: wordings.fetch(unit, hamraz.keyring, "en", "control.skip"))
    keeping.draft(wording, me.id, clash, ("XX, MENU",), clock())
    page = press(admin, page, "sms", text="1")
    assert "cannot be said as they stand" in page.text and "en control.skip" in page.text

    edit("saved", operations.change("open", {"then": {"*": "nowhere"}}))
    cannot = admin.open(f"{TRY}?flow=saved")
    assert "It cannot be tried yet" in cannot.text and "E101" in cannot.text
    translator = next(form for form in forms_of(page, f"{TRY}#sms"))
    assert translator["flow"] == "tips"


def test_time_goes_by_and_is_taken_back_and_a_step_is_begun_at_in_any_language(admin: Browser, enter: Enter) -> None:
    page = admin.open(f"{TRY}?flow=report&node=when&lang=ur")
    assert "report · when" in stand(page, "whatsapp") and 'lang="ur"' in page.text
    there = on(page, "sms")
    later = press(admin, press(admin, page, "sms", do="wait", later="21600"), "sms", text="1")
    assert "Asks whether to go on" in stand(later, "sms")
    gone = press(admin, press(admin, page, "sms", do="wait", later="86400"), "sms", text="salam")
    assert "A day has passed" in gone.text and "welcome · " in stand(gone, "sms")
    done = forms_of(page, f"{TRY}#sms")[0]
    assert done["lang"] == "ur"
    back = press(admin, gone, "sms", do="back:1")
    assert "report · when" not in stand(press(admin, back, "sms", do="back:0"), "sms")
    assert on(press(admin, gone, "sms", do="back:2"), "sms") == there or "report" in stand(page, "sms")

    human = admin.open(f"{TRY}?flow=human&node=about&lang=en&reads=yes")
    assert "so the phone was put there" not in human.text and human.text.count("human · about") == 3
    assert "so the phone was put there" in admin.open(f"{TRY}?flow=human&node=about&lang=en&reads=no").text
    all_three = press(admin, admin.open(f"{TRY}?flow=report&lang=en"), "telegram", do="tap:1:record", all="yes")
    assert all("report · when" in stand(all_three, channel) for channel in CHANNELS)

    shown = enter(Role.TRANSLATOR, "Tahira").open(f"{TRY}?flow=report&node=publish&lang=sd")
    assert "/console/flows/step" not in shown.text and "/console/words/phrase?lang=sd" in shown.text
    assert shown.text.count("report · publish") == 3


def test_a_link_shows_the_draft_of_its_hour_to_whoever_has_it_and_only_until_it_is_over(
    admin: Browser, stranger: Browser, hamraz: Hamraz, clock: Clock
) -> None:
    me = register.entry(hamraz.office, "Rabia")
    assert me is not None
    page = admin.open(f"{TRY}?flow=report&lang=ur")
    sent = fill(admin, page, "/flows/share", hours="48")
    there = admin.open(sent.headers["Location"].removeprefix("/console"))
    assert "The link is ready" in there.text and "<svg" in there.text
    address = re.search(r"https://help.example(/try/[0-9a-f]{64})", there.text)
    assert address is not None
    path = address[1]
    draft = drafts.of(hamraz.studio, "report")
    drafts.take(hamraz.studio, me.id, "report", draft.token, operations.rename("when", "moment"), clock())

    def look() -> TestResponse:
        return stranger.client.get(f"{path}?language=en", base_url=SITE)

    shown = look()
    assert shown.status_code == 200 and "noindex" in shown.headers["X-Robots-Tag"]
    assert "unsafe" not in shown.headers["Content-Security-Policy"]
    assert shown.headers["Referrer-Policy"] == "no-referrer" and shown.headers["Cache-Control"] == "no-store"
    assert set(re.findall(r'(?:href|action|src)="(/console/[a-z]*)', shown.text)) == {"/console/static"}
    assert "Rabia" not in shown.text and "In danger, call: 15" in shown.text
    before = kept(hamraz, counted=False)
    carried = re.search(r'name="script" value="([^"]*)"', shown.text)
    assert carried is not None
    given = {"script": carried[1], "channel": "sms", "do": "say", "text": "5"}
    went_on = [stranger.client.post(path, data=given, base_url=SITE) for _ in range(2)]
    assert on(went_on[0], "sms") == on(went_on[1], "sms") and went_on[0].text.count("bubble hers") == 1
    assert kept(hamraz, counted=False) == before
    hers = forms_of(page, f"{TRY}#sms")[0]["script"]
    assert "bubble hers" not in stranger.client.post(path, data=given | {"script": hers}, base_url=SITE).text
    assert stranger.client.post(path, data=given | {"text": "x" * 300_000}, base_url=SITE).status_code == 413
    assert stranger.client.post(path, data=given | {"channel": "x"}, base_url=SITE).status_code == 400

    for forged in (path[:-1] + ("0" if path[-1] != "0" else "1"), path[:-2], "/try/" + "0" * 64, "/try/x"):
        assert stranger.client.get(forged, base_url=SITE).status_code == 404
    clock.forward(hours=47)
    assert look().status_code == 200
    clock.forward(hours=2)
    assert look().status_code == 404
    clock.forward(hours=-49)
    unshare = forms_of(there, "/flows/unshare")[0]
    links.take_back(hamraz.studio, me.id, unshare["link"], clock())
    assert look().status_code == 404
    tries = [stranger.client.get("/try/" + "0" * 64, base_url=SITE).status_code for _ in range(gate.A_NETWORK)]
    assert tries[-1] == 429 and look().status_code == 429
