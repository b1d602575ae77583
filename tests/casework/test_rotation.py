"""The keyring is rotated: nobody notices, nothing is lost, and what lives long comes under the new key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from casework import soundness
from casework.chores import CHORES
from casework.reading import open_case
from operating.parts import Hamraz, build
from storage import outbox, reports, resealing
from storage.database import Unit
from storage.tables import contacts
from storage.vault.senders import SenderBook
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in, tell
from tests.phones import TEAM_WORD, Clock, Phone
from tests.storage.attacker import copied

LINKED = [*SHORT[:11], "1", "1", "1", "SKIP", "2", "1"]  # with a yes to be contacted


@pytest.fixture
def rotate(hamraz: Hamraz) -> Iterator[Callable[[], Hamraz]]:
    """Rotate, and restart."""
    opened: list[Hamraz] = [hamraz]

    def again() -> Hamraz:
        before = opened[-1]
        opened.append(build(before.settings, before.keyring.rotated()))
        return opened[-1]

    yield again
    for each in opened[1:]:
        each.counter.close()
        each.database.close()


def test_a_conversation_goes_on_where_it_was(phone: Callable[..., Phone], rotate: Callable[[], Hamraz]) -> None:
    one = phone("whatsapp")
    begin(one)
    one.say("1")
    for answer in SHORT[:7]:
        one.say(answer)
    one.voice()

    one.hamraz = rotate()
    for answer in ("more after the rotation", *SHORT[7:]):
        said = one.say(answer)

    opened = open_case(one.hamraz.database, one.hamraz.keyring, receipt_in(said), TEAM_WORD, memory_kib=8)
    assert STORY in opened and "more after the rotation" in opened and '"audio/ogg"' in opened


def test_a_message_answered_before_is_answered_the_same_and_has_no_second_effect(
    phone: Callable[..., Phone], rotate: Callable[[], Hamraz]
) -> None:
    one = phone()
    tell(one, answers=SHORT[:-1])
    first, last = one.send("1"), one.last
    assert last is not None

    one.hamraz = rotate()

    assert one.deliver(last) == first
    assert one.deliver(last) == first
    assert one.hamraz.database.read(reports.count) == 1


def test_a_message_answered_before_is_the_same_even_after_the_next_one(
    phone: Callable[..., Phone], rotate: Callable[[], Hamraz]
) -> None:
    one = phone()
    begin(one)
    first, last = one.send("1"), one.last
    assert last is not None
    one.hamraz = rotate()
    one.say("1")  # brings her draft under the new key, and what she was answered

    assert one.deliver(last) == first


def test_her_number_still_opens_what_she_told(phone: Callable[..., Phone], rotate: Callable[[], Hamraz]) -> None:
    code = receipt_in(tell(phone()))

    rotate()
    after = rotate()

    assert "Open for 15 minutes" in replace(phone("telegram", "7"), hamraz=after).say(code)
    assert STORY in open_case(after.database, after.keyring, code, TEAM_WORD, memory_kib=8)


def test_panic_reaches_what_was_kept_under_an_earlier_key(
    phone: Callable[..., Phone], rotate: Callable[[], Hamraz], clock: Clock
) -> None:
    one = phone("telegram", "77", buttons=True)
    code = receipt_in(tell(one, answers=LINKED))
    begin(one)
    one.hamraz = rotate()

    assert one.say("XX") == "OK, thank you."

    waiting = one.hamraz.database.work(
        lambda unit: outbox.lease(unit, one.hamraz.keyring, "w", "telegram", 100, clock())
    )
    assert {item.kind for item in waiting} == {"wipe"}
    wiped = {name for item in waiting for name in item.payload["ids"]}
    assert len(wiped) > len(LINKED)  # the names of every message that she had sent, before and after
    assert '"left"' in open_case(one.hamraz.database, one.hamraz.keyring, code, TEAM_WORD, memory_kib=8)
    assert copied(one.hamraz.database, ["links"])["links"] == []


def test_what_lives_long_comes_under_the_new_key_and_stays_sound(
    phone: Callable[..., Phone], rotate: Callable[[], Hamraz], clock: Clock, hamraz: Hamraz
) -> None:
    codes = [receipt_in(tell(phone("sms", f"+9230011122{n:02}"), answers=LINKED)) for n in range(3)]
    soundness.copy_heads(hamraz.database, hamraz.keyring, clock())
    after = rotate()
    reseal = next(chore for chore in CHORES if chore.name.startswith("seal anew"))

    assert reseal.work(after.database, after.keyring, clock()) == []

    tables = copied(after.database, ["reports", "contacts", "holders", "audit", "shred_keys", "erasures"])
    assert tables["contacts"] and tables["audit"] and tables["holders"]
    assert {row["key_id"] for rows in tables.values() for row in rows} == {after.keyring.current}
    assert list(soundness.findings(after.database, after.keyring)) == []
    assert soundness.copy_heads(after.database, after.keyring, clock()) == []
    for code in codes:
        assert STORY in open_case(after.database, after.keyring, code, TEAM_WORD, memory_kib=8)
    assert reseal.work(after.database, after.keyring, clock() + timedelta(hours=7)) == []


def test_an_old_key_can_go_once_nothing_needs_it(
    phone: Callable[..., Phone], rotate: Callable[[], Hamraz], clock: Clock, hamraz: Hamraz
) -> None:
    code = receipt_in(tell(phone(), answers=LINKED))
    begin(phone("sms", "+923009998877"))
    after = rotate()
    old = hamraz.keyring.current

    def unused(now: timedelta) -> list[str]:
        for chore in CHORES:
            chore.work(after.database, after.keyring, clock() + now)
        return after.database.read(lambda unit: resealing.unused(unit, after.keyring))

    assert unused(timedelta(0)) == []
    assert unused(timedelta(days=100)) == []  # the number of her report was made with it
    one = replace(phone("telegram", "9"), hamraz=after)
    for answer in (code, "erase", "1"):
        one.say(answer)

    assert unused(timedelta(days=200)) == [old]
    alone = build(after.settings, after.keyring.without(old))
    assert "Hello" in replace(phone(), hamraz=alone).say("hi")
    alone.counter.close()
    alone.database.close()


def test_a_row_that_does_not_open_is_named_and_the_others_are_sealed_anew(
    phone: Callable[..., Phone], rotate: Callable[[], Hamraz], clock: Clock
) -> None:
    for n in range(3):
        tell(phone("sms", f"+9230011122{n:02}"), answers=LINKED)
    after = rotate()
    broken = copied(after.database, ["contacts"])["contacts"][1]["id"]
    after.database.work(
        lambda unit: unit.main.run(update(contacts).where(contacts.c.id == broken).values(sealed=b"x" * 300))
    )

    faults = resealing.reseal(after.database, after.keyring, clock())

    assert len(faults) == 1 and faults[0].startswith("contacts.sealed")
    left = [row for row in copied(after.database, ["contacts"])["contacts"] if row["key_id"] != after.keyring.current]
    assert [row["id"] for row in left] == [broken]


def test_one_person_is_found_under_every_key_however_often_it_was_rotated(hamraz: Hamraz, clock: Clock) -> None:
    ring = hamraz.keyring.rotated().rotated().rotated()

    sender = SenderBook(ring, memory_kib=8, iterations=1).of("sms", "+923001112233", clock())

    assert [one.key_id for one in sender.everyone] == list(reversed(ring.ids))


def test_what_a_copy_is_of_stays_known(hamraz: Hamraz, clock: Clock) -> None:
    """Or what became of a counsellor's words would be told to nobody."""
    older, owner, now = bytes(16), bytes([1]) * 16, clock()

    def work(unit: Unit) -> str:
        outbox.keep_copy(unit, hamraz.keyring, older, "SM1", now, "taken", "case:3")
        outbox.adopt_copies(unit, hamraz.keyring, older, owner, now)
        return outbox.about(unit, hamraz.keyring, owner, "SM1")

    assert hamraz.database.work(work) == "case:3"
