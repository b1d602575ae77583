"""A draft that is to hold at a certain hour: proved twice, let hold once whoever looks or dies, refused aloud, called off."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.staff.roles import Role
from casework.studio import drafts, publishing, scheduling, shelf
from casework.studio.publishing import Outcome
from casework.studio.refusals import NoSuchHour, NotProved
from flows.editing import operations
from flows.published import FINISH, MIGRATE
from storage.staff import people
from tests.casework.test_studio import QUESTION, SAME_WORDS, Admins, admins, at_when, both, place
from tests.phones import Clock, Phone

__all__ = ["admins", "both", "place"]
AN_HOUR = timedelta(hours=1)
FLOW = "answered"


def plan(admins: Admins, due: datetime, flow: str = FLOW, policy: str = FINISH) -> Outcome:
    token = drafts.of(admins.room, flow).token
    return publishing.publish(admins.room, admins.one, flow, token, policy, True, admins.clock(), due)


def test_it_holds_at_its_hour_and_once_however_many_look_and_whoever_dies(
    both: Admins, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    both.edit(FLOW, SAME_WORDS)
    assert plan(both, clock() + AN_HOUR) == Outcome("planned")
    scheduling.hold_due(both.room, clock())
    assert not shelf.one(both.room, FLOW).own and scheduling.planned(both.room)[FLOW].by == both.one

    clock.forward(hours=1)
    let_hold = publishing.let_hold

    def killed(*given: Any) -> int:
        let_hold(*given)
        raise KeyboardInterrupt  # everything is written, and nothing is committed

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(publishing, "let_hold", killed)
        scheduling.hold_due(both.room, clock())
    assert not shelf.one(both.room, FLOW).own and drafts.of(both.room, FLOW).id

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(scheduling.hold_due, both.room, clock()) for _ in range(3)]:
            assert done.result() == ()
    standing = shelf.one(both.room, FLOW)
    assert standing.own and [one.by for one in standing.past] == [both.one]
    assert scheduling.planned(both.room) == {} and both.log() == ["flow planned", "flow published"]


def test_what_is_wrong_by_then_is_told_and_nothing_holds(
    admins: Admins, clock: Clock, phone: Callable[..., Phone]
) -> None:
    admins.publish("report", QUESTION)
    admins.edit("report", operations.delete("pity", "when"))
    plan(admins, clock() + AN_HOUR, "report", MIGRATE)
    at_when(phone())
    clock.forward(hours=1)

    for _ in range(2):
        scheduling.hold_due(admins.room, clock())

    due = scheduling.planned(admins.room)["report"]
    assert due.refused == NotProved.reason and "E401" in [one.code for one in due.findings]
    assert shelf.one(admins.room, "report").number == 1 and drafts.of(admins.room, "report").id
    assert admins.log() == ["flow published", "flow planned", "flow refused at its hour"]
    assert scheduling.call_off(admins.room, admins.other, "report", clock())
    assert not scheduling.call_off(admins.room, admins.other, "report", clock())


def let_go(admins: Admins) -> None:
    def work(unit: Any) -> None:
        member = people.fetch(unit, admins.room.keyring, admins.one)
        assert member is not None
        member.role = Role.TRANSLATOR
        people.save(unit, admins.room.keyring, member)

    admins.room.office.work(work)


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (lambda admins: admins.edit(FLOW, operations.change("row", {"skippable": True})), "flow_meanwhile"),
        (lambda admins: publishing.want_two(admins.room, admins.one, True, admins.clock()), "flow_wants_two"),
        (let_go, "flow_not_hers"),
    ],
    ids=["changed", "two", "let go"],
)
def test_a_draft_that_changed_or_nobody_may_publish_any_more_is_refused(
    admins: Admins, clock: Clock, meanwhile: Callable[[Admins], object], why: str
) -> None:
    admins.edit(FLOW, SAME_WORDS)
    plan(admins, clock() + AN_HOUR)
    meanwhile(admins)
    assert scheduling.fits(admins.room, scheduling.planned(admins.room)[FLOW]) == (why != "flow_meanwhile")
    clock.forward(hours=1)

    scheduling.hold_due(admins.room, clock())

    assert scheduling.planned(admins.room)[FLOW].refused == why and not shelf.one(admins.room, FLOW).own


def test_two_agree_to_the_hour_and_an_hour_that_passed_meanwhile_is_now(admins: Admins, clock: Clock) -> None:
    publishing.want_two(admins.room, admins.one, True, clock())
    admins.edit(FLOW, SAME_WORDS)
    token = drafts.of(admins.room, FLOW).token
    for waited, done in ((0, Outcome("planned")), (2, Outcome("published", 2))):
        assert plan(admins, clock() + AN_HOUR).what == "asked" and scheduling.planned(admins.room) == {}
        clock.forward(hours=waited)
        assert publishing.agree(admins.room, admins.other, FLOW, token, clock()) == done
        clock.forward(hours=1)
        scheduling.hold_due(admins.room, clock())
        line = shelf.one(admins.room, FLOW).past[-1]
        assert (line.by, line.second) == (admins.one, admins.other)
        admins.edit(FLOW, operations.change("row", {"skippable": True}))
        token = drafts.of(admins.room, FLOW).token


def test_only_an_hour_of_the_coming_year_and_no_plan_outlives_its_draft(admins: Admins, clock: Clock) -> None:
    admins.edit(FLOW, SAME_WORDS)
    for due in (clock(), clock() - AN_HOUR, clock() + timedelta(days=367)):
        with pytest.raises(NoSuchHour):
            plan(admins, due)

    plan(admins, clock() + AN_HOUR)
    plan(admins, clock() + 2 * AN_HOUR)  # in the place of the first
    assert scheduling.planned(admins.room)[FLOW].at == int((clock() + 2 * AN_HOUR).timestamp())
    drafts.discard(admins.room, admins.one, FLOW, drafts.of(admins.room, FLOW).token, clock())
    assert scheduling.planned(admins.room) == {}
    admins.edit(FLOW, SAME_WORDS)
    plan(admins, clock() + AN_HOUR)
    assert admins.publish(FLOW).what == "published" and scheduling.planned(admins.room) == {}
