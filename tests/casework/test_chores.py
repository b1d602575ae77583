"""Chores: what goes by itself goes when it should and no sooner, however often and by however many it is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select, update

from casework.chores import CHORES
from casework.deployment.table import TWO_YEARS
from storage import audit, erasing, guesses, reports, sessions, shredding
from storage import tables as t
from storage.database import Database, Unit
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id
from tests.databases import Place
from tests.storage.attacker import copied, put_back, write
from tests.storage.belongings import Belongings, fill
from tests.storage.conftest import NOON

KEYRING = Keyring.new()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMES = [chore.name for chore in CHORES]


@pytest.fixture
def database(place: Place) -> Database:
    return place.open()


@pytest.fixture
def house(database: Database) -> Belongings:
    """Two drafts of two files and two answers each, four items, four copies, four reports that wait to be counted."""
    return fill(database, KEYRING, NOON)


def do(database: Database, name: str, now: datetime) -> list[str]:
    return list(next(chore for chore in CHORES if chore.name == name).work(database, KEYRING, now))


def rows(database: Database, table: Table) -> int:
    statement = select(func.count()).select_from(table)
    side = "keys" if table.metadata is t.keys_metadata else "main"
    return int(database.read(lambda unit: getattr(unit, side).one(statement))[0])


# What goes, by which chore, the last hour it is there and the first it is not, counted from when it came.
TIMES = [
    ("forget unfinished drafts", t.sessions, 23, 30 * 24 + 1),
    ("forget unfinished drafts", t.draft_media, 23, 25),
    ("forget unfinished drafts", t.inbox, 7 * 24, 9 * 24),
    ("empty the outbox of what is too old", t.outbox, 23, 25),
    ("empty the outbox of what is too old", t.provider_copies, 24 + 11, 2 * 24 + 1),
    ("empty the outbox of what is too old", t.day_keys, 24 + 11, 2 * 24 + 1),
    ("let go of old links and contacts", t.links, 90 * 24, 95 * 24),
    ("let go of old links and contacts", t.contacts, 30 * 24, 35 * 24),
    ("let go of old links and contacts", t.passages, 52 * 7 * 24, 55 * 7 * 24),
    ("let go of old reports", t.reports, 729 * 24, 731 * 24 + 1),
    ("let go of old reports", t.report_media, 729 * 24, 731 * 24 + 1),
    ("count the day's facts", t.pending_facts, -1, 24),
    ("finish erasures", t.erasures, -1, 0),
]


@pytest.mark.parametrize(("name", "table", "there", "gone"), TIMES, ids=[f"{table.name}" for _, table, _, _ in TIMES])
def test_rows_stay_until_their_time_and_are_gone_after_it(
    database: Database, house: Belongings, name: str, table: Table, there: int, gone: int
) -> None:
    before = rows(database, table)
    assert before > 0

    if there >= 0:
        do(database, name, NOON + there * HOUR)
        assert rows(database, table) == before
    assert do(database, name, NOON + gone * HOUR) == []

    assert rows(database, table) == 0


def test_what_was_answered_is_forgotten_after_an_hour_though_the_message_is_still_known(
    database: Database, house: Belongings
) -> None:
    def answers() -> int:
        return sum(row["answer"] is not None for row in copied(database, ["inbox"])["inbox"])

    do(database, "forget unfinished drafts", NOON + timedelta(minutes=59))
    assert answers() == 4
    do(database, "forget unfinished drafts", NOON + timedelta(minutes=71))

    assert answers() == 0
    assert rows(database, t.inbox) == 4


def test_a_draft_that_is_forgotten_takes_its_key_along(database: Database, house: Belongings) -> None:
    kept = copied(database, ["sessions"])["sessions"]
    tomorrow = min(row["expires_day"] for row in kept)
    drafts = [row["draft_id"] for row in kept if row["expires_day"] == tomorrow]

    do(database, "forget unfinished drafts", NOON + 25 * HOUR)

    keys = {row["id"] for row in copied(database, ["shred_keys"])["shred_keys"]}
    assert len(drafts) == 2
    assert not keys & set(drafts)
    assert keys >= {row["draft_id"] for row in kept if row["draft_id"] not in drafts}  # what she kept for later stays


def test_a_draft_that_does_not_open_is_forgotten_and_put_on_record(database: Database, house: Belongings) -> None:
    database.work(lambda unit: unit.main.run(update(t.sessions).values(meta=b"x" * 300, expires_day=1)))

    do(database, "forget unfinished drafts", NOON)

    assert rows(database, t.sessions) == 0
    recorded = database.read(lambda unit: [line.detail for line in audit.lines(unit, KEYRING) if line.what == "fault"])
    assert len(recorded) == 4  # two drafts, two pockets


def test_tries_at_receipts_are_forgotten_after_two_hours(database: Database) -> None:
    hour = int(NOON.timestamp()) // 3600
    database.work(lambda unit: guesses.count(unit, b"t" * 16, hour))

    do(database, "let go of old links and contacts", NOON + HOUR)
    assert rows(database, t.guesses) == 1
    do(database, "let go of old links and contacts", NOON + 2 * HOUR)

    assert rows(database, t.guesses) == 0


def test_a_report_that_something_happened_to_stays(database: Database, house: Belongings) -> None:
    def touch(unit: Unit) -> bytes:
        report_id = reports.find(unit, house.receipts[0])
        assert report_id is not None
        report = reports.fetch(unit, KEYRING, report_id)
        assert report is not None
        reports.save(unit, KEYRING, report, NOON + 700 * DAY)
        return report_id

    touched = database.work(touch)

    do(database, "let go of old reports", NOON + 800 * DAY)

    assert [row["id"] for row in copied(database, ["reports"])["reports"]] == [touched]


def test_a_report_whose_day_somebody_put_back_is_not_erased_for_it(database: Database, house: Belongings) -> None:
    database.work(lambda unit: unit.main.run(update(t.reports).values(active_day=1)))

    faults = do(database, "let go of old reports", NOON)

    assert len(faults) == rows(database, t.reports) == 4
    assert all(fault.endswith("its day was changed") for fault in faults)


def test_a_report_that_does_not_open_is_named_and_stops_no_other(database: Database, house: Belongings) -> None:
    broken = database.read(lambda unit: reports.find(unit, house.receipts[0]))
    database.work(lambda unit: unit.main.run(update(t.reports).where(t.reports.c.id == broken).values(meta=b"x" * 300)))

    faults = do(database, "let go of old reports", NOON + (TWO_YEARS + 2) * DAY)

    assert len(faults) == rows(database, t.reports) == 1


def test_facts_are_counted_once_and_join_to_nothing(database: Database, house: Belongings) -> None:
    do(database, "count the day's facts", NOON)
    do(database, "count the day's facts", NOON + DAY)

    counted = copied(database, ["facts"])["facts"]
    assert sorted(row["district"] for row in counted) == ["d0", "d1", "d2", "d3"]
    everything = copied(database, [*t.main_metadata.tables, *t.keys_metadata.tables])
    tags = {row["tag"] for row in counted}
    assert not [
        name
        for name, found in everything.items()
        if name != "facts"
        and any(tag in value for row in found for value in row.values() if isinstance(value, bytes) for tag in tags)
    ]


def test_a_fact_that_somebody_changed_is_left_out_and_the_others_are_counted(
    database: Database, house: Belongings
) -> None:
    one = copied(database, ["pending_facts"])["pending_facts"][0]["id"]
    database.work(
        lambda unit: unit.main.run(update(t.pending_facts).where(t.pending_facts.c.id == one).values(sealed=b"x" * 300))
    )

    do(database, "count the day's facts", NOON)

    assert rows(database, t.facts) == 3
    assert rows(database, t.pending_facts) == 0


@pytest.mark.parametrize(
    ("name", "later"), [("sweep keys without rows", HOUR), ("sweep all keys without rows", 100 * DAY)]
)
def test_keys_whose_rows_never_came_are_swept_an_hour_later_and_those_that_are_needed_stay(
    database: Database, house: Belongings, name: str, later: timedelta
) -> None:
    def only_keys(unit: Unit) -> None:
        for _ in range(5):
            shredding.make(unit, KEYRING, new_id(), NOON)

    before = rows(database, t.shred_keys)
    database.work(only_keys)

    do(database, name, NOON + later)
    assert rows(database, t.shred_keys) == before + 5  # their rows may still be under way
    do(database, name, NOON + later + DAY)

    assert rows(database, t.shred_keys) == before
    assert rows(database, t.heads) == 0


def test_a_key_whose_row_came_late_is_not_swept(database: Database) -> None:
    early = new_id()
    database.work(lambda unit: shredding.make(unit, KEYRING, early, NOON))
    do(database, "sweep keys without rows", NOON)
    row = {"id": early, "session": b"s", "draft_id": early, "seq": 0, "sealed": b"x"}
    database.work(lambda unit: write(unit, t.draft_media, row))

    for hours in (1, 2, 3, 80):
        do(database, "sweep keys without rows", NOON + hours * HOUR)

    assert rows(database, t.shred_keys) == 1
    assert rows(database, t.heads) == 0


def test_an_erasure_whose_rows_did_not_go_is_finished(database: Database, house: Belongings) -> None:
    backup = copied(database)

    def erase(unit: Unit) -> bytes:
        report_id = reports.find(unit, house.receipts[0])
        assert report_id is not None
        report = reports.fetch(unit, KEYRING, report_id)
        assert report is not None
        erasing.erase(unit, KEYRING, report, NOON)
        return report_id

    gone = database.work(erase)
    put_back(database, backup)  # as if the kill came between the two commits

    do(database, "finish erasures", NOON)

    everything = copied(database)
    assert all(row.get("report_id") != gone and row.get("id") != gone for each in everything.values() for row in each)
    assert {name: len(everything[name]) for name in ("reports", "links", "contacts", "pending_facts")} == dict.fromkeys(
        ("reports", "links", "contacts", "pending_facts"), 3
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_chore_may_be_done_by_several_at_once_and_on_nothing(database: Database, name: str) -> None:
    assert do(database, name, NOON) == []
    fill(database, KEYRING, NOON)

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: do(database, name, NOON + 3 * DAY), range(4)))

    assert said == [[]] * 4


def test_a_chore_that_everybody_leaves_to_one_comes_again_when_that_one_failed(
    database: Database, house: Belongings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("casework.soundness.heads.keep", broken)
    with pytest.raises(OSError):
        do(database, "copy heads", NOON)
    monkeypatch.undo()

    do(database, "copy heads", NOON)

    assert rows(database, t.heads) == 5


def test_a_restart_is_asked_for_once_the_keyring_was_rotated(database: Database) -> None:
    from storage import resealing

    assert do(database, "see whether keys were rotated", NOON) == []
    database.work(lambda unit: resealing.note_current(unit, KEYRING.current))
    assert do(database, "see whether keys were rotated", NOON) == []
    database.work(lambda unit: resealing.note_current(unit, KEYRING.rotated().current))

    assert "restart" in do(database, "see whether keys were rotated", NOON)[0]


def test_each_chore_is_described() -> None:
    described = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    flat = " ".join(described.split())

    assert [name for name in NAMES if name not in flat] == []


def test_a_session_of_today_is_forgotten_by_the_hour_that_is_sealed(database: Database, house: Belongings) -> None:
    assert database.work(lambda unit: sessions.expire(unit, KEYRING, NOON + 11 * HOUR)) == []
    assert len(database.work(lambda unit: sessions.expire(unit, KEYRING, NOON + 24 * HOUR))) == 2
