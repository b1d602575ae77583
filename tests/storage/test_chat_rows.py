"""What the counsellors' chat keeps: codes that pair once, where a case stands, words kept for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from storage import outbox, unshown
from storage.database import Database, Duplicate
from storage.resealing import reseal, unused
from storage.staff import pairings, topics
from storage.staff.topics import Topic
from storage.tables import staff_pairings, staff_topics
from storage.vault.keyring import Keyring

AMINA, SANA = b"a" * 16, b"s" * 16
CASE, OTHER = b"c" * 16, b"o" * 16


def issued(database: Database, keyring: Keyring, now: datetime, staff_id: bytes = AMINA) -> str:
    return database.work(lambda unit: pairings.issue(unit, keyring, staff_id, now))


def whose(database: Database, keyring: Keyring, code: str, now: datetime) -> bytes | None:
    return database.read(lambda unit: pairings.find(unit, keyring, code, now))


# --- pairings ---------------------------------------------------------------------------------------


def test_a_code_pairs_once_however_it_is_typed(database: Database, keyring: Keyring, now: datetime) -> None:
    code = issued(database, keyring, now)
    typed = f" {code[:4].lower()}-{code[4:].lower()} "

    assert whose(database, keyring, typed, now) == AMINA
    assert database.work(lambda unit: pairings.spend(unit, keyring, typed))
    assert whose(database, keyring, code, now) is None
    assert not database.work(lambda unit: pairings.spend(unit, keyring, code))


def test_a_code_lives_ten_minutes_whatever_the_row_says(database: Database, keyring: Keyring, now: datetime) -> None:
    code = issued(database, keyring, now)
    database.work(lambda unit: unit.main.run(update(staff_pairings).values(until=2**40)))

    assert whose(database, keyring, code, now + timedelta(minutes=10)) == AMINA
    assert whose(database, keyring, code, now + timedelta(minutes=11)) is None


def test_a_second_code_ends_the_first_and_nobody_elses(database: Database, keyring: Keyring, now: datetime) -> None:
    first, sanas = issued(database, keyring, now), issued(database, keyring, now, SANA)
    issued(database, keyring, now)

    assert whose(database, keyring, first, now) is None
    assert whose(database, keyring, sanas, now) == SANA


def test_a_code_still_pairs_after_a_rotation(database: Database, keyring: Keyring, now: datetime) -> None:
    code = issued(database, keyring, now)

    assert whose(database, keyring.rotated(), code, now) == AMINA


def test_codes_lie_nowhere_and_are_forgotten(database: Database, keyring: Keyring, now: datetime) -> None:
    code = issued(database, keyring, now)

    assert code not in str(database.read(lambda unit: unit.main.all(select(staff_pairings))))
    assert database.work(lambda unit: pairings.expire(unit, now + timedelta(hours=1))) == 1


# --- topics -----------------------------------------------------------------------------------------


def kept(database: Database, keyring: Keyring, topic: Topic) -> Topic:
    database.work(lambda unit: topics.save(unit, keyring, topic))
    return topic


def test_a_case_is_found_by_its_topic_in_her_own_chat_only(database: Database, keyring: Keyring) -> None:
    kept(database, keyring, Topic(AMINA, CASE, 71))
    kept(database, keyring, Topic(SANA, OTHER, 71))

    def of(staff_id: bytes, number: int) -> bytes | None:
        found = database.read(lambda unit: topics.by_number(unit, keyring, staff_id, number))
        return found and found.report_id

    assert [of(AMINA, 71), of(SANA, 71), of(AMINA, 72)] == [CASE, OTHER, None]


def test_a_topic_made_anew_replaces_the_one_before(database: Database, keyring: Keyring) -> None:
    topic = kept(database, keyring, Topic(AMINA, CASE, 71))
    topic.number = 90
    kept(database, keyring, topic)

    assert database.read(lambda unit: topics.by_number(unit, keyring, AMINA, 71)) is None
    assert database.work(lambda unit: topics.fetch(unit, keyring, AMINA, CASE)) == topic


def test_one_case_stands_once_in_one_chat(database: Database, keyring: Keyring) -> None:
    kept(database, keyring, Topic(AMINA, CASE, 71))

    with pytest.raises(Duplicate):
        kept(database, keyring, Topic(AMINA, CASE, 72))


def test_where_a_case_stands_is_found_by_whom_and_by_case_and_goes(database: Database, keyring: Keyring) -> None:
    hers = kept(database, keyring, Topic(AMINA, CASE, 71))
    sanas = kept(database, keyring, Topic(SANA, CASE, flat=True, messages=[5, 6]))

    assert database.work(lambda unit: topics.of_report(unit, keyring, CASE)) == [hers, sanas]
    assert database.work(lambda unit: topics.of_staff(unit, keyring, AMINA)) == [hers]
    database.work(lambda unit: topics.remove(unit, hers))
    assert database.work(lambda unit: topics.of_report(unit, keyring, CASE)) == [sanas]


def test_after_a_rotation_topics_are_found_and_the_old_key_can_go(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    kept(database, keyring, Topic(AMINA, CASE, 71))
    rotated = keyring.rotated()

    reseal(database, rotated, now)

    bare = rotated.without(keyring.current)
    found = database.read(lambda unit: topics.by_number(unit, bare, AMINA, 71))
    assert found is not None and found.report_id == CASE
    assert database.read(lambda unit: unused(unit, rotated)) == [keyring.current]


def test_only_the_last_messages_of_a_chat_without_topics_are_noted(database: Database, keyring: Keyring) -> None:
    topic = kept(database, keyring, Topic(AMINA, CASE, flat=True, messages=list(range(500))))

    assert topic.messages == list(range(300, 500))
    assert database.read(lambda unit: unit.main.all(select(staff_topics.c.tag))) == [(None,)]


# --- unshown ----------------------------------------------------------------------------------------


def keep(database: Database, keyring: Keyring, now: datetime, said: str, report: bytes = CASE) -> bytes:
    return database.work(lambda unit: unshown.keep(unit, keyring, report, said.encode(), now))


def test_words_kept_are_shown_for_a_day_in_the_order_they_came(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    first = keep(database, keyring, now, "first")
    second = keep(database, keyring, now + timedelta(minutes=1), "second")

    assert database.read(lambda unit: unshown.of_report(unit, CASE, now)) == [first, second]
    assert database.read(lambda unit: unshown.fetch(unit, keyring, second, now)) == (CASE, b"second")
    later = now + timedelta(hours=24)
    assert database.read(lambda unit: unshown.fetch(unit, keyring, first, later)) is None
    assert database.read(lambda unit: unshown.of_report(unit, CASE, later)) == [second]


def test_what_is_dropped_is_gone_and_others_words_stay(database: Database, keyring: Keyring, now: datetime) -> None:
    hers, others = keep(database, keyring, now, "hers"), keep(database, keyring, now, "others", OTHER)

    assert database.work(lambda unit: unshown.drop(unit, CASE)) == 1

    assert database.read(lambda unit: unshown.fetch(unit, keyring, hers, now)) is None
    assert database.read(lambda unit: unshown.fetch(unit, keyring, others, now)) == (OTHER, b"others")


def test_past_their_day_words_leave_the_table_and_open_for_nobody(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    kept_id = keep(database, keyring, now, "words")
    later = now + timedelta(days=outbox.KEYS_LIVE)
    database.work(lambda unit: outbox.expire(unit, later))
    # Even a row whose day was lengthened by somebody: the key of its day is destroyed.
    assert database.read(lambda unit: unshown.fetch(unit, keyring, kept_id, now)) is None

    assert database.work(lambda unit: unshown.expire(unit, later)) == 1
