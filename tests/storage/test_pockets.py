"""What we keep for her past a talk: sealed for her address alone, shredded at a word, alive for a month."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import sessions
from storage.database import Database
from storage.exposed import rows
from storage.sessions import pockets
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender, SenderBook
from tests.databases import Place
from tests.handlers.conftest import NOW

KEPT = {"saved": [{"id": "res012 zanbil"}]}


def whose(keyring: Keyring, number: str = "+923001112233") -> Sender:
    return SenderBook(keyring, memory_kib=8, iterations=1).of("sms", number, NOW)


@pytest.fixture
def database(place: Place) -> Database:
    return place.open()


def look(database: Database, keyring: Keyring, sender: Sender, after: timedelta = timedelta(0)) -> object:
    return database.work(lambda unit: pockets.look(unit, keyring, sender, NOW + after))


def put(database: Database, keyring: Keyring, sender: Sender, content: dict[str, object]) -> None:
    database.work(lambda unit: pockets.put(unit, keyring, sender, content, NOW))


def test_what_is_put_in_opens_for_her_address_alone_and_is_nowhere_in_clear(database: Database) -> None:
    keyring = Keyring.new()
    put(database, keyring, whose(keyring), KEPT)

    assert look(database, keyring, whose(keyring)) == KEPT
    assert look(database, keyring, whose(keyring, "+923001112244")) == {}
    assert "zanbil" not in repr(rows(database))


def test_it_outlives_her_talk_and_a_month_and_no_longer(database: Database) -> None:
    keyring = Keyring.new()
    put(database, keyring, whose(keyring), KEPT)
    database.work(lambda unit: sessions.expire(unit, keyring, NOW + timedelta(days=29)))

    assert look(database, keyring, whose(keyring), timedelta(days=29)) == KEPT
    assert look(database, keyring, whose(keyring), timedelta(days=30)) == {}
    database.work(lambda unit: sessions.expire(unit, keyring, NOW + timedelta(days=31)))
    assert "sessions" not in rows(database)["main"]


@pytest.mark.parametrize("how", ["dropped", "emptied"])
def test_a_pocket_that_goes_takes_its_key_along(database: Database, how: str) -> None:
    keyring = Keyring.new()
    put(database, keyring, whose(keyring), KEPT)
    if how == "dropped":
        assert database.work(lambda unit: pockets.drop(unit, whose(keyring)))
        assert not database.work(lambda unit: pockets.drop(unit, whose(keyring)))
    else:
        put(database, keyring, whose(keyring), {"saved": []})

    assert look(database, keyring, whose(keyring)) == {}
    assert "shred_keys" not in rows(database)["keys"]


def test_after_a_rotation_it_is_found_and_comes_under_the_new_key(database: Database) -> None:
    before = Keyring.new()
    put(database, before, whose(before), KEPT)
    after = before.rotated()

    assert look(database, after, whose(after)) == KEPT
    assert look(database, after, whose(after)) == KEPT  # a look moves nothing and loses nothing
    put(database, after, whose(after), {**KEPT, "question": {"rows": ["1"]}})
    assert look(database, after, whose(after)) == {**KEPT, "question": {"rows": ["1"]}}
    assert rows(database)["main"]["sessions"]["count"] == 1
    database.work(lambda unit: pockets.drop(unit, whose(after)))
    assert "shred_keys" not in rows(database)["keys"]
