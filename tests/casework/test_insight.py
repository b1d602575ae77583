"""How conversations go at each question: counted turn by turn, kept by the week, shown so that nobody can be found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as depth
from hypothesis import strategies as st
from sqlalchemy import update

from bot.passing import shown
from bot.settings import Settings
from casework import chores
from casework.studio import insight, shelf
from flows.library import shipped_flows
from operating.parts import Hamraz
from storage import audit, passages
from storage.database import Database
from storage.errors import StorageAway
from storage.passages import ANSWERED, LEFT, MISREAD, REACHED, SKIPPED, Passage
from storage.tables import passages as passage_table
from tests.bot.test_conversation import begin
from tests.databases import Place
from tests.phones import Clock, Phone, make_hamraz

REPORT = next(flow for flow in shipped_flows() if flow.name == "report")
WEEK = timedelta(weeks=1)


@pytest.fixture
def settings(tmp_path: Path, place: Place) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=place.url, HAMRAZ_KEYS_URL=place.keys_url, HAMRAZ_KEYRING=tmp_path / "keyring.json"
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hamraz(settings: Settings) -> Hamraz:
    return make_hamraz(settings)


@pytest.fixture
def phone(hamraz: Hamraz, clock: Clock) -> Phone:
    return Phone(hamraz, "sms", "+923001112222", clock)


def counted(hamraz: Hamraz, what: str) -> dict[str, int]:
    """What this process has counted so far, by node; it stays counted."""
    taken = hamraz.tally.take()
    hamraz.tally.give_back(taken)
    found: Counter[str] = Counter()
    for each in taken.values():
        for passage, count in each.items():
            found[passage.node] += count if passage.what == what else 0
    return {node: count for node, count in found.items() if count}


def keep(hamraz: Hamraz, clock: Clock) -> None:
    chores.counting_of(hamraz.tally).work(hamraz.database, hamraz.keyring, clock())


def seen(hamraz: Hamraz, clock: Clock, weeks: int = 1, channel: str = "", language: str = "") -> insight.Insight:
    standing = shelf.one(hamraz.studio, "report")
    return insight.seen(hamraz.studio, standing, weeks, channel, language, clock())


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_question_is_reached_answered_misread_skipped_or_left(hamraz: Hamraz, phone: Phone, clock: Clock) -> None:
    begin(phone)
    phone.say("1")
    at_first = counted(hamraz, REACHED)
    *_, here = [name for name in at_first if name in REPORT.nodes]
    phone.say("qqqq")
    phone.say("repeat")
    assert (counted(hamraz, MISREAD), counted(hamraz, REACHED)) == (
        {here: 1},
        at_first,
    )  # asked again is not reached again

    clock.forward(minutes=2)
    phone.say("1")
    assert (counted(hamraz, ANSWERED)[here], counted(hamraz, "took 300")) == (1, {here: 1})
    onward = {rule.target for rule in REPORT.nodes[here].rules}
    assert sum(counted(hamraz, passages.to(target)).get(here, 0) for target in onward) == 1
    for _ in range(12):  # on to a question that may be skipped
        if counted(hamraz, SKIPPED):
            break
        phone.say("skip")
        phone.say("1")
    (skipped,) = counted(hamraz, SKIPPED)
    assert REPORT.nodes[skipped].skippable and counted(hamraz, LEFT) == {}

    phone.say("XX")
    assert list(counted(hamraz, LEFT).values()) == [1]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_what_a_message_that_comes_twice_did_is_counted_once(hamraz: Hamraz, phone: Phone) -> None:
    begin(phone)
    before = counted(hamraz, REACHED)
    phone.say("1")
    after = counted(hamraz, REACHED)
    assert phone.last is not None

    phone.deliver(phone.last)

    assert before != after == counted(hamraz, REACHED)


def test_counts_of_several_processes_add_up_and_one_that_cannot_be_kept_now_is_kept_later(
    hamraz: Hamraz, phone: Phone, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(phone)
    phone.say("1")
    expected = counted(hamraz, REACHED)
    with monkeypatch.context() as broken:

        def away(*_: object) -> None:
            raise StorageAway("cut")

        broken.setattr(Database, "work", away)
        with pytest.raises(StorageAway):
            keep(hamraz, clock)
    assert counted(hamraz, REACHED) == expected

    for _ in range(2):  # as two processes that counted the same
        taken = hamraz.tally.take()
        hamraz.tally.give_back(taken)
        keep(hamraz, clock)
        hamraz.tally.give_back(taken)
    hamraz.tally.take()
    keep(hamraz, clock)  # nothing more: nothing is written

    week = passages.week_of(clock())
    kept = hamraz.database.read(lambda unit: passages.between(unit, hamraz.keyring, week, week))
    found: Counter[str] = Counter()
    for one in kept:
        for passage, count in one.counted.items():
            found[passage.node] += count if passage.what == REACHED else 0
    assert {node: count // 2 for node, count in found.items() if count} == expected


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_whoever_does_not_come_back_has_left_where_she_stood(hamraz: Hamraz, phone: Phone, clock: Clock) -> None:
    begin(phone)
    phone.say("1")
    (chore,) = [one for one in chores.CHORES if one.name == "forget unfinished drafts"]

    for hours in (23, 2, 2):  # not yet; now; and nobody is there any more
        clock.forward(hours=hours)
        chore.work(hamraz.database, hamraz.keyring, clock())

    week = passages.week_of(clock())
    (one,) = hamraz.database.read(lambda unit: passages.between(unit, hamraz.keyring, week, week))
    ((passage, count),) = one.counted.items()
    assert (passage.channel, passage.language, passage.what, count) == ("sms", "en", LEFT, 1)
    assert one.edition == REPORT.hash and passage.node in REPORT.nodes


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_who_was_in_a_talk_of_an_earlier_version_is_not_counted_on_a_channel_without_a_name(
    hamraz: Hamraz, phone: Phone, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.conversation.shown", lambda state, channel: replace(shown(state, channel), channel=""))
    begin(phone)
    phone.say("1")
    (chore,) = [one for one in chores.CHORES if one.name == "forget unfinished drafts"]

    clock.forward(hours=25)
    chore.work(hamraz.database, hamraz.keyring, clock())

    assert hamraz.database.read(lambda unit: passages.between(unit, hamraz.keyring, 0, 9_999)) == []
    assert "thank you for writing" in phone.say("hi")  # she was forgotten all the same


def add(hamraz: Hamraz, clock: Clock, channel: str = "sms", **what: int) -> None:
    counts = Counter({Passage("when", channel, "ur", name.replace("_", " ")): count for name, count in what.items()})
    week = passages.week_of(clock())
    hamraz.database.work(lambda unit: passages.add(unit, hamraz.keyring, week, REPORT.hash, counts, clock()))


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_only_whole_weeks_that_are_over_are_shown_and_nothing_of_a_few(hamraz: Hamraz, clock: Clock) -> None:
    add(hamraz, clock, reached=41, answered=30, skipped=2, misread=4, left=11, took_60=20, took_longer=10)
    add(hamraz, clock, "whatsapp", reached=9, left=9)
    assert seen(hamraz, clock).figures["when"].asked == 0  # this week is not over

    clock.forward(hours=7 * 24)
    here = seen(hamraz, clock, channel="sms")

    assert here.figures["when"] == insight.Figures("when", 40, False, 75, 5, 10, 25, "took 60")
    assert here.figures["when"].loses == "many"
    assert seen(hamraz, clock, channel="whatsapp").figures["when"] == insight.Figures("when", withheld=True)
    assert seen(hamraz, clock, language="sd").figures["when"] == insight.Figures("when")
    assert seen(hamraz, clock).channels == ("sms", "whatsapp") and seen(hamraz, clock).languages == ("ur",)
    assert (here.until - here.since).days == 7 and here.since.weekday() == 0
    clock.forward(hours=7 * 24)
    assert seen(hamraz, clock).figures["when"].asked == 0 != seen(hamraz, clock, weeks=4).figures["when"].asked


def test_traffic_is_told_by_step_and_way_beside_the_busiest_and_nothing_of_a_few() -> None:
    went = {("name", "keep"): 9, ("complaint", "name"): 12, ("wants", "keep"): 38, ("gone", "keep"): 50}
    counts = Counter({Passage(source, "sms", "ur", passages.to(target)): n for (source, target), n in went.items()})
    counts += Counter({Passage("wants", "sms", "ur", REACHED): 39, Passage("keep", "telegram", "sd", REACHED): 11})

    nodes, ways = insight.traffic(REPORT, counts)

    assert (nodes["wants"], ways["wants", "keep"]) == (insight.Through(40, False, 4), insight.Through(40, False, 4))
    assert (nodes["complaint"], nodes["keep"]) == (insight.Through(10, False, 1), insight.Through(10, False, 1))
    assert ways["name", "keep"] == insight.Through(withheld=True) and ("gone", "keep") not in ways
    assert nodes["story"] == ways["wants", "complaint"] == insight.Through()


@depth(max_examples=60)
@given(st.dictionaries(st.sampled_from([REACHED, ANSWERED, SKIPPED, MISREAD, LEFT, "took 15"]), st.integers(0, 300)))
def test_no_figure_tells_one_asking_from_the_next(what: dict[str, int]) -> None:
    found = insight.figures(REPORT.nodes["when"], {Passage("when", "sms", "ur", name): n for name, n in what.items()})

    shares = (found.answered, found.skipped, found.misread, found.left)
    assert all(each % insight.ROUND == 0 for each in (found.asked, *shares))
    assert all(0 <= each <= 100 for each in shares)
    assert what.get(REACHED, 0) >= insight.FEW or (found.asked, shares, found.usual) == (0, (0, 0, 0, 0), "")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_counts_that_somebody_changed_are_not_shown_and_are_begun_anew(hamraz: Hamraz, clock: Clock) -> None:
    add(hamraz, clock, reached=40)
    hamraz.database.work(lambda unit: unit.main.run(update(passage_table).values(sealed=b"x" * 300)))
    add(hamraz, clock, reached=20)
    clock.forward(hours=7 * 24)

    assert seen(hamraz, clock).figures["when"].asked == 20
    lines = hamraz.database.read(lambda unit: [one.what for one in audit.lines(unit, hamraz.keyring)])
    assert any("fault" in what for what in lines)
