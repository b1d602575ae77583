"""Subscriptions: found by her address only, gone when she says so, and sound through a rotation."""

from __future__ import annotations

from datetime import timedelta

from storage import outbox, resealing, shredding, subscriptions, sweeping
from storage.database import Database, Unit
from storage.subscriptions import LIVES, Sent, Subscription
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender, SenderBook
from tests.storage.attacker import copied, put_back
from tests.storage.conftest import NOON

ADDRESS = "+923001112233"
ITEM = b"i" * 16


def wants(sender: Sender) -> Subscription:
    """She wants to be told of Karachi, and was sent one post."""
    return Subscription(
        sender.news_tag, shredding.day_of(NOON) + LIVES, "sms", ADDRESS, sender.outbox_tag.hex(), sender.index.hex(),
        "ur", int(NOON.timestamp()), districts=("karachi",), sent={"post": Sent(int(NOON.timestamp()), ITEM.hex())},
    )  # fmt: skip


def subscribed(unit: Unit, keyring: Keyring, sender: Sender) -> None:
    """That post still waits."""
    subscriptions.put(unit, keyring, sender, wants(sender), NOON)
    outbox.put(unit, keyring, sender.outbox_tag, "send", "sms", ADDRESS, {"text": "on"}, NOON, item_id=ITEM)


def test_it_is_found_by_her_address_and_lasts_until_its_day(
    database: Database, keyring: Keyring, sender: Sender
) -> None:
    stranger = SenderBook(keyring, memory_kib=8, iterations=1).of("sms", "+923009999999", NOON)
    for _ in range(2):  # asked for again: instead of the first
        database.work(lambda unit: subscriptions.put(unit, keyring, sender, wants(sender), NOON))

    def look(unit: Unit) -> tuple[bool, ...]:
        found = subscriptions.of(unit, keyring, sender, NOON)
        later = NOON + timedelta(days=LIVES + 1)
        return (
            found is not None and found.districts == ("karachi",) and list(found.sent) == ["post"],
            subscriptions.of(unit, keyring, stranger, NOON) is None,
            subscriptions.of(unit, keyring, sender, later) is None
            and not list(subscriptions.every(unit, keyring, later)),
            subscriptions.count(unit, NOON) == 1,
        )

    assert database.work(look) == (True, True, True, True)
    assert ADDRESS.encode() not in repr(copied(database, ["subscriptions"])).encode()
    day = shredding.day_of(NOON)
    assert database.work(lambda unit: subscriptions.expire(unit, day + LIVES)) == 0
    assert database.work(lambda unit: subscriptions.expire(unit, day + LIVES + 1)) == 1


def test_who_wants_nothing_more_gets_not_even_what_waits(database: Database, keyring: Keyring, sender: Sender) -> None:
    database.work(lambda unit: subscribed(unit, keyring, sender))

    gone = [database.work(lambda unit: subscriptions.drop(unit, keyring, sender, NOON)) for _ in range(2)]

    assert gone == [True, False]
    assert copied(database, ["subscriptions", "outbox"]) == {"subscriptions": [], "outbox": []}


def test_ended_is_ended_also_when_an_old_backup_comes_back(
    database: Database, keyring: Keyring, sender: Sender
) -> None:
    database.work(lambda unit: subscribed(unit, keyring, sender))
    sweeping.sweep(database, NOON)
    sweeping.sweep(database, NOON + timedelta(hours=3))  # its key is not one without a row
    backup = copied(database, ["subscriptions"])
    assert len(list(database.work(lambda unit: list(subscriptions.every(unit, keyring, NOON))))) == 1
    database.work(lambda unit: subscriptions.drop(unit, keyring, sender, NOON))

    put_back(database, backup)

    assert database.work(lambda unit: list(subscriptions.every(unit, keyring, NOON))) == []
    assert database.work(lambda unit: subscriptions.of(unit, keyring, sender, NOON)) is None
    assert copied(database, ["subscriptions"]) == {"subscriptions": []}


def test_after_a_rotation_she_is_found_and_the_old_key_stays_while_her_tag_needs_it(
    database: Database, keyring: Keyring, sender: Sender
) -> None:
    database.work(lambda unit: subscribed(unit, keyring, sender))
    after = keyring.rotated()
    hers = SenderBook(after, memory_kib=8, iterations=1).of("sms", ADDRESS, NOON)

    assert resealing.reseal(database, after, NOON) == []

    rows = copied(database, ["subscriptions"])["subscriptions"]
    assert [(row["key_id"], row["tag_key_id"]) for row in rows] == [(after.current, keyring.current)]
    assert database.read(lambda unit: resealing.uses(unit, keyring.current)) > 0
    found = database.work(lambda unit: subscriptions.of(unit, after, hers, NOON))
    assert found is not None and found.address == ADDRESS
    assert database.work(lambda unit: subscriptions.drop(unit, after, hers, NOON))
    assert copied(database, ["subscriptions"])["subscriptions"] == []
