"""Somebody writes into the tables: every sealed value that is changed, moved or forged is refused, and only it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from storage.database import Database, Duplicate, Unit
from storage.tables import SEALED_COLUMNS
from storage.vault.keyring import Keyring
from tests.databases import KINDS, Place, sqlite_place
from tests.storage.attacker import TABLES, everyone, put, remove, values, write
from tests.storage.belongings import Belongings, everything, fill
from tests.storage.conftest import NOON

# Not made yet, or opened with a passphrase only (tests/storage/vault/test_grants.py), or staff's (test_staff.py).
NOT_HERE = {
    "reports.reply_address", "holders.sealed_private",
    "staff.sealed", "staff_invitations.sealed", "staff_sessions.sealed",
}  # fmt: skip
SEALED = sorted(SEALED_COLUMNS - NOT_HERE)
BESIDE = sorted(
    [
        "sessions.index",
        "sessions.draft_id",
        "sessions.version",
        "inbox.mac",
        "inbox.draft_id",
        "inbox.owner",
        "draft_media.session",
        "outbox.id",
        "outbox.owner",
        "outbox.kind",
        "outbox.channel",
        "outbox.day_key",
        "provider_copies.id",
        "provider_copies.owner",
        "reports.id",
        "reports.find",
        "reports.public_key",
        "reports.day",
        "reports.version",
        "reports.pepper_id",
        "grants.report_id",
        "grants.holder_id",
        "holders.id",
        "holders.public_key",
        "entries.report_id",
        "entries.seq",
        "entries.kind",
        "entries.hash",
        "entries.previous_hash",
        "report_media.id",
        "report_media.report_id",
        "links.id",
        "links.link_index",
        "links.expires_day",
        "leases.id",
        "leases.day_key",
        "enclosures.id",
        "enclosures.owner",
        "enclosures.day_key",
        "casebook.report_id",
        "casebook.seq",
        "contacts.id",
        "contacts.until_day",
        "pending_facts.id",
        "pending_facts.day",
        "audit.seq",
        "audit.mac",
        "audit.day",
        "changes.id",
        "changes.thing",
        "changes.seq",
        "changes.day",
        "shred_keys.id",
        "day_keys.day",
        "erasures.report_id",
        "staff_doors.staff_id",
        "staff_doors.version",
        "staff_topics.id",
        "staff_topics.staff_id",
        "staff_topics.report_id",
        "unshown.id",
        "unshown.report_id",
        "unshown.day_key",
        "wishes.tag",
        "wishes.mark",
        "wishes.quarter",
        "passages.week",
        "passages.edition",
        "passages.version",
        "wordings.language",
        "wordings.phrase",
        "wordings.version",
        "subscriptions.tag",
        "subscriptions.until_day",
    ]
)
ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("place", ["postgresql"], indirect=True)
EACH = settings(deadline=None)
Found = dict[tuple[Any, ...], Any]


class _TakenBack(Exception):
    """Ends a unit: the house is made once, and every attack is taken back."""


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("house")
    with sqlite_place(folder) if request.param == "sqlite" else request.getfixturevalue("server").place(folder) as made:
        yield made


@pytest.fixture(scope="module")
def database(place: Place) -> Database:
    return place.open()


@pytest.fixture(scope="module")
def house(database: Database, keyring: Keyring) -> Belongings:
    return fill(database, keyring, NOON)


@pytest.fixture(scope="module")
def before(database: Database, house: Belongings) -> Found:
    return everything_after(database, house, lambda unit: None)


def test_everything_that_was_put_in_can_be_read(before: Found) -> None:
    kinds = [name[0] for name in before]

    assert {kind: kinds.count(kind) for kind in kinds} == {
        "answer": 4, "draft": 2, "voice": 4, "waits": 4, "copy": 4, "team": 2, "meta": 4, "body": 4, "files": 4,
        "thread": 4, "read by a team": 8, "linked": 4, "contact": 4, "fact": 4, "erasure": 1, "log": 1,
        "notes": 4, "counsellor": 2, "doors": 2, "erased": 2, "paper": 2, "wish": 2, "subscription": 2,
        "pairing": 2, "topic": 4, "unshown": 8, "change": 4, "casebook": 4, "lease": 4, "file that waits": 4,
        "pocket": 2, "wording": 2, "passages": 2,
    }  # fmt: skip


def test_every_sealed_column_holds_something_to_attack(database: Database, house: Belongings) -> None:
    empty = [name for name in SEALED if not database.read(lambda unit, name=name: values(unit, name))]

    assert empty == []


@ON_SQLITE
@pytest.mark.parametrize("name", SEALED)
@settings(EACH, max_examples=10)
@given(data=st.data())
def test_a_sealed_value_that_is_changed_moved_or_forged_is_refused(
    database: Database, house: Belongings, before: Found, name: str, data: st.DataObject
) -> None:
    change_a_seal(database, house, before, name, data)


@ON_POSTGRESQL
@settings(EACH, max_examples=30)
@given(name=st.sampled_from(SEALED), data=st.data())
def test_a_sealed_value_that_is_changed_moved_or_forged_is_refused_on_postgresql(
    database: Database, house: Belongings, before: Found, name: str, data: st.DataObject
) -> None:
    change_a_seal(database, house, before, name, data)


@ON_SQLITE
@pytest.mark.parametrize("name", BESIDE)
@settings(EACH, max_examples=8)
@given(data=st.data())
def test_what_stands_in_clear_beside_a_seal_cannot_make_it_say_anything_else(
    database: Database, house: Belongings, before: Found, name: str, data: st.DataObject
) -> None:
    change_beside(database, house, before, name, data)


@ON_POSTGRESQL
@settings(EACH, max_examples=30)
@given(name=st.sampled_from(BESIDE), data=st.data())
def test_what_stands_in_clear_beside_a_seal_cannot_make_it_say_anything_else_on_postgresql(
    database: Database, house: Belongings, before: Found, name: str, data: st.DataObject
) -> None:
    change_beside(database, house, before, name, data)


# --- the hand of the attacker -------------------------------------------------------------------


def change_a_seal(database: Database, house: Belongings, before: Found, name: str, data: st.DataObject) -> None:
    """One sealed value becomes another; nothing may be read that was not there, and something must be missing."""
    mine = database.read(lambda unit: values(unit, name))
    row = data.draw(st.sampled_from(sorted(mine)), "row")
    kind = data.draw(st.sampled_from(["flip", "cut", "lengthen", "forge", "same column", "other column"]), "attack")
    value = mine[row]
    if kind == "flip":
        changed = bytearray(value)
        changed[data.draw(st.integers(0, len(value) - 1), "byte")] ^= 1 << data.draw(st.integers(0, 7), "bit")
        value = bytes(changed)
    elif kind == "cut":
        value = value[: data.draw(st.integers(0, len(value) - 1), "length")]
    elif kind == "lengthen":
        value += data.draw(st.binary(min_size=1, max_size=40), "more")
    elif kind == "forge":
        value = os.urandom(len(value))
    else:
        source = name if kind == "same column" else data.draw(st.sampled_from(SEALED), "from")
        others = database.read(lambda unit: values(unit, source))
        value = others[data.draw(st.sampled_from(sorted(others)), "other")]
    assume(value != mine[row])

    after = everything_after(database, house, lambda unit: put(unit, name, row, value))

    assert {key: value for key, value in after.items() if before.get(key) != value} == {}
    assert len(after) < len(before)


def change_beside(database: Database, house: Belongings, before: Found, name: str, data: st.DataObject) -> None:
    """A value beside a seal becomes another, or two rows exchange theirs; nothing may be read that was not there."""
    table, column = TABLES[name.split(".")[0]], name.split(".")[1]
    rows = database.read(lambda unit: everyone(unit, table))
    one, other = (data.draw(st.integers(0, len(rows) - 1), each) for each in ("one", "other"))
    touched = {one: dict(rows[one]), other: dict(rows[other])}
    if one != other:
        touched[one][column], touched[other][column] = rows[other][column], rows[one][column]
    else:
        touched[one][column] = another(rows[one][column], data)

    def attack(unit: Unit) -> None:
        for number in touched:
            remove(unit, table, rows[number])
        for row in touched.values():
            write(unit, table, row)

    try:
        after = everything_after(database, house, attack)
    except Duplicate:  # the database itself refuses
        reject()

    assert {key: value for key, value in after.items() if before.get(key) != value} == {}


def everything_after(database: Database, house: Belongings, attack: Callable[[Unit], None]) -> Found:
    """What can be read after an attack, all of which is taken back."""
    found: list[Found] = []

    def work(unit: Unit) -> None:
        attack(unit)
        found.append(everything(unit, house))
        raise _TakenBack

    try:
        database.work(work)
    except _TakenBack:
        return found[0]
    raise AssertionError("the unit must have been taken back")


def another(value: Any, data: st.DataObject) -> Any:
    if isinstance(value, bytes):
        return os.urandom(len(value))
    if isinstance(value, int):
        return value + data.draw(st.sampled_from([-1, 1]), "more")
    return data.draw(st.sampled_from(["", "whatsapp", f"{value}x"]), "text")
