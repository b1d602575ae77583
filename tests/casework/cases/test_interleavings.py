"""Whatever comes between: a reporter, two counsellors, time, panic, erasing and dying workers, at random.

Every reply reaches her once and in order, or is shown as failed or waiting, and then her number brings it. A worker that
dies after the provider took a message may send that one again: no more than that. A note reaches her by no way; the program
is silent while a person talks with her; what was erased is gone.

HAMRAZ_INTERLEAVINGS: how many runs on each database, 12 unless it is set.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.settings import Settings
from casework.cases import holding, notes, refusals, relay, tending
from casework.cases.case import Case
from operating.parts import Hamraz
from operating.worker import outbox_of
from storage import outbox, reports, sessions
from tests.bot.test_conversation import begin, receipt_in
from tests.casework.cases.conftest import Colleague
from tests.casework.cases.phones_and_desk import Team, ask_for_a_person
from tests.phones import Clock, Phone, make_hamraz
from tests.storage.attacker import copied

RUNS = int(os.environ.get("HAMRAZ_INTERLEAVINGS", "12"))
NUMBERS = count(1)
REPLY, NOTE = re.compile(r"reply(\d+)q"), re.compile(r"note(\d+)q")
DAY = timedelta(hours=24)
WHO = st.integers(0, 1)
HOLDER_OR = st.sampled_from([None, None, None, 0, 1])  # mostly whoever holds the case
RARELY = st.sampled_from([False, False, False, True])  # what ends a case comes late, so that much happens before it
OF_A_REPORT = ("entries", "notes", "grants", "report_media")


@pytest.fixture
def team(settings: Settings, clock: Clock) -> Team:
    always = settings.model_copy(update={"hours": "Mon-Sun 00:00-23:59", "time_zone": "UTC"})
    return Team(make_hamraz(always), clock)


class Interleavings(RuleBasedStateMachine):
    """One reporter and her case, over a house that others have used before."""

    def __init__(self, team: Team, pair: list[Colleague]) -> None:
        super().__init__()
        self.team, self.pair, self.clock = team, pair, team.clock
        self.hamraz: Hamraz = team.hamraz
        self.clock.forward(hours=1)
        self.phone = Phone(self.hamraz, "sms", f"+92300{next(NUMBERS):07}", self.clock)
        self.reached: list[int] = []  # replies in the order in which they reached her, by whatever way
        self.seen = 0  # of what her phone received
        self.accepted: list[int] = []
        self.perhaps_twice: set[int] = set()
        self.failed: set[int] = set()
        self.said: list[str] = []
        self.talking = self.erased = False
        self.closed = False
        self.number = count(1)

    # --- what happens ---------------------------------------------------------------------------

    @initialize()
    def she_asks_for_a_person(self) -> None:
        begin(self.phone)
        known = {case.id for case in self.team.open_cases()}
        said = ask_for_a_person(self.phone)
        self.code = receipt_in(said)
        (case,) = [case for case in self.team.open_cases() if case.id not in known]
        self.id = case.id
        self.heard()
        self.talking = True

    @precondition(lambda self: self.talks)
    @rule()
    def she_writes(self) -> None:
        words = f"hers{next(self.number)}"
        answer = self.phone.say(words)
        assert answer == "" or (self.closed and "Our team has it again" in answer), answer
        self.said.append(words)
        self.heard()
        self.closed = False

    @precondition(lambda self: self.talks)
    @rule(indeed=RARELY)
    def she_panics(self, indeed: bool) -> None:
        if not indeed:
            return
        assert self.phone.say("XX") == "OK, thank you."
        self.talking = False

    @precondition(lambda self: self.talks and not self.closed)
    @rule()
    def she_ends_it(self) -> None:
        self.phone.say("0")
        self.phone.say("1")
        assert "Thank you for telling us." in self.phone.say("1")
        self.talking = False

    @precondition(lambda self: not self.erased and not self.talks)
    @rule()
    def she_comes_back_with_her_number(self) -> None:
        self.take(self.phone.say(self.code))
        said = ask_for_a_person(self.phone)
        assert "You are next" in said or "Your place in line" in said, said
        self.heard()
        self.talking, self.closed = True, False

    @precondition(lambda self: not self.erased)
    @rule()
    def she_reads_from_another_phone(self) -> None:
        self.take(self.another().say(self.code))

    @precondition(lambda self: not self.erased)
    @rule(indeed=RARELY)
    def she_erases(self, indeed: bool) -> None:
        if not indeed:
            return
        other = self.another()
        self.take(other.say(self.code))
        other.say("erase")
        assert "erased" in other.say("1")
        self.erased = True
        if self.talks:
            assert "no longer here" in self.phone.say("hello?")
        self.talking = False

    @rule(who=HOLDER_OR)
    def a_counsellor_answers(self, who: int | None) -> None:
        number = next(self.number)
        try:
            self.team.reply(self.of(who), self.case, f"reply{number}q")
        except refusals.CaseRefusal:
            return
        self.accepted.append(number)

    @rule(who=HOLDER_OR)
    def a_counsellor_keeps_an_answer_for_her_number(self, who: int | None) -> None:
        number = next(self.number)
        try:
            self.team.reply(self.of(who), self.case, f"reply{number}q", keep=True)
        except refusals.CaseRefusal:
            return
        self.accepted.append(number)

    @rule(who=WHO)
    def a_counsellor_notes(self, who: int) -> None:
        self.tried(
            lambda: notes.add(self.hamraz.room, self.pair[who].id, self.id, f"note{next(self.number)}q", self.now)
        )

    @rule(who=WHO)
    def a_counsellor_claims(self, who: int) -> None:
        self.tried(lambda: holding.claim(self.hamraz.room, self.pair[who].id, self.id, self.now))

    @rule(who=WHO)
    def a_counsellor_hands_over(self, who: int) -> None:
        to = self.pair[1 - who].id
        self.tried(lambda: holding.hand_over(self.hamraz.room, self.pair[who].id, self.id, to, self.now))

    @rule(who=WHO)
    def a_counsellor_releases(self, who: int) -> None:
        self.tried(lambda: holding.release(self.hamraz.room, self.pair[who].id, self.id, self.now))

    @rule(who=WHO)
    def a_counsellor_closes(self, who: int) -> None:
        if self.tried(lambda: relay.close(self.hamraz.room, self.pair[who].id, self.id, "answered", self.now)):
            self.closed = True

    @rule(hours=st.sampled_from([0.1, 1, 5, 25]))
    def time_passes(self, hours: float) -> None:
        self.clock.forward(hours=hours)
        tending.tend(self.hamraz.room, self.now)
        self.hamraz.database.work(lambda unit: outbox.expire(unit, self.now))
        self.hamraz.database.work(lambda unit: sessions.expire(unit, self.hamraz.keyring, self.now))

    @rule()
    def the_provider_takes_what_waits(self) -> None:
        self.team.deliver()
        self.look_at_her_phone()

    @rule()
    def the_provider_refuses_what_waits(self) -> None:
        box = outbox_of(self.hamraz, "w")
        for item in box.lease("sms", 20, self.now):
            self.failed |= {int(one) for one in REPLY.findall(str(item.payload.get("text", "")))}
            box.dead(item, "30003", "unreachable")

    @rule(sent=st.booleans())
    def a_worker_dies(self, sent: bool) -> None:
        """With messages in its hands, before or after the provider took them."""
        for item in outbox_of(self.hamraz, "dies").lease("sms", 20, self.now):
            text = str(item.payload.get("text", ""))
            if sent and item.kind == "send":
                self.team.received.setdefault(item.address, []).append(text)
                self.perhaps_twice |= {int(one) for one in REPLY.findall(text)}
        self.look_at_her_phone()

    # --- what must hold -------------------------------------------------------------------------

    @invariant()
    def no_note_reached_her(self) -> None:
        assert not NOTE.search(" ".join(self.team.received.get(self.phone.number, [])))

    @invariant()
    def each_came_once_and_in_order(self) -> None:
        once = [one for at, one in enumerate(self.reached) if one not in self.reached[:at]]
        twice = {one for one in self.reached if self.reached.count(one) > 1}
        assert set(self.reached) <= set(self.accepted)
        assert twice <= self.perhaps_twice
        in_order = [one for one in once if one not in self.failed]
        assert in_order == sorted(in_order)

    def teardown(self) -> None:
        if not hasattr(self, "id"):
            return
        self.clock.forward(minutes=5)  # leases of the dead end
        self.team.deliver()
        self.look_at_her_phone()
        if self.erased:
            self.it_is_gone()
            return
        assert self.thread() == self.said
        self.clock.forward(hours=25)
        self.take(self.another().say(self.code))
        self.each_came_once_and_in_order()
        assert set(self.accepted) == set(self.reached)
        self.she_erases(indeed=True)
        self.it_is_gone()

    # --- seeing ---------------------------------------------------------------------------------

    @property
    def now(self):  # type: ignore[no-untyped-def]  # the clock's
        return self.clock()

    @property
    def talks(self) -> bool:
        """Whether her phone is in the talk: a session lives for a day after her last word."""
        return self.talking and not self.erased and self.now - self.last < DAY

    @property
    def case(self) -> Case:
        """As a counsellor's screen still shows it, even if it went meanwhile."""
        report = self.hamraz.room.read(lambda unit: reports.fetch(unit, self.hamraz.keyring, self.id, hold=False))
        return Case(report) if report is not None else self.shown

    def of(self, who: int | None) -> Colleague:
        held = [one for one in self.pair if one.id == self.case.holder]
        return self.pair[who] if who is not None else held[0] if held else self.pair[0]

    def heard(self) -> None:
        self.last, self.shown = self.now, self.case if not hasattr(self, "shown") else self.shown

    def another(self) -> Phone:
        return Phone(self.hamraz, "telegram", f"{next(NUMBERS)}", self.clock)

    def take(self, said: str) -> None:
        assert not NOTE.search(said)
        self.reached += [int(one) for one in REPLY.findall(said)]

    def look_at_her_phone(self) -> None:
        received = self.team.received.get(self.phone.number, [])
        for text in received[self.seen :]:
            self.take(text)
        self.seen = len(received)

    def tried(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except refusals.CaseRefusal:
            return False
        return True

    def thread(self) -> list[str]:
        lines = self.team.thread(self.pair[0], self.case)
        return [line.removeprefix("her: ") for line in lines if line.startswith("her: ") and line != "her: "]

    def it_is_gone(self) -> None:
        rows = copied(self.hamraz.database, ["reports", *OF_A_REPORT])
        assert all(row["id"] != self.id for row in rows["reports"])
        assert all(row["report_id"] != self.id for name in OF_A_REPORT for row in rows[name])
        with pytest.raises(refusals.CaseGone):
            self.team.reply(self.pair[0], self.shown, "hello")


@pytest.mark.timeout(120 + 10 * RUNS)
def test_at_random_every_reply_comes_once_in_order_or_is_seen_to_have_failed(team: Team) -> None:
    pair = [team.hire("Amina", capacity=10_000), team.hire("Bano", capacity=10_000)]
    for one in pair:
        holding.be_on_duty(team.hamraz.room, one.id, team.clock() + timedelta(days=3650), team.clock())

    run_state_machine_as_test(
        lambda: Interleavings(team, pair),
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    team.hamraz.counter.close()
    team.hamraz.database.close()
