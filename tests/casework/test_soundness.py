"""What no seal can refuse is found: older rows put back, ends cut off, reports gone. And nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from casework import soundness
from casework.chores import CHORES
from storage import audit, erasing, heads, reports, threads
from storage.database import Database, Unit
from storage.tables import audit as log
from storage.tables import entries, report_media
from storage.tables import reports as report_table
from storage.vault.keyring import Keyring
from tests.databases import Place
from tests.storage.attacker import copied, of_report, put_back
from tests.storage.belongings import Belongings, fill
from tests.storage.conftest import NOON

COPY = next(chore for chore in CHORES if chore.name == "copy heads")
KEYRING = Keyring.new()


@pytest.fixture
def database(place: Place) -> Database:
    return place.open()


@pytest.fixture
def house(database: Database) -> Belongings:
    """Four reports of two entries and two files each, seen sound once."""
    house = fill(database, KEYRING, NOON)
    assert soundness.copy_heads(database, KEYRING, NOON) == []
    return house


def found(database: Database) -> list[str]:
    return list(soundness.findings(database, KEYRING))


def first(database: Database, house: Belongings) -> bytes:
    report_id = database.read(lambda unit: reports.find(unit, house.receipts[0]))
    assert report_id is not None
    return report_id


def add_entry(database: Database, report_id: bytes, said: str = "more") -> None:
    def work(unit: Unit) -> None:
        report = reports.fetch(unit, KEYRING, report_id)
        assert report is not None
        threads.add(unit, report, 1, {"said": said}, NOON)
        reports.save(unit, KEYRING, report, NOON)

    database.work(work)


def erase(database: Database, report_id: bytes) -> None:
    def work(unit: Unit) -> None:
        report = reports.fetch(unit, KEYRING, report_id)
        assert report is not None
        erasing.erase(unit, KEYRING, report, NOON)

    database.work(work)


def test_nothing_is_found_where_everybody_worked_as_they_should(database: Database, house: Belongings) -> None:
    add_entry(database, first(database, house))
    erase(database, database.read(lambda unit: reports.find(unit, house.receipts[1])) or b"")
    fill(database, KEYRING, NOON + timedelta(hours=1))

    assert found(database) == []
    assert soundness.copy_heads(database, KEYRING, NOON + timedelta(days=1)) == []
    assert found(database) == []


def test_a_report_put_back_to_an_earlier_state_is_found(database: Database, house: Belongings) -> None:
    report_id = first(database, house)
    earlier = of_report(copied(database), report_id)
    add_entry(database, report_id)
    soundness.copy_heads(database, KEYRING, NOON)

    put_rows_back(database, earlier, report_id)

    assert found(database) == [f"report {report_id.hex()[:8]}: put back to an earlier state"]


def test_the_end_of_a_thread_cut_off_is_found_and_refused(database: Database, house: Belongings) -> None:
    report_id = first(database, house)

    database.work(
        lambda unit: unit.main.run(delete(entries).where(entries.c.report_id == report_id, entries.c.seq == 2))
    )

    assert [fault.split(": ")[0] for fault in found(database)] == [f"report {report_id.hex()[:8]}"]


def test_the_end_of_a_thread_cut_off_before_it_was_ever_copied_is_found(database: Database, house: Belongings) -> None:
    report_id = first(database, house)
    add_entry(database, report_id)

    database.work(
        lambda unit: unit.main.run(delete(entries).where(entries.c.report_id == report_id, entries.c.seq == 3))
    )

    assert found(database) == [f"report {report_id.hex()[:8]}: parts of it are missing"]


def test_a_file_taken_away_is_found(database: Database, house: Belongings) -> None:
    report_id = first(database, house)
    add_entry(database, report_id)

    database.work(
        lambda unit: unit.main.run(
            delete(report_media).where(report_media.c.report_id == report_id, report_media.c.seq == 1)
        )
    )

    assert found(database) == [f"report {report_id.hex()[:8]}: parts of it are missing"]


def test_a_report_taken_away_is_found_and_its_key_is_kept(database: Database, house: Belongings) -> None:
    report_id = first(database, house)
    backup = of_report(copied(database), report_id)

    database.work(lambda unit: unit.main.run(delete(report_table).where(report_table.c.id == report_id)))
    for chore in CHORES:
        chore.work(database, KEYRING, NOON + timedelta(days=3))

    assert f"report {report_id.hex()[:8]}: its row is gone, and nobody erased it" in found(database)
    put_rows_back(database, backup, report_id)
    assert database.read(lambda unit: reports.fetch(unit, KEYRING, report_id, hold=False)) is not None


def test_main_put_back_as_a_whole_is_found_even_if_no_report_changed(database: Database, house: Belongings) -> None:
    backup = copied(database)
    COPY.work(database, KEYRING, NOON + timedelta(days=1))

    put_back(database, backup)

    assert found(database) == ["the log: lines that were there are missing, so MAIN was put back to an earlier day"]


def test_main_put_back_as_a_whole_is_found_report_by_report(database: Database, house: Belongings) -> None:
    backup = copied(database)
    report_id = first(database, house)
    add_entry(database, report_id)
    newer = fill(database, KEYRING, NOON)
    soundness.copy_heads(database, KEYRING, NOON)

    put_back(database, backup)

    faults = found(database)
    assert f"report {report_id.hex()[:8]}: put back to an earlier state" in faults
    assert sum("its row is gone" in fault for fault in faults) == len(newer.receipts)


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_a_line_of_the_log_that_is_changed_or_taken_away_is_found(
    database: Database, house: Belongings, seq: int
) -> None:
    database.work(lambda unit: unit.main.run(delete(log).where(log.c.seq == seq)))

    assert len(found(database)) == 1


def test_a_changed_report_does_not_hide_the_others(database: Database, house: Belongings) -> None:
    report_id = first(database, house)
    add_entry(database, report_id)
    database.work(
        lambda unit: unit.main.run(update(report_table).where(report_table.c.id == report_id).values(meta=b"x" * 300))
    )

    assert len(soundness.copy_heads(database, KEYRING, NOON)) == 1
    assert len(found(database)) == 1
    others = [database.read(lambda unit, r=receipt: reports.find(unit, r)) for receipt in house.receipts[1:]]
    assert all(database.read(lambda unit, i=one: heads.knows(unit, i or b"")) for one in others)


def test_what_was_refused_on_the_way_is_on_record_until_it_is_accepted(database: Database, house: Belongings) -> None:
    database.work(lambda unit: audit.note_fault(unit, KEYRING, "sessions.draft", NOON))
    assert found(database) == ["sessions.draft"]

    assert soundness.accept(database, KEYRING, NOON) == []

    assert found(database) == []


def test_a_backup_put_back_on_purpose_is_accepted_and_erased_reports_do_not_come_back(
    database: Database, house: Belongings
) -> None:
    backup = copied(database)
    gone, stays = first(database, house), database.read(lambda unit: reports.find(unit, house.receipts[1]))
    erase(database, gone)
    add_entry(database, stays or b"")
    soundness.copy_heads(database, KEYRING, NOON)
    put_back(database, backup)
    assert f"report {gone.hex()[:8]}: no key opens it" in found(database)

    assert soundness.accept(database, KEYRING, NOON) == []

    assert found(database) == []
    assert copied(database, ["reports"])["reports"] != []
    assert all(row["id"] != gone for row in copied(database, ["reports"])["reports"])
    assert all(row["report_id"] != gone for row in copied(database, ["entries"])["entries"])


def test_the_copying_chore_says_what_it_found_and_has_one_turn_a_day(database: Database, house: Belongings) -> None:
    report_id = first(database, house)
    database.work(lambda unit: unit.main.run(delete(entries).where(entries.c.report_id == report_id)))

    assert len(COPY.work(database, KEYRING, NOON)) == 1
    assert COPY.work(database, KEYRING, NOON + timedelta(hours=1)) == ()
    assert len(COPY.work(database, KEYRING, NOON + timedelta(days=1))) == 1


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5])
def test_every_batch_is_looked_at(database: Database, house: Belongings, most: int) -> None:
    kept = first(database, house)
    database.work(lambda unit: unit.main.run(delete(report_table).where(report_table.c.id != kept)))
    faults: list[str] = []
    after: bytes | None = b""

    while after is not None:
        look = database.read(lambda unit, after=after: heads.look(unit, KEYRING, after, most=most))
        faults, after = [*faults, *look.faults], look.after

    assert len(faults) == len(house.receipts) - 1


def put_rows_back(database: Database, rows: dict[str, list[dict[str, object]]], report_id: bytes) -> None:
    everything = copied(database)
    now = of_report(everything, report_id)
    put_back(
        database,
        {name: [row for row in everything[name] if row not in now[name]] + rows[name] for name in rows},
    )
