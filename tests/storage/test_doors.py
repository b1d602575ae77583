"""How staff can be reached: found by her Telegram account and by no other, and nothing of it to be forged."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from storage.database import Database, Duplicate, StorageError
from storage.resealing import reseal, unused
from storage.staff import doors
from storage.staff.doors import Doors
from storage.tables import staff_doors
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id

AMINA, SANA = b"a" * 16, b"s" * 16
HERS = 7_000_000_041  # a Telegram account; they are longer than 32 bits


def kept(database: Database, keyring: Keyring, staff_id: bytes = AMINA, **more: Any) -> Doors:
    one = Doors(staff_id, **more)
    database.work(lambda unit: doors.save(unit, keyring, one))
    return one


def whose(database: Database, keyring: Keyring, chat: int) -> bytes | None:
    found = database.read(lambda unit: doors.by_telegram(unit, keyring, chat))
    return None if found is None else found.id


def test_what_was_kept_is_found_again_and_by_her_account_only(database: Database, keyring: Keyring) -> None:
    one = kept(database, keyring, telegram=HERS, phone="+923005550001", page_by="sms", content=True, language="ur")
    kept(database, keyring, SANA, phone="+923005550002")

    assert database.read(lambda unit: doors.fetch(unit, keyring, AMINA, hold=False)) == one
    assert whose(database, keyring, HERS) == AMINA
    assert whose(database, keyring, HERS + 1) is None
    assert len(database.read(lambda unit: doors.everybody(unit, keyring))) == 2


def test_of_whom_nothing_is_kept_there_is_no_door_and_no_words_are_pushed(database: Database, keyring: Keyring) -> None:
    nothing = database.read(lambda unit: doors.fetch(unit, keyring, AMINA, hold=False))

    assert nothing == Doors(AMINA)
    assert (nothing.telegram, nothing.phone, nothing.page_by, nothing.content) == (None, None, None, False)


def test_an_account_is_one_persons_only(database: Database, keyring: Keyring) -> None:
    kept(database, keyring, telegram=HERS)

    with pytest.raises(Duplicate):
        kept(database, keyring, SANA, telegram=HERS)


def test_two_who_change_it_at_once_do_not_overwrite_each_other(database: Database, keyring: Keyring) -> None:
    one = kept(database, keyring, telegram=HERS)
    other = database.read(lambda unit: doors.fetch(unit, keyring, AMINA, hold=False))
    one.content = True
    database.work(lambda unit: doors.save(unit, keyring, one))

    with pytest.raises(StorageError, match="meanwhile"):
        database.work(lambda unit: doors.save(unit, keyring, other))


def test_an_account_let_go_leads_to_nobody_and_another_may_have_it(database: Database, keyring: Keyring) -> None:
    one = kept(database, keyring, telegram=HERS)
    one.telegram = None
    database.work(lambda unit: doors.save(unit, keyring, one))
    assert whose(database, keyring, HERS) is None

    kept(database, keyring, SANA, telegram=HERS)

    assert whose(database, keyring, HERS) == SANA


def test_removed_she_is_reached_by_no_door(database: Database, keyring: Keyring) -> None:
    kept(database, keyring, telegram=HERS, phone="+923005550001")

    database.work(lambda unit: doors.remove(unit, AMINA))

    assert whose(database, keyring, HERS) is None
    assert database.read(lambda unit: doors.fetch(unit, keyring, AMINA, hold=False)) == Doors(AMINA)


@pytest.mark.parametrize("column", ["sealed", "version", "staff_id"])
def test_a_row_changed_by_somebody_else_does_not_open(database: Database, keyring: Keyring, column: str) -> None:
    kept(database, keyring, telegram=HERS)
    kept(database, keyring, SANA)
    sealed_of = select(staff_doors.c.sealed).where(staff_doors.c.staff_id == SANA)
    row = database.read(lambda unit: unit.main.one(sealed_of))
    assert row is not None
    forged: dict[str, Any] = {"sealed": row[0], "version": 7, "staff_id": new_id()}
    change = update(staff_doors).where(staff_doors.c.staff_id == AMINA).values({column: forged[column]})
    database.work(lambda unit: unit.main.run(change))

    with pytest.raises(Tampered):
        database.read(lambda unit: doors.everybody(unit, keyring))


def test_a_tag_put_beside_another_row_makes_nobody_staff(database: Database, keyring: Keyring) -> None:
    kept(database, keyring, telegram=HERS)
    kept(database, keyring, SANA, telegram=42)
    tag_of = select(staff_doors.c.tag).where(staff_doors.c.staff_id == SANA)
    row = database.read(lambda unit: unit.main.one(tag_of))
    assert row is not None
    database.work(lambda unit: doors.remove(unit, SANA))
    change = update(staff_doors).where(staff_doors.c.staff_id == AMINA).values(tag=row[0])
    database.work(lambda unit: unit.main.run(change))

    assert whose(database, keyring, 42) is None


def test_no_account_and_no_number_lies_open_in_the_table(database: Database, keyring: Keyring) -> None:
    kept(database, keyring, telegram=HERS, phone="+923005550001")

    rows = database.read(lambda unit: unit.main.all(select(staff_doors)))

    assert str(HERS) not in str(rows)
    assert "5550001" not in str(rows)


def test_after_a_rotation_she_is_found_and_the_old_key_can_go(database: Database, keyring: Keyring, now: Any) -> None:
    kept(database, keyring, telegram=HERS)
    rotated = keyring.rotated()
    assert whose(database, rotated, HERS) == AMINA

    reseal(database, rotated, now)

    assert whose(database, rotated.without(keyring.current), HERS) == AMINA
    assert database.read(lambda unit: unused(unit, rotated)) == [keyring.current]
