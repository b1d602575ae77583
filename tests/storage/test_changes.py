"""What staff changed in public things: counted, sealed, in order; and numbers that did not answer."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import delete, select

from storage import changes, unanswered
from storage.database import Database
from storage.resealing import reseal, unused
from storage.tables import changes as table
from storage.unanswered import Tries
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring


def added(database: Database, keyring: Keyring, now: datetime, *notes: str, thing: str = "row res001") -> None:
    for note in notes:
        database.work(lambda unit, note=note: changes.add(unit, keyring, thing, {"by": "amina", "note": note}, now))


def test_changes_are_counted_thing_by_thing_and_read_in_their_order(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    added(database, keyring, now, "one", "two")
    added(database, keyring, now, "other", thing="row res002")

    found = database.read(lambda unit: changes.of(unit, keyring, "row res001"))

    assert [(one.seq, one.content["note"], one.at) for one in found] == [
        (1, "one", int(now.timestamp())),
        (2, "two", int(now.timestamp())),
    ]
    assert database.read(lambda unit: changes.last_of(unit, "row res002")) == 1
    assert database.read(lambda unit: changes.last_of(unit, "row res003")) == 0
    assert len(database.read(lambda unit: changes.latest(unit, keyring, 10))) == 3
    assert len(database.read(lambda unit: changes.latest(unit, keyring, 2))) == 2


def test_before_there_is_a_change_there_are_none(database: Database, keyring: Keyring) -> None:
    assert database.read(lambda unit: changes.latest(unit, keyring, 10)) == []


def test_who_changed_what_lies_open_in_no_table(database: Database, keyring: Keyring, now: datetime) -> None:
    added(database, keyring, now, "a note")

    rows = str(database.read(lambda unit: unit.main.all(select(table))))

    assert "amina" not in rows
    assert "a note" not in rows


def test_a_change_taken_out_of_the_middle_is_found(database: Database, keyring: Keyring, now: datetime) -> None:
    added(database, keyring, now, "one", "two", "three")
    database.work(lambda unit: unit.main.run(delete(table).where(table.c.seq == 2)))

    with pytest.raises(Tampered):
        database.read(lambda unit: changes.of(unit, keyring, "row res001"))


def test_after_a_rotation_the_history_opens_and_the_old_key_can_go(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    added(database, keyring, now, "one", "two")
    rotated = keyring.rotated()

    assert list(reseal(database, rotated, now)) == []

    younger = rotated.without(keyring.current)
    assert len(database.read(lambda unit: changes.of(unit, younger, "row res001"))) == 2
    assert database.read(lambda unit: unused(unit, rotated)) == [keyring.current]


def test_a_number_that_does_not_answer_is_counted_once_a_day(database: Database) -> None:
    noted = [database.work(lambda unit, day=day: unanswered.note(unit, "1094", day)) for day in (10, 10, 11, 9)]

    assert noted == [True, False, True, False]
    assert database.read(unanswered.every) == {"1094": Tries(2, 11)}
    database.work(lambda unit: unanswered.forget(unit, ["1094", "15"]))
    assert database.read(unanswered.every) == {}
