"""Two wordings of one question: who gets which, what is counted of it, and how it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle
from random import Random

import pytest
from sqlalchemy import delete

from casework import chores
from casework.studio import comparing, drafts, shelf
from casework.studio.comparing import Seen, Stand
from casework.studio.refusals import FlowMeanwhile, NotHers, NotProved
from casework.wordings.keeping import Wording
from flows.comparing import refused
from flows.editing import operations
from flows.library import shipped_flows
from flows.nodes import KINDS
from flows.nodes.kind import OTHER_WORDING
from flows.published import MIGRATE
from storage import comparisons, passages, wordings
from storage.database import Unit
from storage.passages import ANSWERED, REACHED, Passage, of_wording
from storage.tables import changes as change_table
from tests.bot.test_conversation import begin
from tests.casework.test_studio import Admins, admins, both, place
from tests.phones import Phone

__all__ = ["admins", "both", "place"]
FLOW, NODE = "tips", "situation"
FIRST, OTHER, KEY = "Tips for what", "Send it to our team", "followup.send.ask"
TWO = operations.change(NODE, {OTHER_WORDING: {"ask": KEY, "most": 100, "weeks": 3}})
AGAIN = operations.change(NODE, {"secret": True})  # another edition, in the same words


@pytest.fixture
def tossed(monkeypatch: pytest.MonkeyPatch) -> Iterator[bool]:
    """The other wording first, then in turn."""
    coins = cycle([True, False])
    monkeypatch.setattr("bot.conversation.tossed", lambda: next(coins))
    return coins


def to_question(admins: Admins, number: int) -> tuple[Phone, str]:
    """A phone that comes to the question, and how it is asked."""
    phone = Phone(admins.hamraz, "sms", f"+92300555{number:04}", admins.clock)
    begin(phone)
    asked = phone.say("2")
    return phone, OTHER if OTHER in asked else FIRST if FIRST in asked else asked


def counted(admins: Admins, weeks: int = 9) -> dict[str, int]:
    """What is kept of both wordings, by what and run."""
    now, hamraz = passages.week_of(admins.clock()), admins.hamraz
    found: Counter[str] = Counter()
    for week in hamraz.database.read(lambda unit: passages.between(unit, hamraz.keyring, now - weeks, now)):
        found.update(
            {one.what: n for one, n in week.counted.items() if one.what.startswith((f"{REACHED} ", f"{ANSWERED} "))}
        )
    return dict(found)


def count(admins: Admins, first: tuple[int, int], other: tuple[int, int]) -> None:
    """As if so many were asked this week, and so many of them answered at once; then the week is over and settled."""
    standing = shelf.one(admins.room, FLOW)
    counts = Counter({
        Passage(NODE, "sms", "en", of_wording(what, standing.number, other=arm)): number
        for arm, numbers in ((False, first), (True, other))
        for what, number in zip((REACHED, ANSWERED), numbers, strict=True)
    })  # fmt: skip
    week, now = passages.week_of(admins.clock()), admins.clock()
    admins.room.office.work(lambda unit: passages.add(unit, admins.room.keyring, week, standing.flow.hash, counts, now))
    admins.clock.forward(days=7 - admins.clock().weekday())


def stand(admins: Admins) -> Stand:
    found = comparing.stands(admins.room, shelf.one(admins.room, FLOW), admins.clock())
    assert found is not None
    return found


def weighed(admins: Admins) -> str:
    """How it ended, if it did."""
    comparing.weigh(admins.room, admins.clock())
    over = stand(admins).over
    return over.how if over is not None else ""


def test_each_talk_gets_one_wording_once_keeps_it_and_counts_once(both: Admins, tossed: Iterator[bool]) -> None:
    both.publish(FLOW, TWO)
    numbers = range(8)
    with ThreadPoolExecutor(4) as pool:
        phones = list(pool.map(lambda number: to_question(both, number), numbers))
    asked = Counter(how for _, how in phones)
    assert asked == {FIRST: 4, OTHER: 4}

    at_once: Counter[str] = Counter()
    for number, (phone, how) in enumerate(phones):
        if number % 2:
            assert how in phone.say("repeat")  # she keeps it; and whoever asks again has not answered at the first go
        at_once[how] += 0 if number % 2 else 1
        assert how not in phone.say("1") and how in phone.say("back")
    for _ in range(2):
        chores.counting_of(both.hamraz.tally).work(both.hamraz.database, both.hamraz.keyring, both.clock())

    assert counted(both) == {
        **{of_wording(REACHED, 1, other=how == OTHER): n for how, n in asked.items()},
        **{of_wording(ANSWERED, 1, other=how == OTHER): n for how, n in at_once.items() if n},
    }


def test_whatever_she_does_she_is_asked_in_one_wording_and_counts_once(admins: Admins, tossed: Iterator[bool]) -> None:
    admins.publish(FLOW, TWO)
    chance = Random(3)
    for number in range(4):
        phone, how = to_question(admins, number)
        theirs = FIRST if how == OTHER else OTHER
        for _ in range(20):
            said = chance.choice(("1", "2", "qqqq", "repeat", "back", "0", "skip", "a tip for the bus", "no"))
            assert theirs not in phone.say(said)
    chores.counting_of(admins.hamraz.tally).work(admins.hamraz.database, admins.hamraz.keyring, admins.clock())

    found = counted(admins)
    for other in (False, True):
        assert found[of_wording(REACHED, 1, other=other)] == 2
        assert found.get(of_wording(ANSWERED, 1, other=other), 0) <= 2


def test_a_difference_that_is_no_chance_ends_it_and_everybody_new_gets_the_first(
    both: Admins, tossed: Iterator[bool]
) -> None:
    both.publish(FLOW, TWO)
    count(both, (60, 31), (62, 57))
    assert weighed(both) == ""  # its week is over, but not settled: who was asked last may still answer

    both.clock.forward(days=1)
    assert stand(both).seen == Seen((60, 60), (50, 90)) and stand(both).over is None
    early, how = to_question(both, 1)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: comparing.weigh(both.room, both.clock()), range(4)))
    assert weighed(both) == comparisons.OTHER == weighed(both)  # ended once, by whoever looks first

    assert [to_question(both, number)[1] for number in (2, 3, 4)] == [FIRST] * 3
    assert how == OTHER and OTHER in early.say("repeat")  # she keeps hers
    assert stand(both).seen == Seen((60, 60), (50, 90)) and both.log().count("flow comparison over") == 1
    assert not comparing.end(both.room, both.one, FLOW, 1, both.clock())


@pytest.mark.parametrize(
    ("first", "other", "weeks", "how"),
    [
        ((90, 85), (90, 50), 1, comparisons.FIRST),
        ((140, 100), (101, 72), 1, comparisons.SAME),  # each was asked as often as was said beforehand
        ((140, 100), (99, 70), 1, ""),
        ((8, 8), (30, 0), 1, ""),  # too few to say anything of
        ((9, 5), (9, 5), 3, comparisons.SAME),  # the weeks are over
    ],
)
def test_it_ends_as_was_said_beforehand(
    admins: Admins, first: tuple[int, int], other: tuple[int, int], weeks: int, how: str
) -> None:
    admins.publish(FLOW, TWO)
    count(admins, first, other)
    admins.clock.forward(weeks=weeks - 1, days=1)

    assert weighed(admins) == how
    assert (stand(admins).seen == Seen()) == (min(first[0], other[0]) < 10)


def test_an_edition_that_holds_anew_compares_anew_and_a_word_changed_meanwhile_ends_it(
    admins: Admins, tossed: Iterator[bool]
) -> None:
    admins.publish(FLOW, TWO)
    count(admins, (50, 20), (50, 45))
    admins.publish(FLOW, AGAIN)  # another edition, with the same comparison: from the beginning
    admins.clock.forward(days=8)
    assert (stand(admins).run, stand(admins).seen, weighed(admins)) == (2, Seen(), "")
    admins.go_back(FLOW, 1)
    assert (stand(admins).run, stand(admins).seen) == (3, Seen())
    with pytest.raises(FlowMeanwhile):
        comparing.end(admins.room, admins.one, FLOW, 1, admins.clock())

    def reword(unit: Unit) -> None:
        one = Wording("ur", KEY, said=("کیا تھا؟",), at=int(admins.clock().timestamp()) + 1)
        wordings.save(unit, admins.room.keyring, one)

    admins.room.office.work(reword)
    assert weighed(admins) == comparisons.CHANGED

    admins.go_back(FLOW, 0)
    standing = shelf.one(admins.room, FLOW)
    assert comparing.stands(admins.room, standing, admins.clock()) is None
    assert to_question(admins, 1)[1] == FIRST


def test_whoever_is_moved_into_another_edition_is_asked_in_its_first_wording_and_not_counted(
    admins: Admins, tossed: Iterator[bool]
) -> None:
    phone, how = to_question(admins, 1)
    assert how == FIRST
    admins.publish(FLOW, TWO, policy=MIGRATE)

    assert FIRST in phone.say("repeat")
    phone.say("1")
    chores.counting_of(admins.hamraz.tally).work(admins.hamraz.database, admins.hamraz.keyring, admins.clock())
    assert counted(admins) == {}


def test_an_admin_ends_it_and_a_line_that_somebody_changed_ends_it_too(admins: Admins, tossed: Iterator[bool]) -> None:
    admins.publish(FLOW, TWO)
    with pytest.raises(NotHers):
        comparing.end(admins.room, bytes(16), FLOW, 1, admins.clock())
    assert comparing.end(admins.room, admins.one, FLOW, 1, admins.clock())
    assert stand(admins).over == replace(stand(admins).over, how=comparisons.ENDED, by=admins.one)
    assert to_question(admins, 1)[1] == FIRST

    admins.publish(FLOW, AGAIN)
    assert to_question(admins, 2)[1] == OTHER
    lines = delete(change_table).where(change_table.c.thing == "comparison tips")
    admins.room.office.work(lambda unit: unit.main.run(lines))
    over = stand(admins).over
    assert over is not None and over.how == comparisons.CHANGED


def test_what_concerns_consent_or_safety_is_never_asked_in_two_wordings(admins: Admins) -> None:
    may = {
        (flow.name, node.name) for flow in shipped_flows() for node in flow.nodes.values() if not refused(flow, node)
    }
    kinds = {flow.nodes[name].kind for flow in shipped_flows() for named, name in may if named == flow.name}

    assert {("report", "when"), ("report", "where")} <= may
    assert not may & {
        ("report", "under18"), ("report", "contact_hours"), ("followup", "contact_word"), ("human", "back"), ("find_help", "sms_sure"),
        ("find_help", "may_ask"), ("welcome", "safe"),
    }  # fmt: skip
    assert kinds <= {"choice", "find", "multi", "text", "date", "place", "media"}
    assert all(OTHER_WORDING not in KINDS[kind].fields for kind in ("consent", "gate", "offer", "review", "language"))
    for step in (
        operations.change("contact_hours", {OTHER_WORDING: {"ask": "report.which.ask", "most": 100, "weeks": 3}}),
        operations.change("where", {OTHER_WORDING: {"ask": "report.where.ask", "most": 100, "weeks": 3}}),
    ):
        with pytest.raises(NotProved) as refusal:
            admins.publish("report", step)
        assert {one.code for one in refusal.value.findings} <= {"E116", "E117"}
        draft = drafts.of(admins.room, "report")
        drafts.discard(admins.room, admins.one, FLOW, draft.token, admins.clock())
