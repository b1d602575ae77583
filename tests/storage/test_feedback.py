"""What reporters said of numbers: counts by row, number and day, on both databases."""

from __future__ import annotations

from storage import feedback
from storage.database import Unit
from storage.feedback import Said
from tests.databases import Place


def test_each_word_adds_one_and_a_year_later_they_go(place: Place) -> None:
    database = place.open()

    def work(unit: Unit) -> None:
        for said in ("wrong", "wrong", "answered", "silent"):
            feedback.count(unit, "res001", "15", 100, said)
        feedback.count(unit, "res001", "15", 101, "wrong")
        feedback.count(unit, "res001", "1122", 101, "answered")

    database.work(work)

    assert database.read(lambda unit: feedback.since(unit, 0)) == [
        Said("res001", "1122", 101, answered=1, silent=0, wrong=0),
        Said("res001", "15", 100, answered=1, silent=1, wrong=2),
        Said("res001", "15", 101, answered=0, silent=0, wrong=1),
    ]
    assert len(database.read(lambda unit: feedback.since(unit, 101))) == 2
    assert database.work(lambda unit: feedback.expire(unit, 101 + feedback.LIVES)) == 1
