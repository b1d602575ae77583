"""What both kinds of database say of themselves, and how long what waits in the outbox waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage import outbox, vitals
from storage.migrations import versions
from storage.vault.keyring import Keyring
from tests.databases import Place
from tests.phones import Clock


def test_a_database_says_what_it_is_how_new_and_what_time_it_is(place: Place) -> None:
    database = place.open()
    server, clock = database.read(lambda unit: (vitals.server(unit), vitals.clock(unit)))

    assert server.split()[0] == {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[place.kind]
    assert server.split()[1][0].isdigit()
    assert (clock is None) == (place.kind == "sqlite")  # that one asks this machine
    assert clock is None or abs(clock - datetime.now(UTC)) < timedelta(minutes=1)
    assert vitals.tables(database) == {tree: (*[versions(tree)[1]] * 2, True) for tree in ("main", "keys")}


def test_what_should_have_gone_is_told_by_channel_and_nothing_else(place: Place, clock: Clock) -> None:
    database, keyring, now = place.open(), Keyring.new(), clock()

    def put(owner: bytes, channel: str, after: timedelta) -> None:
        database.work(
            lambda unit: outbox.put(
                unit, keyring, owner * 16, "send", channel, "+923001112233", {"text": "a"}, now + after
            )
        )

    put(b"a", "sms", timedelta(0))
    put(b"a", "sms", timedelta(minutes=1))
    put(b"b", "telegram", timedelta(minutes=2))
    put(b"c", "whatsapp", timedelta(hours=5))
    database.work(lambda unit: outbox.stop(unit, b"b" * 16, "telegram", now))

    found = database.read(lambda unit: outbox.ages(unit, now + timedelta(minutes=10)))

    assert found == {"sms": (now, 2)}
