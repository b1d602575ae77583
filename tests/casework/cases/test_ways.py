"""Whoever agreed to be written to is answered in her hours; on WhatsApp one neutral line comes first, and the answer when she writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.message import Address
from bot.settings import Settings
from casework import named_hours
from casework.cases import delivery, holding, opening, refusals, relay, ways
from casework.cases.case import Case
from casework.deployment import keeping, table
from casework.enclosing.preparing import Enclosure
from casework.staff.roles import Role
from operating import worker
from operating.deciding import settings_room
from operating.parts import Hamraz
from operating.wording import words_room
from operating.worker import outbox_of
from storage import cases, outbox, ways_back
from storage.database import Unit
from storage.shredding import day_of
from storage.staff.readers import Reader
from tests.bot.test_conversation import SHORT, begin, receipt_in
from tests.casework.cases.conftest import Colleague, hired
from tests.casework.cases.phones_and_desk import Team, ask_for_a_person
from tests.databases import Place
from tests.phones import Clock, Phone, make_hamraz
from tests.storage.attacker import copied, put, values

Phones = Callable[..., Phone]
HER = "+923001112233"
EVENING = "3"
LINE = "Hello. Something is waiting for you here. When it suits you, write back and you get it."
KARACHI = ZoneInfo("Asia/Karachi")


@pytest.fixture
def place(sqlite: Place) -> Place:
    """What of it is SQL is tried on both: tests/storage/test_outbox.py."""
    return sqlite


@pytest.fixture
def hamraz(settings: Settings) -> Hamraz:
    return make_hamraz(settings.model_copy(update={"whatsapp_templates": "again_en=HX1,again_ur=HX2"}))


@dataclass
class World:
    """A reporter, a counsellor, and what the providers were given."""

    team: Team
    amina: Colleague
    clock: Clock
    given: list[tuple[str, str]] = field(default_factory=list)  # "words" or a template's name; the text

    def files(self, phone: Phone, *, hours: str = EVENING, contact: bool = True, language: str = "en") -> str:
        """She files a report; return its number."""
        begin(phone, language)
        phone.say("1")
        asked = ["1", hours, "SKIP", "2"] if contact else ["2"]
        said = [phone.say(answer) for answer in (*SHORT[:11], "1", *asked, "1")]
        holding.claim(self.team.room, self.amina.id, self.case.id, self.clock())
        return receipt_in("\n".join(said))

    @property
    def case(self) -> Case:
        return self.team.case

    def answers(self, text: str = "How are you?", *, file: Enclosure | None = None) -> relay.Sent:
        return relay.reply(
            self.team.room, self.amina.id, self.case.id, text, self.clock(), private=self.amina.pair.private, file=file
        )

    def deliver(self) -> list[tuple[str, str]]:
        """What the providers are given now, as the worker gives it."""
        box, before = outbox_of(self.team.hamraz, "w"), len(self.given)
        for channel in ("sms", "whatsapp", "telegram"):
            while items := box.lease(channel, 20, self.clock()):
                for item in items:
                    about = str(item.payload.get("about", ""))
                    address = Address(item.channel, item.address)
                    if item.kind == "ask" and not self.team.hamraz.afterwards.may_ask(
                        address, item.id, self.clock(), about
                    ):
                        box.retry(item, self.clock() + timedelta(minutes=15), tried=True)
                        continue
                    if item.kind in ("send", "ask"):
                        self.given.append((str(item.payload.get("template", "words")), str(item.payload["text"])))
                    box.done(item)
        return self.given[before:]

    def fates(self) -> list[str]:
        case = self.case
        return [delivery.fate(case, int(seq), self.clock()).state for seq in sorted(case.sent, key=int)]

    def cases(self) -> list[Case]:
        room = self.team.room
        return room.read(lambda unit: [Case(one) for one in cases.everyones(unit, room.keyring)])

    def waits(self) -> list[str]:
        """The kinds of all that waits to go out, whenever that is due."""
        kinds = {number: name for name, number in outbox.KINDS.items()}
        return [
            kinds[row["kind"]]
            for row in copied(self.team.hamraz.database, ["outbox"])["outbox"]
            if row["kind"] in kinds
        ]

    def at(self, hour: int, day: int = 0) -> None:
        """Go to this hour by the clock on the team's wall, the next one there is."""
        here = self.clock().astimezone(KARACHI)
        then = here.replace(hour=hour, minute=0) + timedelta(days=day)
        self.clock.now = (then if then > here else then + timedelta(days=1)).astimezone(UTC)


@pytest.fixture
def world(hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(worker, "now", clock)
    team = Team(hamraz, clock)
    return World(team, team.hire(), clock)


def test_on_whatsapp_one_neutral_line_goes_in_her_hours_and_the_answers_in_order_once_she_writes(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("whatsapp")
    world.files(one, hours=EVENING)
    clock.forward(hours=28)  # 18:00 a day later, then noon
    world.at(12)

    first = world.answers("Salma here. How are you?")
    second = world.answers("Tell me when it suits you.")

    assert (first.state, second.state) == ("held", "held")
    assert first.at == second.at and first.at is not None
    assert first.at.astimezone(KARACHI).strftime("%H:%M") == "17:00"
    assert world.deliver() == []
    world.at(17)
    assert world.deliver() == [("again_en", LINE)]
    stands = ways.line(world.case, clock())
    assert stands is not None and stands.state == "sent"
    assert world.answers("And this.").state == "held"
    clock.forward(hours=24)  # until she writes there is no second line, on the next evening either
    assert world.deliver() == []

    said = one.say("yes I can talk now")

    assert said.startswith("What you write here now goes to our team.")
    assert world.deliver() == [
        ("words", "Salma here. How are you?"), ("words", "Tell me when it suits you."), ("words", "And this."),
    ]  # fmt: skip
    assert world.team.thread(world.amina, world.case)[-1] == "her: yes I can talk now"
    assert world.fates() == ["sent"] * 3
    assert not {"line", "awaits"} & set(world.case.desk) and "words" not in str(world.case.sent)
    assert one.say("and more") == ""  # the program is silent: a person talks with her
    assert world.answers("Good.").state == "queued" and world.deliver() == [("words", "Good.")]


def test_who_did_not_agree_is_written_nothing_and_the_counsellor_is_told_why(
    phone: Phones, world: World, clock: Clock
) -> None:
    in_talk, filed = phone("whatsapp"), phone("telegram", "55")
    begin(in_talk)
    ask_for_a_person(in_talk)
    talk = world.case
    clock.forward(hours=25)
    with pytest.raises(refusals.WindowClosed) as refused:
        world.answers()
    assert refused.value.can == ("keep",)
    relay.close(world.team.room, world.amina.id, talk.id, "no_answer", clock())

    world.files(filed, contact=False)
    sent = world.answers()

    assert (sent.state, sent.why) == ("waiting", "no_consent")
    clock.forward(hours=1)
    assert world.waits() == [] and "Welcome" not in str(world.given)
    look = opening.look(world.team.room, Reader(world.amina.id, world.amina.pair.private), world.case.id, clock())
    assert (look.way.kind, look.way.why) == ("number", "no_consent")


@pytest.mark.parametrize("channel", ["sms", "telegram"])
def test_elsewhere_an_answer_goes_in_her_hours_and_what_she_writes_after_it_reaches_whoever_answered(
    phone: Phones, world: World, clock: Clock, channel: str
) -> None:
    one = phone(channel)
    world.files(one, hours=EVENING)
    world.at(12, day=3)

    sent = world.answers("How are you?")

    assert sent.state == "later" and sent.at is not None and sent.at.astimezone(KARACHI).hour == 17
    assert world.deliver() == [] and world.fates() == ["later"]
    world.at(17)
    assert world.deliver() == [("words", "How are you?")]
    assert world.answers("At once, now.").state == "queued" and world.deliver() == [("words", "At once, now.")]
    world.at(10, day=2)  # she reads it days later
    assert one.say("better, thank you").startswith("What you write here now goes to our team.")
    assert world.team.thread(world.amina, world.case)[-1] == "her: better, thank you"


def test_what_waits_for_its_hour_holds_back_nothing_and_waits_for_her_number_where_her_hours_pass(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("telegram")
    world.files(one, hours=EVENING)
    world.at(16)
    world.answers("first")

    one.say("MENU")  # she steers, and answers nobody
    assert world.fates() == ["later"]

    world.at(22)
    assert world.fates() == ["waiting"]  # nobody delivered in her hours
    assert world.answers("second").state == "later"
    world.at(17)
    assert world.deliver() == [("words", "first"), ("words", "second")]


def test_before_its_hour_an_answer_comes_when_she_writes_by_herself(phone: Phones, world: World, clock: Clock) -> None:
    one = phone("sms")
    world.files(one, hours=EVENING)
    world.at(9, day=2)
    world.answers("first")
    world.answers("second")

    one.say("hello?")

    assert world.deliver() == [("words", "first"), ("words", "second")]
    assert world.team.thread(world.amina, world.case)[-1] == "her: hello?"


@pytest.mark.parametrize("how", ["panic", "STOP", "erase", "withdraw", "number"])
def test_leaving_erasing_and_her_number_take_the_line_and_the_words_away(
    phone: Phones, world: World, clock: Clock, how: str
) -> None:
    one, other = phone("whatsapp"), phone("sms", "+923009998877")
    code = world.files(one)
    world.at(12, day=2)
    world.answers("only for you")
    assert world.waits() == ["ask"]

    if how == "panic":
        one.say("XX")
    elif how == "STOP":
        one.send("STOP", opt_out="STOP")
    else:  # from another phone, by her number
        shown = other.say(code)
        assert "only for you" in shown
        choice = {"erase": "3", "withdraw": "2", "number": "5"}[how]
        other.say(choice)
        other.say("1") if how != "number" else None

    clock.forward(minutes=2)
    assert [kind for kind in world.waits() if kind != "wipe"] == []
    if how != "erase":
        (case,) = world.cases()
        assert not {"line", "awaits"} & set(case.desk) and "words" not in str(case.sent)
    world.at(17)
    assert [text for _, text in world.deliver() if text == LINE] == []


def test_why_no_line_goes_is_said_and_the_answer_follows_all_the_same(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("whatsapp")
    world.files(one, hours="after he has gone to work", language="sd")
    world.at(12, day=2)

    sent = world.answers("words")
    with pytest.raises(refusals.FileCannotWait):
        world.answers("look", file=Enclosure("photo", "image/jpeg", "p.jpg", b"x"))

    assert (sent.state, sent.why, sent.at) == ("held", "own_hours", None)
    assert world.waits() == []
    one.say("هيلو")
    assert world.deliver() == [("words", "words")]


def test_a_language_without_a_template_gets_no_line(phone: Phones, world: World) -> None:
    one = phone("whatsapp")
    world.files(one, hours="5", language="es")
    world.at(12, day=2)

    assert (world.answers().why, world.waits()) == ("no_template", [])
    one.say("hola")
    assert world.deliver() == [("words", "How are you?")]


def test_a_word_that_tells_no_language_leaves_her_in_her_own(phone: Phones, world: World, clock: Clock) -> None:
    one = phone("whatsapp")
    world.files(one, hours="5", language="ur")
    world.at(12, day=2)
    world.answers("سلام")

    said = one.say("ok")

    assert "ہماری ٹیم" in said and world.case.language == "ur"
    relay.close(world.team.room, world.amina.id, world.case.id, "answered", clock())
    assert ["Was it helpful?" in text for _, text in world.deliver()] == [False, False]


def test_a_week_has_room_for_two_lines(phone: Phones, world: World, clock: Clock) -> None:
    one = phone("whatsapp")
    world.files(one, hours="5")
    went = []
    for _ in range(5):
        world.at(12, day=2)
        went.append(world.answers().why)
        world.deliver()
        one.say("yes")
        world.deliver()

    assert went == ["", "", "enough", "enough", ""]


def test_a_line_that_did_not_arrive_is_said_and_the_next_answer_tries_again(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("whatsapp")
    world.files(one, hours="5")
    world.at(12, day=2)
    world.answers("first")
    box = outbox_of(world.team.hamraz, "w")
    (item,) = box.lease("whatsapp", 5, clock())
    box.dead(item, "63016", "window closed")
    assert ways.line(world.case, clock()).state == "failed"  # type: ignore[union-attr]  # it stands

    world.answers("second")

    assert world.deliver() == [("again_en", LINE)]
    one.say("hi")
    assert world.deliver() == [("words", "first"), ("words", "second")]


def test_what_is_told_late_of_an_earlier_line_says_nothing_of_the_one_that_stands(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("whatsapp")
    world.files(one, hours="5")
    world.at(12, day=2)
    world.answers("first")
    box = outbox_of(world.team.hamraz, "w")
    (item,) = box.lease("whatsapp", 5, clock())
    earlier = str(item.payload["about"])
    box.done(item)
    one.say("hi")
    world.deliver()
    world.at(12, day=2)
    world.answers("second")

    world.team.room.work(lambda unit: world.team.hamraz.counter.told(unit, earlier, "failed", clock()))

    assert ways.line(world.case, clock()).state == "due"  # type: ignore[union-attr]  # it stands
    assert world.deliver() == [("again_en", LINE)]


def test_within_the_hour_and_behind_a_menu_left_standing_her_words_reach_whoever_answered(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("telegram")
    world.at(12)
    world.files(one, hours=EVENING)
    clock.forward(minutes=5)
    assert "What would you like to do?" in one.say("thanks")
    world.answers("How are you?")
    clock.forward(minutes=5)
    assert "clear" in one.say("hm")  # the menu asks in this moment
    world.at(17)
    assert world.deliver() == [("words", "How are you?")]
    clock.forward(minutes=5)

    assert one.say("better, thank you").startswith("What you write here now goes to our team.")
    assert one.say("and calm") == ""
    assert world.team.thread(world.amina, world.case)[-2:] == ["her: better, thank you", "her: and calm"]


def test_right_after_her_report_she_need_not_be_away_to_get_an_answer(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("sms")
    world.at(12)
    world.files(one, hours="after he has gone to work")
    clock.forward(minutes=5)
    assert world.answers("How are you?").state == "held"

    one.say("one more thing")

    assert world.deliver() == [("words", "How are you?")]
    assert world.team.thread(world.amina, world.case)[-1] == "her: one more thing"


def test_what_she_has_begun_to_tell_is_not_taken_for_an_answer(phone: Phones, world: World, clock: Clock) -> None:
    one = phone("telegram")
    world.at(12)
    world.files(one, hours=EVENING)
    for said in ("hi", "1", "1"):
        one.say(said)
    world.answers("How are you?")
    clock.forward(hours=2)

    assert "goes to our team" not in one.say("he waits at the gate")
    assert world.fates() == ["later"]


def test_nothing_goes_after_the_day_until_which_she_agreed(phone: Phones, world: World, clock: Clock) -> None:
    one = phone("telegram")
    world.at(12)
    world.files(one, hours="1")  # mornings
    world.at(13, day=30)  # of a month: today she may be written to, tomorrow morning not any more

    sent = world.answers()

    assert (sent.state, sent.why, world.waits()) == ("waiting", "over", [])
    clock.forward(hours=24 * 3)
    world.team.hamraz.database.work(lambda unit: ways_back.expire(unit, day_of(clock())))
    assert world.answers().why == "over"  # also once what was kept of how to reach her is gone


@pytest.mark.parametrize("word", ["XX", "STOP"])
def test_a_case_that_does_not_open_keeps_nobody_from_leaving_or_writing(
    phone: Phones, world: World, clock: Clock, word: str
) -> None:
    one, talks = phone("telegram"), phone("sms")
    world.files(one)
    begin(talks)
    ask_for_a_person(talks)

    def change(unit: Unit) -> None:
        for row, sealed in values(unit, "reports.meta").items():
            put(unit, "reports.meta", row, sealed[:-1] + bytes([sealed[-1] ^ 1]))

    world.team.hamraz.database.work(change)
    talks.say(word, opt_out="STOP" if word == "STOP" else "")
    assert "not an emergency service" in talks.say("hi")
    world.at(12, day=2)

    assert "not an emergency service" in one.say("hi")
    assert "not an emergency service" not in one.say(word, opt_out="STOP" if word == "STOP" else "")
    assert "not an emergency service" in one.say("hi")  # she is a stranger again


@given(
    named=st.sampled_from([*sorted(named_hours.PARTS), None]),
    now=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC)),
    zone=st.sampled_from(["Asia/Karachi", "Europe/Berlin", "America/Santiago"]),
)
def test_her_hours_are_on_or_come_within_a_day_and_never_outside_what_she_named(
    named: str | None, now: datetime, zone: str
) -> None:
    found = named_hours.stretch(named, now, zone)

    assert found is not None
    opens, closes = (moment.astimezone(ZoneInfo(zone)) for moment in found)
    first, last = named_hours.PARTS[named or ""]
    due = max(found[0], now)
    assert now <= due <= now + timedelta(hours=23) and found[1] > due
    if named != "any":
        assert opens.hour == first and closes.hour == last % 24
        assert closes - opens == timedelta(hours=last - first)
    assert named_hours.stretch({"words": ["after five"]}, now, zone) is None


def test_where_the_team_sends_no_neutral_line_none_goes_and_the_answer_follows_all_the_same(
    phone: Phones, world: World, clock: Clock
) -> None:
    one = phone("whatsapp")
    world.files(one)
    world.at(12, day=2)
    hamraz = one.hamraz
    admin = hired(hamraz.room, clock, "Rabia", Role.ADMIN)
    room = settings_room(hamraz, words_room(hamraz.room, hamraz.studio))
    keeping.decide(room, admin.id, table.SWITCHES, lambda unit, present: [table.LINE], 0, clock())

    assert (world.answers("words").why, world.waits()) == ("line_off", [])
    one.say("hello")
    assert world.deliver() == [("words", "words")]
