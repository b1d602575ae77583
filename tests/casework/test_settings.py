"""What an admin decides for this deployment: kept with its past, taken back, and never better believed than it was kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from casework.deployment import beginning, keeping, leaving, menu, retention, trying
from casework.deployment.refusals import (
    MenuElsewhere,
    MenuPlaces,
    NotHersToSet,
    NothingToTakeBack,
    SettingMeanwhile,
    SettingName,
    SettingUnfit,
    SettingUnknown,
    TakesReports,
    TrialClosed,
    TrialNumber,
    TrialOften,
    TrialStopped,
)
from casework.deployment.table import (
    ACCENTS,
    CLOSED,
    FACE,
    LONGEST,
    RETENTION,
    SHORTEST,
    SWITCHES,
    TEXTS,
    TOMORROW,
    TWO_YEARS,
)
from casework.filing import CONTACT_LIVES, LINK_LIVES
from casework.retention import let_old_reports_go
from casework.staff.roles import Role
from casework.studio import drafts, publishing, shelf
from casework.studio.refusals import FlowMeanwhile
from casework.wordings import checks
from casework.wordings import keeping as words
from casework.wordings.keeping import Wording
from casework.wordings.refusals import WordsDoubtful, WordsMeanwhile, WordsUnfit
from flows.editing import operations
from operating.deciding import settings_room
from operating.doctor import examine_decisions
from operating.parts import Hamraz, build
from operating.wording import words_room
from storage import audit, outbox, reports, subscriptions
from storage.outbox.items import STOPPED_FOR
from tests.casework.cases.conftest import Desk, hired
from tests.casework.test_pocket import at_numbers
from tests.databases import Place
from tests.phones import Clock, Phone
from tests.storage.attacker import copied, put_back

CSS = Path(__file__).parents[2] / "web" / "console" / "static" / "console.css"


class Deciding:
    """Two admins, and a desk that reports come to."""

    def __init__(self, hamraz: Hamraz, clock: Clock) -> None:
        self.hamraz, self.clock = hamraz, clock
        self.words = words_room(hamraz.room, hamraz.studio)
        self.room = settings_room(hamraz, self.words)
        self.desk = Desk(hamraz.room, clock)
        self.one, self.other = (hired(hamraz.room, clock, name, Role.ADMIN).id for name in ("Rabia", "Zoya"))

    def keep(self, days: int, version: int, seen: int = 0, by: bytes = b"") -> bool:
        return retention.decide(self.room, by or self.one, days, version, seen, self.clock())

    def days(self) -> int:
        return retention.days_now(keeping.look(self.room, RETENTION)[0].value, self.clock())

    def chore(self) -> list[str]:
        return let_old_reports_go(self.hamraz.database, self.hamraz.keyring, self.clock())

    def left(self) -> int:
        return self.room.read(reports.count)

    def say(self, language: str, phrase: str, text: str, *, anyway: bool = False, version: int = -1) -> bool:
        if version < 0:
            version = words.look(self.words, language, phrase).wording.version
        of = Wording(language, phrase, version=version)
        return words.say(self.words, self.one, of, [text], self.clock(), anyway=anyway)

    def log(self) -> list[str]:
        return [what for what, _ in self.desk.log() if what.startswith("setting ")]


@pytest.fixture
def place(sqlite: Place) -> Place:
    """What does not hang on the database runs on one."""
    return sqlite


@pytest.fixture
def deciding(hamraz: Hamraz, clock: Clock) -> Deciding:
    return Deciding(hamraz, clock)


@pytest.fixture
def both(hamraz_on_each: Hamraz, clock: Clock) -> Deciding:
    return Deciding(hamraz_on_each, clock)


def test_of_two_who_decide_at_once_one_holds_and_the_other_is_told(both: Deciding) -> None:
    with ThreadPoolExecutor(4) as pool:
        tries = [
            pool.submit(both.keep, days, 0, by=who)
            for days, who in ((800, both.one), (900, both.other), (800, both.one), (900, both.other))
        ]
    told = [one.exception() for one in tries]

    held = both.days()
    assert held in (800, 900)
    assert sum(isinstance(one, SettingMeanwhile) for one in told) == 2
    assert sorted(one.result() for one in tries if one.exception() is None) == [False, True]  # the second click
    standing, past = keeping.look(both.room, RETENTION)
    assert (standing.version, len(past), both.log()) == (1, 1, ["setting set"])

    assert both.keep(1_000, 1, by=both.other)
    retention.undo(both.room, both.one, 2, 0, both.clock())
    assert (both.days(), keeping.look(both.room, RETENTION)[0].value["days"]) == (1_000, held)  # for a week yet
    with pytest.raises(SettingMeanwhile):
        retention.undo(both.room, both.other, 2, 0, both.clock())  # the second click
    retention.undo(both.room, both.other, 3, 0, both.clock())
    assert both.days() == 1_000
    assert both.log() == ["setting set", "setting set", "setting undone", "setting undone"]
    both.room.read(lambda unit: list(audit.lines(unit, both.room.keyring)))  # the chain is whole


def test_a_shorter_time_says_first_what_it_takes_waits_a_week_and_taken_back_loses_nothing(deciding: Deciding) -> None:
    counsellor = deciding.desk.hire()
    deciding.desk.claim(counsellor, deciding.desk.file())
    deciding.desk.file()
    deciding.clock.forward(days=300)
    deciding.desk.file()

    with pytest.raises(TakesReports) as told:
        deciding.keep(200, 0)
    assert (told.value.goes, told.value.held) == (2, 1)
    with pytest.raises(TakesReports):
        deciding.keep(200, 0, seen=1)  # one more than she was told
    assert (deciding.days(), deciding.log()) == (TWO_YEARS, [])

    assert deciding.keep(200, 0, seen=2)
    deciding.clock.forward(days=6)
    assert (deciding.days(), deciding.chore(), deciding.left()) == (TWO_YEARS, [], 3)
    retention.undo(deciding.room, deciding.other, 1, 0, deciding.clock())
    deciding.clock.forward(days=30)
    assert (deciding.days(), deciding.chore(), deciding.left()) == (TWO_YEARS, [], 3)

    with pytest.raises(TakesReports):
        retention.undo(deciding.room, deciding.other, 2, 0, deciding.clock())  # taken back twice is shorter again
    deciding.keep(200, 2, seen=2)
    deciding.clock.forward(days=8)
    assert (deciding.days(), deciding.chore(), deciding.left()) == (200, [], 1)


def test_shorter_and_shorter_again_within_the_week_goes_on_from_what_held(deciding: Deciding) -> None:
    deciding.desk.file()
    deciding.clock.forward(days=190)
    deciding.keep(600, 0)
    deciding.keep(SHORTEST, 1, seen=1)
    deciding.clock.forward(days=1)

    assert (deciding.days(), deciding.chore(), deciding.left()) == (TWO_YEARS, [], 1)
    assert deciding.keep(LONGEST, 2)
    deciding.clock.forward(days=1_500)
    assert (deciding.days(), deciding.chore(), deciding.left()) == (LONGEST, [], 1)


def test_no_bound_lets_anything_go_that_something_else_still_needs(deciding: Deciding) -> None:
    promised = (LINK_LIVES, *CONTACT_LIVES.values(), subscriptions.LIVES, STOPPED_FOR.days)
    assert 2 * max(promised) <= SHORTEST
    for days in (SHORTEST - 1, LONGEST + 1, 0, -1, 10**9):
        with pytest.raises(SettingUnfit):
            deciding.keep(days, 0)
    assert deciding.log() == []


def test_only_an_admin_decides_and_only_what_was_decided_is_taken_back(deciding: Deciding) -> None:
    for role in set(Role) - {Role.ADMIN}:
        with pytest.raises(NotHersToSet):
            deciding.keep(800, 0, by=hired(deciding.hamraz.room, deciding.clock, f"A {role}", role).id)
    with pytest.raises(NothingToTakeBack):
        retention.undo(deciding.room, deciding.one, 0, 0, deciding.clock())


@pytest.mark.parametrize("what", ["put back", "taken away", "forged"])
def test_what_was_not_left_so_lets_no_report_go_until_it_is_decided_anew(deciding: Deciding, what: str) -> None:
    database = deciding.hamraz.database
    deciding.desk.file()
    deciding.keep(SHORTEST, 0)
    earlier: dict[str, list[dict[str, Any]]] = copied(database, ["papers"])
    deciding.keep(LONGEST, 1)
    if what == "taken away":
        earlier = {"papers": []}
    if what == "forged":
        earlier = {"papers": [row | {"sealed": b"x" * 90} for row in copied(database, ["papers"])["papers"]]}
    put_back(database, earlier)
    deciding.clock.forward(days=TWO_YEARS * 2)

    assert [fault.partition(":")[0] for fault in deciding.chore()] == ["papers.sealed"]
    assert deciding.left() == 1
    standing, past = keeping.look(deciding.room, RETENTION)
    assert (standing.sound, standing.version, len(past)) == (False, 0, 2)
    told = examine_decisions(deciding.hamraz.settings, deciding.hamraz.keyring)
    assert [said.partition(",")[0] for sound, said, _ in told if not sound] == [
        "decisions: retention is not as it was left"
    ]

    assert deciding.keep(LONGEST, 0)
    assert (deciding.chore(), deciding.left(), deciding.days()) == ([], 1, LONGEST)
    assert ("fault", "setting retention") in deciding.desk.log()
    assert list(examine_decisions(deciding.hamraz.settings, deciding.hamraz.keyring)) == [(True, "decisions", "")]


def test_another_order_of_the_menu_is_met_by_whoever_comes_next_and_taken_back(
    deciding: Deciding, phone: Callable[..., Phone]
) -> None:
    def at_the_menu(hers: Phone) -> str:
        hers.say("hi")
        for answer in ("1", "1"):
            hers.say(answer)
        return hers.say("0")

    here, before = phone(), menu.look(deciding.hamraz.studio)
    assert "Tell what happened" in at_the_menu(here)
    human_first = ["human", *(one for one in before.ids if one != "human")]
    order = partial(menu.order, deciding.hamraz.studio, deciding.one)

    for wrong in (before.ids[1:], (*before.ids[1:], "nothing"), (*before.ids, "human")):
        with pytest.raises(MenuPlaces):
            order(wrong, before.over, deciding.clock())
    assert order(before.ids, before.over, deciding.clock()).what == menu.SAME
    assert order(human_first, before.over, deciding.clock()).what == "published"
    assert order(human_first, before.over, deciding.clock()).what == menu.SAME  # the second click
    with pytest.raises(FlowMeanwhile):
        order(before.ids[::-1], before.over, deciding.clock())  # over what was there before

    assert "2 Tell what happened" in here.say("what?")  # who stands there ends with the numbers she was shown
    shown = at_the_menu(phone(number="+923005550009"))
    assert shown.index("A person, please") < shown.index("Tell what happened"), shown
    menu.undo(deciding.hamraz.studio, deciding.other, 1, deciding.clock())
    assert menu.look(deciding.hamraz.studio).ids == before.ids
    assert menu.undo(deciding.hamraz.studio, deciding.one, 1, deciding.clock()).what == "already"  # the second click


def test_a_menu_that_is_being_written_is_ordered_by_nobody_else(deciding: Deciding) -> None:
    studio, clock = deciding.hamraz.studio, deciding.clock
    present = menu.look(studio)
    # The same is there when a process was killed between the step and its publication.
    draft = drafts.take(
        studio, deciding.other, "menu", drafts.of(studio, "menu").token, operations.change("open", {}), clock()
    )
    assert menu.look(studio).drafted
    with pytest.raises(MenuElsewhere):
        menu.order(studio, deciding.one, present.ids[::-1], present.over, clock())
    assert drafts.of(studio, "menu").token == draft.token
    drafts.discard(studio, deciding.other, "menu", draft.token, clock())

    publishing.want_two(studio, deciding.one, True, clock())
    assert menu.order(studio, deciding.one, present.ids[::-1], present.over, clock()).what == "asked"
    assert menu.look(studio).ids == present.ids
    publishing.agree(studio, deciding.other, "menu", drafts.of(studio, "menu").token, clock())
    assert menu.look(studio).ids == present.ids[::-1]
    assert shelf.one(studio, "menu").flow.nodes["choose"].names("choose")[0] == menu.FIRST


CLEARS = "XX, EXIT, 0000"


HARMFUL = (
    (leaving.WORD, f"{CLEARS}, 3", "E211"),  # a number answers
    (leaving.WORD, f"{CLEARS}, X", "E211"),  # a slip of the thumb
    (leaving.WORD, f"{CLEARS}, tell what happened", "E211"),  # an answer of the menu
    (leaving.WORD, f"{CLEARS}, اردو", "E211"),  # an answer in another language
    (leaving.WORD, f"{CLEARS}, Hi 417", "E211"),  # a poster
    (leaving.WORD, f"{CLEARS}, he has a knife", "E211"),  # danger is heard
    (leaving.WORD, f"{CLEARS}, MENU", "E204"),  # another control word
    (leaving.WORD, f"STOP, {CLEARS}", "E204"),  # the phone company's
    (leaving.WORD, f"{CLEARS}, happened", "W404"),  # a word that people say
    (leaving.WORD, "EXIT, BLUE KITE", "W410"),  # some were told XX
    (leaving.WORD, f"{CLEARS}, {'a' * 31}", "E211"),
    (leaving.LINE, "Your complaint is gone.", "E210"),
    (leaving.LINE, "Thank you. Hamraz", "E210"),
    (leaving.LINE, "See www.help.example", "E210"),
    (leaving.LINE, "Call 0800 1234567", "E210"),
    (leaving.LINE, "Send XX again", "E210"),
    (leaving.LINE, "Send {panic} again", "E202"),
)


def test_neither_the_word_nor_the_line_may_be_what_harms_her(deciding: Deciding) -> None:
    for phrase, text, code in HARMFUL:
        with pytest.raises(WordsDoubtful if code[0] == "W" else WordsUnfit) as refused:
            deciding.say("en", phrase, text)
        assert code in {one.code for one in refused.value.findings}, text


def test_the_shipped_word_and_line_of_every_language_pass_what_others_must(deciding: Deciding) -> None:
    asked = deciding.words.read(deciding.words.asked)
    book = deciding.words.phrasebook
    found = [
        (language.code, one)
        for language in book.languages
        for key in leaving.PHRASES
        for one in checks.trial(
            deciding.words, asked, language.code, key, [book.entry(key, language.code).text]
        ).findings
    ]

    assert found == []


def test_another_word_and_line_hold_in_every_process_from_the_next_message_on_and_are_taken_back(
    deciding: Deciding, phone: Callable[..., Phone]
) -> None:
    hers = phone()
    shipped = hers.say("xx")
    deciding.say("en", leaving.WORD, f"BLUE KITE, {CLEARS}")
    deciding.say("ur", leaving.LINE, "اچھا، کل ملتے ہیں۔")
    deciding.say("en", leaving.LINE, "See you at the bazaar.")
    with pytest.raises(WordsMeanwhile):
        deciding.say("en", leaving.LINE, "Fine.", version=0)
    other = build(deciding.hamraz.settings, deciding.hamraz.keyring)  # another process

    assert hers.say("Blue kite.") == "See you at the bazaar."
    assert Phone(other, "sms", "+923005550002", deciding.clock).say("blue kite") == "See you at the bazaar."

    for phrase in leaving.PHRASES:
        version = words.look(deciding.words, "en", phrase).wording.version
        assert leaving.undo(deciding.words, deciding.other, Wording("en", phrase, version=version), deciding.clock())
    assert hers.say("blue kite") != shipped
    assert hers.say("xx") == shipped
    with pytest.raises(NothingToTakeBack):
        leaving.undo(deciding.words, deciding.one, Wording("es", leaving.WORD), deciding.clock())
    other.counter.close()
    other.database.close()


def test_no_word_comes_back_that_does_something_else_by_now(deciding: Deciding, phone: Callable[..., Phone]) -> None:
    hers = phone()
    shipped = hers.say("xx")
    deciding.say("en", leaving.WORD, f"{CLEARS}, BLUE KITE")
    deciding.say("en", leaving.WORD, CLEARS, anyway=True)
    deciding.say("en", "control.repeat", "REPEAT")
    deciding.say("en", "control.back", "#, BACK, BLUE KITE, SAY AGAIN")

    def now(phrase: str) -> Wording:
        return Wording("en", phrase, version=words.look(deciding.words, "en", phrase).wording.version)

    with pytest.raises(WordsUnfit):
        leaving.undo(deciding.words, deciding.one, now(leaving.WORD), deciding.clock())
    with pytest.raises(WordsUnfit):
        words.ship(deciding.words, deciding.one, now("control.repeat"), deciding.clock())
    assert hers.say("xx") == shipped  # nobody is left without an answer
    assert words.ship(deciding.words, deciding.one, now("control.back"), deciding.clock())
    assert words.ship(deciding.words, deciding.one, now("control.repeat"), deciding.clock())
    assert leaving.undo(deciding.words, deciding.one, now(leaving.WORD), deciding.clock())
    assert hers.say("blue kite") == shipped


def test_what_is_off_is_offered_to_nobody_and_who_took_it_up_before_gets_what_she_was_promised(
    deciding: Deciding, phone: Callable[..., Phone]
) -> None:
    deciding.hamraz.counter.texts = True
    first, second = (phone("whatsapp", f"whatsapp:+92300111223{number}") for number in (3, 4))
    assert "by SMS" in at_numbers(first)
    first.say("send me these by sms")  # she is in the middle of it

    def switch(off: list[str], version: int) -> None:
        keeping.decide(deciding.room, deciding.one, SWITCHES, lambda unit, present: off, version, deciding.clock())

    switch([TEXTS, TOMORROW], 0)
    assert "on its way" in first.say("1")
    shown = at_numbers(second)
    assert "by SMS" not in shown and "tomorrow" not in shown
    with pytest.raises(SettingUnknown):
        switch(["reports"], 1)
    keeping.undo(deciding.room, deciding.other, SWITCHES, 1, deciding.clock())
    assert "by SMS" in second.say("more of these") + at_numbers(second)

    switch([TEXTS], 2)
    put_back(deciding.hamraz.database, {"papers": []})  # somebody took it away: everything is offered
    assert "by SMS" in at_numbers(phone("whatsapp", "whatsapp:+923001112235"))


def test_a_name_and_a_colour_are_shown_at_once_in_every_process_and_nothing_unreadable_is_kept(
    deciding: Deciding,
) -> None:
    def dress(name: str, accent: str, version: int) -> None:
        wanted = {"name": name, "accent": accent}
        keeping.decide(deciding.room, deciding.one, FACE, lambda unit, present: wanted, version, deciding.clock())

    other = settings_room(deciding.hamraz, deciding.words)  # as another process has it
    assert (other.face().name, other.face().accent) == ("", "teal")
    dress("  Women  of\tSindh ", "plum", 0)
    assert (other.face().name, other.face().accent) == ("Women of Sindh", "plum")
    for name in ("x" * 61, "a\u202eb", "a\x00b"):
        with pytest.raises(SettingName):
            dress(name, "plum", 1)
    with pytest.raises(SettingUnknown):
        dress("a", "red; }", 1)
    keeping.undo(deciding.room, deciding.other, FACE, 1, deciding.clock())
    assert other.face().name == ""


def test_every_colour_can_be_read_on_what_it_stands_on_in_light_and_in_dark() -> None:
    css = CSS.read_text(encoding="utf-8")
    pairs = dict(
        re.findall(r"--(paper|sheet|deep|on-deep): light-dark\((#\w{6}, #\w{6})\)", css[: css.index("html[data")])
    )
    colours = {"teal": (pairs["deep"], pairs["on-deep"])}
    colours |= {
        name: (deep, on)
        for name, deep, on in re.findall(
            r'data-accent="(\w+)"\] \{ --deep: light-dark\(([^)]*)\); --on-deep: light-dark\(([^)]*)\)', css
        )
    }

    assert set(colours) == set(ACCENTS)
    for name, (deep, on) in colours.items():
        for scheme in (0, 1):
            mine = deep.split(", ")[scheme]
            for other in (on, pairs["paper"], pairs["sheet"]):
                assert contrast(mine, other.split(", ")[scheme]) >= 4.5, (name, scheme, other)


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 has it."""

    def light(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_a_message_tries_a_channel_few_times_to_nobody_who_wants_none_and_its_number_is_kept_nowhere(
    deciding: Deciding,
) -> None:
    room = replace(deciding.room, channels=frozenset({"sms", "whatsapp"}))
    hamraz, clock = deciding.hamraz, deciding.clock
    send = partial(trying.send, room, deciding.one)

    for channel, number, refused in (
        ("sms", "", TrialNumber),
        ("sms", "hello", TrialNumber),
        ("sms", "+14155552671", TrialNumber),
        ("sms", "115", TrialNumber),
        ("telegram", "03001234567", TrialClosed),
        ("fax", "03001234567", TrialClosed),
    ):
        with pytest.raises(refused):
            send(channel, number, "en", clock())
    with pytest.raises(TrialClosed):
        trying.send(deciding.room, deciding.one, "sms", "03001234567", "en", clock())
    with pytest.raises(NotHersToSet):
        trying.send(room, hired(hamraz.room, clock, "Tahira", Role.TRANSLATOR).id, "sms", "03001234567", "en", clock())

    found = []
    for channel in ("sms", "whatsapp"):
        send(channel, "0300 1234567", "ur", clock())
        found += room.work(
            deciding.one, lambda unit, on=channel: outbox.lease(unit, hamraz.keyring, "w", on, 10, clock())
        )
    assert [(item.address, str(item.payload["text"])) for item in found] == [
        ("+923001234567", "سلام! یہ صرف آزمائشی پیغام ہے۔ جواب دینے کی ضرورت نہیں۔"),
        ("whatsapp:+923001234567", "سلام! یہ صرف آزمائشی پیغام ہے۔ جواب دینے کی ضرورت نہیں۔"),
    ]
    assert room.read(lambda unit: trying.look(unit, "sms")).state == "waits"

    about = str(found[0].payload["about"])
    for state, why, becomes in (
        ("sent", "", "sent"),
        ("taken", "", "sent"),
        ("nonsense", "", "sent"),
        ("failed", "30003 unreachable", "failed"),
        ("delivered", "", "failed"),  # told late of what was before
    ):
        hamraz.database.work(lambda unit, s=state, w=why: hamraz.counter.told(unit, about, s, clock(), w))
        assert room.read(lambda unit: trying.look(unit, "sms")).state == becomes
    assert room.read(lambda unit: trying.look(unit, "sms")).why == "30003 unreachable"
    for item in found:
        hamraz.database.work(lambda unit, item=item: outbox.done(unit, item.id))
    kept = repr((copied(hamraz.database), deciding.desk.log()))
    assert "3001234567" not in kept

    clock.forward(seconds=5)
    send("sms", "03001234567", "en", clock())
    hamraz.database.work(lambda unit: hamraz.counter.told(unit, about, "sent", clock()))  # of the one before it
    assert room.read(lambda unit: trying.look(unit, "sms")).state == "waits"
    send("sms", "03001234567", "en", clock())
    with pytest.raises(TrialOften):
        send("sms", "+92 300 1234567", "en", clock())

    Phone(hamraz, "sms", "+923001234568", clock).send("STOP", opt_out="STOP")
    with pytest.raises(TrialStopped):
        send("sms", "03001234568", "en", clock())
    more = iter(range(100))
    with pytest.raises(TrialOften):
        for at in more:
            send("whatsapp", f"030012399{at:02}", "en", clock())
    assert next(more) < trying.IN_ALL


def test_a_first_step_is_done_when_what_it_is_about_is_there_and_never_by_a_click(deciding: Deciding) -> None:
    room, stock = deciding.room, deciding.hamraz.room.read(deciding.hamraz.counter.shelf.stock)

    def undone() -> tuple[str, ...]:
        return beginning.look(room, stock).missing

    assert undone() == ("organisation", "counsellors", "channels", "trial")
    assert beginning.look(room, stock).next == "organisation"
    assert beginning.leave_out(room, deciding.one, "organisation", deciding.clock())
    assert not beginning.leave_out(room, deciding.other, "organisation", deciding.clock())  # the second click
    look = beginning.look(room, stock)
    assert (look.next, look.missing[0], look.shows) == ("counsellors", "organisation", True)
    deciding.desk.hire()
    room = replace(room, channels=frozenset({"telegram"}))
    assert undone() == ("organisation", "trial")  # nobody saw whether anything arrives
    room = replace(room, channels=frozenset({"sms", "telegram"}))
    assert undone() == ("organisation", "trial")
    trying.send(room, deciding.one, "sms", "03001234567", "en", deciding.clock())
    assert "trial" in undone()
    about = f"{trying.ABOUT}sms:{int(deciding.clock().timestamp())}"
    deciding.hamraz.database.work(lambda unit: trying.told(unit, about, "delivered", deciding.clock(), ""))
    assert (undone(), beginning.look(room, stock).shows) == (("organisation",), False)
    assert beginning.take_up(room, deciding.other, "organisation", deciding.clock())
    assert beginning.look(room, stock).shows
    beginning.leave_out(room, deciding.one, CLOSED, deciding.clock())
    assert not beginning.look(room, stock).shows
