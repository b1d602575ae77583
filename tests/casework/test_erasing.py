"""Erased by number or left in a hurry: unreadable live, from a backup of main, and gone from the keys' files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.chores import CHORES
from casework.reading import open_case
from operating.parts import Hamraz
from storage import sessions
from storage.tables import keys_metadata
from storage.vault.senders import SenderBook, message_mac
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in, tell
from tests.databases import Place
from tests.phones import TEAM_WORD, Clock, Phone
from tests.storage.attacker import Rows, copied, put_back

PART = 24  # bytes of a sealed key that are searched for: its nonce, and more


def keys(hamraz: Hamraz) -> Rows:
    return copied(hamraz.database, ["shred_keys"])


def parts_of(rows: Rows) -> set[bytes]:
    return {row["wrapped"][:PART] for row in rows["shred_keys"]}


def still_in_the_files(place: Place, wanted: set[bytes]) -> set[bytes]:
    """Which of these bytes lie in the keys database's files, its write-ahead log among them."""
    content = [file.read_bytes() for file in place.key_files()]
    assert content
    return {each for each in wanted if any(each in one for one in content)}


def let_a_day_pass(hamraz: Hamraz, place: Place) -> None:
    """PostgreSQL keeps the bytes of deleted rows until the day's chore; on SQLite they must be gone already."""
    if place.kind == "postgresql":
        next(chore for chore in CHORES if chore.name == "write the keys anew").work(
            hamraz.database, hamraz.keyring, Clock()()
        )
    place.settle()


def test_what_was_erased_opens_neither_live_nor_from_a_backup_taken_before(
    phone: Callable[..., Phone], hamraz: Hamraz, place: Place
) -> None:
    one, other = phone(), phone("sms", "+923330000001")
    code, kept = receipt_in(tell(one)), receipt_in(tell(other))
    backup = copied(hamraz.database)
    assert STORY in open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)

    one.say(code)
    one.say("erase")
    assert "erased" in one.say("1")

    with pytest.raises(LookupError, match="no such case"):
        open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)
    assert "opens nothing" in other.say(code)
    put_back(hamraz.database, backup)
    with pytest.raises(LookupError, match="no such case"):
        open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)
    assert STORY in open_case(hamraz.database, hamraz.keyring, kept, TEAM_WORD, memory_kib=8)


def test_an_erased_reports_key_is_gone_from_the_keys_files(
    phone: Callable[..., Phone], hamraz: Hamraz, place: Place
) -> None:
    one = phone()
    code = receipt_in(tell(one))
    tell(phone("sms", "+923330000001"))
    before = parts_of(keys(hamraz))
    place.settle()
    assert still_in_the_files(place, before) == before  # so the search finds what is there

    one.say(code)
    one.say("erase")
    one.say("1")

    gone = before - parts_of(keys(hamraz))
    assert gone
    let_a_day_pass(hamraz, place)
    assert still_in_the_files(place, gone) == set()


def test_a_draft_left_in_a_hurry_opens_neither_live_nor_from_a_backup_and_its_key_is_gone(
    phone: Callable[..., Phone], hamraz: Hamraz, place: Place
) -> None:
    one = phone("whatsapp")
    begin(one)
    one.say("1")
    for answer in SHORT[:7]:
        one.say(answer)
    backup, before = copied(hamraz.database), parts_of(keys(hamraz))
    place.settle()
    assert still_in_the_files(place, before) == before

    assert one.say("XX") == "OK, thank you."

    assert keys(hamraz)["shred_keys"] == []
    let_a_day_pass(hamraz, place)
    assert still_in_the_files(place, before) == set()
    put_back(hamraz.database, backup)
    sender = SenderBook(hamraz.keyring, memory_kib=8).of(one.channel, one.number, one.clock())
    mac = message_mac(hamraz.keyring, "whatsapp", "another")
    held = hamraz.database.work(lambda unit: sessions.claim(unit, hamraz.keyring, sender, mac, one.clock()))
    assert held.state is None
    assert "Hello, thank you for writing." in one.say("hi")


def test_nothing_of_the_keys_database_names_what_it_once_opened(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = phone()
    code = receipt_in(tell(one))
    one.say(code)
    one.say("erase")
    one.say("1")
    one.say("XX")

    left = copied(hamraz.database, keys_metadata.tables)

    assert {name: len(rows) for name, rows in left.items()} == {
        "shred_keys": 0, "heads": 0, "erasures": 1, "day_keys": 1,
    }  # fmt: skip
