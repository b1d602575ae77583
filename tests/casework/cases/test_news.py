"""What happens to a case is told to whoever tells counsellors: in the same unit of work, and only if it happened."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from casework.cases import holding, relay
from casework.cases.news import News
from casework.cases.refusals import HeldByOther
from casework.triage import Level
from storage.database import Unit
from tests.casework.cases.conftest import Desk


@dataclass
class Ear:
    heard: list[News] = field(default_factory=list)
    trouble: Exception | None = None

    def tell(self, unit: Unit, news: News) -> None:
        if self.trouble:
            raise self.trouble
        self.heard.append(news)

    @property
    def what(self) -> list[str]:
        return [one.what for one in self.heard]


@pytest.fixture
def ear(desk: Desk) -> Ear:
    ear = Ear()
    desk.room = replace(desk.room, heralds=(ear,))
    return ear


def test_what_a_counsellor_does_is_told_in_order_with_who_did_it(desk: Desk, ear: Ear) -> None:
    amina, report = desk.hire(), desk.file()
    desk.claim(amina, report)
    holding.set_risk(desk.room, amina.id, report, Level.RED, desk.clock())
    relay.reply(desk.room, amina.id, report, "Are you safe now?", desk.clock())
    relay.close(desk.room, amina.id, report, "answered", desk.clock())

    assert ear.what == ["case claimed", "case risk", "case answered", "case closed"]
    assert {one.by for one in ear.heard} == {amina.id}
    assert (ear.heard[2].said, ear.heard[2].seq) == ({"text": "Are you safe now?"}, 1)


def test_what_was_refused_is_not_told(desk: Desk, ear: Ear) -> None:
    amina, sana, report = desk.hire(), desk.hire("Sana"), desk.file()
    desk.claim(amina, report)

    with pytest.raises(HeldByOther):
        desk.claim(sana, report)

    assert ear.what == ["case claimed"]


def test_what_cannot_be_told_was_not_done(desk: Desk, ear: Ear) -> None:
    amina, report = desk.hire(), desk.file()
    ear.trouble = RuntimeError("no")

    with pytest.raises(RuntimeError):
        desk.claim(amina, report)

    assert desk.case(report).holder is None


def test_something_else_is_done_together_with_it_or_neither(desk: Desk) -> None:
    amina, report = desk.hire(), desk.file()
    done: list[Any] = []

    holding.claim(desk.room.together(lambda unit, case: done.append(case.code)), amina.id, report, desk.clock())
    assert done == [desk.case(report).code]

    def fails(unit: Unit, case: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        holding.release(desk.room.together(fails), amina.id, report, desk.clock())
    assert desk.case(report).holder == amina.id
